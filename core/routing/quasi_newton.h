// Damped BFGS for a handful of numbers, a loss and a gradient a step and no more.
//
//   d = -B^-1 g,   B <- B - B s s' B / s'B s + y y' / s'y,   s a step, y the change of the gradient over it
// with y damped where s'y is small, so that B stays positive definite where the objective is not convex (Powell 1978; Nocedal and Wright 2006,
// procedure 18.2). g is the part along the simplices: the rest moves no weight. There is no line search, which would ask for more: a step is as long
// as the quadratic says, no number moves by more than the reach, and what was found at its end decides. A better point is kept; a worse one is taken
// back, its gradient teaches B all the same, and the reach shrinks to where the parabola through both has its lowest point.
// Thread rule: one belongs to one descent.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "core/routing/routing_matrix.h"

namespace r2t2 {

class QuasiNewton {
public:
    /// Puts a point where the variable may be: onto the simplices, or nothing.
    using Onto = std::function<RoutingMatrix(RoutingMatrix)>;

    /// `longest`: the most that one number moves in a step, positive. `space` must outlive this.
    QuasiNewton(const RoutingSpace& space, double longest, Onto onto);

    /// What was found at the point that next() gave, at first where the descent begins. An empty gradient: it is the last point.
    /// True: it is kept. False: it is worse than the one that is. Objective and gradient are finite.
    [[nodiscard]] bool take(const RoutingMatrix& at, double objective, const RoutingMatrix& gradient);
    /// Nothing finite was found there. After a take().
    void refuse() { reach_ *= 0.25; }
    /// Where to look next. After a take() with a gradient.
    [[nodiscard]] RoutingMatrix next() const;

    [[nodiscard]] double objective() const { return kept_->objective; }  ///< of the point that is kept
    [[nodiscard]] double reach() const { return reach_; }                ///< the most that one number moves in the next step

private:
    struct Point {
        RoutingMatrix at;
        double objective = 0.0;
        RoutingMatrix gradient;  ///< along the simplices
    };
    void set_curvature(double diagonal);
    void learn(const RoutingMatrix& step, const RoutingMatrix& change);
    void shorten(const RoutingMatrix& step, double objective);
    [[nodiscard]] std::vector<double> times_curvature(const std::vector<double>& vector) const;
    /// -B^-1 g; none where rounding has spoilt B.
    [[nodiscard]] std::optional<RoutingMatrix> newton_direction() const;

    const RoutingSpace& space_;
    double longest_;
    Onto onto_;
    double reach_;
    std::optional<Point> kept_;
    std::vector<double> curvature_;  ///< B, [n, n]
    bool scaled_ = false;            ///< B's first scale is a guess until a step has shown one
};

}  // namespace r2t2
