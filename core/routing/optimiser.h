// Adam and learning-rate schedules for a handful of numbers.
//
// Adam: Kingma and Ba 2015, algorithm 1, beta 0.9 / 0.999, epsilon 1e-8 added outside the square root, as PyTorch
// does it. Thread rule: one optimiser belongs to one descent.
#pragma once

#include "core/routing/method_params.h"
#include "core/routing/routing_matrix.h"

namespace r2t2 {

class Adam {
public:
    /// One update of `variable` in place; the first call fixes the shape. `gradient` must be finite.
    void step(RoutingMatrix& variable, const RoutingMatrix& gradient, double learning_rate);

private:
    RoutingMatrix first_;   ///< running mean of g
    RoutingMatrix second_;  ///< running mean of g^2
    int steps_ = 0;
};

/// Learning rate of update t = 0 .. total-1; see LearningRateSchedule.
[[nodiscard]] double learning_rate(LearningRateSchedule schedule, double initial, double final, int t, int total);

}  // namespace r2t2
