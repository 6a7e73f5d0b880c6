#include "core/scoring/correcting_words.h"

#include <array>
#include <string>

#include "core/scoring/option_letters.h"
#include "core/scoring/text_places.h"

namespace r2t2 {

namespace {

constexpr std::u32string_view kLooseMarks = U"\"'`*_";  ///< may open the sentence, or close the one before

bool begins_sentence_behind_another(std::u32string_view text, std::size_t at) {
    if (at == 0 || !(is_blank(text[at - 1]) || in_set(text[at - 1], kLooseMarks))) {
        return false;
    }
    std::size_t before = at;
    bool line = false;
    while (before > 0 && (is_blank(text[before - 1]) || in_set(text[before - 1], kLooseMarks))) {
        line = line || text[before - 1] == U'\n';
        --before;
    }
    return before > 0 && (line || in_set(text[before - 1], U".!?\u3002"));
}

/// Behind a word, its punctuation and blanks.
std::size_t behind_word(std::u32string_view text, std::size_t end) {
    while (end < text.size() && in_set(text[end], U",.:;!-")) {
        ++end;
    }
    return behind_blanks(text, end);
}

/// Behind "Edit:", "**Correction**: "; 0: none.
std::size_t behind_new_answer(std::u32string_view text, std::size_t at) {
    static constexpr std::array<std::u32string_view, 4> kWords = {U"edit", U"correction", U"corrected", U"update"};
    constexpr std::u32string_view kMarkup = U"*_\"'`";
    const auto past_markup = [text, kMarkup](std::size_t place) {
        while (place < text.size() && in_set(text[place], kMarkup)) {
            ++place;
        }
        return place;
    };
    std::u32string word;
    for (; word_at(text, at); ++at) {
        word += is_capital(text[at]) ? text[at] - U'A' + U'a' : text[at];
    }
    const std::size_t colon = behind_blanks(text, past_markup(at));
    if (!is_one_of(word, kWords) || colon >= text.size() || (text[colon] != U':' && text[colon] != U'=')) {
        return 0;
    }
    const std::size_t markup = past_markup(colon + 1);
    return behind_blanks(text, markup >= text.size() || is_blank(text[markup]) ? markup : colon + 1);
}

/// Behind two words with blanks between them, `at` where they are not there.
std::size_t behind_both(std::u32string_view text, std::size_t at, std::u32string_view first, std::u32string_view second) {
    if (word_from(text, at) != first) {
        return at;
    }
    const std::size_t next = behind_blanks(text, at + first.size());
    return word_from(text, next) == second ? next + second.size() : at;
}

}  // namespace

Correction correction_at(std::u32string_view text, std::size_t at) {
    static constexpr std::array<std::u32string_view, 3> kBefore = {U"no", U"oh", U"hmm"};
    static constexpr std::array<std::u32string_view, 6> kMain = {U"actually", U"wait", U"sorry", U"oops", U"correction", U"rather"};
    static constexpr std::array<std::u32string_view, 6> kBehind = {U"no", U"actually", U"wait", U"hmm", U"sorry", U"it's"};
    constexpr int kMostBehind = 3;
    const char32_t c = character_at(text, at);
    if (!is_word(c) || (at > 0 && is_word(text[at - 1])) || !begins_sentence_behind_another(text, at)) {
        return {};
    }
    if (const std::size_t end = behind_new_answer(text, at); end > 0) {
        return {end, true};
    }
    std::u32string word = word_from(text, at);
    if (is_one_of(word, kBefore)) {
        at = behind_word(text, at + word.size());
        word = word_from(text, at);
    }
    if (is_one_of(word, kMain)) {
        at = behind_word(text, at + word.size());
    } else if (const std::size_t end = behind_both(text, at, U"scratch", U"that"); end > at) {
        at = behind_word(text, end);
    } else {
        return {};
    }
    for (int words = 0; words < kMostBehind; ++words) {
        word = word_from(text, at);
        std::size_t end = is_one_of(word, kBehind) ? at + word.size() : at;
        for (const auto& [first, second] : {std::array<std::u32string_view, 2>{U"it", U"is"}, {U"make", U"it"}, {U"make", U"that"}}) {
            end = end > at ? end : behind_both(text, at, first, second);
        }
        if (end == at) {
            break;
        }
        at = behind_word(text, end);
    }
    return {at, false};
}

}  // namespace r2t2
