#include "core/json/json_word.h"

#include <charconv>

namespace r2t2 {

namespace {

constexpr std::size_t kLongestFixed = 400;  ///< characters of the largest double without an exponent

}  // namespace

std::string fixed_digits(double number) {
    char text[kLongestFixed];
    const auto [end, code] = std::to_chars(text, text + sizeof text, number, std::chars_format::fixed);
    const std::string digits(text, code == std::errc() ? end : text);
    return digits.find('.') == std::string::npos && !digits.empty() ? digits + ".0" : digits;
}

}  // namespace r2t2
