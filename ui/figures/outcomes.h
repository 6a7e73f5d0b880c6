// What outcomes are called in figures, and their colours. Thread rule: pure functions.
#pragma once

#include <QString>
#include <array>
#include <optional>
#include <vector>

#include "core/analysis/transitions.h"
#include "core/routing/trajectory.h"
#include "ui/plots/colours.h"

namespace r2t2::ui {

[[nodiscard]] OutcomeColour colour_of(std::optional<Outcome> outcome);
/// Of the trajectory's steps, by what a flip did. `step` counts the steps of the trajectory.
[[nodiscard]] std::vector<FlipMark> flip_marks(const Trajectory& trajectory);
/// What a flip can have done, in the order of legends, and its word: "mended", "harmed", "changed" (neither, or nobody knows).
inline constexpr std::array kFlipColours = {OutcomeColour::Mended, OutcomeColour::Harmed, OutcomeColour::Unknown};
[[nodiscard]] QString flip_title(OutcomeColour did);
[[nodiscard]] QString outcome_title(std::optional<Outcome> outcome);  ///< with a real arrow; none: "truth unknown"
/// "RR", "RW", "WR", "WW"; anything else: none.
[[nodiscard]] std::optional<Outcome> outcome_of_code(const std::string& code);

}  // namespace r2t2::ui
