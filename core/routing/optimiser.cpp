#include "core/routing/optimiser.h"

#include <cassert>
#include <cmath>
#include <numbers>

namespace r2t2 {

void Adam::step(RoutingMatrix& variable, const RoutingMatrix& gradient, double learning_rate) {
    constexpr double beta1 = 0.9;
    constexpr double beta2 = 0.999;
    constexpr double epsilon = 1e-8;
    if (steps_ == 0) {
        first_ = RoutingMatrix(variable.rows(), variable.experts());
        second_ = first_;
    }
    assert(variable.values().size() == first_.values().size());
    assert(gradient.values().size() == first_.values().size());
    ++steps_;
    const double correction1 = 1.0 - std::pow(beta1, steps_);
    const double correction2 = 1.0 - std::pow(beta2, steps_);
    for (std::size_t i = 0; i < variable.values().size(); ++i) {
        const double g = gradient.values()[i];
        double& m = first_.values()[i];
        double& v = second_.values()[i];
        m = beta1 * m + (1.0 - beta1) * g;
        v = beta2 * v + (1.0 - beta2) * g * g;
        variable.values()[i] -= learning_rate * (m / correction1) / (std::sqrt(v / correction2) + epsilon);
    }
}

double learning_rate(LearningRateSchedule schedule, double initial, double final, int t, int total) {
    assert(t >= 0 && total > 0);
    switch (schedule) {
        case LearningRateSchedule::Cosine:
            return final + (initial - final) * (1.0 + std::cos(std::numbers::pi * t / total)) / 2.0;
        case LearningRateSchedule::Step: {
            const int stage = 3 * t / total;
            return stage == 0 ? initial : stage == 1 ? std::sqrt(initial * final) : final;
        }
        case LearningRateSchedule::Fixed:
            return initial;
    }
    return initial;
}

}  // namespace r2t2
