#include "core/scoring/option_letters.h"

#include <algorithm>
#include <array>

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

/// Walks back over a text from a place.
class BackwardReader {
public:
    BackwardReader(std::u32string_view text, std::size_t at) : text_(text), at_(at) {}

    void skip_blanks_and_openings() {
        do {
            while (at_ > 0 && (is_blank(text_[at_ - 1]) || in_set(text_[at_ - 1], kOpenings))) {
                --at_;
            }
        } while (skip_command());
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
    /// "\\boxed" before its brace, in either case.
    bool skip_command() {
        static constexpr std::array<std::u32string_view, 5> kCommands = {U"\\boxed", U"\\text", U"\\mathrm", U"\\mathbf", U"\\textbf"};
        const auto lower = [](char32_t c) { return is_capital(c) ? c - U'A' + U'a' : c; };
        const auto ends_here = [&](std::u32string_view command) {
            return at_ >= command.size() && std::equal(command.begin(), command.end(), text_.begin() + static_cast<std::ptrdiff_t>(at_ - command.size()),
                                                       [&](char32_t a, char32_t b) { return a == lower(b); });
        };
        const auto found = std::find_if(kCommands.begin(), kCommands.end(), ends_here);
        const bool command = found != kCommands.end() && character_at(text_, at_) == U'{';
        at_ -= command ? found->size() : 0;
        return command;
    }

    static constexpr std::size_t kLongest = 12;
    std::u32string_view text_;
    std::size_t at_;
};

/// What may stand between a negation and what it refuses.
bool skip_filler(BackwardReader& reader) {
    static constexpr std::array<std::u32string_view, 19> kWords = {U"a",           U"an",     U"the",      U"option",  U"choice",    U"letter",     U"answer",
                                                                   U"be",          U"to",     U"likely",   U"necessarily", U"really", U"actually",  U"clearly",
                                                                   U"obviously",   U"definitely", U"certainly", U"possibly", U"probably"};
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
    static constexpr std::array<std::u32string_view, 14> kNegations = {U"not",    U"cannot", U"never", U"neither", U"nor",      U"no",    U"than",
                                                                       U"without", U"except", U"unlike", U"isnt",    U"arent",    U"unlikely", U"hardly"};
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

bool is_denied(std::u32string_view text, std::size_t at) {
    static constexpr std::array<std::u32string_view, 16> kQualities = {U"correct", U"right", U"best", U"final",       U"proper",   U"true",     U"only",   U"my",
                                                                       U"the",     U"that",  U"most", U"likely",      U"appropriate", U"accurate", U"suitable", U"chosen"};
    static constexpr std::array<std::u32string_view, 9> kThinks = {U"think", U"believe", U"say", U"mean", U"claim", U"conclude", U"suppose", U"agree", U"feel"};
    constexpr int kMostQualities = 6;
    BackwardReader reader(text, at);
    reader.skip_blanks_and_openings();
    for (int skipped = 0; skipped < kMostQualities && is_one_of(reader.word(), kQualities); ++skipped) {
        reader.skip(reader.word().size());
        reader.skip_blanks_and_openings();
    }
    const std::u32string word = reader.word();
    if (word == U"doubt" || word == U"doubts") {
        return true;
    }
    if (is_one_of(word, kThinks)) {
        reader.skip(word.size());
        reader.skip_blanks_and_openings();
    }
    return ends_with_negation(reader);
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
    constexpr std::size_t kLongest = 12;
    std::u32string out;
    for (; at < text.size() && out.size() <= kLongest && (is_word(text[at]) || (text[at] == U'\'' && !out.empty() && word_at(text, at + 1))); ++at) {
        out += is_capital(text[at]) ? text[at] - U'A' + U'a' : text[at];
    }
    return out.size() > kLongest ? std::u32string() : out;
}

bool is_rejected(std::u32string_view text, std::size_t end) {
    static constexpr std::array<std::u32string_view, 9> kChinese = {U"\u4E0D\u5BF9",       U"\u4E0D\u5C0D",       U"\u4E0D\u6B63\u786E",
                                                                    U"\u4E0D\u6B63\u78BA", U"\u9519",             U"\u932F",
                                                                    U"\u662F\u9519",       U"\u662F\u932F",       U"\u4E0D\u662F\u7B54\u6848"};
    static constexpr std::array<std::u32string_view, 4> kIs = {U"is", U"are", U"was", U"were"};
    static constexpr std::array<std::u32string_view, 6> kIsNot = {U"isn't", U"aren't", U"wasn't", U"weren't", U"isnt", U"arent"};
    static constexpr std::array<std::u32string_view, 9> kAdverbs = {U"also",      U"clearly",   U"definitely", U"obviously", U"certainly",
                                                                    U"therefore", U"thus",      U"simply",     U"probably"};
    static constexpr std::array<std::u32string_view, 4> kWrong = {U"incorrect", U"wrong", U"impossible", U"invalid"};
    static constexpr std::array<std::u32string_view, 5> kBetween = {U"the", U"a", U"an", U"best", U"most"};
    static constexpr std::array<std::u32string_view, 8> kRight = {U"correct", U"right", U"true", U"possible", U"valid", U"answer", U"option", U"choice"};
    while (end < text.size() && (is_blank(text[end]) || in_set(text[end], kClosings))) {
        ++end;
    }
    if (std::any_of(kChinese.begin(), kChinese.end(), [&](std::u32string_view each) { return has_at(text, end, each); })) {
        return true;
    }
    std::u32string word = word_from(text, end);
    const auto next = [&] {
        end = behind_blanks(text, end + word.size());
        word = word_from(text, end);
    };
    bool negated = false;
    if (is_one_of(word, kIs)) {
        next();
        if (is_one_of(word, kAdverbs)) {
            next();
        }
        if (is_one_of(word, kWrong)) {
            return true;
        }
        negated = word == U"not";
        next();
    } else if (is_one_of(word, kIsNot)) {
        negated = true;
        next();
    } else if (word == U"cannot" || word == U"can't") {
        next();
        negated = word == U"be";
        next();
    }
    for (int skipped = 0; skipped < 3 && is_one_of(word, kBetween); ++skipped) {
        next();
    }
    return negated && is_one_of(word, kRight);
}

}  // namespace r2t2
