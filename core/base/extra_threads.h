// Threads beside the caller's own, of a system that may have none left (ulimit -u, a container's limit of processes, a limit of
// memory): the one place of the core that makes threads.
//
//   run_on_threads(4, worker);             // on four, or on as many as there are to be had
//
//   ExtraThreads other;
//   if (!other.start(work)) { work(); }    // beside what follows, or before it
//   ...
//   other.join();
//
// What is thrown on another thread (memory that ran out) is thrown again by `join`, on the caller's.
// Thread rule: one ExtraThreads belongs to one thread. The destructor joins.
#pragma once

#include <cstddef>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace r2t2 {

class ExtraThreads {
public:
    ExtraThreads() = default;
    ExtraThreads(const ExtraThreads&) = delete;
    ExtraThreads& operator=(const ExtraThreads&) = delete;
    ~ExtraThreads() { wait(); }

    /// False: no thread could be made and `work` was not called; what runs goes on.
    [[nodiscard]] bool start(std::function<void()> work);
    [[nodiscard]] std::size_t count() const { return threads_.size(); }  ///< started since the last join
    /// Waits for all, then throws what the first of them threw.
    void join();

private:
    void wait();

    std::vector<std::thread> threads_;
    std::mutex mutex_;
    std::exception_ptr thrown_;
};

/// `work` on the caller's thread and on up to `threads` - 1 others at once; fewer where the system has no more. Returns when all
/// have, or throws what one threw.
void run_on_threads(std::size_t threads, const std::function<void()>& work);

/// Whether one more could be had just now, for those whose threads are made by a library that does not say.
[[nodiscard]] bool thread_can_be_made();

}  // namespace r2t2
