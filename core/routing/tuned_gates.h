// What the model says whose gates were trained on labelled references: the baseline that re-routing spares its user. A rival.
//
// Thread rule: a run belongs to the calling thread.
#pragma once

#include "core/base/cancel.h"
#include "core/routing/reroute_input.h"
#include "core/routing/trajectory.h"

namespace r2t2 {

/// Base, and as step 1 the answer of `input.tuned`; r is where its gates send the sample's tokens on average, which no action on the base model does: the
/// step's action is native. A note says so. The pass of its answer counts. One step: the token is not looked at. Errors: the models'; no `tuned`.
[[nodiscard]] Result<Trajectory> tuned_gates(const RoutedModel& model, const RerouteInput& input, const MethodParams& params, const CancelToken& cancel = {});

}  // namespace r2t2
