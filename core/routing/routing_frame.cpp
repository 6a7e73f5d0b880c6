#include "core/routing/routing_frame.h"

#include <algorithm>

namespace r2t2 {

Result<RoutingMatrix> routing_rows(const RoutingSpace& space, const RoutingMatrix& routing, Granularity granularity,
                                   const std::string& where) {
    R2T2_TRY(check_weights(space, routing, where));
    if (granularity == Granularity::PerMixer && routing.rows() != space.mixers) {
        return invalid_input(where, "routing", "one row for all mixers",
                             std::to_string(space.mixers) + " rows, because the granularity is per-mixer");
    }
    return renormalise(space, granularity == Granularity::Shared ? mean_over_mixers(routing) : routing);
}

Result<RoutingMatrix> base_routing(const RoutingSpace& space, const PreparedSample& sample, Granularity granularity) {
    return routing_rows(space, sample.native_routing(), granularity, "native routing");
}

RoutingAction action_toward(RoutingMode mode, const RoutingMatrix& weights, const RoutingMatrix& base) {
    if (mode == RoutingMode::Fixed) {
        return RoutingAction::fixed(weights);
    }
    return RoutingAction::offset(log_weights(weights) - log_weights(base));
}

RoutingMatrix routing_gradient(RoutingMode mode, const RoutingMatrix& weights, const RoutingMatrix& values_gradient) {
    if (mode == RoutingMode::Fixed) {
        return values_gradient;
    }
    // g is proportional to the expert's own weight, so the quotient stays bounded as r goes to 0.
    constexpr double floor = 1e-12;
    RoutingMatrix out = values_gradient;
    for (std::size_t i = 0; i < out.values().size(); ++i) {
        out.values()[i] /= std::max(weights.values()[i], floor);
    }
    return out;
}

}  // namespace r2t2
