// Whether a descent has climbed: it ends where its steps are used up, not at the lowest, and a step of a fixed length may go up.
// Thread rule: a pure function.
#pragma once

#include <optional>

#include "core/routing/trajectory.h"

namespace r2t2 {

/// By how much the objective is higher at a descent's result than at its beginning, in the objective's unit; none where it is not, where
/// nothing is descended, and where either was not computed.
[[nodiscard]] std::optional<double> objective_rise(const Trajectory& trajectory);

}  // namespace r2t2
