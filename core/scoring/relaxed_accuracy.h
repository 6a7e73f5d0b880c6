// ChartQA's relaxed accuracy: a number may be 5 % off, anything else has to be the same.
//
// A percent sign divides by 100. The error is relative to the truth; a truth of 0 has no relative error and is compared as a text. Texts are
// compared in lower case, without white space around them. Numbers are those of Python's float() but for its words for infinity and what is no number.
// Source: Methani et al. 2020 (PlotQA), section 5; Masry et al. 2022 (ChartQA), section 5; as lmms-eval computes it. Thread rule: pure functions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace r2t2 {

inline constexpr double kRelaxedError = 0.05;

[[nodiscard]] bool relaxed_match(std::string_view answer, std::string_view truth);
/// Any of the truths.
[[nodiscard]] bool relaxed_match(std::string_view answer, const std::vector<std::string>& truths);

}  // namespace r2t2
