// Step 0 of option_choice.h: a text without what does not say anything, and what its characters are.
//
// Levelled: Unicode compatibility forms (NFKC; a raised digit behind a digit as ^2, a lowered one as _2, a fraction behind a blank), decimal digits of every script as 0 .. 9, curly quotes and hyphens as ASCII has them,
// format characters and variation selectors gone, white space as one blank or, where a line ended in it, one line feed. Of numbers: a dash that is their minus,
// \frac{1}{2} and "1 / 2" as 1/2, >= and <= in two characters, no blank between a comparison and what it compares with.
// Thread rule: pure functions.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace r2t2 {

/// Part of a text, in code points.
struct Span {
    std::size_t begin = 0, end = 0;
    bool operator==(const Span&) const = default;
};

[[nodiscard]] std::u32string levelled(std::string_view text);
/// Of a levelled text: one layer less, without blanks around it; the text itself where there is none.
[[nodiscard]] std::u32string_view without_layer(std::u32string_view text);
[[nodiscard]] std::u32string_view trimmed_blanks(std::u32string_view text);
/// Of a levelled text: without up to kMostLayers layers of quotes, brackets, markup, <answer>, \boxed{} and final full stops. A layer
/// is taken off where something is left.
[[nodiscard]] std::u32string unwrapped(std::u32string_view text);
inline constexpr int kMostLayers = 16;
/// Of a levelled text: without the marks of Markdown that begin a line (a quote's `>`, a heading's `#`, a list's `-` `*` `+` or bullet with a
/// blank behind) where a letter or what opens something follows, and without the bars around a line `| ... |` of a table.
[[nodiscard]] std::u32string without_line_marks(std::u32string_view text);
/// Such a mark, which a text of an option may begin with.
[[nodiscard]] bool is_line_mark(char32_t c);
/// levelled, then unwrapped.
[[nodiscard]] std::u32string cleaned(std::string_view text);

/// Case folded for comparison, line feeds as blanks; `place[i]` is where the character came from, with one entry more for the end.
struct FoldedText {
    std::u32string text;
    std::vector<std::size_t> place;
};
enum class LetterCase { Folded, AsWritten };
[[nodiscard]] FoldedText folded(std::u32string_view text, LetterCase letter_case = LetterCase::Folded);

[[nodiscard]] bool is_blank(char32_t c);      ///< of a levelled text
[[nodiscard]] bool is_letter(char32_t c);     ///< of any script
[[nodiscard]] bool is_punctuation(char32_t c);
[[nodiscard]] bool is_sign(char32_t c);       ///< punctuation or symbol
/// A script whose words are not set off by blanks, or (Korean) whose particles follow without one.
[[nodiscard]] bool is_unspaced(char32_t c);
/// Letters, marks, numbers and "_" of the other scripts: what a word consists of.
[[nodiscard]] bool is_word(char32_t c);
/// As is_word; false beyond the text.
[[nodiscard]] bool word_at(std::u32string_view text, std::size_t at);

/// A mark that opens and the one that closes it.
struct Wrapper {
    std::u32string_view open, close;
};
/// The longer ones first.
[[nodiscard]] const std::vector<Wrapper>& wrappers();

}  // namespace r2t2
