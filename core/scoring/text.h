// Text as scoring scripts see it: Python's lower(), strip() and split(), on UTF-8.
//
// Bytes that are no UTF-8 count as U+FFFD. Thread rule: pure functions.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/utf8_character.h"  // is_utf8()

namespace r2t2 {

[[nodiscard]] std::u32string code_points(std::string_view text);
[[nodiscard]] std::string utf8(std::u32string_view text);
/// Full lower-casing, not tied to a language ("É" -> "é").
[[nodiscard]] std::string lower_case(std::string_view text);
/// Decimal digits of every script as 0 .. 9, as Python's int() and float() read them.
[[nodiscard]] std::string ascii_digits(std::string_view text);
/// Without white space at both ends; white space is Unicode's.
[[nodiscard]] std::string strip(std::string_view text);
/// At white space; no empty words.
[[nodiscard]] std::vector<std::string> split_words(std::string_view text);
[[nodiscard]] std::string join_words(const std::vector<std::string>& words);
/// Every `from` becomes `to`, from left to right.
[[nodiscard]] std::string replace_all(std::string text, std::string_view from, std::string_view to);

}  // namespace r2t2
