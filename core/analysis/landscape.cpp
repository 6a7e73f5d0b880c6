#include "core/analysis/landscape.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>
#include <string>

namespace r2t2 {

namespace {

Status check_landscape(const LandscapeInput& input) {
    const std::string groups = std::to_string(input.space.groups.size());
    if (input.group >= input.space.groups.size()) {
        return invalid_input("landscape", "group", std::to_string(input.group), "one of " + groups + " groups, from 0");
    }
    const ExpertGroup& group = input.space.groups[input.group];
    if (group.experts.size() != 3) {
        return invalid_input("landscape", "group", group.name + " with " + std::to_string(group.experts.size()) + " experts",
                             "a group of three experts, whose weights are a triangle");
    }
    if (input.divisions < 1 || input.divisions > max_triangle_divisions) {
        return invalid_input("landscape", "divisions", std::to_string(input.divisions),
                             "1 to " + std::to_string(max_triangle_divisions));
    }
    if (input.batch == 0) {
        return invalid_input("landscape", "batch", "0", "at least 1");
    }
    const std::size_t rows = input.at.rows();
    if (input.at.experts() != input.space.expert_count() || (rows != 1 && rows != input.space.mixers)) {
        return invalid_input("landscape", "weights", std::to_string(rows) + " x " + std::to_string(input.at.experts()),
                             "1 or " + std::to_string(input.space.mixers) + " rows of " +
                                 std::to_string(input.space.expert_count()));
    }
    return {};
}

RoutingMatrix routing_at(const LandscapeInput& input, const std::array<int, 3>& point) {
    RoutingMatrix routing = input.at;
    const std::size_t begin = input.space.group_begin(input.group);
    for (std::size_t row = 0; row < routing.rows(); ++row) {
        for (std::size_t e = 0; e < 3; ++e) {
            routing(row, begin + e) = static_cast<double>(point[e]) / input.divisions;
        }
    }
    return routing;
}

/// Distances between neighbours of the grids on the way from the corners to the full grid, descending to 1. As far as the
/// factors 2 and 3 of `divisions` go, each is a whole triangle; larger prime factors are entered by powers of two.
std::vector<int> grid_strides(int divisions) {
    std::vector<int> strides{divisions};
    for (int stride = divisions; stride > 1;) {
        int factor = 2;
        while (stride % factor != 0) {
            ++factor;
        }
        const int next = stride / factor;
        int between = 1;
        while (between * 2 < factor) {
            between *= 2;
        }
        for (; factor > 3 && between > 1; between /= 2) {
            strides.push_back(next * between);
        }
        strides.push_back(next);
        stride = next;
    }
    return strides;
}

}  // namespace

std::size_t triangle_points(int divisions) {
    const auto n = static_cast<std::size_t>(divisions);
    return (n + 1) * (n + 2) / 2;
}

std::size_t triangle_index(int divisions, int j, int k) {
    assert(j >= 0 && k >= 0 && j + k <= divisions);
    return static_cast<std::size_t>(k * (divisions + 1) - k * (k - 1) / 2 + j);
}

std::vector<std::array<int, 3>> triangle_coordinates(int divisions) {
    std::vector<std::array<int, 3>> points;
    points.reserve(triangle_points(divisions));
    for (int k = 0; k <= divisions; ++k) {
        for (int j = 0; j + k <= divisions; ++j) {
            points.push_back({divisions - j - k, j, k});
        }
    }
    return points;
}

std::vector<std::size_t> coarse_to_fine(int divisions) {
    std::vector<std::size_t> order;
    std::vector<bool> taken(triangle_points(divisions), false);
    for (const int stride : grid_strides(divisions)) {
        for (int k = 0; k <= divisions; k += stride) {
            for (int j = 0; j + k <= divisions; j += stride) {
                const std::size_t point = triangle_index(divisions, j, k);
                if (!taken[point]) {
                    taken[point] = true;
                    order.push_back(point);
                }
            }
        }
    }
    return order;
}

Result<TriangleGrid> evaluate_landscape(const LandscapeInput& input, const ObjectiveBatch& objective,
                                        const std::function<void(const TriangleGrid&)>& partial,
                                        const CancelToken& cancel) {
    R2T2_TRY(check_landscape(input));
    const std::vector<std::array<int, 3>> points = triangle_coordinates(input.divisions);
    const std::vector<std::size_t> order = coarse_to_fine(input.divisions);
    TriangleGrid grid{input.divisions, std::vector<double>(points.size(), std::numeric_limits<double>::quiet_NaN())};
    for (std::size_t begin = 0; begin < order.size(); begin += input.batch) {
        if (cancel.cancelled()) {
            return cancelled();
        }
        const std::span<const std::size_t> batch =
            std::span(order).subspan(begin, std::min(input.batch, order.size() - begin));
        std::vector<RoutingMatrix> routings;
        for (const std::size_t point : batch) {
            routings.push_back(routing_at(input, points[point]));
        }
        const Result<std::vector<double>> values = objective(routings);
        R2T2_TRY(values);
        if (values->size() != batch.size()) {
            return Error{ErrorKind::Internal, "landscape", "objective", std::to_string(values->size()) + " values",
                         std::to_string(batch.size())};
        }
        for (std::size_t b = 0; b < batch.size(); ++b) {
            if (std::isnan((*values)[b])) {  // would pass for "not computed yet" for ever
                const auto& [i, j, k] = points[batch[b]];
                return Error{ErrorKind::Internal, "landscape", "objective",
                             "NaN at (" + std::to_string(i) + ", " + std::to_string(j) + ", " + std::to_string(k) + ") / " +
                                 std::to_string(input.divisions),
                             "a number"};
            }
            grid.values[batch[b]] = (*values)[b];
        }
        if (partial) {
            partial(grid);
        }
    }
    return grid;
}

std::vector<double> contour_levels(std::span<const double> values, std::size_t count) {
    double low = std::numeric_limits<double>::infinity();
    double high = -low;
    for (const double value : values) {
        if (std::isfinite(value)) {
            low = std::min(low, value);
            high = std::max(high, value);
        }
    }
    const double spread = high - low;
    // Also false where nothing is finite; nothing to choose where the spread drowns in rounding or powers of ten overflow.
    if (count == 0 || !(spread > std::max(1e-290, 1e-12 * std::max(std::abs(low), std::abs(high)))) || !std::isfinite(spread)) {
        return {};
    }
    constexpr int mantissas[] = {1, 2, 5};
    for (int decade = static_cast<int>(std::floor(std::log10(spread / static_cast<double>(count)))) - 1;; ++decade) {
        const double power = std::pow(10.0, std::abs(decade));
        for (const int mantissa : mantissas) {
            // Multiples n of the step; n * mantissa / power is the double next to the decimal number, n * step is not.
            const auto level = [&](double n) { return decade < 0 ? n * mantissa / power : n * mantissa * power; };
            const double first = std::floor(decade < 0 ? low * power / mantissa : low / power / mantissa);
            std::vector<double> levels;
            for (double n = first; levels.size() <= count && level(n) < high; n += 1.0) {
                if (level(n) > low) {
                    levels.push_back(level(n));
                }
            }
            if (levels.size() <= count) {
                return levels;
            }
        }
    }
}

}  // namespace r2t2
