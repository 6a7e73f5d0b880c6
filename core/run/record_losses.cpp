#include "core/run/record_losses.h"

#include <cmath>

#include "core/routing/routing_frame.h"

namespace r2t2 {

Result<std::vector<LossGradient>> losses_at(const ReferenceSet& reference, std::size_t record, RoutingMode mode, std::span<const RoutingMatrix> routings, bool gradient) {
    const Result<PreparedSamplePtr> sample = reference.prepared(record);
    if (!sample.ok()) {
        return sample.error();
    }
    const RoutingSpace& space = reference.model().routing_space();
    const Result<RoutingMatrix> base = base_routing(space, **sample, Granularity::Shared);
    if (!base.ok()) {
        return base.error();
    }
    std::vector<RoutedQuery> queries;
    for (const RoutingMatrix& weights : routings) {
        queries.push_back({sample->get(), action_toward(mode, weights, *base)});
    }
    Result<std::vector<LossGradient>> out = reference.model().loss_and_gradient(queries, gradient);
    for (std::size_t i = 0; out.ok() && gradient && i < out->size(); ++i) {
        (*out)[i].gradient = centre_groups(space, routing_gradient(mode, routings[i], (*out)[i].gradient));
    }
    return out;
}

Result<std::vector<float>> table_of(const ReferenceSet& reference, std::size_t record, RoutingMode mode, const SurfaceForm& form) {
    const Result<std::vector<LossGradient>> losses = losses_at(reference, record, mode, form.nodes(), false);
    if (!losses.ok()) {
        return losses.error();
    }
    std::vector<float> out;
    for (const LossGradient& loss : *losses) {
        if (!std::isfinite(loss.loss) || loss.loss < 0.0) {
            return Error{ErrorKind::Internal, "reference " + reference.store().records()[record].id, "loss at node " + std::to_string(out.size()), std::to_string(loss.loss),
                         "a finite number of at least 0"};
        }
        out.push_back(static_cast<float>(loss.loss));
    }
    return out;
}

}  // namespace r2t2
