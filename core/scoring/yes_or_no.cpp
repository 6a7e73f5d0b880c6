#include "core/scoring/yes_or_no.h"

#include <array>

#include "core/scoring/option_letters.h"
#include "core/scoring/text_places.h"

namespace r2t2 {

namespace {

/// "or no" behind "yes", with what closes the one word and opens the other.
bool other_word_follows(std::u32string_view text, std::size_t at, std::u32string_view other) {
    while (at < text.size() && (is_blank(text[at]) || closes(text[at]))) {
        ++at;
    }
    const std::u32string word = word_from(text, at);
    const bool sign = at < text.size() && in_set(text[at], U"/&-");
    if (!sign && word != U"and" && word != U"or") {
        return false;
    }
    at += sign ? 1 : word.size();
    while (at < text.size() && (is_blank(text[at]) || opens(text[at]))) {
        ++at;
    }
    return word_from(text, at) == other;
}

}  // namespace

YesAndNo::YesAndNo(const OptionTexts& options) {
    if (options.size() == 2) {
        yes_ = options.equal_to(U"yes");
        no_ = options.equal_to(U"no");
    }
    if (!yes_ || !no_) {
        yes_.reset();
        no_.reset();
    }
}

std::optional<YesAndNo::Word> YesAndNo::begins(std::u32string_view text, std::size_t at) const {
    static constexpr std::array<std::u32string_view, 5> kIdioms = {U"doubt", U"question", U"problem", U"matter", U"wonder"};
    while (at < text.size() && (is_blank(text[at]) || opens(text[at]))) {
        ++at;
    }
    const std::u32string word = yes_ ? word_from(text, at) : std::u32string();
    const bool yes = word == U"yes";
    if (!yes && word != U"no") {
        return std::nullopt;
    }
    const std::size_t end = at + word.size();
    const bool idiom = !yes && is_one_of(word_from(text, behind_blanks(text, end)), kIdioms);
    return idiom || other_word_follows(text, end, yes ? U"no" : U"yes") ? std::nullopt : std::optional(Word{yes ? *yes_ : *no_, end});
}

}  // namespace r2t2
