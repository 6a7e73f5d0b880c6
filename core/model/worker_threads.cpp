#include "core/model/worker_threads.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>

#include "core/base/extra_threads.h"
#include "core/model/torch_shim.h"

namespace r2t2 {

namespace {

/// Pieces are taken until none is left or one has failed anywhere.
class Loop {
public:
    Loop(std::int64_t count, const std::function<void(std::int64_t)>& work) : count_(count), work_(work) {}

    void run() {
        const at::NoGradGuard no_grad;
        const at::AutoDispatchBelowADInplaceOrView below;
        try {
            for (std::int64_t i = next_++; i < count_; i = next_++) {
                work_(i);
            }
        } catch (...) {
            next_ = count_;
            const std::lock_guard lock(mutex_);
            if (!failure_) {
                failure_ = std::current_exception();
            }
        }
    }

    /// When all threads have ended.
    void throw_failure() const {
        if (failure_) {
            std::rethrow_exception(failure_);
        }
    }

private:
    const std::int64_t count_;
    const std::function<void(std::int64_t)>& work_;
    std::atomic<std::int64_t> next_{0};
    std::mutex mutex_;
    std::exception_ptr failure_;
};

}  // namespace

void share_out(std::int64_t count, const std::function<void(std::int64_t)>& work) {
    Loop loop(count, work);
    const int threads = at::get_num_threads();
    ExtraThreads others;
    const auto work_alone = [&loop] {
        at::set_num_threads(1);
        loop.run();
    };
    while (static_cast<std::int64_t>(others.count()) + 1 < std::min<std::int64_t>(threads, count) && others.start(work_alone)) {
    }
    const bool shared = others.count() > 0;
    if (shared) {
        at::set_num_threads(1);
    }
    loop.run();
    others.join();
    if (shared) {
        at::set_num_threads(threads);
    }
    loop.throw_failure();
}

void share_out_rows(std::int64_t rows, std::int64_t at_least, const std::function<void(std::int64_t, std::int64_t)>& work) {
    const std::int64_t threads = at::get_num_threads();
    const std::int64_t each = std::max<std::int64_t>({(rows + threads - 1) / threads, at_least, 1});
    share_out((rows + each - 1) / each, [&](std::int64_t i) { work(i * each, std::min(rows, (i + 1) * each)); });
}

}  // namespace r2t2
