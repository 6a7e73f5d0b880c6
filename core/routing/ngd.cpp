#include "core/routing/ngd.h"

#include <cmath>
#include <numeric>
#include <utility>

#include "core/base/number_text.h"
#include "core/routing/descent_variable.h"
#include "core/routing/kernel_regression.h"
#include "core/routing/quasi_newton.h"
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

/// "stopped at step 4 of 10: the objective changed by less than 0.01"
std::string stopped(int step, int steps, const std::string& why) {
    return "stopped at step " + std::to_string(step) + " of " + std::to_string(steps) + ": " + why;
}

/// Where the descent begins: at the native routing of step 0, or elsewhere, which is step 1.
enum class Begins { AtBase, AtFirstStep };

/// State t is recorded and evaluated, then updated, until the steps are used up, a rule of the parameters stops it, or a loss is not finite.
class Descent {
public:
    Descent(const RoutedModel& model, const std::vector<Pull>& pulls, const MethodParams& params, DescentVariable& variable, TrajectoryRecorder& recorder)
        : model_(model), pulls_(pulls), params_(params), variable_(variable), recorder_(recorder) {
        if (params.optimiser == Optimiser::QuasiNewton) {
            newton_.emplace(model.routing_space(), params.initial_lr, [&variable](RoutingMatrix value) { return variable.admissible(std::move(value)); });
        }
    }

    Status run(Begins begins, const CancelToken& cancel) {
        first_ = begins == Begins::AtBase ? 0 : 1;
        bool go_on = true;
        for (int t = 0; t <= params_.steps && go_on; ++t) {
            if (cancel.cancelled()) {
                return cancelled();
            }
            const Result<bool> done = at_step(t);
            if (!done.ok()) {
                return done.error();
            }
            go_on = *done;
        }
        return {};
    }

private:
    /// Records and evaluates state t and goes on to the next; false: there is none.
    Result<bool> at_step(int t) {
        const WorkMeter meter(model_);
        if (t > 0) {
            recorder_.add_step(variable_.weights(), variable_.action_for(recorder_.base()));
        }
        const bool last = t == params_.steps;
        if (!last && params_.stop_margin) {
            R2T2_TRY(recorder_.answer_last());
        }
        TrajectoryStep& step = recorder_.trajectory().steps.back();
        const bool settled = !last && params_.stop_margin && step.answer->margin >= *params_.stop_margin;
        const bool evaluated = t >= first_ && !settled && !(last && !params_.final_objective && !newton_);
        if (evaluated) {
            R2T2_TRY(evaluate(model_, pulls_, variable_, !last, step));
        }
        step.seconds = meter.seconds();
        step.passes = meter.passes();
        if (settled) {
            recorder_.note(stopped(t, params_.steps, "the answer's margin is " + fixed_text(step.answer->margin, 3)));
        }
        return !settled && (!evaluated || judge(t)) && !last && (t < first_ || move(t));
    }

    /// What was found at state t; false: it ends there.
    bool judge(int t) {
        const TrajectoryStep& step = recorder_.trajectory().steps.back();
        if (!is_finite(step) && newton_ && t > first_) {
            newton_->refuse();
            take_back(t, "its loss or gradient is not finite");
            return true;
        }
        if (!is_finite(step)) {
            recorder_.note("loss or gradient not finite at step " + std::to_string(t) + ": stopped, step " + std::to_string(t > 0 ? t - 1 : 0) + " kept");
            recorder_.repeat_step(static_cast<std::size_t>(t > 0 ? t - 1 : 0));
            return false;
        }
        const double found = *step.objective;
        const std::optional<double> before = std::exchange(objective_, found);
        if (newton_) {
            take(t, step);
        }
        const bool still = params_.stop_change && before && std::abs(found - *before) < *params_.stop_change;
        if (still && t < params_.steps) {
            recorder_.note(stopped(t, params_.steps, "the objective changed by less than " + number_text(*params_.stop_change)));
        }
        return !still;
    }

    void take(int t, const TrajectoryStep& step) {
        const double found = *step.objective;
        if (newton_->take(variable_.value(), found, step.gradient.value_or(RoutingMatrix()))) {
            kept_ = static_cast<std::size_t>(t);
        } else {
            take_back(t, "the objective would be " + fixed_text(found, 6) + ", not " + fixed_text(newton_->objective(), 6));
        }
    }

    /// The step is the kept one again.
    void take_back(int t, const std::string& why) {
        recorder_.note("step " + std::to_string(t) + " taken back: " + why);
        recorder_.take_back(std::exchange(kept_, static_cast<std::size_t>(t)));
        objective_ = newton_->objective();
    }

    bool move(int t) {
        TrajectoryStep& step = recorder_.trajectory().steps.back();
        if (newton_) {
            step.learning_rate = newton_->reach();
            variable_.put(newton_->next());
        } else {
            step.learning_rate = learning_rate(params_.schedule, params_.initial_lr, params_.final_lr, t - first_, params_.steps - first_);
            variable_.update(*step.gradient, *step.learning_rate);
        }
        return true;
    }

    const RoutedModel& model_;
    const std::vector<Pull>& pulls_;
    const MethodParams& params_;
    DescentVariable& variable_;
    TrajectoryRecorder& recorder_;
    std::optional<QuasiNewton> newton_;
    int first_ = 0;
    std::size_t kept_ = 0;             ///< the step that quasi-Newton goes on from
    std::optional<double> objective_;  ///< of the last state, or of the one kept in its place
};

/// The bound is no less of one where the sample's answer is confident: no rule about its margin.
MethodParams only_its_own(MethodParams params) {
    params.stop_margin.reset();
    return params;
}

/// The neighbours' weighted mean. Those that have no routing of the wanted kind are left out, and said; false: none has one.
Result<bool> go_to_mean(const RoutedModel& model, RerouteInput input, const MethodParams& params, DescentVariable& variable, TrajectoryRecorder& recorder) {
    const std::size_t all = input.references.size();
    for (std::size_t i = all; i-- > 0;) {
        if (input.references[i].routing.empty()) {
            input = leave_out_neighbour(std::move(input), i);
        }
    }
    const std::size_t without = all - input.references.size();
    if (without > 0) {
        recorder.note(std::to_string(without) + " of " + std::to_string(all) + " neighbours have no refined routing" +
                      (without == all ? ": begun at the native routing" : ": begun at the mean of the others"));
    }
    if (without == all) {
        return false;
    }
    const Result<RoutingMatrix> mean = neighbours_mean(model.routing_space(), input, params.granularity);
    if (!mean.ok()) {
        return mean.error();
    }
    variable.go_to(*mean);
    return true;
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
    if (!recorder->take_neighbourhood()) {
        return recorder->finish();
    }
    DescentVariable variable(model.routing_space(), params, recorder->base());
    recorder->trajectory().variable = variable.kind();
    const Result<std::vector<Pull>> pulls = pulls_of(model, input, params, variable.needs_sample_base());
    if (!pulls.ok()) {
        return pulls.error();
    }
    Begins begins = Begins::AtBase;
    if (params.start == DescentStart::KernelRegression) {
        const Result<bool> elsewhere = go_to_mean(model, input, params, variable, *recorder);
        if (!elsewhere.ok()) {
            return elsewhere.error();
        }
        begins = *elsewhere ? Begins::AtFirstStep : Begins::AtBase;
    }
    R2T2_TRY(Descent(model, *pulls, params, variable, *recorder).run(begins, cancel));
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
    R2T2_TRY(Descent(model, pulls, only_its_own(params), variable, *recorder).run(Begins::AtBase, cancel));
    return recorder->finish();
}

}  // namespace r2t2
