// Numbers in answers: an optional sign, digits with optional commas between thousands, an optional fraction. No exponents, no words.
//
// Texts are levelled (clean_answer.h). Thread rule: pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/scoring/clean_answer.h"

namespace r2t2 {

/// Digits that belong together with their sign, points and commas: "10.5", "-3", "1,000"; also what is no number, as "1.2.3".
struct NumberToken {
    Span at;
    std::string value;  ///< as number_value; empty: no number, or part of a word ("3D") or a power ("10^2")
};

/// In the text's order.
[[nodiscard]] std::vector<NumberToken> number_tokens(std::u32string_view text);
/// A number's one spelling, "3.0" -> "3", "1,000" -> "1000", "-0" -> "0", ".5" -> "0.5": numbers are equal where these are.
/// Empty: the whole text is not one number.
[[nodiscard]] std::string number_value(std::u32string_view text);
/// As number_value; an exponent of up to three digits may follow: "1e-7" -> "0.0000001".
[[nodiscard]] std::string scientific_value(std::u32string_view text);

}  // namespace r2t2
