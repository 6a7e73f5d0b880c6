#include "core/scoring/answer_number.h"

#include <algorithm>

namespace r2t2 {

namespace {

bool is_digit(char32_t c) { return c >= U'0' && c <= U'9'; }
bool digit_at(std::u32string_view text, std::size_t at) { return at < text.size() && is_digit(text[at]); }

/// Behind the digits, points and commas that begin at `at`.
std::size_t digits_end(std::u32string_view text, std::size_t at) {
    while (digit_at(text, at) || (at < text.size() && (text[at] == U'.' || text[at] == U',') && digit_at(text, at + 1))) {
        ++at;
    }
    return at;
}

/// "12,345" without its commas; empty: they do not stand between thousands.
std::string whole_digits(std::u32string_view text) {
    std::string digits;
    const std::size_t first = std::min(text.find(U','), text.size());
    bool good = first == text.size() || (first >= 1 && first <= 3);
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool comma_due = i >= first && (i - first) % 4 == 0;
        good = good && (text[i] == U',') == comma_due;
        if (text[i] != U',') {
            digits += static_cast<char>(text[i]);
        }
    }
    good = good && (first == text.size() || (text.size() - first) % 4 == 0);
    return good ? digits : std::string();
}

}  // namespace

std::string number_value(std::u32string_view text) {
    const bool negative = !text.empty() && text[0] == U'-';
    text.remove_prefix(!text.empty() && (text[0] == U'-' || text[0] == U'+') ? 1 : 0);
    if (text.empty() || (!is_digit(text[0]) && !(text[0] == U'.' && digit_at(text, 1))) || digits_end(text, 0) != text.size()) {
        return {};
    }
    const std::size_t point = std::min(text.find(U'.'), text.size());
    std::string whole = whole_digits(text.substr(0, point));
    std::string fraction;
    for (const char32_t c : text.substr(std::min(point + 1, text.size()))) {
        if (!is_digit(c)) {
            return {};
        }
        fraction += static_cast<char>(c);
    }
    if (whole.empty() && point > 0) {
        return {};
    }
    whole.erase(0, std::min(whole.find_first_not_of('0'), whole.size()));
    fraction.erase(fraction.find_last_not_of('0') + 1);
    const bool zero = whole.empty() && fraction.empty();
    return (negative && !zero ? "-" : "") + (whole.empty() ? "0" : whole) + (fraction.empty() ? "" : "." + fraction);
}

std::string scientific_value(std::u32string_view text) {
    const std::size_t mark = text.find_first_of(U"eE");
    const std::string mantissa = number_value(text.substr(0, mark));
    if (mark == std::u32string_view::npos || mantissa.empty()) {
        return mantissa;
    }
    std::u32string_view exponent = text.substr(mark + 1);
    const bool negative = exponent.starts_with(U'-');
    exponent.remove_prefix(negative || exponent.starts_with(U'+') ? 1 : 0);
    if (exponent.empty() || exponent.size() > 3 || !std::all_of(exponent.begin(), exponent.end(), is_digit)) {
        return {};
    }
    long shift = 0;
    for (const char32_t digit : exponent) {
        shift = 10 * shift + static_cast<long>(digit - U'0');
    }
    const std::size_t sign = mantissa.starts_with('-') ? 1 : 0;
    std::string digits = mantissa.substr(sign);
    std::size_t point = std::min(digits.find('.'), digits.size());
    digits.erase(point, 1);
    if (negative) {
        digits.insert(0, static_cast<std::size_t>(shift), '0');
    } else {
        digits.append(static_cast<std::size_t>(shift), '0');
        point += static_cast<std::size_t>(shift);
    }
    const std::string shifted = mantissa.substr(0, sign) + digits.substr(0, point) + "." + digits.substr(point) + "0";
    return number_value(std::u32string(shifted.begin(), shifted.end()));
}

std::vector<NumberToken> number_tokens(std::u32string_view text) {
    std::vector<NumberToken> tokens;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (!is_digit(text[at])) {
            continue;
        }
        const std::size_t end = digits_end(text, at);
        std::size_t begin = at;
        const bool power = (at > 0 && text[at - 1] == U'^') || (end < text.size() && text[end] == U'^');
        const bool in_word = power || (at > 0 && is_word(text[at - 1])) || word_at(text, end);
        if (begin > 0 && text[begin - 1] == U'.' && (begin == 1 || !is_word(text[begin - 2]))) {
            --begin;
        }
        const bool sign = begin > 0 && (text[begin - 1] == U'-' || text[begin - 1] == U'+');
        if (sign && (begin == 1 || (!is_word(text[begin - 2]) && text[begin - 2] != U')'))) {
            --begin;
        }
        tokens.push_back({{begin, end}, in_word ? std::string() : number_value(text.substr(begin, end - begin))});
        at = end - 1;
    }
    return tokens;
}

}  // namespace r2t2
