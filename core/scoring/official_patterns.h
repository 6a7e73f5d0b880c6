// The patterns by which benchmarks' own scripts read an option or yes and no. Their numbers stand beside those of option_choice.h.
//
// Sources: MoAI's AI2D script; ScienceQA's and PhysBench's evaluation; MME's calculation. Thread rule: pure functions.
#pragma once

#include <cstddef>
#include <string_view>

#include "core/scoring/option_choice.h"

namespace r2t2 {

/// MoAI's AI2D: the first capital letter anywhere, "The answer is B" -> T. No option: no capital, or beyond the options.
[[nodiscard]] OptionChoice find_first_capital(std::string_view answer, std::size_t options);

/// ScienceQA: the whole answer, "X. ...", or exactly one `The answer is ([A-Z]).`, whose last full stop is any character but a line feed;
/// A .. E.
[[nodiscard]] OptionChoice find_scienceqa_letter(std::string_view answer, std::size_t options);

/// PhysBench: does the answer start with this letter?
[[nodiscard]] bool starts_with_letter(std::string_view answer, std::size_t option);

/// MME: "yes" or "no" within the first four characters of the answer in small letters, "yes" first; else "other".
[[nodiscard]] std::string_view yes_or_no(std::string_view answer);

}  // namespace r2t2
