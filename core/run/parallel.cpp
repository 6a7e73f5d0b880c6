#include "core/run/parallel.h"

#include <algorithm>
#include <atomic>
#include <thread>

#include "core/base/extra_threads.h"

namespace r2t2 {

int worker_count(int wanted, std::size_t work) {
    const int machine = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
    const int threads = wanted > 0 ? wanted : machine;
    return std::max(1, static_cast<int>(std::min<std::size_t>(static_cast<std::size_t>(threads), work)));
}

void parallel_for(std::size_t count, int threads, const CancelToken& cancel,
                  const std::function<bool(std::size_t)>& work) {
    std::atomic<std::size_t> next{0};
    std::atomic<bool> stop{false};
    const auto worker = [&] {
        while (!stop.load(std::memory_order_relaxed) && !cancel.cancelled()) {
            const std::size_t i = next.fetch_add(1, std::memory_order_relaxed);
            if (i >= count) {
                return;
            }
            bool go_on = false;
            try {
                go_on = work(i);
            } catch (...) {  // memory that ran out: the others end too
                stop.store(true, std::memory_order_relaxed);
                throw;
            }
            if (!go_on) {
                stop.store(true, std::memory_order_relaxed);
            }
        }
    };
    run_on_threads(static_cast<std::size_t>(worker_count(threads, count)), worker);
}

void ProgressGate::advance(const std::string& detail) {
    const std::lock_guard lock(mutex_);
    ++done_;
    const auto now = std::chrono::steady_clock::now();
    if (!callback_ || (done_ < total_ && now - last_ < std::chrono::milliseconds(100))) {
        return;
    }
    last_ = now;
    callback_({stage_, static_cast<std::int64_t>(done_), static_cast<std::int64_t>(total_), detail});
}

}  // namespace r2t2
