// Rule 3 of option_choice.h: "The answer is B, because ...", "So the correct choice must be **B. red bus**", "<answer>B</answer>", "option B".
//
// Thread rule: pure functions.
#pragma once

#include <cstddef>
#include <optional>

#include "core/scoring/letter_lists.h"
#include "core/scoring/option_texts.h"
#include "core/scoring/yes_or_no.h"

namespace r2t2 {

enum class OptionNames {
    LettersAndTexts,
    TextsOnly  ///< nobody lettered the options: yes and no
};

struct DeclaredOption {
    std::optional<std::size_t> option;
    bool several = false;  ///< a list of letters was declared: no option, and no later rule is asked
};

/// The option, or the list of several, that the last declaration of an answer names.
[[nodiscard]] DeclaredOption declared_option(const CleanedAnswer& answer, const OptionTexts& options, const LetterLists& lists, const YesAndNo& yes_and_no,
                                             OptionNames names);
/// That of "option X" and "choice X" where they agree.
[[nodiscard]] std::optional<std::size_t> mentioned_option(const CleanedAnswer& answer, const OptionTexts& options, const LetterLists& lists);

}  // namespace r2t2
