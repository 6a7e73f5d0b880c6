#include "core/routing/mode_finding.h"

#include <utility>

#include "core/routing/routing_frame.h"
#include "core/routing/trajectory_recorder.h"

namespace r2t2 {

namespace {

Result<std::vector<RoutingMatrix>> reference_rows(const RoutingSpace& space, const RerouteInput& input,
                                                  Granularity granularity) {
    if (input.routing_points.empty()) {
        return invalid_input("mode-finding", "reference set", "no routing vectors", "one per reference sample");
    }
    std::vector<RoutingMatrix> points;
    points.reserve(input.routing_points.size());
    for (std::size_t i = 0; i < input.routing_points.size(); ++i) {
        Result<RoutingMatrix> rows =
            routing_rows(space, input.routing_points[i], granularity, "reference sample " + std::to_string(i));
        if (!rows.ok()) {
            return rows.error();
        }
        points.push_back(*std::move(rows));
    }
    return points;
}

}  // namespace

Result<MeanShift> mean_shift(std::span<const RoutingMatrix> points, const RoutingMatrix& at, const KernelParams& kernel,
                             std::size_t k, double eta, std::span<const std::size_t> excluded) {
    Result<std::vector<Neighbour>> nearest = nearest_in_routing_space(points, at, k, excluded);
    if (!nearest.ok()) {
        return nearest.error();
    }
    MeanShift shift;
    shift.neighbourhood = weigh_neighbours(*std::move(nearest), kernel);
    RoutingMatrix step(at.rows(), at.experts());
    for (const Neighbour& neighbour : shift.neighbourhood.neighbours) {
        RoutingMatrix pull = points[neighbour.index] - at;
        pull *= neighbour.weight;
        step += pull;
        shift.density += neighbour.kernel;
    }
    shift.density /= static_cast<double>(shift.neighbourhood.neighbours.size());
    step *= eta;
    shift.next = at + step;
    shift.step_length = distance(shift.next, at);
    return shift;
}

Result<Trajectory> mode_finding(const RoutedModel& model, const RerouteInput& input, const MethodParams& params,
                                const CancelToken& cancel) {
    Result<TrajectoryRecorder> recorder = TrajectoryRecorder::start(model, input, params);
    if (!recorder.ok()) {
        return recorder.error();
    }
    const RoutingSpace& space = model.routing_space();
    const Result<std::vector<RoutingMatrix>> points = reference_rows(space, input, params.granularity);
    if (!points.ok()) {
        return points.error();
    }
    KernelParams kernel = params.kernel;
    kernel.bandwidth = params.routing_bandwidth;  // the task space's is in other units
    const RoutingMatrix base = recorder->base();
    RoutingMatrix at = base;
    bool converged = false;
    for (int t = 0; t <= params.max_shifts && !converged; ++t) {
        if (cancel.cancelled()) {
            return cancelled();
        }
        const WorkMeter meter(model);
        if (t > 0) {
            recorder->add_step(at, action_toward(params.mode, at, base));
        }
        Result<MeanShift> shift = mean_shift(*points, at, kernel, params.routing_k, params.eta, input.excluded);
        if (!shift.ok()) {
            return shift.error();
        }
        TrajectoryStep& step = recorder->trajectory().steps.back();
        step.objective = shift->density;
        step.seconds = meter.seconds();
        if (t == 0) {
            recorder->note_neighbourhood(shift->neighbourhood);
            if (uses_distance(kernel.kind)) {
                kernel.bandwidth = shift->neighbourhood.bandwidth;
            }
            recorder->trajectory().neighbourhood = std::move(shift->neighbourhood);
        }
        converged = shift->step_length < params.tolerance;
        at = renormalise(space, shift->next);  // rounding must not walk off the simplices
    }
    if (!converged) {
        recorder->note("mean shift did not converge in " + std::to_string(params.max_shifts) + " steps");
    }
    return recorder->finish();
}

}  // namespace r2t2
