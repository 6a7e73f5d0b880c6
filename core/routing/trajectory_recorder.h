// Builds a Trajectory: base step, further steps, and all their answers in one batch at the end.
//
// Answers do not influence a descent, so they can wait; a batch of them is much cheaper than one at a time.
// In offset mode the native answer joins that batch as delta = 0, which the model guarantees to be the native model
// to the last bit; in fixed mode it is a call of its own. Thread rule: one recorder per method run.
#pragma once

#include <chrono>
#include <string>

#include "core/base/cancel.h"
#include "core/routing/reroute_input.h"
#include "core/routing/trajectory.h"

namespace r2t2 {

/// Seconds and model passes of a piece of work on this thread; calls shared with others count by this one's part.
class WorkMeter {
public:
    explicit WorkMeter(const RoutedModel& model)
        : model_(model), passes_(model.passes()), start_(std::chrono::steady_clock::now()) {}
    [[nodiscard]] double seconds() const {
        const double wall = std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
        return wall - (model_.passes().waited - passes_.waited);
    }
    [[nodiscard]] RoutedModel::Passes passes() const {
        const RoutedModel::Passes now = model_.passes();
        return {now.forward - passes_.forward, now.backward - passes_.backward, now.waited - passes_.waited};
    }

private:
    const RoutedModel& model_;
    RoutedModel::Passes passes_;
    std::chrono::steady_clock::time_point start_;
};

class TrajectoryRecorder {
public:
    /// Checks the sample and records step 0. Model, input and params must outlive the recorder.
    [[nodiscard]] static Result<TrajectoryRecorder> start(const RoutedModel& model, const RerouteInput& input,
                                                          const MethodParams& params);

    [[nodiscard]] const RoutingMatrix& base() const { return trajectory_.steps.front().weights; }  ///< r0(x)
    [[nodiscard]] Trajectory& trajectory() { return trajectory_; }
    /// Append a step; the reference is valid until the next call.
    TrajectoryStep& add_step(RoutingMatrix weights, RoutingAction action);
    /// Append a copy of an earlier step, as the result or because nothing better was found; it costs nothing, and has the earlier one's answer.
    void repeat_step(std::size_t index);
    /// The last step is an earlier one again, at what it has cost. In fixed mode the weights of step 0, held fixed, are no native gates, and have an
    /// answer of their own.
    void take_back(std::size_t index);
    void note(std::string text) { trajectory_.notes.push_back(std::move(text)); }
    /// The input's neighbourhood is the trajectory's, with its notes. False: there is nobody in it, which is noted too, and the base answer stands.
    [[nodiscard]] bool take_neighbourhood();
    /// Notes about the neighbourhood that a reader must know (uniform fallback, negative kernel values).
    void note_neighbourhood(const Neighbourhood& neighbourhood);

    /// Put an answer into a step and score it.
    void set_answer(TrajectoryStep& step, Answer answer) const;
    /// Answer the last step now, where it has no answer yet.
    [[nodiscard]] Status answer_last();
    /// Query that gives a step's answer, in the mode of its batch.
    [[nodiscard]] RoutedQuery query_of(const TrajectoryStep& step) const;
    /// Answer what is to be answered (all steps, or first and last), close the totals and hand the value over.
    [[nodiscard]] Result<Trajectory> finish();

private:
    TrajectoryRecorder(const RoutedModel& model, const RerouteInput& input, const MethodParams& params)
        : model_(model), input_(input), params_(params), meter_(model) {}
    [[nodiscard]] Status answer_batch(const std::vector<std::size_t>& steps);

    const RoutedModel& model_;
    const RerouteInput& input_;
    const MethodParams& params_;
    WorkMeter meter_;
    Trajectory trajectory_;
    std::vector<std::size_t> first_;  ///< of every step the one that it is a copy of, or itself
};

}  // namespace r2t2
