// What is known of batches whose memory ran out, so that every step of a descent need not find it out again.
//
// A batch at least as large as one that failed is halved without a try: its values are those that it would have after failing.
// Every 32nd of them is tried all the same, since another program may have given memory back; one that fits clears the record.
// Thread rule: any thread.
#pragma once

#include <cstdint>
#include <limits>
#include <mutex>

namespace r2t2 {

class BatchLimit {
public:
    static constexpr int kSkipsBeforeTry = 31;

    /// Whether a batch of so many tokens should be halved at once.
    [[nodiscard]] bool skips(std::int64_t tokens) {
        const std::lock_guard lock(mutex_);
        if (tokens < least_failed_) {
            return false;
        }
        skipped_ = skipped_ == kSkipsBeforeTry ? 0 : skipped_ + 1;
        return skipped_ != 0;
    }
    void failed(std::int64_t tokens) {
        const std::lock_guard lock(mutex_);
        if (tokens < least_failed_) {
            least_failed_ = tokens;
            skipped_ = 0;
        }
    }
    void fitted(std::int64_t tokens) {
        const std::lock_guard lock(mutex_);
        if (tokens >= least_failed_) {
            least_failed_ = kNone;
        }
    }
    void forget() { fitted(kNone); }

private:
    static constexpr std::int64_t kNone = std::numeric_limits<std::int64_t>::max();

    std::mutex mutex_;
    std::int64_t least_failed_ = kNone;
    int skipped_ = 0;
};

}  // namespace r2t2
