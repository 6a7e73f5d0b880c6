// What an answer says at its end, outside of any declaration: a last line or sentence that is nothing but an option, and "B is correct".
//
// Part of rule 3 of option_choice.h. Thread rule: pure functions.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "core/scoring/declared_answer.h"
#include "core/scoring/letter_lists.h"
#include "core/scoring/option_texts.h"
#include "core/scoring/yes_or_no.h"

namespace r2t2 {

/// The option that a part of the text is, and nothing else: a line of its own.
[[nodiscard]] std::optional<std::size_t> option_of_segment(std::u32string_view text, Span segment, const OptionTexts& options, const YesAndNo& yes_and_no, OptionNames names);

/// Of a last line or sentence like "**B. red bus**" behind something else. None where another option stands right before it alike, as in a copied list; a line behind a list of
/// all options counts.
[[nodiscard]] std::optional<std::size_t> closing_option(const CleanedAnswer& answer, const OptionTexts& options, const YesAndNo& yes_and_no, OptionNames names);

/// Of "Therefore B is correct": the only letter of which that is said. `found` as OptionTexts::found_in sorts it.
[[nodiscard]] std::optional<std::size_t> asserted_option(const CleanedAnswer& answer, const OptionTexts& options, const std::vector<TextFound>& found, const LetterLists& lists);

}  // namespace r2t2
