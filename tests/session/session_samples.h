// Trajectories for session tests: made from a number, so that two processes make the same one. Tests only.
#pragma once

#include <string>

#include "core/base/random.h"
#include "core/scoring/scoring_version.h"
#include "core/session/session.h"

namespace r2t2::session_samples {

inline RunInfo run_info() {
    RunInfo info;
    info.name = "trial";
    info.method = "ngd";
    info.config = R"({"k": 5, "steps": 10})";
    info.space = RoutingSpace::moai(2);
    info.seed = 0xfedcba9876543210ULL;
    info.model_name = "miniature";
    info.model_hash = "aa";
    info.data_hash = "bb";
    info.reference_hash = "cc";
    info.versions = {{"r2t2", "0.1.0"}, {"torch", "1.13.1"}};
    info.command = "r2t2 evaluate --eval \"a set\"";
    return info;
}

/// Every fourth's prompt is not known; an empty instruction is not an unknown one.
inline SampleInfo sample_info(int number) {
    SampleInfo info{{number % 2 == 0 ? "count" : "colour", "s" + std::to_string(number)},
                    "How many caf\u00e9s? " + std::to_string(number),
                    "images/" + std::to_string(number) + ".png",
                    std::to_string(number % 3)};
    if (number % 4 != 0) {
        info.instruction = number % 4 == 1 ? "" : "Answer with a number.";
        info.suffix = number % 4 == 2 ? "" : "\nBe brief.";
        info.picture_hash = "picture " + std::to_string(number);
        info.scoring_version = kScoringVersion;
    }
    return info;
}

inline RoutingMatrix random_weights(RandomStream& random, std::size_t rows) {
    RoutingMatrix logits(rows, 6);
    for (double& value : logits.values()) {
        value = random.normal();
    }
    return softmax(RoutingSpace::moai(2), logits);
}

/// `right[i]`: the answer of step i is right. Every field that a trajectory has is filled.
inline Trajectory trajectory(int number, const std::vector<bool>& right, std::size_t rows = 1) {
    RandomStream random = RandomStream::fork(1, "trajectory", static_cast<std::uint64_t>(number));
    Trajectory out;
    out.method = Method::Ngd;
    out.mode = RoutingMode::Offset;
    out.granularity = rows == 1 ? Granularity::Shared : Granularity::PerMixer;
    out.frame = OffsetFrame::SharedDelta;
    out.variable = OptimisedVariable::Logits;
    out.notes = {"a note", "another \"note\""};
    out.seconds = 0.25;
    out.answer_seconds = 0.125;
    out.passes = {60, 50};
    for (std::size_t i = 0; i < 5; ++i) {
        out.neighbourhood.neighbours.push_back({100 + i, 0.1 * static_cast<double>(i), 0.9, 0.5, 0.2});
    }
    out.neighbourhood.bandwidth = 0.3;
    out.neighbourhood.clamped = 1;
    for (std::size_t i = 0; i < right.size(); ++i) {
        TrajectoryStep step;
        step.index = static_cast<int>(i);
        step.weights = random_weights(random, rows);
        step.correct = right[i];
        step.answer = Answer{right[i] ? "right" : "wrong", {5, 7, 2}, 0.5, {{"right", 0.6}, {"wrong", 0.3}}, 0.3};
        step.seconds = 0.01;
        step.passes = {6, 5};
        step.objective = random.normal();
        if (i > 0) {
            step.action = RoutingAction::offset(random_weights(random, rows));
        }
        if (i + 1 < right.size()) {
            step.gradient = random_weights(random, rows);
            step.routing_gradient = random_weights(random, rows);
            step.learning_rate = 0.4;
            step.neighbour_losses = {1.0, 2.0, 0.5, 0.25, 3.0};
            step.neighbour_gradient_share = {0.5, -0.25, 0.25, 0.25, 0.25};
        } else {
            step.alpha = 0.75;
        }
        out.steps.push_back(std::move(step));
    }
    return out;
}

/// Every third is known by name only.
inline ReferenceName reference_name(std::size_t index) {
    ReferenceName name{"refs", "id-" + std::to_string(index)};
    if (index % 3 != 0) {
        RandomStream random = RandomStream::fork(2, "reference", index);
        name.routing = random_weights(random, 1);
        name.question = "What is \u00b7 " + std::to_string(index) + "?";
        name.answer = index % 3 == 1 ? "" : "seven";  // empty is not unknown
        name.image_path = "references/" + std::to_string(index) + ".png";
    }
    return name;
}

inline bool equal(const Answer& a, const Answer& b) {
    return a.text == b.text && a.tokens == b.tokens && a.confidence == b.confidence && a.margin == b.margin &&
           a.candidates.size() == b.candidates.size() &&
           std::equal(a.candidates.begin(), a.candidates.end(), b.candidates.begin(),
                      [](const AnswerCandidate& x, const AnswerCandidate& y) {
                          return x.text == y.text && x.probability == y.probability;
                      });
}

inline bool equal(const TrajectoryStep& a, const TrajectoryStep& b) {
    return a.index == b.index && a.weights == b.weights && a.action.mode == b.action.mode &&
           a.action.values == b.action.values && a.objective == b.objective && a.gradient == b.gradient &&
           a.routing_gradient == b.routing_gradient && a.learning_rate == b.learning_rate && a.alpha == b.alpha &&
           a.neighbour_losses == b.neighbour_losses && a.neighbour_gradient_share == b.neighbour_gradient_share &&
           a.answer.has_value() == b.answer.has_value() && (!a.answer || equal(*a.answer, *b.answer)) &&
           a.correct == b.correct && a.seconds == b.seconds && a.passes.forward == b.passes.forward &&
           a.passes.backward == b.passes.backward;
}

inline bool equal(const Trajectory& a, const Trajectory& b) {
    return a.method == b.method && a.mode == b.mode && a.granularity == b.granularity && a.frame == b.frame &&
           a.variable == b.variable && a.uses_label == b.uses_label && a.neighbourhood == b.neighbourhood &&
           a.notes == b.notes && a.seconds == b.seconds && a.answer_seconds == b.answer_seconds &&
           a.passes.forward == b.passes.forward && a.passes.backward == b.passes.backward &&
           std::equal(a.steps.begin(), a.steps.end(), b.steps.begin(), b.steps.end(),
                      [](const TrajectoryStep& x, const TrajectoryStep& y) { return equal(x, y); });
}

}  // namespace r2t2::session_samples
