// Words behind a letter that show it to be one: no article stands before "because", no pronoun before "is".
//
// All that begin with a vowel are safe for A by their sound alone (the article would be "an"); those that may also qualify a noun ("a given number", "a due date") need a second word.
// A word that a hyphen joins to another ("a so-called expert") is none of these. Thread rule: pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace r2t2 {

/// Where a letter stands that may be a word.
enum class LetterPlace : std::uint8_t {
    Anywhere,  ///< "I and my brother": the pronoun goes on
    Declared   ///< behind "the answer is": a pronoun is followed by its verb there
};

/// Is the A or I before `at` a letter, by the word that follows? Of other letters: true, they are no words.
[[nodiscard]] bool is_letter_before(std::u32string_view text, std::size_t at, char32_t letter, LetterPlace place);
/// Likewise, or nothing follows that an article or pronoun could belong to (option_letters.h).
[[nodiscard]] bool is_no_word(std::u32string_view text, std::size_t at, char32_t letter, LetterPlace place);
/// Does a word stand at `at`, or behind its blanks, that no list of letters and no subject of another clause goes on with: "A, B because"?
[[nodiscard]] bool ends_letter_list(std::u32string_view text, std::size_t at);
/// Does one stand there that may follow "B is correct"?
[[nodiscard]] bool goes_on_behind_right(std::u32string_view text, std::size_t at);

}  // namespace r2t2
