// Small steps through a levelled text (clean_answer.h) that the parts of option_choice.h share.
//
// Thread rule: pure functions.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

#include "core/scoring/clean_answer.h"

namespace r2t2 {

[[nodiscard]] inline bool in_set(char32_t c, std::u32string_view set) { return set.find(c) != std::u32string_view::npos; }
/// 0 beyond the text.
[[nodiscard]] inline char32_t character_at(std::u32string_view text, std::size_t at) { return at < text.size() ? text[at] : U'\0'; }

[[nodiscard]] inline std::size_t behind_blanks(std::u32string_view text, std::size_t at) {
    while (at < text.size() && is_blank(text[at])) {
        ++at;
    }
    return at;
}

[[nodiscard]] inline bool has_at(std::u32string_view text, std::size_t at, std::u32string_view part) {
    return at <= text.size() && text.substr(at).starts_with(part);
}

template <std::size_t size>
[[nodiscard]] bool is_one_of(std::u32string_view word, const std::array<std::u32string_view, size>& words) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

}  // namespace r2t2
