// Which option does an answer name? The rule that found it is part of the result.
//
// Options are lettered A, B, C ... in their order. Sources: VLMEvalKit's extraction (standalone letter, option text); ScienceQA's,
// PhysBench's and MoAI's own scripts for the parity modes. Thread rule: pure functions.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace r2t2 {

enum class LetterRule {
    None,         ///< nothing found
    Whole,        ///< the whole answer is a letter: "B", "b"
    Leading,      ///< it begins with one: "B.", "(B) cats", "B: ..."
    Standalone,   ///< one option's letter stands alone, among the last four words: "I choose B."
    OptionText,   ///< one option's text is in the answer
    FirstCapital, ///< parity: MoAI's AI2D
    AnswerIs,     ///< parity: ScienceQA's "The answer is B."
    Prefix        ///< parity: PhysBench's "starts with the letter"
};

struct LetterFound {
    std::optional<std::size_t> option;  ///< from 0
    LetterRule rule = LetterRule::None;
    bool operator==(const LetterFound&) const = default;
};

inline constexpr std::size_t kMostOptions = 26;

/// The rules Whole, Leading, Standalone, OptionText in this order, the first that finds an option. Leading takes an article too
/// ("A dog ..." is option A); Standalone counts each letter once, and only where no other option's letter stands alone.
[[nodiscard]] LetterFound find_option(std::string_view answer, const std::vector<std::string>& options);

/// MoAI's AI2D script: the first capital letter anywhere, "The answer is B" -> T. No option: no capital, or beyond the options.
[[nodiscard]] LetterFound find_first_capital(std::string_view answer, std::size_t options);

/// ScienceQA's script: the whole answer, "X. ...", or exactly one "The answer is X."; A .. E.
[[nodiscard]] LetterFound find_scienceqa_letter(std::string_view answer, std::size_t options);

[[nodiscard]] std::string option_name(std::size_t option);  ///< 0 -> "A"
[[nodiscard]] std::string_view name(LetterRule rule);

}  // namespace r2t2
