// Average normalised Levenshtein similarity (ST-VQA, DocVQA): 1 - distance / longer length, below 0.5 it counts nothing.
//
// Distance and lengths in code points, on lower-cased text with one blank for all white space inside and none at its ends, as Python's
// " ".join(text.strip().lower().split()). Two empty texts are equal.
// Source: ST-VQA (Biten et al. 2019), as M4C computes it. Thread rule: pure functions.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace r2t2 {

/// Edits (insert, delete, replace) from one to the other.
[[nodiscard]] std::size_t levenshtein(std::u32string_view a, std::u32string_view b);

/// Of one pair: 0, or 0.5 .. 1.
[[nodiscard]] double anls(std::string_view answer, std::string_view truth);
/// The best over all truths; 0 without one.
[[nodiscard]] double anls(std::string_view answer, const std::vector<std::string>& truths);

}  // namespace r2t2
