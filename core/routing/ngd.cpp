#include "core/routing/ngd.h"

#include <cmath>
#include <numeric>
#include <utility>

#include "core/routing/descent_variable.h"
#include "core/routing/trajectory_recorder.h"

namespace r2t2 {

namespace {

/// A labelled sample that pulls on r.
struct Pull {
    const PreparedSample* sample = nullptr;
    double weight = 0.0;
    RoutingMatrix base;  ///< r0 of the sample; empty where the variable does not need it
};

Result<std::vector<Pull>> pulls_of(const RoutedModel& model, const RerouteInput& input, const MethodParams& params,
                                   bool needs_base) {
    assert(input.references.size() == input.neighbourhood.neighbours.size());
    std::vector<Pull> pulls;
    for (std::size_t i = 0; i < input.references.size(); ++i) {
        const Neighbour& neighbour = input.neighbourhood.neighbours[i];
        const std::string where = "reference sample " + std::to_string(neighbour.index);
        const PreparedSample* sample = input.references[i].prepared.get();
        if (sample == nullptr || !sample->has_label()) {
            return invalid_input(where, sample == nullptr ? "prepared sample" : "label", "none",
                                 "gradient descent needs the answer of every neighbour");
        }
        pulls.push_back({sample, neighbour.weight, {}});
        if (needs_base) {
            Result<RoutingMatrix> base = base_routing(model.routing_space(), *sample, params.granularity);
            if (!base.ok()) {
                return base.error().inside(where);
            }
            pulls.back().base = *std::move(base);
        }
    }
    return pulls;
}

/// Fill a step with objective, losses, gradients and shares at the variable's present value.
Status evaluate(const RoutedModel& model, const std::vector<Pull>& pulls, const DescentVariable& variable,
                bool with_gradient, TrajectoryStep& step) {
    std::vector<RoutedQuery> queries;
    std::vector<double> weights;
    for (const Pull& pull : pulls) {
        queries.push_back({pull.sample, variable.action_for(pull.base)});
        weights.push_back(pull.weight);
    }
    const Result<std::vector<LossGradient>> results = model.loss_and_gradient(queries, with_gradient);
    if (!results.ok()) {
        return results.error();
    }
    assert(results->size() == pulls.size());
    std::vector<RoutingMatrix> gradients;
    std::vector<RoutingMatrix> value_gradients;
    for (const LossGradient& result : *results) {
        step.neighbour_losses.push_back(result.loss);
        if (with_gradient) {
            value_gradients.push_back(result.gradient);
            gradients.push_back(variable.gradient(result.gradient));
        }
    }
    step.objective = weighted_loss(weights, step.neighbour_losses);
    if (with_gradient) {
        step.gradient = weighted_mean(weights, gradients);
        step.routing_gradient = variable.weights_gradient(weighted_mean(weights, value_gradients));
        step.neighbour_gradient_share = gradient_shares(weights, gradients);
    }
    return {};
}

bool is_finite(const TrajectoryStep& step) {
    return std::isfinite(*step.objective) && (!step.gradient || all_finite(*step.gradient));
}

/// The loop: state t is recorded and evaluated, then updated. Returns when done, or when a loss is not finite.
Status descend(const RoutedModel& model, const std::vector<Pull>& pulls, const MethodParams& params,
               const CancelToken& cancel, DescentVariable& variable, TrajectoryRecorder& recorder) {
    for (int t = 0; t <= params.steps; ++t) {
        if (cancel.cancelled()) {
            return cancelled();
        }
        const WorkMeter meter(model);
        if (t > 0) {
            recorder.add_step(variable.weights(), variable.action_for(recorder.base()));
        }
        TrajectoryStep& step = recorder.trajectory().steps.back();
        const bool last = t == params.steps;
        if (last && !params.final_objective) {
            return {};
        }
        R2T2_TRY(evaluate(model, pulls, variable, !last, step));
        step.seconds = meter.seconds();
        step.passes = meter.passes();
        if (!is_finite(step)) {
            recorder.note("loss or gradient not finite at step " + std::to_string(t) + ": stopped, step " +
                          std::to_string(t > 0 ? t - 1 : 0) + " kept");
            recorder.repeat_step(static_cast<std::size_t>(t > 0 ? t - 1 : 0));
            return {};
        }
        if (!last) {
            step.learning_rate = learning_rate(params.schedule, params.initial_lr, params.final_lr, t, params.steps);
            variable.update(*step.gradient, *step.learning_rate);
        }
    }
    return {};
}

}  // namespace

double weighted_loss(const std::vector<double>& weights, const std::vector<double>& losses) {
    assert(weights.size() == losses.size());
    return std::inner_product(weights.begin(), weights.end(), losses.begin(), 0.0) /
           std::accumulate(weights.begin(), weights.end(), 0.0);
}

std::vector<double> gradient_shares(const std::vector<double>& weights, const std::vector<RoutingMatrix>& gradients) {
    std::vector<double> shares(weights.size(), 0.0);
    const RoutingMatrix mean = weighted_mean(weights, gradients);
    const double squared = dot(mean, mean);
    if (!(squared > 0.0) || !std::isfinite(squared)) {
        return shares;
    }
    const double sum = std::accumulate(weights.begin(), weights.end(), 0.0);
    for (std::size_t i = 0; i < weights.size(); ++i) {
        shares[i] = weights[i] / sum * dot(gradients[i], mean) / squared;
    }
    return shares;
}

Result<Trajectory> neighbourhood_gradient_descent(const RoutedModel& model, const RerouteInput& input,
                                                  const MethodParams& params, const CancelToken& cancel) {
    Result<TrajectoryRecorder> recorder = TrajectoryRecorder::start(model, input, params);
    if (!recorder.ok()) {
        return recorder.error();
    }
    recorder->trajectory().neighbourhood = input.neighbourhood;
    if (input.neighbourhood.empty()) {
        recorder->note(std::string(params.epsilon ? "empty epsilon ball" : "no neighbours") + ": base answer kept");
        return recorder->finish();
    }
    recorder->note_neighbourhood(input.neighbourhood);
    DescentVariable variable(model.routing_space(), params, recorder->base());
    recorder->trajectory().variable = variable.kind();
    const Result<std::vector<Pull>> pulls = pulls_of(model, input, params, variable.needs_sample_base());
    if (!pulls.ok()) {
        return pulls.error();
    }
    R2T2_TRY(descend(model, *pulls, params, cancel, variable, *recorder));
    return recorder->finish();
}

Result<Trajectory> oracle_descent(const RoutedModel& model, const RerouteInput& input, const MethodParams& params,
                                  const CancelToken& cancel) {
    Result<TrajectoryRecorder> recorder = TrajectoryRecorder::start(model, input, params);
    if (!recorder.ok()) {
        return recorder.error();
    }
    if (!input.sample->has_label()) {
        return invalid_input("oracle", "label", "none", "a sample with a ground-truth answer");
    }
    recorder->trajectory().uses_label = true;
    recorder->note("oracle: uses the sample's own label");
    DescentVariable variable(model.routing_space(), params, recorder->base());
    recorder->trajectory().variable = variable.kind();
    const std::vector<Pull> pulls = {{input.sample.get(), 1.0, recorder->base()}};
    R2T2_TRY(descend(model, pulls, params, cancel, variable, *recorder));
    return recorder->finish();
}

}  // namespace r2t2
