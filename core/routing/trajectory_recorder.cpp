#include "core/routing/trajectory_recorder.h"

#include <cmath>
#include <map>
#include <utility>

#include "core/routing/routing_frame.h"

namespace r2t2 {

RerouteInput leave_out_neighbour(RerouteInput input, std::size_t position) {
    std::vector<Neighbour>& neighbours = input.neighbourhood.neighbours;
    assert(position < neighbours.size());
    const auto at = static_cast<std::ptrdiff_t>(position);
    neighbours.erase(neighbours.begin() + at);
    if (position < input.references.size()) {
        input.references.erase(input.references.begin() + at);
    }
    double sum = 0.0;
    for (const Neighbour& neighbour : neighbours) {
        sum += neighbour.weight;
    }
    for (Neighbour& neighbour : neighbours) {
        neighbour.weight = sum > 0.0 ? neighbour.weight / sum : 1.0 / static_cast<double>(neighbours.size());
    }
    input.neighbourhood.uniform_fallback = input.neighbourhood.uniform_fallback || !(sum > 0.0);
    return input;
}

Result<TrajectoryRecorder> TrajectoryRecorder::start(const RoutedModel& model, const RerouteInput& input,
                                                     const MethodParams& params) {
    if (!input.sample) {
        return invalid_input("reroute", "sample", "none", "a prepared sample");
    }
    TrajectoryRecorder recorder(model, input, params);
    Result<RoutingMatrix> base = base_routing(model.routing_space(), *input.sample, params.granularity);
    if (!base.ok()) {
        return base.error();
    }
    Trajectory& trajectory = recorder.trajectory_;
    trajectory.method = params.method;
    trajectory.mode = params.mode;
    trajectory.granularity = params.granularity;
    trajectory.frame = params.frame;
    trajectory.uses_label = uses_label(params.method);
    TrajectoryStep& step = recorder.add_step(*std::move(base), RoutingAction::native_gates());
    if (input.base_answer) {
        recorder.set_answer(step, *input.base_answer);
    }
    return recorder;
}

TrajectoryStep& TrajectoryRecorder::add_step(RoutingMatrix weights, RoutingAction action) {
    TrajectoryStep step;
    step.index = static_cast<int>(trajectory_.steps.size());
    step.weights = std::move(weights);
    step.action = std::move(action);
    first_.push_back(trajectory_.steps.size());
    trajectory_.steps.push_back(std::move(step));
    return trajectory_.steps.back();
}

void TrajectoryRecorder::repeat_step(std::size_t index) {
    TrajectoryStep copy = trajectory_.steps[index];
    copy.index = static_cast<int>(trajectory_.steps.size());
    copy.learning_rate.reset();
    copy.seconds = 0.0;
    copy.passes = {};
    first_.push_back(first_[index]);
    trajectory_.steps.push_back(std::move(copy));
}

void TrajectoryRecorder::take_back(std::size_t index) {
    const TrajectoryStep left = std::move(trajectory_.steps.back());
    trajectory_.steps.pop_back();
    first_.pop_back();
    repeat_step(index);
    TrajectoryStep& step = trajectory_.steps.back();
    step.seconds = left.seconds;
    step.passes = left.passes;
    if (step.action.native() && trajectory_.mode == RoutingMode::Fixed) {
        step.action = RoutingAction::fixed(step.weights);
        step.answer.reset();
        step.correct.reset();
        first_.back() = trajectory_.steps.size() - 1;
    }
}

bool TrajectoryRecorder::take_neighbourhood() {
    trajectory_.neighbourhood = input_.neighbourhood;
    if (input_.neighbourhood.empty()) {
        note(std::string(params_.epsilon ? "empty epsilon ball" : "no neighbours") + ": base answer kept");
        return false;
    }
    note_neighbourhood(input_.neighbourhood);
    return true;
}

void TrajectoryRecorder::note_neighbourhood(const Neighbourhood& neighbourhood) {
    if (neighbourhood.uniform_fallback) {
        note("uniform kernel weights: no neighbour had a usable kernel value");
    } else if (neighbourhood.clamped > 0) {
        note(std::to_string(neighbourhood.clamped) + " neighbours with a negative kernel value count as 0");
    }
}

void TrajectoryRecorder::set_answer(TrajectoryStep& step, Answer answer) const {
    if (input_.scorer) {
        step.correct = input_.scorer(answer);
    }
    step.answer = std::move(answer);
}

RoutedQuery TrajectoryRecorder::query_of(const TrajectoryStep& step) const {
    if (step.action.native() && trajectory_.mode == RoutingMode::Offset) {
        return {input_.sample.get(), RoutingAction::offset(RoutingMatrix(step.weights.rows(), step.weights.experts()))};
    }
    return {input_.sample.get(), step.action};
}

Status TrajectoryRecorder::answer_batch(const std::vector<std::size_t>& steps) {
    if (steps.empty()) {
        return {};
    }
    std::vector<RoutedQuery> queries;
    for (const std::size_t step : steps) {
        queries.push_back(query_of(trajectory_.steps[step]));
    }
    Result<std::vector<Answer>> answers = model_.answer(queries);
    if (!answers.ok()) {
        return answers.error();
    }
    assert(answers->size() == steps.size());
    for (std::size_t i = 0; i < steps.size(); ++i) {
        set_answer(trajectory_.steps[steps[i]], std::move((*answers)[i]));
    }
    return {};
}

Status TrajectoryRecorder::answer_last() {
    return trajectory_.steps.back().answer ? Status() : answer_batch({trajectory_.steps.size() - 1});
}

Result<Trajectory> TrajectoryRecorder::finish() {
    const WorkMeter answering(model_);
    std::map<std::size_t, std::size_t> answered;  // the step that is asked about, for it and all its copies
    std::vector<std::size_t> copies;
    std::vector<std::size_t> native;  // fixed mode: native gates cannot share a batch with fixed weights
    std::vector<std::size_t> batch;
    const std::size_t last = trajectory_.steps.size() - 1;
    for (std::size_t i = 0; i <= last; ++i) {
        if (trajectory_.steps[i].answer) {
            answered.emplace(first_[i], i);
        }
    }
    for (std::size_t i = 0; i <= last; ++i) {
        const TrajectoryStep& step = trajectory_.steps[i];
        const bool wanted = params_.answer_steps || i == 0 || i == last;
        const bool finite = !step.objective || std::isfinite(*step.objective);
        if (!wanted || step.answer || !finite) {
            continue;
        }
        const bool asked = answered.emplace(first_[i], i).second;
        (!asked ? copies : query_of(step).action.native() ? native : batch).push_back(i);
    }
    R2T2_TRY(answer_batch(native));
    R2T2_TRY(answer_batch(batch));
    for (const std::size_t i : copies) {
        const TrajectoryStep& same = trajectory_.steps[answered.at(first_[i])];
        trajectory_.steps[i].answer = same.answer;
        trajectory_.steps[i].correct = same.correct;
    }
    trajectory_.answer_seconds = answering.seconds();
    trajectory_.seconds = meter_.seconds();
    trajectory_.passes = meter_.passes();
    return std::move(trajectory_);
}

}  // namespace r2t2
