#include "core/scoring/option_letters.h"

#include <algorithm>
#include <array>

#include "core/scoring/backward_reader.h"
#include "core/scoring/text_places.h"

namespace r2t2 {

namespace {

constexpr std::u32string_view kJoins = U"-'&";  ///< between two words they make one
constexpr std::u32string_view kOpenings = U"\"'`*_$([{<\u3010\u3014\u3008\u300A\u300C\u300E\u00AB\u2039";
constexpr std::u32string_view kClosings = U"\"'`*_$)]}>\u3011\u3015\u3009\u300B\u300D\u300F\u00BB\u203A";
constexpr int kMostNested = 5;  ///< wrappers around a letter; each doubles what is tried where "*" and "**" both fit

/// "D." of "D.C." or of "D.C".
bool begins_abbreviation(std::u32string_view text, std::size_t letter) {
    return character_at(text, letter + 1) == U'.' && letter + 2 < text.size() && is_letter(text[letter + 2]) && word_at(text, letter + 2) &&
           !word_at(text, letter + 3);
}

/// "C" of "D.C.".
bool goes_on_abbreviation(std::u32string_view text, std::size_t letter) {
    return letter >= 2 && text[letter - 1] == U'.' && is_word(text[letter - 2]) && (letter < 3 || !is_word(text[letter - 3]));
}

/// The letter at `at`, or inside the wrappers that open there; `end` is behind the last that closes.
std::optional<MarkedLetter> letter_inside(std::u32string_view text, std::size_t at, int depth) {
    at = behind_blanks(text, at);
    if (at < text.size() && letter_number(text[at])) {
        return word_at(text, at + 1) ? std::nullopt : std::optional(MarkedLetter{text[at], at + 1, true});
    }
    for (const Wrapper& wrapper : wrappers()) {
        if (depth >= kMostNested || !has_at(text, at, wrapper.open)) {
            continue;
        }
        std::optional<MarkedLetter> inner = letter_inside(text, at + wrapper.open.size(), depth + 1);
        if (!inner) {
            continue;
        }
        std::size_t end = behind_blanks(text, inner->end);
        const bool mark_first = is_letter_mark(character_at(text, end)) && !has_at(text, end, wrapper.close);  // "**B.**"
        end = behind_blanks(text, end + (mark_first ? 1 : 0));
        if (has_at(text, end, wrapper.close)) {
            inner->end = end + wrapper.close.size();
            return inner;
        }
    }
    return std::nullopt;
}

}  // namespace

std::optional<std::size_t> letter_number(char32_t c) {
    if (is_capital(c)) {
        return c - U'A';
    }
    return c >= U'a' && c <= U'z' ? std::optional<std::size_t>(c - U'a') : std::nullopt;
}

bool is_capital(char32_t c) { return c >= U'A' && c <= U'Z'; }
std::optional<std::size_t> letter_alone(std::u32string_view text, std::size_t options) {
    const bool marked = text.size() == 2 && (text[1] == U'.' || text[1] == U')' || text[1] == U':');
    const std::optional<std::size_t> number = text.size() == 1 || marked ? letter_number(text[0]) : std::nullopt;
    return number && *number < options ? number : std::nullopt;
}

bool may_be_a_word(char32_t letter) { return in_set(letter, U"AaIi"); }
bool is_letter_mark(char32_t c) { return c != 0 && in_set(c, U".):\u3002\u3001"); }

bool begins_alone(std::u32string_view text, std::size_t at) {
    const bool in_word = at > 0 && is_word(text[at - 1]);
    const bool joined = at >= 1 && (text[at - 1] == 0xB0 || (at >= 2 && in_set(text[at - 1], kJoins) && is_word(text[at - 2])));
    return !in_word && !joined && !goes_on_abbreviation(text, at);
}

bool ends_alone(std::u32string_view text, std::size_t at) {
    const char32_t next = character_at(text, at + 1);
    const bool joined = next != 0 && (in_set(next, U"+#\u00B0") || (in_set(next, kJoins) && word_at(text, at + 2)));
    return !word_at(text, at + 1) && !joined && !begins_abbreviation(text, at);
}

bool stands_alone(std::u32string_view text, std::size_t at) { return begins_alone(text, at) && ends_alone(text, at); }
bool opens(char32_t c) { return in_set(c, kOpenings); }
bool closes(char32_t c) { return in_set(c, kClosings); }

bool no_word_follows(std::u32string_view text, std::size_t at) {
    const char32_t next = character_at(text, at);
    if (at >= text.size() || next == U'\n' || is_sign(next) || is_unspaced(next)) {
        return true;
    }
    return next == U' ' && at + 1 < text.size() && in_set(text[at + 1], U"-\u2013\u2014:=,;.)");
}

std::optional<MarkedLetter> wrapped_letter(std::u32string_view text, std::size_t at) {
    if (at < text.size() && letter_number(text[at])) {
        return std::nullopt;
    }
    const std::optional<MarkedLetter> found = letter_inside(text, at, 0);
    return found && !word_at(text, found->end) ? found : std::nullopt;
}

std::optional<MarkedLetter> letter_with_mark(std::u32string_view text, std::size_t at) {
    if (at + 1 >= text.size() || !letter_number(text[at]) || !is_letter_mark(text[at + 1]) || begins_abbreviation(text, at)) {
        return std::nullopt;
    }
    const bool ended = at + 2 >= text.size() || is_blank(text[at + 2]);
    if (!is_capital(text[at]) && text[at + 1] == U'.' && !ended) {
        return std::nullopt;
    }
    return MarkedLetter{text[at], at + 2, false};
}

bool is_enclosed(std::u32string_view text, std::size_t at) {
    return at > 0 && at + 1 < text.size() && in_set(text[at - 1], kOpenings) && in_set(text[at + 1], kClosings);
}

bool in_own_brackets(std::u32string_view text, std::size_t at) {
    const char32_t open = at > 0 ? text[at - 1] : U'\0', close = character_at(text, at + 1);
    return ((open == U'(' && close == U')') || (open == U'[' && close == U']')) && !(at > 1 && is_word(text[at - 2]));
}

bool fills_line(std::u32string_view text, std::size_t at) {
    return (at == 0 || text[at - 1] == U'\n') && (at + 1 >= text.size() || text[at + 1] == U'\n');
}

bool follows_option_word(std::u32string_view text, std::size_t at) {
    BackwardReader reader(text, at);
    reader.skip_blanks_and_openings();
    const std::u32string word = reader.word();
    return word == U"option" || word == U"choice";
}

std::u32string word_before(std::u32string_view text, std::size_t end) { return BackwardReader(text, end).word(); }

std::size_t behind_openings(std::u32string_view text, std::size_t at) {
    at = behind_blanks(text, at);
    for (int layers = 0; layers < kMostNested; ++layers) {
        const auto open = std::find_if(wrappers().begin(), wrappers().end(), [&](const Wrapper& each) { return has_at(text, at, each.open); });
        if (open == wrappers().end()) {
            break;
        }
        at = behind_blanks(text, at + open->open.size());
    }
    return at;
}

std::u32string word_from(std::u32string_view text, std::size_t at) {
    constexpr std::size_t kLongest = 16;
    std::u32string out;
    for (; at < text.size() && out.size() <= kLongest && (is_word(text[at]) || (text[at] == U'\'' && !out.empty() && word_at(text, at + 1))); ++at) {
        out += is_capital(text[at]) ? text[at] - U'A' + U'a' : text[at];
    }
    return out.size() > kLongest ? std::u32string() : out;
}

}  // namespace r2t2
