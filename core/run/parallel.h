// Numbered work on a few threads, and a gate that lets a progress line through a few times a second.
//
// Thread rule: `parallel_for` blocks the caller until all its workers have returned.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <mutex>
#include <string>

#include "core/base/cancel.h"
#include "core/base/progress.h"

namespace r2t2 {

/// `wanted` threads, or as many as the machine has when 0; never more than `work` items. Fewer work where the system has no more.
[[nodiscard]] int worker_count(int wanted, std::size_t work);

/// Calls work(i) for i = 0 .. count-1, each once, in no fixed order. No further i is handed out after a cancel or after
/// work returned false; what has begun is finished. What `work` throws (memory that ran out) ends all and is thrown here.
void parallel_for(std::size_t count, int threads, const CancelToken& cancel,
                  const std::function<bool(std::size_t)>& work);

/// Passes a stage's progress on, at most every 100 ms and always at the end. Call `advance` from any thread.
class ProgressGate {
public:
    ProgressGate(ProgressCallback callback, std::string stage, std::size_t total, std::size_t done = 0)
        : callback_(std::move(callback)), stage_(std::move(stage)), total_(total), done_(done) {}
    void advance(const std::string& detail = {});

private:
    std::mutex mutex_;
    ProgressCallback callback_;
    std::string stage_;
    std::size_t total_;
    std::size_t done_;
    std::chrono::steady_clock::time_point last_{};
};

}  // namespace r2t2
