// The number of a benchmark's own published pattern, which stands beside that of our rule.
//
// ScienceQA, PhysBench, AI2D and MME have one. Thread rule: pure functions.
#pragma once

#include <optional>
#include <string_view>

#include "core/scoring/answer_key.h"

namespace r2t2 {

/// "ScienceQA's pattern"; empty: the benchmark has none, or its key's rule is all there is.
[[nodiscard]] std::string_view official_pattern(std::string_view benchmark, const AnswerKey& key);
/// By that pattern. None where there is none.
[[nodiscard]] std::optional<AnswerValue> official_score(std::string_view answer, std::string_view benchmark, const AnswerKey& key);

}  // namespace r2t2
