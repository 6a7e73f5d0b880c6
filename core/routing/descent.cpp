#include "core/routing/descent.h"

#include <cmath>
#include <numeric>
#include <utility>

#include "core/base/number_text.h"
#include "core/routing/quasi_newton.h"

namespace r2t2 {

namespace {

/// Fill a step with objective, losses, gradients and shares at the variable's present value.
Status evaluate(const RoutedModel& model, const std::vector<Pull>& pulls, const DescentVariable& variable,
                bool with_gradient, TrajectoryStep& step) {
    std::vector<RoutedQuery> queries;
    std::vector<double> weights;
    for (const Pull& pull : pulls) {
        queries.push_back({pull.sample, variable.action_for(pull.base), pull.loss});
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
        if (params_.result == DescentResult::Best) {
            end_at_best();
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
        const bool evaluated = t >= first_ && !settled && !(last && !params_.final_objective && !newton_ && params_.result == DescentResult::Last);
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

    /// The last step is the state of the least objective again, the first of several. One that a rule stopped before it was looked at stays.
    void end_at_best() {
        const std::vector<TrajectoryStep>& steps = recorder_.trajectory().steps;
        const auto objective = [&steps](std::size_t t) { return steps[t].objective && std::isfinite(*steps[t].objective) ? *steps[t].objective : HUGE_VAL; };
        const std::size_t last = steps.size() - 1;
        std::size_t best = last;
        for (std::size_t t = last; t-- > 0;) {
            best = objective(t) <= objective(best) ? t : best;
        }
        if (steps[last].objective && objective(best) < objective(last)) {
            recorder_.note("step " + std::to_string(best) + " had the least objective: it is the result, in the place of step " + std::to_string(last));
            recorder_.take_back(best);
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

Status descend(const RoutedModel& model, const std::vector<Pull>& pulls, const MethodParams& params, Begins begins, DescentVariable& variable,
               TrajectoryRecorder& recorder, const CancelToken& cancel) {
    return Descent(model, pulls, params, variable, recorder).run(begins, cancel);
}

Status descend_alone(const RoutedModel& model, const RerouteInput& input, const MethodParams& params, LossOf loss, TrajectoryRecorder& recorder,
                     const CancelToken& cancel) {
    MethodParams own = params;
    own.stop_margin.reset();  // a bound is no less of one where the sample's answer is confident
    DescentVariable variable(model.routing_space(), own, recorder.base());
    recorder.trajectory().variable = variable.kind();
    const std::vector<Pull> pulls = {{input.sample.get(), 1.0, recorder.base(), loss}};
    return descend(model, pulls, own, Begins::AtBase, variable, recorder, cancel);
}

}  // namespace r2t2
