// One rule of rounding for every number that is shown: a half goes up (away from zero), whichever way it was computed.
//
// 100 * (147 / 240.0) is 61.25000000000001 and 100.0 * 147 / 240 is 61.25, which printf writes as 61.3 and as 61.2. Thread rule: pure.
#pragma once

#include <algorithm>
#include <cmath>

namespace r2t2 {

/// `value`, or, where it is a half of its last shown digit but for what computing it has left, a number that every "%.*f" rounds up. What is
/// shown as nought has no sign: 0.0, never -0.0.
[[nodiscard]] inline double half_up(double value, int digits) {
    const double scale = std::pow(10.0, digits), scaled = std::abs(value) * scale, half = std::floor(scaled) + 0.5;
    if (scaled < 0.5 - 1e-9) {
        return 0.0;
    }
    return std::isfinite(value) && std::abs(scaled - half) <= 1e-9 * std::max(1.0, scaled) ? std::copysign((half + 1e-6) / scale, value) : value;
}

/// A share as percent with one digit, for "%.1f".
[[nodiscard]] inline double percent_half_up(double share) { return half_up(100.0 * share, 1); }

}  // namespace r2t2
