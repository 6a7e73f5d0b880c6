#include "core/routing/mode_finding.h"

#include <algorithm>
#include <cstdio>
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
        if (input.routing_points[i].empty() && std::ranges::find(input.excluded, i) != input.excluded.end()) {
            points.emplace_back();  // of a reference that nobody asks: one whose refined routing is not right has none
            continue;
        }
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

double median_pair_distance(std::span<const RoutingMatrix> points) {
    std::vector<double> distances;
    for (std::size_t i = 0; i < points.size(); ++i) {
        for (std::size_t j = 0; j < i; ++j) {
            distances.push_back(distance(points[i], points[j]));
        }
    }
    if (distances.empty()) {
        return 0.0;
    }
    const auto middle = distances.begin() + static_cast<std::ptrdiff_t>((distances.size() - 1) / 2);
    std::nth_element(distances.begin(), middle, distances.end());
    return *middle;
}

Result<MeanShift> weighted_mean_shift(std::span<const RoutingMatrix> points, std::span<const double> weights, const RoutingMatrix& at,
                                      const KernelParams& kernel, double eta) {
    assert(points.size() == weights.size());
    Result<std::vector<Neighbour>> nearest = nearest_in_routing_space(points, at, 0);
    if (!nearest.ok()) {
        return nearest.error();
    }
    KernelParams of_pairs = kernel;
    if (!of_pairs.bandwidth) {
        of_pairs.bandwidth = median_pair_distance(points);
    }
    MeanShift shift;
    shift.neighbourhood = weigh_neighbours(*std::move(nearest), of_pairs);
    double all = 0.0, together = 0.0;
    for (Neighbour& neighbour : shift.neighbourhood.neighbours) {
        const double weight = weights[neighbour.index];
        shift.density += weight * neighbour.kernel;
        all += weight;
        neighbour.weight *= weight;
        together += neighbour.weight;
    }
    shift.density /= all;
    RoutingMatrix step(at.rows(), at.experts());
    for (Neighbour& neighbour : shift.neighbourhood.neighbours) {
        neighbour.weight = together > 0.0 ? neighbour.weight / together : weights[neighbour.index] / all;
        RoutingMatrix pull = points[neighbour.index] - at;
        pull *= neighbour.weight;
        step += pull;
    }
    step *= eta;
    shift.next = at + step;
    shift.step_length = distance(shift.next, at);
    return shift;
}

namespace {

/// Shifts until it stands still: what both neighbourhoods do at every step.
class Climb {
public:
    Climb(const RoutedModel& model, TrajectoryRecorder& recorder, const MethodParams& params, const CancelToken& cancel)
        : model_(model), recorder_(recorder), params_(params), cancel_(cancel), base_(recorder.base()) {}

    enum class From { Base, Mean };

    /// `shift` (Result<MeanShift> of (at)) from `at` on: a step of its own where it is not the base. Returns where it ends.
    template <typename Shift>
    Result<RoutingMatrix> from(From kind, RoutingMatrix at, Shift&& shift) {
        bool converged = false;
        for (int t = 0; t <= params_.max_shifts && !converged; ++t) {
            if (cancel_.cancelled()) {
                return cancelled();
            }
            const WorkMeter meter(model_);
            if (t > 0 || kind == From::Mean) {
                recorder_.add_step(at, action_toward(params_.mode, at, base_));
            }
            Result<MeanShift> shifted = shift(at);
            if (!shifted.ok()) {
                return shifted.error();
            }
            TrajectoryStep& step = recorder_.trajectory().steps.back();
            step.objective = shifted->density;
            step.seconds = meter.seconds();
            converged = shifted->step_length < params_.tolerance;
            ended_ = at;
            at = renormalise(model_.routing_space(), shifted->next);  // rounding must not walk off the simplices
        }
        if (!converged) {
            recorder_.note("mean shift did not converge in " + std::to_string(params_.max_shifts) + " steps");
        }
        return ended_;
    }

private:
    const RoutedModel& model_;
    TrajectoryRecorder& recorder_;
    const MethodParams& params_;
    const CancelToken& cancel_;
    const RoutingMatrix base_;
    RoutingMatrix ended_;
};

KernelParams routing_kernel(const MethodParams& params) {
    KernelParams kernel = params.kernel;
    kernel.bandwidth = params.routing_bandwidth;  // the task space's is in other units
    return kernel;
}

/// The paper's.
Status climb_in_routing_space(const RoutingSpace& space, const RerouteInput& input, const MethodParams& params, TrajectoryRecorder& recorder,
                              Climb& climb) {
    const Result<std::vector<RoutingMatrix>> points = reference_rows(space, input, params.granularity);
    if (!points.ok()) {
        return points.error();
    }
    KernelParams kernel = routing_kernel(params);
    bool first = true;
    const Result<RoutingMatrix> end = climb.from(Climb::From::Base, recorder.base(), [&](const RoutingMatrix& at) {
        Result<MeanShift> shift = mean_shift(*points, at, kernel, params.routing_k, params.eta, input.excluded);
        if (shift.ok() && std::exchange(first, false)) {
            recorder.note_neighbourhood(shift->neighbourhood);
            if (uses_distance(kernel.kind)) {
                kernel.bandwidth = shift->neighbourhood.bandwidth;
            }
            recorder.trajectory().neighbourhood = shift->neighbourhood;
        }
        return shift;
    });
    return end.ok() ? Status() : Status(end.error());
}

/// "mode found: 7 of 10 neighbours, 81 % of their weight"
std::string mode_note(std::span<const RoutingMatrix> points, std::span<const double> weights, const RoutingMatrix& mode, double bandwidth) {
    std::size_t inside = 0;
    double share = 0.0, all = 0.0;
    for (std::size_t i = 0; i < points.size(); ++i) {
        const bool near = distance(points[i], mode) <= bandwidth;
        inside += near ? 1 : 0;
        share += near ? weights[i] : 0.0;
        all += weights[i];
    }
    char text[96];
    std::snprintf(text, sizeof text, "mode found: %zu of %zu neighbours, %.0f %% of their weight", inside, points.size(), 100.0 * share / all);
    return text;
}

Status climb_in_task_space(const RoutingSpace& space, const RerouteInput& input, const MethodParams& params, TrajectoryRecorder& recorder, Climb& climb) {
    if (!recorder.take_neighbourhood()) {
        return {};
    }
    std::vector<double> weights;
    std::vector<RoutingMatrix> points;
    for (std::size_t i = 0; i < input.references.size(); ++i) {
        const Neighbour& neighbour = input.neighbourhood.neighbours[i];
        Result<RoutingMatrix> rows =
            routing_rows(space, input.references[i].routing, params.granularity, "reference sample " + std::to_string(neighbour.index));
        if (!rows.ok()) {
            return rows.error();
        }
        weights.push_back(neighbour.weight);
        points.push_back(*std::move(rows));
    }
    KernelParams kernel = routing_kernel(params);
    const double of_pairs = median_pair_distance(points);
    if (!kernel.bandwidth) {
        kernel.bandwidth = of_pairs;
    }
    const Result<RoutingMatrix> mode = climb.from(Climb::From::Mean, renormalise(space, weighted_mean(weights, points)), [&](const RoutingMatrix& at) {
        return weighted_mean_shift(points, weights, at, kernel, params.eta);
    });
    if (!mode.ok()) {
        return mode.error();
    }
    recorder.note(mode_note(points, weights, *mode, uses_distance(kernel.kind) ? *kernel.bandwidth : of_pairs));
    return {};
}

}  // namespace

Result<Trajectory> mode_finding(const RoutedModel& model, const RerouteInput& input, const MethodParams& params,
                                const CancelToken& cancel) {
    Result<TrajectoryRecorder> recorder = TrajectoryRecorder::start(model, input, params);
    if (!recorder.ok()) {
        return recorder.error();
    }
    Climb climb(model, *recorder, params, cancel);
    R2T2_TRY(params.mode_neighbourhood == ModeNeighbourhood::Task ? climb_in_task_space(model.routing_space(), input, params, *recorder, climb)
                                                                   : climb_in_routing_space(model.routing_space(), input, params, *recorder, climb));
    return recorder->finish();
}

}  // namespace r2t2
