// Neighbourhood gradient descent, and the oracle as its special case.
//
// R2-T2 (arXiv 2502.20395) section 3.3; rerouting, methods 1 and 4:
//   minimise L(r) = sum_i K_i loss(f(x_i, r), y_i) / sum_i K_i     over r alone, no model weight ever changes.
// Its steps are those of core/routing/descent.h.
// Rules that end it early (stop_change, stop_margin) leave a shorter trajectory and a note; its last answer stands for the steps that were not made.
// Thread rule: a run belongs to the calling thread; runs on other threads do not disturb it.
#pragma once

#include "core/base/cancel.h"
#include "core/routing/reroute_input.h"
#include "core/routing/trajectory.h"

namespace r2t2 {

/// Trajectory of params.steps + 1 states, fewer where a rule has stopped it, step 0 = base. Begun at the neighbours' mean (MethodParams::start),
/// step 0 is not evaluated and step 1 is that mean; neighbours without a routing are left out of it, with a note. Neighbours need labels (InvalidInput names the one without).
/// No neighbours: step 0 only, with a note. A loss or gradient that is not finite ends the descent: that state is
/// kept as a step, a note says so, and the last finite state is repeated as the result.
/// Looks at the token once a step (Error Cancelled).
[[nodiscard]] Result<Trajectory> neighbourhood_gradient_descent(const RoutedModel& model, const RerouteInput& input,
                                                                const MethodParams& params, const CancelToken& cancel);

/// NGD with x as its only neighbour: `uses_label` is set, `neighbourhood` stays empty, `neighbour_losses` holds x's
/// own loss. `start` and `stop_margin` are not looked at. Error: x has no label.
[[nodiscard]] Result<Trajectory> oracle_descent(const RoutedModel& model, const RerouteInput& input,
                                                const MethodParams& params, const CancelToken& cancel);

}  // namespace r2t2
