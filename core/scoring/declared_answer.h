// Rule 3 of option_choice.h: "The answer is B, because ...".
//
// Thread rule: pure functions.
#pragma once

#include <cstddef>
#include <optional>

#include "core/scoring/letter_lists.h"
#include "core/scoring/option_texts.h"

namespace r2t2 {

enum class OptionNames {
    LettersAndTexts,
    TextsOnly  ///< nobody lettered the options: yes and no
};

struct DeclaredOption {
    std::optional<std::size_t> option;
    bool several = false;  ///< a list of letters was declared: no option, and no later rule is asked
};

/// The option, or the list of several, that the last declaration of an answer names; without one, that of "option X" and "choice X" where they agree.
[[nodiscard]] DeclaredOption declared_option(const CleanedAnswer& answer, const OptionTexts& options, const LetterLists& lists, OptionNames names);

}  // namespace r2t2
