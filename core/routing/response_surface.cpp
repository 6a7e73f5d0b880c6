#include "core/routing/response_surface.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/routing/method_table.h"
#include "core/routing/descent.h"
#include "core/routing/routing_frame.h"
#include "core/routing/surface_model.h"
#include "core/routing/trajectory_recorder.h"

namespace r2t2 {

namespace {

/// A form and mode that all neighbours' surfaces have.
Status check_surfaces(const RerouteInput& input, const MethodParams& params) {
    const SurfaceSample* first = input.references.front().surface.get();
    for (std::size_t i = 0; i < input.references.size(); ++i) {
        const SurfaceSample* surface = input.references[i].surface.get();
        const std::string where = "reference sample " + std::to_string(input.neighbourhood.neighbours[i].index);
        if (surface == nullptr) {
            return invalid_input(where, "response surface", "none", "one of every neighbour");
        }
        if (surface->mode() != params.mode || &surface->form() != &first->form()) {
            return invalid_input(where, "response surface", "another mode or form than asked for", "one and the same of all neighbours");
        }
    }
    return {};
}

/// The kernel-weighted mean of the neighbours' tables.
std::vector<double> mean_table(const RerouteInput& input) {
    std::vector<double> mean(input.references.front().surface->table().size(), 0.0);
    for (std::size_t i = 0; i < input.references.size(); ++i) {
        const std::span<const float> table = input.references[i].surface->table();
        for (std::size_t n = 0; n < mean.size(); ++n) {
            mean[n] += input.neighbourhood.neighbours[i].weight * static_cast<double>(table[n]);
        }
    }
    return mean;
}

RoutingMatrix node_of(const std::vector<RoutingMatrix>& nodes, const std::vector<double>& losses, const MethodParams& params, const RoutingSpace& space) {
    const auto best = std::min_element(losses.begin(), losses.end());
    if (params.surface_rule == SurfaceRule::BestNode) {
        return nodes[static_cast<std::size_t>(best - losses.begin())];
    }
    std::vector<double> shares;
    for (const double loss : losses) {
        shares.push_back(std::exp((*best - loss) / params.surface_temperature));
    }
    return renormalise(space, weighted_mean(shares, nodes));
}

/// What the surfaces say of a step's routing.
Status add_losses(const RoutedModel& model, const RerouteInput& input, TrajectoryStep& step) {
    std::vector<RoutedQuery> queries;
    std::vector<double> weights;
    for (std::size_t i = 0; i < input.references.size(); ++i) {
        const SurfaceSample* surface = input.references[i].surface.get();
        const Result<RoutingMatrix> base = base_routing(model.routing_space(), *surface, Granularity::Shared);
        if (!base.ok()) {
            return base.error();
        }
        queries.push_back({surface, action_toward(surface->mode(), step.weights, *base)});
        weights.push_back(input.neighbourhood.neighbours[i].weight);
    }
    const Result<std::vector<LossGradient>> losses = SurfaceModel(model).loss_and_gradient(queries, false);
    if (!losses.ok()) {
        return losses.error();
    }
    for (const LossGradient& loss : *losses) {
        step.neighbour_losses.push_back(loss.loss);
    }
    step.objective = weighted_loss(weights, step.neighbour_losses);
    return {};
}

}  // namespace

Result<Trajectory> response_surface(const RoutedModel& model, const RerouteInput& input, const MethodParams& common, const CancelToken& cancel) {
    MethodParams params = common;
    params.granularity = Granularity::Shared;
    Result<TrajectoryRecorder> recorder = TrajectoryRecorder::start(model, input, params);
    if (!recorder.ok()) {
        return recorder.error();
    }
    if (!recorder->take_neighbourhood()) {
        return recorder->finish();
    }
    R2T2_TRY(check_surfaces(input, params));
    recorder->note(surface_note(input.references.front().surface->form()));
    if (cancel.cancelled()) {
        return cancelled();
    }
    R2T2_TRY(add_losses(model, input, recorder->trajectory().steps.front()));
    const WorkMeter meter(model);
    const SurfaceForm& form = input.references.front().surface->form();
    const RoutingMatrix weights = node_of(form.nodes(), mean_table(input), params, model.routing_space());
    TrajectoryStep& step = recorder->add_step(weights, action_toward(params.mode, weights, recorder->base()));
    R2T2_TRY(add_losses(model, input, step));
    step.seconds = meter.seconds();
    return recorder->finish();
}

}  // namespace r2t2
