// What a re-routing did to one sample, step by step: the value that sessions store and the interface draws.
//
// Step 0 is always the native model, whatever the mode (r = the sample's base routing). The last step is the
// method's result. Sources: rerouting, "Methods"; R2-T2 (arXiv 2502.20395) section 3.
// Thread rule: plain value; immutable once a method has returned it.
#pragma once

#include <cassert>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/routing/method_params.h"
#include "core/routing/neighbourhood.h"
#include "core/routing/routed_model.h"

namespace r2t2 {

/// Decides whether an answer is right; set only where the truth is known. Called on the method's thread.
using Scorer = std::function<bool(const Answer&)>;

struct TrajectoryStep {
    int index = 0;
    RoutingMatrix weights;  ///< r: [1 or mixers, experts], every group of every row on its simplex
    RoutingAction action;   ///< what acted on the sample; native for step 0

    /// NGD, oracle: weighted mean neighbour loss at r (minimised); in fixed mode step 0's belongs to r0 applied as
    /// fixed weights, where the descent starts, while its answer is the native one. Kernel regression: confidence
    /// (maximised). Mode finding: mean kernel value over the neighbourhood, the density up to a constant (maximised).
    std::optional<double> objective;
    std::optional<RoutingMatrix> gradient;          ///< of the objective w.r.t. the optimised variable, see `variable`
    std::optional<RoutingMatrix> routing_gradient;  ///< of the objective w.r.t. r, unconstrained (not tangent)
    std::optional<double> learning_rate;            ///< of the update that leaves this step
    std::optional<double> alpha;                    ///< kernel regression: weight of the base routing
    std::vector<double> neighbour_losses;           ///< one per neighbour, unweighted
    /// Signed share of each neighbour in `gradient`: w_i <g_i, g> / <g, g>; the shares sum to 1. A negative share
    /// pulls against the step. Zeros where g = 0.
    std::vector<double> neighbour_gradient_share;

    std::optional<Answer> answer;  ///< absent where the step was not answered
    std::optional<bool> correct;   ///< where the step was answered and a scorer was given
    double seconds = 0.0;          ///< this step's own work, without the answers that are batched at the end
    RoutedModel::Passes passes;    ///< likewise
};

/// The variable a descent moved: what `TrajectoryStep::gradient` refers to.
enum class OptimisedVariable {
    None,
    Logits,   ///< z with r = softmax(z)
    Weights,  ///< r itself; the gradient is its tangent part
    Delta     ///< the shared offset
};

struct Trajectory {
    Method method = Method::Base;
    RoutingMode mode = RoutingMode::Offset;
    Granularity granularity = Granularity::Shared;
    OffsetFrame frame = OffsetFrame::Target;
    OptimisedVariable variable = OptimisedVariable::None;
    bool uses_label = false;            ///< an upper bound, not a method: must be marked wherever it is shown
    std::vector<TrajectoryStep> steps;  ///< never empty in a returned trajectory
    Neighbourhood neighbourhood;        ///< those that acted; mode finding: routing-space ones of the start
    std::vector<std::string> notes;     ///< for people: "empty epsilon ball: base answer kept", ...
    double seconds = 0.0;               ///< everything
    double answer_seconds = 0.0;        ///< the batched answers' part of it
    RoutedModel::Passes passes;         ///< everything

    [[nodiscard]] const TrajectoryStep& base() const {
        assert(!steps.empty());
        return steps.front();
    }
    [[nodiscard]] const TrajectoryStep& result() const {
        assert(!steps.empty());
        return steps.back();
    }
    /// The state at a step of a plot's axis: methods that stop early stay where they stopped.
    [[nodiscard]] const TrajectoryStep& at(std::size_t step) const {
        assert(!steps.empty());
        return steps[step < steps.size() ? step : steps.size() - 1];
    }
};

}  // namespace r2t2
