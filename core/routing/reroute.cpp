#include "core/routing/reroute.h"

#include "core/routing/method_table.h"
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

}  // namespace r2t2
