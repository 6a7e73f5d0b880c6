// Numbers in answers: an optional sign, digits with optional commas or blanks between thousands, an optional fraction. No exponents, no words but
// "minus" and "negative". What belongs to a number is no part that may be cut out of it: 3 is not in "1/3", "2-3", "3:30", "<3", "3 million".
//
// Texts are levelled (clean_answer.h). Thread rule: pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/scoring/clean_answer.h"

namespace r2t2 {

/// Digits that belong together with their sign, points and commas: "10.5", "-3", "minus 3", "1,000", "1 000"; also what is no number, as "1.2.3".
struct NumberToken {
    Span at;
    std::string value;  ///< as number_value; empty: no number by itself: in a word ("3D"), a power ("10^2"), a fraction, a range, a time ("1/2", "2-3", "3:30"), behind a
                        ///< comparison ("<3", ">= 3"), a root or a slash, before "million" and the like
};

/// In the text's order.
[[nodiscard]] std::vector<NumberToken> number_tokens(std::u32string_view text);
/// A number's one spelling, "3.0" -> "3", "1,000" -> "1000", "-0" -> "0", ".5" -> "0.5": numbers are equal where these are.
/// Empty: the whole text is not one number.
[[nodiscard]] std::string number_value(std::u32string_view text);
/// Likewise; also with a word or a dash and a blank for its sign, and blanks between thousands, as number_tokens finds it.
[[nodiscard]] std::string number_of(std::u32string_view text);
/// As number_value; an exponent of up to three digits may follow: "1e-7" -> "0.0000001".
[[nodiscard]] std::string scientific_value(std::u32string_view text);

}  // namespace r2t2
