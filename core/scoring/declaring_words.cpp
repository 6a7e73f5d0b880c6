#include "core/scoring/declaring_words.h"

#include <algorithm>
#include <array>

#include "core/scoring/option_letters.h"
#include "core/scoring/text_places.h"

namespace r2t2 {

namespace {

constexpr int kMostAdverbs = 3;

std::size_t behind_markup(std::u32string_view text, std::size_t at) {
    while (at < text.size() && in_set(text[at], U"*_\"'`")) {
        ++at;
    }
    return at;
}

bool is_adverb(std::u32string_view word) {
    static constexpr std::array<std::u32string_view, 24> kAdverbs = {
        U"clearly", U"obviously", U"definitely", U"certainly", U"most",     U"very",        U"almost",    U"likely",     U"probably",   U"possibly", U"perhaps", U"maybe",
        U"therefore", U"thus",    U"hence",      U"simply",    U"indeed",   U"actually",    U"surely",    U"undoubtedly", U"evidently", U"apparently", U"really", U"then"};
    return is_one_of(word, kAdverbs) || word == U"presumably";
}

/// Behind these words with blanks between them.
template <std::size_t size>
std::optional<std::size_t> behind_words(std::u32string_view text, std::size_t at, const std::array<std::u32string_view, size>& words) {
    for (const std::u32string_view word : words) {
        if (word_from(text, at) != word) {
            return std::nullopt;
        }
        at = behind_blanks(text, at + word.size());
    }
    return at;
}

}  // namespace

bool ends_sentence(std::u32string_view text, std::size_t at) {
    if (at >= text.size()) {
        return true;
    }
    const char32_t c = text[at];
    return c == U'\n' || c == U'!' || c == U'?' || c == 0x3002 || (c == U'.' && (at + 1 >= text.size() || is_blank(text[at + 1])));
}

std::size_t behind_adverbs(std::u32string_view text, std::size_t at) {
    for (int adverbs = 0; adverbs < kMostAdverbs; ++adverbs) {
        const std::size_t begin = behind_blanks(text, at + (character_at(text, at) == U',' ? 1 : 0));
        const std::u32string word = word_from(text, begin);
        if (!is_adverb(word)) {
            break;
        }
        at = begin + word.size();
        at = behind_blanks(text, at + (character_at(text, at) == U',' ? 1 : 0));
    }
    return at;
}

std::optional<std::size_t> behind_verb(std::u32string_view text, std::size_t at) {
    using Words = std::array<std::u32string_view, 3>;
    static constexpr std::array<Words, 7> kOfThree = {{{U"has", U"to", U"be"}, {U"have", U"to", U"be"}, {U"can", U"only", U"be"}, {U"could", U"only", U"be"},
                                                       {U"ought", U"to", U"be"}, {U"seems", U"to", U"be"}, {U"appears", U"to", U"be"}}};
    static constexpr std::array<std::u32string_view, 4> kTurnsOut = {U"turns", U"out", U"to", U"be"}, kWouldHaveTo = {U"would", U"have", U"to", U"be"};
    static constexpr std::array<std::u32string_view, 4> kModal = {U"must", U"would", U"should", U"will"};
    const std::u32string word = word_from(text, at);
    if (word == U"is" || word == U"was") {
        return behind_blanks(text, at + word.size());
    }
    if (is_one_of(word, kModal)) {
        const std::size_t be = behind_adverbs(text, behind_blanks(text, at + word.size()));
        if (word_from(text, be) == U"be") {
            return behind_blanks(text, be + 2);
        }
    }
    for (const Words& words : kOfThree) {
        if (const auto end = behind_words(text, at, words)) {
            return end;
        }
    }
    const auto turns_out = behind_words(text, at, kTurnsOut);
    return turns_out ? turns_out : behind_words(text, at, kWouldHaveTo);
}

std::size_t behind_colon(std::u32string_view text, std::size_t at) {
    const std::size_t colon = behind_adverbs(text, at);
    if (colon >= text.size() || (text[colon] != U':' && text[colon] != U'=')) {
        return at;
    }
    const std::size_t markup = behind_markup(text, colon + 1);
    return behind_blanks(text, markup >= text.size() || is_blank(text[markup]) ? markup : colon + 1);
}

std::size_t behind_connector(std::u32string_view text, std::size_t at) {
    const bool short_is = has_at(text, at, U"'s") || has_at(text, at, U"'S");
    if (short_is && !word_at(text, at + 2) && !(character_at(text, at + 2) == U'\'' && word_at(text, at + 3))) {
        return behind_colon(text, behind_blanks(text, at + 2));
    }
    at = behind_blanks(text, behind_markup(text, at));
    return behind_colon(text, behind_verb(text, behind_adverbs(text, at)).value_or(at));
}

std::size_t behind_chinese_connector(std::u32string_view text, std::size_t at) {
    // The longer ones first.
    static constexpr std::array<std::u32string_view, 22> kAdverbs = {
        U"\u5E94\u8BE5", U"\u61C9\u8A72", U"\u5E94\u5F53", U"\u61C9\u7576", U"\u5FC5\u987B", U"\u5FC5\u9808", U"\u5FC5\u7136", U"\u80AF\u5B9A",
        U"\u4E00\u5B9A", U"\u663E\u7136", U"\u986F\u7136", U"\u660E\u663E", U"\u660E\u986F", U"\u5F88\u53EF\u80FD", U"\u6700\u53EF\u80FD", U"\u53EF\u80FD",
        U"\u53EA\u80FD", U"\u786E\u5B9E", U"\u78BA\u5BE6", U"\u5E94", U"\u61C9", U"\u5C31"};
    static constexpr std::array<std::u32string_view, 7> kIs = {U"\u662F", U"\u4E3A", U"\u70BA", U"\u9009\u62E9", U"\u9078\u64C7", U"\u9009", U"\u9078"};
    const auto behind_one_of = [text](std::size_t place, const auto& parts) {
        const auto found = std::find_if(parts.begin(), parts.end(), [&](std::u32string_view part) { return has_at(text, place, part); });
        return found == parts.end() ? place : place + found->size();
    };
    at = behind_blanks(text, behind_markup(text, at));
    for (int adverbs = 0; adverbs < kMostAdverbs; ++adverbs) {
        at = behind_one_of(at, kAdverbs);
    }
    return behind_connector(text, behind_blanks(text, behind_one_of(at, kIs)));
}

std::size_t phrase_begin(std::u32string_view text, std::size_t at) {
    static constexpr std::array<std::u32string_view, 17> kFirst = {U"to",     U"for",    U"of",    U"in",    U"from",      U"on", U"here",  U"that",        U"which",
                                                                   U"choice", U"option", U"based", U"given", U"according", U"as", U"among", U"considering"};
    at = behind_blanks(text, behind_markup(text, at));
    return character_at(text, at) == U',' || is_one_of(word_from(text, at), kFirst) ? at : 0;
}

}  // namespace r2t2
