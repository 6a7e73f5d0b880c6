#include "core/routing/objective_rise.h"

#include "core/routing/method_table.h"

namespace r2t2 {

std::optional<double> objective_rise(const Trajectory& trajectory) {
    if (trajectory.steps.empty() || method_row(trajectory.method).steps != StepKind::Descent) {
        return std::nullopt;
    }
    const std::optional<double>& from = trajectory.base().objective;
    const std::optional<double>& to = trajectory.result().objective;
    return from && to && *to > *from ? std::optional(*to - *from) : std::nullopt;
}

}  // namespace r2t2
