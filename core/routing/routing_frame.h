// From a routing vector r to what the mixers of one sample do, and back from its gradient.
//
// Source: rerouting, "How a routing vector acts on the model".
//   fixed:  values = r                          d L / d r = g
//   offset: values = log r - log r0(s)          d L / d r = g / r        (g = d L / d values, as a model returns it)
// Thread rule: pure functions.
#pragma once

#include "core/base/result.h"
#include "core/routing/routed_model.h"

namespace r2t2 {

/// r0(s): native gate weights averaged over tokens, and over mixers for shared; exactly on the simplices.
/// Costs a model pass if the sample's native routing has not been asked for yet. Error: not a probability vector.
[[nodiscard]] Result<RoutingMatrix> base_routing(const RoutingSpace& space, const PreparedSample& sample,
                                                 Granularity granularity);

/// A stored r_i as rows of the wanted granularity: mixers averaged for shared. Error: one row where per-mixer needs
/// all, or not a probability vector; `where` names the source.
[[nodiscard]] Result<RoutingMatrix> routing_rows(const RoutingSpace& space, const RoutingMatrix& routing,
                                                 Granularity granularity, const std::string& where);

/// The action that moves a sample with base routing `base` to `weights`. `weights` == `base` in offset mode gives a
/// delta of exactly 0: the native model to the last bit.
[[nodiscard]] RoutingAction action_toward(RoutingMode mode, const RoutingMatrix& weights, const RoutingMatrix& base);

/// d L / d r from d L / d values. Weights below the floor of `log_weights` are treated as the floor.
[[nodiscard]] RoutingMatrix routing_gradient(RoutingMode mode, const RoutingMatrix& weights,
                                             const RoutingMatrix& values_gradient);

}  // namespace r2t2
