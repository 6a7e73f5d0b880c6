// Rule 3 of option_choice.h: "The answer is B, because ...".
//
// Thread rule: pure functions.
#pragma once

#include <cstddef>
#include <optional>

#include "core/scoring/option_texts.h"

namespace r2t2 {

enum class OptionNames {
    LettersAndTexts,
    TextsOnly  ///< nobody lettered the options: yes and no
};

/// The option that the last declaration of an answer names; without one, that of "option X" and "choice X" where they agree.
[[nodiscard]] std::optional<std::size_t> declared_option(const CleanedAnswer& answer, const OptionTexts& options, OptionNames names);

}  // namespace r2t2
