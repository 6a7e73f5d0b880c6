// Internal to core/session: what cannot be read back must not be written.
#pragma once

#include <string>

#include "core/base/result.h"
#include "core/routing/trajectory.h"
#include "core/session/session_types.h"

namespace r2t2 {

/// Shapes against the run's space, finite numbers, at least one step; errors name the step and the field.
[[nodiscard]] Status check_trajectory(const Trajectory& trajectory, const RoutingSpace& space, const std::string& where);

/// A routing, where it is known, is one row of weights.
[[nodiscard]] Status check_reference(const ReferenceName& reference, const RoutingSpace& space, const std::string& where);

}  // namespace r2t2
