// What the runs of a session are called beside their method. Thread rule: a pure function.
#pragma once

#include <string>
#include <vector>

#include "core/session/session_types.h"

namespace r2t2 {

/// Parallel to `runs`, of which method, config and reference_hash are looked at: "k 5, reference routing refined, references mine". First the
/// parameters that the run's method looks at, with values that differ from those of another run of the method which looks at them too
/// (variant_labels); then the reference set, of methods that look at one, where another run of the method has another: its folder, with as many of those
/// above it as tell it from the others ("monday/mine"), or with its content where they lay in one place ("mine, 1a2b3c4d"). A run that stores no
/// parameters, or whose method is not known, keeps the name that it was given among those that it was made with.
[[nodiscard]] std::vector<std::string> run_variants(const std::vector<RunInfo>& runs);

}  // namespace r2t2
