// From where to where an axis goes, also of data that are all alike: what differs by rounding alone is not blown up. Thread rule: pure functions.
#pragma once

#include <cmath>

namespace r2t2::ui {

struct AxisLimits {
    double low = -INFINITY, high = INFINITY;  ///< that values can have
    double least = 0.0;                       ///< an axis spans so much at least; 0: as the values do
};
inline constexpr AxisLimits kPercentLimits{0.0, 100.0, 10.0}, kFractionLimits{0.0, 1.0, 0.1};

struct AxisRange {
    double low = 0.0, high = 1.0;  ///< low < high
};

/// Of values from `low` to `high`, without a margin: 0 % alone stands in 0 to 10, 95 % alone in 90 to 100, a loss of 2 in 1.8 to 2.2, a loss
/// of 0 in 0 to 1. No values (low > high, NaN): between the limits, or from 0 to 1.
[[nodiscard]] AxisRange axis_range(double low, double high, const AxisLimits& limits = {});

}  // namespace r2t2::ui
