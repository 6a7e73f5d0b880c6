// The steps of a gradient descent on r, whoever's losses they are: the neighbours' (NGD), the sample's own (oracle, methods without references).
//
// A step is one batch of all pulls (forward and backward), then one update: Adam's, or a quasi-Newton step (MethodParams::optimiser), which
// takes a worse state back and is in its place what it was before, with a note.
// Source: rerouting, methods 1 and 4. Thread rule: a descent belongs to the calling thread.
#pragma once

#include <vector>

#include "core/base/cancel.h"
#include "core/routing/descent_variable.h"
#include "core/routing/trajectory_recorder.h"

namespace r2t2 {

/// A sample that pulls on r by its loss.
struct Pull {
    const PreparedSample* sample = nullptr;
    double weight = 0.0;
    RoutingMatrix base{};  ///< r0 of the sample; empty where the variable does not need it (DescentVariable::needs_sample_base)
    LossOf loss = LossOf::Answer;
};

/// Where the descent begins: at the native routing of step 0, or elsewhere, which is step 1.
enum class Begins { AtBase, AtFirstStep };

/// Down the weighted mean loss of `pulls`: state t is recorded and evaluated, then updated, until the steps are used up, a rule of the parameters
/// stops it, or a loss is not finite (that state is kept as a step, a note says so, and the last finite one is repeated as the result).
/// Looks at the token once a step (Error Cancelled). Errors: the model's.
[[nodiscard]] Status descend(const RoutedModel& model, const std::vector<Pull>& pulls, const MethodParams& params, Begins begins,
                             DescentVariable& variable, TrajectoryRecorder& recorder, const CancelToken& cancel);

/// Down a loss of x's own, from its base routing: x is the only pull, `neighbour_losses` holds its loss. `start` and `stop_margin` are not looked
/// at. Errors: the model's.
[[nodiscard]] Status descend_alone(const RoutedModel& model, const RerouteInput& input, const MethodParams& params, LossOf loss,
                                   TrajectoryRecorder& recorder, const CancelToken& cancel);

/// Weighted mean loss and its gradient from those of the neighbours. `gradients` are w.r.t. the same variable.
[[nodiscard]] double weighted_loss(const std::vector<double>& weights, const std::vector<double>& losses);
/// Signed shares w_i <g_i, g> / (sum w <g, g>) with g the weighted mean; they sum to 1, or are all 0 where g = 0.
[[nodiscard]] std::vector<double> gradient_shares(const std::vector<double>& weights,
                                                  const std::vector<RoutingMatrix>& gradients);

}  // namespace r2t2
