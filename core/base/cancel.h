// Cooperative cancellation: the owner cancels, the worker looks.
//
// Thread rule: `cancel()` and `cancelled()` may be called from any thread. Copies share one flag.
// A default-constructed token is never cancelled. Functions that take a token say how often they look.
#pragma once

#include <atomic>
#include <memory>

namespace r2t2 {

class CancelToken {
public:
    CancelToken() = default;
    [[nodiscard]] static CancelToken create() {
        CancelToken token;
        token.flag_ = std::make_shared<std::atomic<bool>>(false);
        return token;
    }
    void cancel() const {
        if (flag_) {
            flag_->store(true, std::memory_order_relaxed);
        }
    }
    [[nodiscard]] bool cancelled() const { return flag_ && flag_->load(std::memory_order_relaxed); }

private:
    std::shared_ptr<std::atomic<bool>> flag_;
};

}  // namespace r2t2
