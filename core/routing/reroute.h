// The one entry: run a method on a sample.
//
//   MethodParams params;                         // NGD, offset mode, 10 steps
//   RerouteInput input{sample, neighbourhood, references};
//   Result<Trajectory> t = reroute(model, input, params, cancel);
//
// Source: rerouting, "Methods" and "Controls". Thread rule: call from any thread, with its own input.
#pragma once

#include "core/base/cancel.h"
#include "core/routing/method_params.h"
#include "core/routing/reroute_input.h"
#include "core/routing/trajectory.h"

namespace r2t2 {

/// Validates the parameters and dispatches. Errors: those of `validate`, of the method (see its header) and of the
/// model; Cancelled. The token is looked at once a step (NGD, oracle, mode finding) or batch (kernel regression).
[[nodiscard]] Result<Trajectory> reroute(const RoutedModel& model, const RerouteInput& input,
                                         const MethodParams& params, const CancelToken& cancel = {});

}  // namespace r2t2
