// A function of the routing weights over one group's triangle, and the lines along which it is constant.
//
// The triangle of a group of three experts is cut into divisions^2 small ones; grid point (i, j, k) with
// i + j + k = divisions stands for the weights (i, j, k) / divisions, the other groups held still. Values are evaluated
// coarse to fine, so that a picture can be drawn long before the last one is there. Contours by marching triangles:
// linear interpolation on each small triangle, which has no ambiguous cells.
// Units: those of the objective (losses: nats). Thread rule: pure functions; callbacks run on the caller's thread.
#pragma once

#include <array>
#include <cstddef>
#include <functional>
#include <span>
#include <vector>

#include "core/analysis/projection.h"
#include "core/base/cancel.h"
#include "core/base/result.h"
#include "core/routing/routing_matrix.h"
#include "core/routing/routing_space.h"

namespace r2t2 {

inline constexpr int max_triangle_divisions = 256;  ///< 33,153 points

/// [(n + 1)(n + 2) / 2] values ordered by k (third expert), then by j (second). NaN: not computed yet.
struct TriangleGrid {
    int divisions = 0;
    std::vector<double> values;
};

[[nodiscard]] std::size_t triangle_points(int divisions);
/// Where point (i, j, k) stands in `TriangleGrid::values`; i = divisions - j - k >= 0.
[[nodiscard]] std::size_t triangle_index(int divisions, int j, int k);
/// The inverse: (i, j, k) of every position.
[[nodiscard]] std::vector<std::array<int, 3>> triangle_coordinates(int divisions);

struct LandscapeInput {
    RoutingSpace space;
    std::size_t group = 0;   ///< must have three experts
    RoutingMatrix at;        ///< [1 or mixers, experts]: the other groups' weights; `group`'s columns are replaced
    int divisions = 20;      ///< 1 to max_triangle_divisions
    std::size_t batch = 16;  ///< routings a call of the objective, at least 1
};

/// One number for each routing (shape of `LandscapeInput::at`). Infinite is a value, NaN an error.
using ObjectiveBatch = std::function<Result<std::vector<double>>(std::span<const RoutingMatrix>)>;

/// Every grid point once, in the order of `coarse_to_fine`. Looks at the token before every batch; `partial` (may be
/// empty) gets the grid after every batch, the last one included. Errors: InvalidInput for the group, the divisions or
/// the shape of `at`; Cancelled; the objective's own; Internal if it returns NaN or another number of values.
[[nodiscard]] Result<TriangleGrid> evaluate_landscape(const LandscapeInput& input, const ObjectiveBatch& objective,
                                                      const std::function<void(const TriangleGrid&)>& partial,
                                                      const CancelToken& cancel);

/// Positions of the grid: the corners, then the points of ever finer grids. 20: corners, halves, quarters (5 steps of the
/// fine grid), then every second step and the rest.
[[nodiscard]] std::vector<std::size_t> coarse_to_fine(int divisions);

/// Lines of value = level as points of the plane of `ternary_point`; a closed line ends with its first point. Small
/// triangles with a value that is not finite are left out. Errors: a number of values that is not the grid's, a level that
/// is not finite.
[[nodiscard]] Result<std::vector<std::vector<PlanePoint>>> contour(std::span<const double> values, int divisions,
                                                                   double level);

/// At most `count` round numbers (1, 2 or 5 times a power of ten apart) strictly between the smallest and the largest
/// finite value, ascending. Empty where there is nothing between.
[[nodiscard]] std::vector<double> contour_levels(std::span<const double> values, std::size_t count = 8);

}  // namespace r2t2
