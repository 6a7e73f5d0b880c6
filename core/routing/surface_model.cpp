#include "core/routing/surface_model.h"

#include <algorithm>
#include <cassert>

namespace r2t2 {

namespace {

/// The loss under an action, and its gradient with respect to the action's values.
Result<LossGradient> loss_under(const SurfaceSample& sample, const RoutingSpace& space, const RoutingAction& action) {
    if (!action.native() && (action.mode != sample.mode() || action.values.rows() != 1)) {
        const bool mode = action.mode != sample.mode();
        return invalid_input("response surface", mode ? "mode" : "granularity", mode ? "another than the surface was made in" : "per-mixer",
                             mode ? "the same" : "shared: a surface is of one routing for all mixers");
    }
    const RoutingMatrix base = renormalise(space, mean_over_mixers(sample.native_routing()));
    const bool offset = !action.native() && action.mode == RoutingMode::Offset;
    const RoutingMatrix weights = action.native() ? base : offset ? softmax(space, log_weights(base) + action.values) : action.values;
    LossGradient out = sample.form().at(weights, sample.table());
    if (offset) {
        out.gradient = softmax_backward(space, weights, out.gradient);
    }
    if (action.native()) {
        out.gradient = {};
    }
    return out;
}

}  // namespace

std::string surface_note(const SurfaceForm& form) {
    return "the neighbours' losses are those of their response surfaces (" + form.name() + ", " + std::to_string(form.nodes().size()) + " nodes), not the model's";
}

Result<std::vector<LossGradient>> SurfaceModel::loss_and_gradient(std::span<const RoutedQuery> queries, bool gradient) const {
    std::vector<const SurfaceSample*> samples;
    for (const RoutedQuery& query : queries) {
        samples.push_back(dynamic_cast<const SurfaceSample*>(query.sample));
    }
    const auto there = static_cast<std::size_t>(std::count_if(samples.begin(), samples.end(), [](const SurfaceSample* sample) { return sample != nullptr; }));
    assert(there == 0 || there == samples.size());
    if (there == 0) {
        return model_.loss_and_gradient(queries, gradient);
    }
    std::vector<LossGradient> out;
    for (std::size_t i = 0; i < queries.size(); ++i) {
        assert(queries[i].loss == LossOf::Answer);
        Result<LossGradient> one = loss_under(*samples[i], routing_space(), queries[i].action);
        if (!one.ok()) {
            return one.error();
        }
        out.push_back(*std::move(one));
        if (!gradient) {
            out.back().gradient = {};
        }
    }
    return out;
}

}  // namespace r2t2
