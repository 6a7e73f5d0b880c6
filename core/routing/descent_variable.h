// The numbers that gradient descent moves, and how they become routing: the one place that knows all combinations
// of mode (fixed, offset), parametrisation (logits, projected) and frame (target, shared delta).
//
//   logits       z,  r = softmax(z),                 z0 = log r0      gradient: softmax backward of d L / d r
//   projected    r,  projected after every update,   r0               gradient: tangent part of d L / d r
//   shared delta d,  r = softmax(log r0 + d),        d0 = 0           gradient: d L / d values
// The tangent part is used because Adam scales every entry by itself: a large component along (1, ..., 1), which
// cannot move r, would drown the rest. Thread rule: one per descent.
#pragma once

#include "core/routing/optimiser.h"
#include "core/routing/routing_frame.h"
#include "core/routing/trajectory.h"

namespace r2t2 {

class DescentVariable {
public:
    /// Starts at the sample's own base routing. `space` must outlive the variable.
    DescentVariable(const RoutingSpace& space, const MethodParams& params, RoutingMatrix base);

    [[nodiscard]] OptimisedVariable kind() const { return kind_; }
    [[nodiscard]] const RoutingMatrix& value() const { return value_; }      ///< z, r or d
    [[nodiscard]] const RoutingMatrix& weights() const { return weights_; }  ///< r at the test sample
    /// `action_for` reads its argument (only a target in offset mode does; elsewhere an empty matrix will do).
    [[nodiscard]] bool needs_sample_base() const;
    /// What the variable does to a sample whose base routing is `sample_base`.
    [[nodiscard]] RoutingAction action_for(const RoutingMatrix& sample_base) const;
    /// d L / d r, and d L / d variable, from d L / d values of the actions (the same for every sample's action).
    [[nodiscard]] RoutingMatrix weights_gradient(const RoutingMatrix& values_gradient) const;
    [[nodiscard]] RoutingMatrix gradient(const RoutingMatrix& values_gradient) const;
    /// The variable's value at weights, at the test sample: log r, r, or log r - log r0.
    void go_to(const RoutingMatrix& weights);
    /// Another value of the variable; `admissible` puts one where it may be (r itself onto its simplices).
    void put(RoutingMatrix value);
    [[nodiscard]] RoutingMatrix admissible(RoutingMatrix value) const;
    /// One Adam update by `gradient` (w.r.t. the variable); r stays on its simplices.
    void update(const RoutingMatrix& gradient, double learning_rate);

private:
    void refresh_weights();

    const RoutingSpace& space_;
    RoutingMode mode_;
    OptimisedVariable kind_;
    RoutingMatrix base_;
    RoutingMatrix value_;
    RoutingMatrix weights_;
    Adam adam_;
};

}  // namespace r2t2
