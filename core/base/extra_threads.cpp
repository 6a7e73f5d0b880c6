#include "core/base/extra_threads.h"

#include <new>
#include <system_error>
#include <utility>

namespace r2t2 {

bool ExtraThreads::start(std::function<void()> work) {
    try {
        threads_.reserve(threads_.size() + 1);  // a thread that runs must have its place
        threads_.emplace_back([this, work = std::move(work)] {
            try {
                work();
            } catch (...) {
                const std::lock_guard lock(mutex_);
                if (!thrown_) {
                    thrown_ = std::current_exception();
                }
            }
        });
        return true;
    } catch (const std::system_error&) {
        return false;
    } catch (const std::bad_alloc&) {
        return false;
    }
}

void ExtraThreads::wait() {
    for (std::thread& thread : threads_) {
        thread.join();
    }
    threads_.clear();
}

void ExtraThreads::join() {
    wait();
    if (const std::exception_ptr thrown = std::exchange(thrown_, nullptr)) {
        std::rethrow_exception(thrown);
    }
}

void run_on_threads(std::size_t threads, const std::function<void()>& work) {
    ExtraThreads others;
    while (others.count() + 1 < threads && others.start(work)) {
    }
    work();
    others.join();
}

bool thread_can_be_made() {
    ExtraThreads one;
    return one.start([] {});
}

}  // namespace r2t2
