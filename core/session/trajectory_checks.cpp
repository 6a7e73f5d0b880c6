#include "core/session/trajectory_checks.h"

#include <cmath>

namespace r2t2 {

namespace {

Status check_numbers(const std::vector<double>& numbers, const std::string& where, const std::string& field) {
    for (const double number : numbers) {
        if (!std::isfinite(number)) {
            return invalid_input(where, field, "a value that is not finite", "finite numbers");
        }
    }
    return {};
}

Status check_matrix(const RoutingMatrix& matrix, const RoutingSpace& space, const std::string& where,
                    const std::string& field) {
    if (matrix.experts() != space.expert_count() || (matrix.rows() != 1 && matrix.rows() != space.mixers)) {
        return invalid_input(where, field, std::to_string(matrix.rows()) + " x " + std::to_string(matrix.experts()),
                             "1 or " + std::to_string(space.mixers) + " x " + std::to_string(space.expert_count()));
    }
    return check_numbers(matrix.values(), where, field);
}

}  // namespace

Status check_trajectory(const Trajectory& trajectory, const RoutingSpace& space, const std::string& where) {
    if (trajectory.steps.empty()) {
        return invalid_input(where, "steps", "none", "at least the native step");
    }
    for (const TrajectoryStep& step : trajectory.steps) {
        const std::string here = where + ": step " + std::to_string(step.index);
        R2T2_TRY(check_matrix(step.weights, space, here, "weights"));
        if (!step.action.native()) {
            R2T2_TRY(check_matrix(step.action.values, space, here, "action"));
        }
        if (step.gradient) {
            R2T2_TRY(check_matrix(*step.gradient, space, here, "gradient"));
        }
        if (step.routing_gradient) {
            R2T2_TRY(check_matrix(*step.routing_gradient, space, here, "routing gradient"));
        }
        R2T2_TRY(check_numbers(step.neighbour_losses, here, "neighbour losses"));
        R2T2_TRY(check_numbers(step.neighbour_gradient_share, here, "neighbour shares"));
    }
    return {};
}

Status check_reference(const ReferenceName& reference, const RoutingSpace& space, const std::string& where) {
    if (reference.routing.empty()) {
        return {};
    }
    if (reference.routing.rows() != 1 || reference.routing.experts() != space.expert_count()) {
        return invalid_input(where, "routing", std::to_string(reference.routing.values().size()) + " numbers",
                             std::to_string(space.expert_count()));
    }
    return check_weights(space, reference.routing, where);
}

}  // namespace r2t2
