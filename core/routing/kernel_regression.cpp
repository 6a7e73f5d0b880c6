#include "core/routing/kernel_regression.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "core/routing/routing_frame.h"
#include "core/routing/trajectory_recorder.h"

namespace r2t2 {

namespace {

/// The line search: probes alphas, remembers the best.
class AlphaSearch {
public:
    AlphaSearch(const RoutedModel& model, TrajectoryRecorder& recorder, RoutingMatrix target)
        : model_(model), recorder_(recorder), base_(recorder.base()), target_(std::move(target)) {}

    [[nodiscard]] double best_alpha() const { return best_alpha_; }
    [[nodiscard]] std::size_t best_step() const { return best_step_; }

    /// Evaluate alphas in one batch; `with_base` lets step 0 take part as alpha = 1 (offset mode).
    Status probe(const std::vector<double>& alphas, bool with_base) {
        const WorkMeter meter(model_);
        std::vector<std::size_t> steps;
        if (with_base) {
            recorder_.trajectory().steps.front().alpha = 1.0;
            steps.push_back(0);
        }
        for (const double alpha : alphas) {
            const RoutingMatrix weights = mix(alpha);
            TrajectoryStep& step =
                recorder_.add_step(weights, action_toward(recorder_.trajectory().mode, weights, base_));
            step.alpha = alpha;
            steps.push_back(static_cast<std::size_t>(step.index));
        }
        R2T2_TRY(answer(steps));
        for (const std::size_t index : steps) {
            TrajectoryStep& step = recorder_.trajectory().steps[index];
            step.seconds = meter.seconds() / static_cast<double>(steps.size());
            consider(step);
        }
        return {};
    }

private:
    [[nodiscard]] RoutingMatrix mix(double alpha) const {
        RoutingMatrix own = base_;
        RoutingMatrix theirs = target_;
        own *= alpha;
        theirs *= 1.0 - alpha;
        return own + theirs;
    }

    Status answer(const std::vector<std::size_t>& steps) {
        std::vector<RoutedQuery> queries;
        std::vector<std::size_t> asked;
        for (const std::size_t index : steps) {
            const TrajectoryStep& step = recorder_.trajectory().steps[index];
            if (!step.answer) {  // a known base answer is not asked for again
                queries.push_back(recorder_.query_of(step));
                asked.push_back(index);
            }
        }
        if (queries.empty()) {
            return {};
        }
        const RoutedModel::Passes before = model_.passes();
        Result<std::vector<Answer>> answers = model_.answer(queries);
        if (!answers.ok()) {
            return answers.error();
        }
        assert(answers->size() == asked.size());
        const auto count = static_cast<std::int64_t>(asked.size());
        const std::int64_t forward = model_.passes().forward - before.forward;
        for (std::size_t i = 0; i < asked.size(); ++i) {
            TrajectoryStep& step = recorder_.trajectory().steps[asked[i]];
            recorder_.set_answer(step, std::move((*answers)[i]));
            step.passes.forward = forward / count + (static_cast<std::int64_t>(i) < forward % count ? 1 : 0);
        }
        return {};
    }

    void consider(TrajectoryStep& step) {
        step.objective = step.answer->confidence;
        if (std::isfinite(*step.objective) && (!found_ || *step.objective > best_)) {
            found_ = true;
            best_ = *step.objective;
            best_alpha_ = *step.alpha;
            best_step_ = static_cast<std::size_t>(step.index);
        }
    }

    const RoutedModel& model_;
    TrajectoryRecorder& recorder_;
    const RoutingMatrix base_;
    const RoutingMatrix target_;
    bool found_ = false;
    double best_ = 0.0;
    double best_alpha_ = 1.0;
    std::size_t best_step_ = 0;  ///< the native answer, until a confidence is finite
};

/// What a rule without a search says; none: search.
std::optional<double> alpha_of_rule(Mixing mixing, const Neighbourhood& neighbourhood) {
    switch (mixing) {
        case Mixing::Similarity: {
            double mean = 0.0;
            for (const Neighbour& neighbour : neighbourhood.neighbours) {
                mean += neighbour.weight * neighbour.similarity;
            }
            return 1.0 - std::clamp(mean, 0.0, 1.0);
        }
        case Mixing::None:
            return 0.0;
        case Mixing::Confidence:
            break;
    }
    return std::nullopt;
}

Status search(const MethodParams& params, const CancelToken& cancel, AlphaSearch& line) {
    const bool offset = params.mode == RoutingMode::Offset;
    double spacing = 1.0 / (params.alpha_grid - 1);
    std::vector<double> alphas;
    for (int i = offset ? 1 : 0; i < params.alpha_grid; ++i) {
        alphas.push_back(i + 1 == params.alpha_grid ? 0.0 : 1.0 - i * spacing);
    }
    for (int batch = 0; batch <= params.alpha_refinements; ++batch) {
        if (cancel.cancelled()) {
            return cancelled();
        }
        R2T2_TRY(line.probe(alphas, offset && batch == 0));
        spacing *= 0.5;
        alphas.clear();
        for (const double alpha : {line.best_alpha() + spacing, line.best_alpha() - spacing}) {
            if (alpha >= 0.0 && alpha <= 1.0) {
                alphas.push_back(alpha);
            }
        }
    }
    return {};
}

}  // namespace

Result<RoutingMatrix> neighbours_mean(const RoutingSpace& space, const RerouteInput& input, Granularity granularity) {
    assert(input.references.size() == input.neighbourhood.neighbours.size());
    std::vector<double> weights;
    std::vector<RoutingMatrix> points;
    for (std::size_t i = 0; i < input.references.size(); ++i) {
        const Neighbour& neighbour = input.neighbourhood.neighbours[i];
        Result<RoutingMatrix> rows = routing_rows(space, input.references[i].routing, granularity, "reference sample " + std::to_string(neighbour.index));
        if (!rows.ok()) {
            return rows.error();
        }
        weights.push_back(neighbour.weight);
        points.push_back(*std::move(rows));
    }
    return weighted_mean(weights, points);
}

Result<Trajectory> kernel_regression(const RoutedModel& model, const RerouteInput& input, const MethodParams& params,
                                     const CancelToken& cancel) {
    Result<TrajectoryRecorder> recorder = TrajectoryRecorder::start(model, input, params);
    if (!recorder.ok()) {
        return recorder.error();
    }
    if (!recorder->take_neighbourhood()) {
        return recorder->finish();
    }
    Result<RoutingMatrix> target = neighbours_mean(model.routing_space(), input, params.granularity);
    if (!target.ok()) {
        return target.error();
    }
    AlphaSearch line(model, *recorder, *std::move(target));
    if (const std::optional<double> alpha = alpha_of_rule(params.mixing, input.neighbourhood)) {
        if (cancel.cancelled()) {
            return cancelled();
        }
        R2T2_TRY(line.probe({*alpha}, params.mode == RoutingMode::Offset));
        return recorder->finish();  // the probe is the result, however confident
    }
    R2T2_TRY(search(params, cancel, line));
    recorder->repeat_step(line.best_step());
    return recorder->finish();
}

}  // namespace r2t2
