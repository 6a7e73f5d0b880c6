#include "core/scoring/option_letters.h"

#include <algorithm>
#include <array>

namespace r2t2 {

namespace {

constexpr std::u32string_view kJoins = U"-'&";  ///< between two words they make one
constexpr std::u32string_view kOpenings = U"\"'`*_$([{<\u3010\u3014\u3008\u300A\u300C\u300E\u00AB\u2039";
constexpr std::u32string_view kClosings = U"\"'`*_$)]}>\u3011\u3015\u3009\u300B\u300D\u300F\u00BB\u203A";
constexpr int kMostNested = 5;  ///< wrappers around a letter; each doubles what is tried where "*" and "**" both fit

bool in_set(char32_t c, std::u32string_view set) { return set.find(c) != std::u32string_view::npos; }
char32_t character_at(std::u32string_view text, std::size_t at) { return at < text.size() ? text[at] : U'\0'; }

/// "D." of "D.C." or of "D.C".
bool begins_abbreviation(std::u32string_view text, std::size_t letter) {
    return character_at(text, letter + 1) == U'.' && letter + 2 < text.size() && is_letter(text[letter + 2]) && word_at(text, letter + 2) &&
           !word_at(text, letter + 3);
}

/// "C" of "D.C.".
bool goes_on_abbreviation(std::u32string_view text, std::size_t letter) {
    return letter >= 2 && text[letter - 1] == U'.' && is_word(text[letter - 2]) && (letter < 3 || !is_word(text[letter - 3]));
}

std::size_t behind_blanks(std::u32string_view text, std::size_t at) {
    while (at < text.size() && is_blank(text[at])) {
        ++at;
    }
    return at;
}

bool has_at(std::u32string_view text, std::size_t at, std::u32string_view part) { return at <= text.size() && text.substr(at).starts_with(part); }

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

/// Walks back over a text from a place.
class BackwardReader {
public:
    BackwardReader(std::u32string_view text, std::size_t at) : text_(text), at_(at) {}

    void skip_blanks_and_openings() {
        while (at_ > 0 && (is_blank(text_[at_ - 1]) || in_set(text_[at_ - 1], kOpenings))) {
            --at_;
        }
    }
    /// The word that ends here, with its apostrophes, in small ASCII letters; empty: none, or too long to be one of ours.
    [[nodiscard]] std::u32string word() const {
        std::size_t begin = at_;
        while (begin > 0 && at_ - begin <= kLongest && (is_word(text_[begin - 1]) || (text_[begin - 1] == U'\'' && begin < at_))) {
            --begin;
        }
        std::u32string out(text_.substr(begin, at_ - begin));
        out.erase(0, std::min(out.find_first_not_of(U'\''), out.size()));
        std::transform(out.begin(), out.end(), out.begin(), [](char32_t c) { return is_capital(c) ? c - U'A' + U'a' : c; });
        return at_ - begin > kLongest ? std::u32string() : out;
    }
    [[nodiscard]] bool ends_with(std::u32string_view part) const { return text_.substr(0, at_).ends_with(part); }
    void skip(std::size_t characters) { at_ -= characters; }
    [[nodiscard]] std::size_t at() const { return at_; }

private:
    static constexpr std::size_t kLongest = 12;
    std::u32string_view text_;
    std::size_t at_;
};

template <std::size_t size>
bool is_one_of(std::u32string_view word, const std::array<std::u32string_view, size>& words) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

/// What may stand between a negation and what it refuses.
bool skip_filler(BackwardReader& reader) {
    static constexpr std::array<std::u32string_view, 7> kWords = {U"a", U"an", U"the", U"option", U"choice", U"letter", U"answer"};
    static constexpr std::array<std::u32string_view, 22> kChinese = {
        U"\u9009\u9879", U"\u9078\u9805", U"\u9009\u62E9", U"\u9078\u64C7", U"\u7B54\u6848", U"\u5E94\u8BE5", U"\u61C9\u8A72", U"\u540C\u4E8E",
        U"\u540C\u65BC", U"\u9009",       U"\u9078",       U"\u662F",       U"\u4E3A",       U"\u70BA",       U"\u50CF",       U"\u5E94",
        U"\u61C9",       U"\u80FD",       U"\u4F1A",       U"\u6703",       U"\u53EF",       U"\u8BE5"};
    if (const std::u32string word = reader.word(); is_one_of(word, kWords)) {
        reader.skip(word.size());
        return true;
    }
    for (const std::u32string_view each : kChinese) {
        if (reader.ends_with(each)) {
            reader.skip(each.size());
            return true;
        }
    }
    return false;
}

bool ends_with_negation(BackwardReader reader) {
    static constexpr std::array<std::u32string_view, 12> kNegations = {U"not",   U"cannot",  U"never",  U"neither", U"nor",  U"no",
                                                                       U"than",  U"without", U"except", U"unlike",  U"isnt", U"arent"};
    static constexpr std::array<std::u32string_view, 6> kChinese = {U"\u4E0D", U"\u975E", U"\u6CA1", U"\u6C92", U"\u672A", U"\u52FF"};
    if (std::any_of(kChinese.begin(), kChinese.end(), [&](std::u32string_view each) { return reader.ends_with(each); })) {
        return true;
    }
    if (reader.ends_with(U"-")) {
        reader.skip(1);
        return reader.word() == U"non";
    }
    const std::u32string word = reader.word();
    if (word == U"of" || word == U"to") {
        reader.skip(word.size());
        reader.skip_blanks_and_openings();
        return reader.word() == (word == U"of" ? U"instead" : U"opposed");
    }
    return is_one_of(word, kNegations) || (word.size() > 3 && word.ends_with(U"n't"));
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

bool stands_alone(std::u32string_view text, std::size_t at) {
    if ((at > 0 && is_word(text[at - 1])) || word_at(text, at + 1)) {
        return false;
    }
    const bool joined_before = at >= 1 && (text[at - 1] == 0xB0 || (at >= 2 && in_set(text[at - 1], kJoins) && is_word(text[at - 2])));
    const char32_t next = character_at(text, at + 1);
    const bool joined_behind = next != 0 && (in_set(next, U"+#\u00B0") || (in_set(next, kJoins) && word_at(text, at + 2)));
    return !joined_before && !joined_behind && !begins_abbreviation(text, at) && !goes_on_abbreviation(text, at);
}

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

bool fills_line(std::u32string_view text, std::size_t at) {
    return (at == 0 || text[at - 1] == U'\n') && (at + 1 >= text.size() || text[at + 1] == U'\n');
}

bool follows_option_word(std::u32string_view text, std::size_t at) {
    BackwardReader reader(text, at);
    reader.skip_blanks_and_openings();
    const std::u32string word = reader.word();
    return word == U"option" || word == U"choice";
}

bool is_refused(std::u32string_view text, std::size_t at) {
    BackwardReader reader(text, at);
    reader.skip_blanks_and_openings();
    for (int fillers = 0; fillers < 6; ++fillers) {
        if (ends_with_negation(reader)) {
            return true;
        }
        if (!skip_filler(reader)) {
            return false;
        }
        reader.skip_blanks_and_openings();
    }
    return false;
}

}  // namespace r2t2
