// Which option does an answer name? One rule for benchmarks, other programs' logs, exports and the desktop.
//
// Options are lettered A, B, C ... in their order. The first rule that finds an option decides and is part of the result:
//
//   Letter      the cleaned answer is one letter: "B", "(b)", "**B.**"
//   Text        it is exactly one option's text; numbers as numbers
//   Opening     of questions of yes and no: the answer begins with the word
//   Declared    what follows "answer" or "the correct option", wherever it stands
//   Closing     the last line or sentence is nothing but an option
//   Declared    "B is correct"; then "option X": where they agree
//   Leading     a letter with . ) : in front; a letter with a blank where the rest is its option's text
//   Contained   one option's text is in an answer that is not much longer than all options together
//   Standalone  one option's capital letter stands as a word of its own
//
// docs/benchmarks.md ("How an answer's option is found") has every step and what was decided where they leave a doubt; a second
// implementation in tests/scoring is held against this one. Thread rule: pure functions.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/scoring/declared_answer.h"

namespace r2t2 {

enum class ChoiceRule {
    None,
    Letter,
    Text,
    Opening,
    Declared,
    Closing,
    Leading,
    Contained,
    Standalone,
    FirstCapital,    ///< official: MoAI's AI2D script
    AnswerIs,        ///< official: ScienceQA's "The answer is B."
    StartsWithLetter ///< official: PhysBench's
};

struct OptionChoice {
    std::optional<std::size_t> option;  ///< from 0
    ChoiceRule rule = ChoiceRule::None;
    bool operator==(const OptionChoice&) const = default;
};

[[nodiscard]] OptionChoice find_option(std::string_view answer, const std::vector<std::string>& options,
                                       OptionNames names = OptionNames::LettersAndTexts);

/// "B", or "(b)", or an option's text, and nothing more, as a ground truth names its option.
[[nodiscard]] std::optional<std::size_t> named_option(std::string_view text, const std::vector<std::string>& options);

[[nodiscard]] std::string option_name(std::size_t option);  ///< 0 -> "A"
[[nodiscard]] std::string_view name(ChoiceRule rule);       ///< for people
[[nodiscard]] std::string_view code(ChoiceRule rule);       ///< "letter", "text", ...

}  // namespace r2t2
