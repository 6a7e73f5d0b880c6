#include "core/scoring/text.h"

#include <unicode/locid.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/utf8.h>

namespace r2t2 {

namespace {

struct CodePoint {
    UChar32 value = 0;  ///< below 0: not UTF-8
    std::size_t end = 0;
};

CodePoint code_point_at(std::string_view text, std::size_t begin) {
    auto at = static_cast<std::int32_t>(begin);
    UChar32 value = 0;
    U8_NEXT(text.data(), at, static_cast<std::int32_t>(text.size()), value);
    return {value, static_cast<std::size_t>(at)};
}

/// Python's str.isspace: Unicode's White_Space and the four separators below U+0020.
bool is_space(UChar32 c) { return (c >= 0x1C && c <= 0x1F) || u_isUWhiteSpace(c); }

}  // namespace

std::u32string code_points(std::string_view text) {
    std::u32string out;
    out.reserve(text.size());
    for (std::size_t at = 0; at < text.size();) {
        const CodePoint next = code_point_at(text, at);
        out += next.value < 0 ? U'\uFFFD' : static_cast<char32_t>(next.value);
        at = next.end;
    }
    return out;
}

std::string utf8(std::u32string_view text) {
    std::string out;
    for (const char32_t c : text) {
        char bytes[U8_MAX_LENGTH];
        std::int32_t length = 0;
        U8_APPEND_UNSAFE(bytes, length, c);
        out.append(bytes, static_cast<std::size_t>(length));
    }
    return out;
}

std::string lower_case(std::string_view text) {
    icu::UnicodeString unicode =
        icu::UnicodeString::fromUTF8(icu::StringPiece(text.data(), static_cast<std::int32_t>(text.size())));
    std::string out;
    unicode.toLower(icu::Locale::getRoot()).toUTF8String(out);
    return out;
}

std::string ascii_digits(std::string_view text) {
    std::u32string out = code_points(text);
    for (char32_t& c : out) {
        const std::int32_t digit = u_charDigitValue(static_cast<UChar32>(c));
        c = digit < 0 ? c : static_cast<char32_t>(U'0' + digit);
    }
    return utf8(out);
}

std::string strip(std::string_view text) {
    std::size_t first = text.size(), last = text.size();
    bool found = false;
    for (std::size_t at = 0; at < text.size();) {
        const CodePoint next = code_point_at(text, at);
        if (!is_space(next.value)) {
            first = found ? first : at;
            last = next.end;
            found = true;
        }
        at = next.end;
    }
    return std::string(text.substr(first, last - first));
}

std::vector<std::string> split_words(std::string_view text) {
    std::vector<std::string> words;
    bool inside = false;
    for (std::size_t at = 0; at < text.size();) {
        const CodePoint next = code_point_at(text, at);
        const bool space = is_space(next.value);
        if (!space && !inside) {
            words.emplace_back();
        }
        if (!space) {
            words.back().append(text.substr(at, next.end - at));
        }
        inside = !space;
        at = next.end;
    }
    return words;
}

std::string join_words(const std::vector<std::string>& words) {
    std::string text;
    for (const std::string& word : words) {
        text += (&word == &words.front() ? "" : " ") + word;
    }
    return text;
}

std::string replace_all(std::string text, std::string_view from, std::string_view to) {
    for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
        text.replace(at, from.size(), to);
    }
    return text;
}

}  // namespace r2t2
