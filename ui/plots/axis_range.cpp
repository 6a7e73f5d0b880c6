#include "ui/plots/axis_range.h"

#include <algorithm>

namespace r2t2::ui {

namespace {

constexpr double kRounding = 1e-9;  // of a value: what sums of doubles differ by, and no more

}  // namespace

AxisRange axis_range(double low, double high, const AxisLimits& limits) {
    if (!(low <= high)) {
        return std::isfinite(limits.low) && std::isfinite(limits.high) ? AxisRange{limits.low, limits.high} : AxisRange{};
    }
    const double largest = std::max(std::abs(low), std::abs(high));
    const bool alike = high - low <= kRounding * largest;
    if (limits.least > 0.0) {
        if (high - low >= limits.least) {
            return {low, high};
        }
        const double middle = (low + high) / 2.0;
        const double from = std::clamp(middle - limits.least / 2.0, limits.low, limits.high - limits.least);
        return {std::min(from, low), std::max(from + limits.least, high)};
    }
    if (!alike) {
        return {low, high};
    }
    return largest > 0.0 ? AxisRange{low - 0.1 * largest, high + 0.1 * largest} : AxisRange{};
}

}  // namespace r2t2::ui
