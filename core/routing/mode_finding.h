// Mode finding: climb the density of routing vectors by mean shift. Needs no label, and no model pass to move.
//
// R2-T2 (arXiv 2502.20395) section 3.3; rerouting, method 3:
//   m(r) = sum_i K(r_i, r) r_i / sum_i K(r_i, r),   r <- r + eta (m(r) - r)   until ||step|| < tolerance.
// The sums run over the routing-space neighbourhood of the present r, found anew at every step; the bandwidth is
// chosen once, at the start, so that the density being climbed stays the same.
//
// In the task neighbourhood (MethodParams::mode_neighbourhood; ours, not the paper's) they run over the k task-space neighbours at every
// step, each counted by its task-space weight w_i too: m(r) = sum_i w_i K(r_i, r) r_i / sum_i w_i K(r_i, r), from r = sum_i w_i r_i.
// Where routings are refined every question's mode is somewhere in the set; it is this one's that is wanted. The bandwidth is the median
// distance of all pairs of the k points. Thread rule: pure, or per thread.
#pragma once

#include <span>

#include "core/base/cancel.h"
#include "core/routing/reroute_input.h"
#include "core/routing/trajectory.h"

namespace r2t2 {

struct MeanShift {
    RoutingMatrix next;           ///< r + eta (m(r) - r)
    double step_length = 0.0;     ///< ||next - r||, Euclidean
    double density = 0.0;         ///< mean raw K over the neighbourhood at r
    Neighbourhood neighbourhood;  ///< of r
};

/// One shift. `k` = 0 means all points but the excluded. `kernel.bandwidth` empty = median of this neighbourhood.
/// Error: k larger than what is left.
[[nodiscard]] Result<MeanShift> mean_shift(std::span<const RoutingMatrix> points, const RoutingMatrix& at,
                                           const KernelParams& kernel, std::size_t k, double eta,
                                           std::span<const std::size_t> excluded = {});

/// One shift among points that count by `weights`. `neighbourhood` holds all of them, nearest first, with both kernels' product as weight;
/// `density` is sum_i w_i K_i / sum_i w_i. `kernel.bandwidth` empty = median distance of the points' pairs.
[[nodiscard]] Result<MeanShift> weighted_mean_shift(std::span<const RoutingMatrix> points, std::span<const double> weights, const RoutingMatrix& at,
                                                    const KernelParams& kernel, double eta);
/// Median distance of all pairs, the lower of two middle ones; 0 of fewer than two points.
[[nodiscard]] double median_pair_distance(std::span<const RoutingMatrix> points);

/// In the task neighbourhood: step 0 = base, step 1 the neighbours' mean, then a step per shift; a note says what share of the neighbours'
/// weight lies in the mode that was found (within one bandwidth of it). No neighbours: step 0 only, with a note. Else:
/// Step 0 = base, one step per shift (at most params.max_shifts); answers come in one batch at the end.
/// `Trajectory::neighbourhood` is the start's, indices into `routing_points`. Looks at the token once a shift.
/// Errors: no routing points, routing_k larger than what is left, a point that is no routing vector.
[[nodiscard]] Result<Trajectory> mode_finding(const RoutedModel& model, const RerouteInput& input,
                                              const MethodParams& params, const CancelToken& cancel);

}  // namespace r2t2
