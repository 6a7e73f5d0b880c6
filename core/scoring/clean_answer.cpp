#include "core/scoring/clean_answer.h"

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/uscript.h>

#include <algorithm>

namespace r2t2 {

namespace {

bool in_category(char32_t c, std::uint32_t mask) { return (U_GET_GC_MASK(static_cast<UChar32>(c)) & mask) != 0; }

std::u32string to_utf32(const icu::UnicodeString& text) {
    std::u32string out;
    out.reserve(static_cast<std::size_t>(text.length()));
    for (std::int32_t at = 0; at < text.length(); at = text.moveIndex32(at, 1)) {
        out += static_cast<char32_t>(text.char32At(at));
    }
    return out;
}

/// How a number that NFKC would make plain digits is set off: raised, lowered, a fraction or in a ring; 0: it is no such character.
char32_t digit_set_off(UChar32 c) {
    if (!in_category(static_cast<char32_t>(c), U_GC_NO_MASK | U_GC_SM_MASK)) {
        return 0;
    }
    const auto decomposition = static_cast<UDecompositionType>(u_getIntPropertyValue(c, UCHAR_DECOMPOSITION_TYPE));
    if (decomposition == U_DT_SUPER || decomposition == U_DT_SUB) {
        return decomposition == U_DT_SUPER ? U'^' : U'_';
    }
    const bool number = in_category(static_cast<char32_t>(c), U_GC_NO_MASK);
    return number && (decomposition == U_DT_FRACTION || decomposition == U_DT_CIRCLE || decomposition == U_DT_COMPAT) ? U' ' : 0;
}

/// A number behind a digit stays apart from it: "10\u00B2" as 10^2 and "1\u00BD" as 1 1/2, no 102 and no 11/2.
icu::UnicodeString with_numbers_apart(const icu::UnicodeString& text) {
    icu::UnicodeString out;
    char32_t before = 0;  // what set off the character before, 1: a plain digit
    for (std::int32_t at = 0; at < text.length(); at = text.moveIndex32(at, 1)) {
        const UChar32 c = text.char32At(at);
        const char32_t set_off = digit_set_off(c);
        if (set_off != 0 && before != 0 && before != set_off) {
            out.append(static_cast<UChar32>(set_off));
        } else if (before == U' ' && (set_off == U' ' || in_category(static_cast<char32_t>(c), U_GC_ND_MASK))) {
            out.append(static_cast<UChar32>(U' '));
        }
        out.append(c);
        before = set_off != 0 ? set_off : in_category(static_cast<char32_t>(c), U_GC_ND_MASK) ? 1 : 0;
    }
    return out;
}

/// ICU replaces bytes that are no UTF-8 by U+FFFD.
std::u32string compatible(std::string_view text) {
    const auto unicode = with_numbers_apart(icu::UnicodeString::fromUTF8(icu::StringPiece(text.data(), static_cast<std::int32_t>(text.size()))));
    UErrorCode code = U_ZERO_ERROR;
    const icu::Normalizer2* nfkc = icu::Normalizer2::getNFKCInstance(code);
    const icu::UnicodeString normal = U_SUCCESS(code) ? nfkc->normalize(unicode, code) : unicode;
    return to_utf32(U_SUCCESS(code) ? normal : unicode);
}

/// One spelling for what keyboards and word processors spell differently.
char32_t plain_character(char32_t c) {
    if (in_category(c, U_GC_ND_MASK)) {
        return static_cast<char32_t>(U'0' + u_charDigitValue(static_cast<UChar32>(c)));
    }
    switch (c) {
        case 0x2018: case 0x2019: case 0x201B: case 0x02BC:
            return U'\'';
        case 0x201C: case 0x201D: case 0x201E: case 0x201F:
            return U'"';
        case 0x2010: case 0x2011: case 0x2212:
            return U'-';
        case 0x2044:
            return U'/';
        default:
            return c;
    }
}

bool is_invisible(char32_t c) { return in_category(c, U_GC_CF_MASK) || (c >= 0xFE00 && c <= 0xFE0F); }
bool is_white(char32_t c) { return (c >= 0x1C && c <= 0x1F) || u_isUWhiteSpace(static_cast<UChar32>(c)); }
bool ends_line(char32_t c) { return (c >= U'\n' && c <= U'\r') || c == 0x85 || c == 0x2028 || c == 0x2029; }

char32_t ascii_lower(char32_t c) { return c >= U'A' && c <= U'Z' ? c - U'A' + U'a' : c; }

bool same_ascii(std::u32string_view a, std::u32string_view b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char32_t x, char32_t y) { return ascii_lower(x) == ascii_lower(y); });
}

/// A line behind its marks; the line itself where they are no marks.
std::u32string_view behind_line_marks(std::u32string_view line) {
    constexpr std::u32string_view kOpening = U"\"'`*_$([{<\\\u3010\u3014\u3008\u300A\u300C\u300E\u00AB\u2039";
    std::u32string_view rest = line;
    if (rest.size() > 4 && rest.starts_with(U"| ") && rest.ends_with(U" |")) {
        rest = line = rest.substr(2, rest.size() - 4);
    }
    while (!rest.empty() && is_line_mark(rest.front())) {
        std::size_t marks = rest.front() == U'#' ? std::min(rest.find_first_not_of(U'#'), rest.size()) : 1;
        const bool blank = marks < rest.size() && rest[marks] == U' ';
        if (rest.front() == U'|' || (!blank && rest.front() != U'>')) {
            break;
        }
        rest.remove_prefix(std::min(rest.find_first_not_of(U' ', marks), rest.size()));
    }
    const bool follows = !rest.empty() && (is_letter(rest.front()) || kOpening.find(rest.front()) != std::u32string_view::npos);
    return follows ? rest : line;
}

/// Do the marks around `inner` belong to each other? `"B" or "C"` begins and ends with a quote and is not wrapped.
bool is_pair(const Wrapper& wrapper, std::u32string_view inner) {
    if (wrapper.open == wrapper.close || wrapper.close.size() > 1) {
        return inner.find(wrapper.close) == std::u32string_view::npos;
    }
    const char32_t open = wrapper.open.back(), close = wrapper.close.front();
    int depth = 1;
    for (const char32_t c : inner) {
        depth += c == open ? 1 : c == close ? -1 : 0;
        if (depth == 0) {
            return false;
        }
    }
    return true;
}

bool is_digit_at(std::u32string_view text, std::size_t at) { return at < text.size() && text[at] >= U'0' && text[at] <= U'9'; }

std::size_t behind_digits(std::u32string_view text, std::size_t at) {
    while (is_digit_at(text, at)) {
        ++at;
    }
    return at;
}

/// "\frac{1}{2}" at `at`: its numbers; `end` behind it, 0: none.
std::u32string digit_fraction(std::u32string_view text, std::size_t at, std::size_t& end) {
    end = 0;
    for (const std::u32string_view command : {std::u32string_view(U"\\frac{"), std::u32string_view(U"\\dfrac{"), std::u32string_view(U"\\tfrac{")}) {
        if (!text.substr(at).starts_with(command)) {
            continue;
        }
        const std::size_t above = at + command.size(), above_end = behind_digits(text, above), below = above_end + 2, below_end = behind_digits(text, below);
        if (above_end > above && text.substr(above_end).starts_with(U"}{") && below_end > below && below_end < text.size() && text[below_end] == U'}') {
            end = below_end + 1;
            return std::u32string(text.substr(above, above_end - above)) + U'/' + std::u32string(text.substr(below, below_end - below));
        }
    }
    return {};
}

std::u32string with_plain_fractions(std::u32string_view text) {
    std::u32string out;
    for (std::size_t at = 0, end = 0; at < text.size(); ++at) {
        const std::u32string fraction = text[at] == U'\\' ? digit_fraction(text, at, end) : std::u32string();
        if (!fraction.empty()) {
            out += at > 0 && is_digit_at(text, at - 1) ? U" " : U"";
            out += fraction;
            at = end - 1;
        } else {
            out += text[at];
        }
    }
    std::u32string joined;
    for (std::size_t at = 0; at < out.size(); ++at) {
        const std::size_t slash = at + (out[at] == U' ' ? 1 : 0);
        const bool behind_digit = !joined.empty() && is_digit_at(joined, joined.size() - 1);
        if (behind_digit && slash < out.size() && out[slash] == U'/') {
            const std::size_t number = slash + (slash + 1 < out.size() && out[slash + 1] == U' ' ? 2 : 1);
            if (is_digit_at(out, number)) {
                joined += U'/';
                at = number - 1;
                continue;
            }
        }
        joined += out[at];
    }
    return joined;
}

/// A dash that is a number's minus, and comparisons in one spelling.
std::u32string with_plain_signs(std::u32string_view text) {
    std::u32string out;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const char32_t c = text[at];
        const bool number_follows = is_digit_at(text, at + 1) || (at + 1 < text.size() && text[at + 1] == U'.' && is_digit_at(text, at + 2));
        if ((c == 0x2012 || c == 0x2013) && number_follows && !(at > 0 && (is_word(text[at - 1]) || text[at - 1] == U')'))) {
            out += U'-';
        } else if (c == 0x2264 || c == 0x2265) {
            out += c == 0x2264 ? U"<=" : U">=";
        } else {
            out += c;
        }
    }
    std::u32string joined;
    for (std::size_t at = 0; at < out.size(); ++at) {
        std::size_t number = at + 1;
        number += number < out.size() && (out[number] == U'+' || out[number] == U'-') ? 1 : 0;
        number += number < out.size() && out[number] == U'.' ? 1 : 0;
        const char32_t before = joined.empty() ? U'\0' : joined.back();
        const bool compares = before != 0 && (std::u32string_view(U"<>\u2260\u00B1").find(before) != std::u32string_view::npos ||
                                              (before == U'=' && joined.size() > 1 && (joined[joined.size() - 2] == U'<' || joined[joined.size() - 2] == U'>')));
        if (out[at] != U' ' || !compares || !is_digit_at(out, number)) {
            joined += out[at];
        }
    }
    return joined;
}

}  // namespace

const std::vector<Wrapper>& wrappers() {
    static const std::vector<Wrapper> kWrappers = {
        {U"<answer>", U"</answer>"}, {U"<strong>", U"</strong>"}, {U"<em>", U"</em>"}, {U"<b>", U"</b>"}, {U"<i>", U"</i>"}, {U"\\mathrm{", U"}"}, {U"\\mathbf{", U"}"}, {U"\\textbf{", U"}"}, {U"\\boxed{", U"}"}, {U"\\text{", U"}"},
        {U"```", U"```"}, {U"**", U"**"}, {U"__", U"__"}, {U"$$", U"$$"}, {U"\\(", U"\\)"}, {U"\\[", U"\\]"},
        {U"\"", U"\""}, {U"'", U"'"}, {U"`", U"`"}, {U"*", U"*"}, {U"_", U"_"}, {U"$", U"$"},
        {U"(", U")"}, {U"[", U"]"}, {U"{", U"}"}, {U"<", U">"}, {U"\u3010", U"\u3011"}, {U"\u3014", U"\u3015"}, {U"\u3008", U"\u3009"},
        {U"\u300A", U"\u300B"}, {U"\u300C", U"\u300D"}, {U"\u300E", U"\u300F"}, {U"\u00AB", U"\u00BB"}, {U"\u2039", U"\u203A"}};
    return kWrappers;
}

std::u32string_view trimmed_blanks(std::u32string_view text) {
    while (!text.empty() && is_blank(text.front())) {
        text.remove_prefix(1);
    }
    while (!text.empty() && is_blank(text.back())) {
        text.remove_suffix(1);
    }
    return text;
}

std::u32string_view without_layer(std::u32string_view text) {
    if (text.size() > 1 && (text.back() == U'.' || text.back() == 0x3002)) {
        return trimmed_blanks(text.substr(0, text.size() - 1));
    }
    for (const Wrapper& wrapper : wrappers()) {
        const std::size_t marks = wrapper.open.size() + wrapper.close.size();
        if (text.size() <= marks || !same_ascii(text.substr(0, wrapper.open.size()), wrapper.open) ||
            !same_ascii(text.substr(text.size() - wrapper.close.size()), wrapper.close)) {
            continue;
        }
        const std::u32string_view inner = text.substr(wrapper.open.size(), text.size() - marks);
        if (is_pair(wrapper, inner) && !trimmed_blanks(inner).empty()) {
            return trimmed_blanks(inner);
        }
    }
    return text;
}

bool is_blank(char32_t c) { return c == U' ' || c == U'\n'; }
bool is_letter(char32_t c) { return in_category(c, U_GC_L_MASK); }
bool is_punctuation(char32_t c) { return in_category(c, U_GC_P_MASK); }
bool is_sign(char32_t c) { return in_category(c, U_GC_P_MASK | U_GC_S_MASK); }

bool is_unspaced(char32_t c) {
    static constexpr UScriptCode kScripts[] = {USCRIPT_HAN,  USCRIPT_HIRAGANA, USCRIPT_KATAKANA, USCRIPT_BOPOMOFO, USCRIPT_HANGUL,
                                               USCRIPT_THAI, USCRIPT_LAO,      USCRIPT_KHMER,    USCRIPT_MYANMAR};
    const auto has_script = [c](UScriptCode script) { return uscript_hasScript(static_cast<UChar32>(c), script); };
    return c > 0xFF && in_category(c, U_GC_L_MASK | U_GC_M_MASK | U_GC_N_MASK) && std::any_of(std::begin(kScripts), std::end(kScripts), has_script);
}

bool is_word(char32_t c) { return (in_category(c, U_GC_L_MASK | U_GC_M_MASK | U_GC_N_MASK) || c == U'_') && !is_unspaced(c); }
bool word_at(std::u32string_view text, std::size_t at) { return at < text.size() && is_word(text[at]); }

std::u32string levelled(std::string_view text) {
    std::u32string out;
    bool blank = false, line = false;
    for (const char32_t c : compatible(text)) {
        if (is_invisible(c)) {
            continue;
        }
        if (is_white(c)) {
            blank = true;
            line = line || ends_line(c);
            continue;
        }
        if (blank && !out.empty()) {
            out += line ? U'\n' : U' ';
        }
        blank = line = false;
        out += plain_character(c);
    }
    return with_plain_signs(with_plain_fractions(out));
}

std::u32string unwrapped(std::u32string_view text) {
    text = trimmed_blanks(text);
    for (int layer = 0; layer < kMostLayers; ++layer) {
        const std::u32string_view inner = without_layer(text);
        if (inner.size() == text.size()) {
            break;
        }
        text = inner;
    }
    return std::u32string(text);
}

bool is_line_mark(char32_t c) { return std::u32string_view(U">#-*+\u2022|").find(c) != std::u32string_view::npos; }

std::u32string without_line_marks(std::u32string_view text) {
    std::u32string out;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find(U'\n'), text.size());
        out += behind_line_marks(text.substr(0, end));
        out += text.substr(end, 1);
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return out;
}

std::u32string cleaned(std::string_view text) { return unwrapped(levelled(text)); }

FoldedText folded(std::u32string_view text, LetterCase letter_case) {
    FoldedText out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        icu::UnicodeString one(static_cast<UChar32>(text[i] == U'\n' ? U' ' : text[i]));
        if (letter_case == LetterCase::Folded) {
            one.foldCase();
        }
        const std::u32string characters = to_utf32(one);
        out.text += characters;
        out.place.insert(out.place.end(), characters.size(), i);
    }
    out.place.push_back(text.size());
    return out;
}

}  // namespace r2t2
