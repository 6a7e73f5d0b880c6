// Letters of options in a levelled text (clean_answer.h): alone, wrapped, with a mark behind.
//
// Thread rule: pure functions.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "core/scoring/clean_answer.h"

namespace r2t2 {

/// 0 for "A" and "a" ... 25 for "Z" and "z"; ASCII only.
[[nodiscard]] std::optional<std::size_t> letter_number(char32_t c);
[[nodiscard]] bool is_capital(char32_t c);
/// Rule 1: nothing but the letter of one of `options`, in either case, possibly with . ) or : behind it.
[[nodiscard]] std::optional<std::size_t> letter_alone(std::u32string_view text, std::size_t options);
/// "A", "a": an article; "I", "i": a pronoun.
[[nodiscard]] bool may_be_a_word(char32_t letter);
/// What sets a letter off as a list does: . ) : and the Chinese full stop and list comma.
[[nodiscard]] bool is_letter_mark(char32_t c);

/// Is the character at `at` a word of its own? Not in "B-52", "A's", "R&D", "C++", "20 °C", "D.C.".
[[nodiscard]] bool stands_alone(std::u32string_view text, std::size_t at);
/// Its two halves: what stands before, what stands behind.
[[nodiscard]] bool begins_alone(std::u32string_view text, std::size_t at);
[[nodiscard]] bool ends_alone(std::u32string_view text, std::size_t at);
/// Nothing at `at` that an article or pronoun could belong to: the end of the text or line, punctuation or a symbol, a script
/// without blanks; or, after a blank, punctuation that opens nothing.
[[nodiscard]] bool no_word_follows(std::u32string_view text, std::size_t at);

/// A letter together with what wraps it or stands behind it.
struct MarkedLetter {
    char32_t letter = 0;
    std::size_t end = 0;  ///< behind all of it
    bool wrapped = false;
};
/// "(b)", "**B.**", "\boxed{B}", "`b`" at `at`.
[[nodiscard]] std::optional<MarkedLetter> wrapped_letter(std::u32string_view text, std::size_t at);
/// "B.", "b)", "B:" at `at`, not the beginning of an abbreviation. A small letter needs a blank or the end behind its full stop.
[[nodiscard]] std::optional<MarkedLetter> letter_with_mark(std::u32string_view text, std::size_t at);

/// "(", a quote, "**" ...: one character of it.
[[nodiscard]] bool opens(char32_t c);
/// ")", a quote, "**" ...: one character of what closes.
[[nodiscard]] bool closes(char32_t c);
/// "B" between a mark that opens and one that closes, as "(B)" and "\"B\"" have it.
[[nodiscard]] bool is_enclosed(std::u32string_view text, std::size_t at);
/// "(b)", "[b]", not "f(b)".
[[nodiscard]] bool in_own_brackets(std::u32string_view text, std::size_t at);
/// Is the character at `at` all of its line?
[[nodiscard]] bool fills_line(std::u32string_view text, std::size_t at);
/// Is the word before `at` "option" or "choice"? No article stands there.
[[nodiscard]] bool follows_option_word(std::u32string_view text, std::size_t at);
/// Of the word that ends at `end`, as word_from; empty: none, or a longer one.
[[nodiscard]] std::u32string word_before(std::u32string_view text, std::size_t end);
/// Behind up to five marks that open something, wherever they close: "**", "\"", "\\boxed{\\text{".
[[nodiscard]] std::size_t behind_openings(std::u32string_view text, std::size_t at);
/// Of the word at `at`, with its apostrophes: small ASCII letters. Empty: none there, or a longer one than this rule knows.
[[nodiscard]] std::u32string word_from(std::u32string_view text, std::size_t at);

}  // namespace r2t2
