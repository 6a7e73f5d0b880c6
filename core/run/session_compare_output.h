// A comparison of two runs as text, JSON and lists. Thread rule: pure functions.
#pragma once

#include "core/results/session_compare.h"

namespace r2t2 {

/// Fits 120 columns.
[[nodiscard]] std::string comparison_text(const SessionComparison& comparison);
/// One object, indented; with `cell`, its samples too. NaN becomes null.
[[nodiscard]] std::string comparison_json(const SessionComparison& comparison, std::optional<ComparisonCell> cell = {});
/// A line a sample of the cell: set/key, A's answer, B's answer, truth, with tabs between; tabs and line ends inside a text
/// are written \t and \n.
[[nodiscard]] std::string comparison_list(const SessionComparison& comparison, ComparisonCell cell);

}  // namespace r2t2
