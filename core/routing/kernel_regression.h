// Kernel regression: between the sample's own routing and its neighbours' mean, as far as the model grows confident.
//
// R2-T2 (arXiv 2502.20395) section 3.3; rerouting, method 2:
//   r_hat = sum_i K_i r_i / sum_i K_i,   r_alpha = alpha r0 + (1 - alpha) r_hat,   alpha maximises confidence on x.
// Two other rules for alpha cost one probe (MethodParams::mixing): 1 - alpha = the neighbours' mean similarity, weighted as r_hat is and
// held within 0 .. 1, after kNN-MoE (arXiv 2601.02144); and alpha = 0.
// Confidence over alpha has several maxima in general, so a coarse grid comes first, in one batch; then the bracket
// around the best is halved again and again, two probes a batch. Needs no label.
// Thread rule: a run belongs to the calling thread.
#pragma once

#include "core/base/cancel.h"
#include "core/routing/reroute_input.h"
#include "core/routing/trajectory.h"

namespace r2t2 {

/// Step 0 is native; every probed alpha is a step (alpha 1 first on the grid); the last step repeats the best one.
/// In offset mode alpha = 1 is step 0 itself. In fixed mode step 0 has no alpha and does not compete, because the
/// native gates are not on the line. Equal confidences: the larger alpha, that is the smaller change.
/// A rule without a search has the steps 0 and 1. Every probe is answered, whatever `answer_steps` says. No neighbours: step 0 only, with a note.
/// Looks at the token once a batch (Error Cancelled). Errors: a neighbour's r that is no routing vector.
[[nodiscard]] Result<Trajectory> kernel_regression(const RoutedModel& model, const RerouteInput& input,
                                                   const MethodParams& params, const CancelToken& cancel);

/// r_hat: the neighbours' weighted mean routing, in the granularity's rows; there are neighbours. Errors: a neighbour's r that is no routing vector.
[[nodiscard]] Result<RoutingMatrix> neighbours_mean(const RoutingSpace& space, const RerouteInput& input, Granularity granularity);

}  // namespace r2t2
