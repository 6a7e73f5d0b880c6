#include "core/routing/reroute.h"

#include "core/routing/method_table.h"
#include "core/routing/reaching_model.h"
#include "core/routing/surface_model.h"

namespace r2t2 {

namespace {

/// A control says so wherever its trajectory is shown.
void note_choice(const MethodParams& params, Trajectory& trajectory) {
    if (!uses_neighbours(params) || params.neighbour_choice == NeighbourChoice::Nearest || is_control(params.method)) {
        return;
    }
    trajectory.notes.insert(trajectory.notes.begin(), params.neighbour_choice == NeighbourChoice::Random
                                                          ? "a control: the neighbours are drawn by chance"
                                                          : "a control: every neighbour has the routing, loss and label of another reference");
}

/// A descent on surfaces: they stand in the prepared samples' place. One without is told by the descent.
RerouteInput with_surfaces(RerouteInput input) {
    for (ReferenceSample& reference : input.references) {
        reference.prepared = reference.surface;
    }
    return input;
}

Result<Trajectory> run(const RoutedModel& model, const RerouteInput& input, const MethodParams& params, const CancelToken& cancel) {
    const bool on_surfaces = needs_surfaces(params) && neighbour_need(params) != NeighbourNeed::Surfaces;
    Result<Trajectory> out = on_surfaces ? method_row(params.method).run(SurfaceModel(model), with_surfaces(input), params, cancel)
                                         : method_row(params.method).run(model, input, params, cancel);
    if (out.ok()) {
        if (on_surfaces && !input.references.empty() && input.references.front().surface) {
            out->notes.insert(out->notes.begin(), surface_note(input.references.front().surface->form()));
        }
        note_choice(params, *out);
    }
    return out;
}

/// Some mixers, experts or tokens alone: the steps' actions are what acted, and with core experts r is where that leads.
Result<Trajectory> reroute_in_part(const RoutedModel& model, const RerouteInput& input, const MethodParams& params, const CancelToken& cancel) {
    if (needs_surfaces(params)) {
        return invalid_input("options", "response surfaces", "together with --critical-mixers, --core-experts or --tokens", "one of the two: tables are of the whole model's losses");
    }
    const ReachingModel part(model, params);
    Result<Trajectory> out = run(part, input, params, cancel);
    if (!out.ok()) {
        return out;
    }
    const RoutingMatrix base = out->base().weights;
    for (TrajectoryStep& step : out->steps) {
        if (step.action.native()) {
            continue;
        }
        step.action = part.applied(*input.sample, step.action);
        if (step.action.mode == RoutingMode::Offset && params.core_experts > 0) {
            step.weights = softmax(model.routing_space(), log_weights(base) + step.action.values);
        }
    }
    if (out->steps.size() > 1) {
        out->notes.insert(out->notes.begin(), reach_note(model.routing_space(), params));
    }
    return out;
}

}  // namespace

Result<Trajectory> reroute(const RoutedModel& model, const RerouteInput& input, const MethodParams& wanted,
                           const CancelToken& cancel) {
    R2T2_TRY(validate(wanted));
    MethodParams params = wanted;
    params.mode = method_row(params.method).forced_mode.value_or(params.mode);
    if (cancel.cancelled()) {
        return cancelled();
    }
    if (uses_neighbours(params) && input.references.size() != input.neighbourhood.neighbours.size()) {
        return invalid_input(to_string(params.method), "references", std::to_string(input.references.size()),
                             std::to_string(input.neighbourhood.neighbours.size()) + ", one per neighbour");
    }
    if (!reaches_everything(params)) {
        return reroute_in_part(model, input, params, cancel);
    }
    return run(model, input, params, cancel);
}

}  // namespace r2t2
