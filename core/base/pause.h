// A switch that holds long work: the owner pauses and goes on, the worker waits between its pieces.
//
// Thread rule: every member may be called from any thread.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>

#include "core/base/cancel.h"

namespace r2t2 {

class PauseSwitch {
public:
    void pause() { set(true); }
    void go_on() { set(false); }
    [[nodiscard]] bool paused() const {
        const std::lock_guard lock(mutex_);
        return paused_;
    }
    /// Returns at once unless paused; a cancelled token ends the wait within 50 ms.
    void wait(const CancelToken& cancel) const {
        std::unique_lock lock(mutex_);
        while (paused_ && !cancel.cancelled()) {
            ++standing_;
            changed_.wait_for(lock, std::chrono::milliseconds(50));
            --standing_;
        }
    }
    /// A worker has come to a place where it waits: until then it finishes what it has in hand.
    [[nodiscard]] bool standing() const {
        const std::lock_guard lock(mutex_);
        return standing_ > 0;
    }

private:
    void set(bool paused) {
        {
            const std::lock_guard lock(mutex_);
            paused_ = paused;
        }
        changed_.notify_all();
    }

    mutable std::mutex mutex_;
    mutable std::condition_variable changed_;
    bool paused_ = false;
    mutable int standing_ = 0;
};

}  // namespace r2t2
