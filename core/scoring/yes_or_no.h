// Questions whose options are yes and no and nothing else: the word that an answer, or what it declares, begins with.
//
// Thread rule: pure functions.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "core/scoring/option_texts.h"

namespace r2t2 {

class YesAndNo {
public:
    explicit YesAndNo(const OptionTexts& options);

    struct Word {
        std::size_t option = 0, end = 0;
    };
    /// The option that the text begins with at `at`, as a whole word, behind blanks and marks that open. None: neither, both ("yes or no"), an idiom ("no doubt"), or
    /// other options.
    [[nodiscard]] std::optional<Word> begins(std::u32string_view text, std::size_t at) const;

private:
    std::optional<std::size_t> yes_, no_;  ///< both or none
};

}  // namespace r2t2
