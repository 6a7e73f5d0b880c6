// How many a second, while a stage goes on: of what was done since it was first looked at, not of what was there before.
//
// Thread rule: a value.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace r2t2 {

class ProgressRate {
public:
    using Time = std::chrono::steady_clock::time_point;

    ProgressRate() = default;
    /// `done` so far, at the first look.
    ProgressRate(std::int64_t done, Time now) : first_(done), begin_(now) {}

    /// None: nothing was done since then, or in so short a time that chance says how many.
    [[nodiscard]] std::optional<double> per_second(std::int64_t done, Time now) const {
        constexpr double kLeastSeconds = 0.1;
        const double seconds = std::chrono::duration<double>(now - begin_).count();
        return done > first_ && seconds >= kLeastSeconds ? std::optional(static_cast<double>(done - first_) / seconds) : std::nullopt;
    }

private:
    std::int64_t first_ = 0;
    Time begin_{};
};

}  // namespace r2t2
