// Methods that do not look for anything: the base model, and the controls that apply one given routing.
//
// Source: rerouting, "Controls". The constants themselves are fitted in controls.h.
// Thread rule: a run belongs to the calling thread.
#pragma once

#include "core/base/cancel.h"
#include "core/routing/reroute_input.h"
#include "core/routing/trajectory.h"

namespace r2t2 {

/// Base: step 0 only. Own mean: step 1 = r0(x) in fixed mode, which `reroute` has put into params.mode (MethodRow::forced_mode). Best fixed: step 1 =
/// `input.constant` in fixed mode. Constant offset: step 1 = `input.constant` as delta (offset mode) or weights
/// (fixed mode). A one-row constant is repeated for per-mixer. Errors: a constant of the wrong shape or off its
/// simplices. `trajectory.mode` says what was applied. One step: the token is not looked at.
[[nodiscard]] Result<Trajectory> constant_routing(const RoutedModel& model, const RerouteInput& input,
                                                  const MethodParams& params, const CancelToken& cancel = {});

}  // namespace r2t2
