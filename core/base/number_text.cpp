#include "core/base/number_text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace r2t2 {

namespace {

/// One letter of UTF-8 and how many bytes it takes; bytes that are none stand for themselves.
struct Letter {
    char32_t code = 0;
    std::size_t bytes = 1;
};

Letter letter_at(std::string_view text, std::size_t at) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[at + i]); };
    const unsigned char lead = byte(0);
    const std::size_t count = lead < 0x80 ? 1 : lead >> 5 == 0x6 ? 2 : lead >> 4 == 0xe ? 3 : lead >> 3 == 0x1e ? 4 : 0;
    if (count < 2 || at + count > text.size()) {
        return {lead, 1};
    }
    char32_t code = lead & (0xffU >> (count + 1));
    for (std::size_t i = 1; i < count; ++i) {
        code = code << 6 | (byte(i) & 0x3fU);
    }
    return {code, count};
}

/// Zeros of the scripts whose decimal digits people type; each is followed by its one to nine.
constexpr char32_t kZeros[] = {U'0', 0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xe50, 0xff10};

/// The ASCII that a letter of a number stands for; a blank for every kind of blank, 0 for marks of direction, '?' for anything else.
char plain(char32_t code) {
    for (const char32_t zero : kZeros) {
        if (code >= zero && code < zero + 10) {
            return static_cast<char>('0' + (code - zero));
        }
    }
    switch (code) {
        case 0x66b:   // Arabic decimal separator
        case 0xff0e:
            return '.';
        case 0x60c:   // Arabic comma
        case 0xff0c:
            return ',';
        case 0x61b:   // Arabic semicolon
        case 0xff1b:
            return ';';
        case 0x2212:
        case 0xff0d:
            return '-';
        case 0xff0b:
            return '+';
        case 0xa0:
        case 0x202f:
        case 0x2009:
        case 0x3000:
            return ' ';
        case 0x200e:
        case 0x200f:
        case 0x61c:
            return 0;
        default:
            break;
    }
    return code == '\t' || code == '\n' || code == '\r' ? ' ' : code >= 0x20 && code < 0x7f ? static_cast<char>(code) : '?';
}

std::string plain_text(std::string_view text) {
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        const Letter letter = letter_at(text, at);
        if (const char c = plain(letter.code)) {
            out += c;
        }
        at += letter.bytes;
    }
    const auto first = out.find_first_not_of(' ');
    return first == std::string::npos ? std::string() : out.substr(first, out.find_last_not_of(' ') - first + 1);
}

bool is_plain_digit(char c) { return c >= '0' && c <= '9'; }

Error refused(std::string_view text, const std::string& field, const std::string& allowed) {
    const bool blank = plain_text(text).empty();
    return invalid_input({}, field, blank ? "nothing" : "\"" + std::string(text.substr(0, 60)) + "\"", allowed);
}

/// A comma that is a thousand's as well as a decimal one: one to three digits, not "0", before it and three behind it.
bool is_ambiguous(const std::string& text, std::size_t comma) {
    const std::size_t sign = text[0] == '-' || text[0] == '+' ? 1 : 0;
    const std::string whole = text.substr(sign, comma - sign), rest = text.substr(comma + 1);
    const bool digits = std::all_of(whole.begin(), whole.end(), is_plain_digit) && std::all_of(rest.begin(), rest.end(), is_plain_digit);
    return digits && rest.size() == 3 && !whole.empty() && whole.size() <= 3 && whole[0] != '0';
}

/// All of `text`, which is plain.
Result<double> whole_text(const std::string& text, std::string_view shown, const std::string& field) {
    const char* begin = text.data() + (text.starts_with('+') && text.size() > 1 && text[1] != '-' ? 1 : 0);
    double value = 0.0;
    const auto [end, code] = std::from_chars(begin, text.data() + text.size(), value);
    const bool all = end == text.data() + text.size() && !text.empty();
    if (all && code == std::errc::result_out_of_range) {
        return refused(shown, field, "a number of at most 1.8e308 that is not closer to 0 than 4.9e-324");
    }
    if (!all || code != std::errc() || !std::isfinite(value)) {
        return refused(shown, field, "a number, such as 0.3 or 1e-05");
    }
    return value;
}

std::vector<std::string> split(const std::string& text, const auto& is_separator) {
    std::vector<std::string> parts(1);
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (is_separator(i)) {
            parts.emplace_back();
        } else {
            parts.back() += text[i];
        }
    }
    return parts;
}

/// Blanks around separators, and several of them, are nothing.
std::string tight(const std::string& text) {
    std::string out;
    for (const char c : text) {
        const bool after_separator = !out.empty() && (out.back() == ' ' || out.back() == ';');
        if (c == ' ' && after_separator) {
            continue;
        }
        if ((c == ';' || c == ',') && !out.empty() && out.back() == ' ') {
            out.pop_back();
        }
        out += c;
    }
    return out;
}

Result<std::vector<std::string>> parts_of(const std::string& text, NumberKind kind, std::string_view shown, const std::string& field) {
    if (text.find(';') != std::string::npos) {
        return split(text, [&](std::size_t i) { return text[i] == ';'; });
    }
    if (text.find(' ') != std::string::npos) {
        std::string blanks;  // ", " is one separator; a comma before no blank belongs to its number
        for (std::size_t i = 0; i < text.size(); ++i) {
            if (!(text[i] == ',' && i + 1 < text.size() && text[i + 1] == ' ')) {
                blanks += text[i];
            }
        }
        return split(blanks, [&](std::size_t i) { return blanks[i] == ' '; });
    }
    const auto commas = std::count(text.begin(), text.end(), ',');
    if (kind == NumberKind::Decimal && commas > 0 && text.find('.') == std::string::npos) {
        const std::string one = text.substr(0, text.find(',')), two = text.substr(text.find(',') + 1);
        return refused(shown, field, "numbers with a decimal point: " + (commas == 1 ? one + "." + two + " is one number, " : std::string()) +
                                         "\"" + one + "; " + two.substr(0, two.find(',')) + "\" are two");
    }
    return split(text, [&](std::size_t i) { return text[i] == ','; });
}

}  // namespace

std::string number_text(double value) {
    std::array<char, 40> buffer{};
    const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
    return {buffer.data(), end.ptr};
}

std::string fixed_text(double value, int digits) {
    std::array<char, 800> buffer{};
    const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, std::chars_format::fixed, std::clamp(digits, 0, 400));
    return {buffer.data(), end.ptr};
}

Result<double> parse_number(std::string_view text, const std::string& field) {
    std::string number = plain_text(text);
    const std::size_t comma = number.find(',');
    if (comma == std::string::npos) {
        return whole_text(number, text, field);
    }
    if (number.find(',', comma + 1) != std::string::npos || number.find('.') != std::string::npos) {
        return refused(text, field, "a number with a decimal point and without groups, such as 1234.5");
    }
    if (is_ambiguous(number, comma)) {
        std::string grouped = number, decimal = number;
        grouped.erase(comma, 1);
        decimal[comma] = '.';
        return refused(text, field, decimal + " or " + grouped + ", whichever is meant");
    }
    number[comma] = '.';
    return whole_text(number, text, field);
}

Result<std::int64_t> parse_whole_number(std::string_view text, const std::string& field) {
    const std::string number = plain_text(text);
    const char* begin = number.data() + (number.starts_with('+') && number.size() > 1 && number[1] != '-' ? 1 : 0);
    std::int64_t value = 0;
    const auto [end, code] = std::from_chars(begin, number.data() + number.size(), value);
    if (code == std::errc::result_out_of_range) {
        return refused(text, field, "a whole number of at most 18 digits");
    }
    if (code != std::errc() || end != number.data() + number.size()) {
        return refused(text, field, "a whole number, without point, comma or groups");
    }
    return value;
}

Result<std::vector<std::string>> parse_number_list(std::string_view text, NumberKind kind, const std::string& field) {
    std::string list = tight(plain_text(text));
    for (std::size_t at = list.find(", "); kind == NumberKind::Whole && at != std::string::npos; at = list.find(", ")) {
        list.erase(at + 1, 1);  // whole numbers have no decimal comma: "1, 3,5" is three of them
    }
    const Result<std::vector<std::string>> parts = parts_of(list, kind, text, field);
    if (!parts) {
        return parts.error();
    }
    std::vector<std::string> out;
    for (const std::string& part : *parts) {
        if (kind == NumberKind::Whole) {
            const Result<std::int64_t> value = parse_whole_number(part, field);
            if (!value) {
                return value.error();
            }
            out.push_back(std::to_string(*value));
            continue;
        }
        const Result<double> value = parse_number(part, field);
        if (!value) {
            return value.error();
        }
        out.push_back(number_text(*value));
    }
    return out;
}

}  // namespace r2t2
