#include "core/scoring/letter_lists.h"

#include <algorithm>
#include <array>

#include "core/scoring/function_words.h"
#include "core/scoring/negation.h"
#include "core/scoring/option_letters.h"
#include "core/scoring/text_places.h"

namespace r2t2 {

namespace {

constexpr int kMostJoined = 4;   ///< marks and words between two letters: ", and/or"
constexpr int kMostFillers = 3;  ///< "or maybe the option B"
constexpr int kMostBefore = 12;  ///< fillers and opening marks before a declared list

/// "A+B".
bool plus_letter_follows(std::u32string_view text, std::size_t at) {
    return character_at(text, at + 1) == U'+' && is_capital(character_at(text, at + 2)) && !word_at(text, at + 3);
}

}  // namespace

LetterLists::LetterLists(std::u32string_view text, std::size_t letters, const std::vector<TextFound>& found)
    : text_(text), letters_(letters), found_(found), covered_(text.size() + 1) {
    std::size_t covered = 0;
    for (const TextFound& each : found) {
        if (each.at.end > each.at.begin + 1) {
            for (covered = std::max(covered, each.at.begin); covered < each.at.end; ++covered) {
                covered_[covered] = true;
            }
        }
    }
    for (std::size_t at = 0; at < text.size() && letters > 1; ++at) {
        if (std::optional<LetterList> list = list_at(at)) {
            list->refused = is_refused(text, at) || is_rejected(text, list->at.end);
            at = list->at.end - 1;
            lists_.push_back(std::move(*list));
        }
    }
}

const LetterList* LetterLists::around(std::size_t place) const {
    const auto behind = std::upper_bound(lists_.begin(), lists_.end(), place, [](std::size_t at, const LetterList& list) { return at < list.at.begin; });
    return behind != lists_.begin() && place < std::prev(behind)->at.end ? &*std::prev(behind) : nullptr;
}

const LetterList* LetterLists::begins_behind(std::size_t at) const {
    for (int skipped = 0; skipped <= kMostBefore && at < text_.size(); ++skipped) {
        if (const LetterList* list = around(at); list != nullptr && list->at.begin == at) {
            return list->refused ? nullptr : list;
        }
        const std::size_t behind = behind_filler(at);
        if (behind == at && !opens(text_[at]) && !is_blank(text_[at])) {
            return nullptr;
        }
        at = std::max(behind, at + 1);
    }
    return nullptr;
}

/// A letter as a list has it: wrapped or with ) in either case, else a capital.
std::optional<LetterLists::Item> LetterLists::letter_at(std::size_t at, bool first) const {
    if (at >= text_.size() || covered_[at]) {
        return std::nullopt;
    }
    if (opens(text_[at]) || text_[at] == U'\\') {
        const std::optional<MarkedLetter> wrapped = wrapped_letter(text_, at);
        const std::optional<std::size_t> option = wrapped ? letter_number(wrapped->letter) : std::nullopt;
        return option && *option < letters_ ? std::optional(Item{*option, wrapped->end, false}) : std::nullopt;
    }
    const std::optional<std::size_t> option = letter_number(text_[at]);
    const char32_t next = character_at(text_, at + 1);
    const bool begins = first ? begins_alone(text_, at) : at == 0 || !is_word(text_[at - 1]);
    if (!option || *option >= letters_ || !begins || !(ends_alone(text_, at) || plus_letter_follows(text_, at)) ||
        !(is_capital(text_[at]) || next == U')')) {
        return std::nullopt;
    }
    const bool marked = next != 0 && in_set(next, U".):");
    return Item{*option, at + (marked ? 2 : 1), !marked};
}

/// The letter with its option's text, where that follows: "A. red bus", "A (red bus)".
std::optional<LetterLists::Item> LetterLists::item_at(std::size_t at, bool first) const {
    std::optional<Item> item = letter_at(at, first);
    if (!item) {
        return std::nullopt;
    }
    std::size_t begin = behind_blanks(text_, item->end);
    const bool bracket = character_at(text_, begin) == U'(';
    begin += bracket ? 1 : 0;
    auto text = std::lower_bound(found_.begin(), found_.end(), begin, [](const TextFound& each, std::size_t place) { return each.at.begin < place; });
    for (; text != found_.end() && text->at.begin == begin; ++text) {
        if (text->option == item->option) {
            const bool closed = bracket && character_at(text_, text->at.end) == U')';
            return Item{item->option, text->at.end + (closed ? 1 : 0), false};
        }
    }
    return item;
}

LetterLists::Joiner LetterLists::joiner_at(std::size_t at) const {
    struct Word {
        std::u32string_view text;
        bool alternative;
    };
    static constexpr std::array<Word, 9> kChinese = {{{U"\u6216\u8005", true}, {U"\u4EE5\u53CA", false}, {U"\u8FD8\u662F", true}, {U"\u9084\u662F", true},
                                                      {U"\u548C", false}, {U"\u6216", true}, {U"\u4E0E", false}, {U"\u8207", false}, {U"\u53CA", false}}};
    Joiner out;
    out.end = behind_blanks(text_, at);
    for (int joined = 0; joined < kMostJoined; ++joined) {
        const std::u32string word = word_from(text_, out.end);
        const auto chinese = std::find_if(kChinese.begin(), kChinese.end(), [&](const Word& each) { return has_at(text_, out.end, each.text); });
        const bool pause = out.end < text_.size() && in_set(text_[out.end], U",;\u3001");
        std::size_t length = 0;
        if (out.end < text_.size() && in_set(text_[out.end], U",;/&+\u3001")) {
            out.alternative = out.alternative || text_[out.end] == U'/';
            length = 1;
        } else if (word == U"and" || word == U"or") {
            out.alternative = out.alternative || word == U"or";
            length = word.size();
        } else if (chinese != kChinese.end()) {
            out.alternative = out.alternative || chinese->alternative;
            length = chinese->text.size();
        }
        if (length == 0) {
            break;
        }
        out.found = true;
        out.pause = out.pause && pause;
        out.end = behind_blanks(text_, out.end + length);
    }
    return out;
}

/// Behind one word that may stand before a letter, and its blanks; `at` where there is none.
std::size_t LetterLists::behind_filler(std::size_t at) const {
    static constexpr std::array<std::u32string_view, 14> kWords = {U"the",   U"option",  U"options",  U"choice",   U"choices", U"letter", U"letters",
                                                                   U"maybe", U"perhaps", U"possibly", U"probably", U"also",    U"both",   U"either"};
    const std::u32string word = word_from(text_, at);
    if (is_one_of(word, kWords)) {
        return behind_blanks(text_, at + word.size());
    }
    for (const std::u32string_view each : {std::u32string_view(U"\u9009\u9879"), std::u32string_view(U"\u9078\u9805"), std::u32string_view(U"\u53EF\u80FD")}) {
        if (has_at(text_, at, each)) {
            return behind_blanks(text_, at + each.size());
        }
    }
    return at;
}

/// "is wrong": what stands before is its subject.
bool LetterLists::begins_clause(std::size_t at) const {
    static constexpr std::array<std::u32string_view, 10> kVerbs = {U"is", U"isn't", U"was", U"wasn't", U"cannot", U"can't", U"does", U"doesn't", U"would", U"has"};
    at = behind_blanks(text_, at);
    return is_one_of(word_from(text_, at), kVerbs) || (at < text_.size() && in_set(text_[at], U"\u662F\u4E0D\u9519\u932F"));
}

bool LetterLists::belongs(const Item& item, std::size_t at, const Joiner& joiner) const {
    if (!joiner.alternative && begins_clause(item.end)) {
        return false;
    }
    if (!item.bare || no_word_follows(text_, item.end) || joiner_at(item.end).found) {
        return true;
    }
    const bool letter = is_letter_before(text_, item.end, text_[at], LetterPlace::Anywhere) || (text_[at] == U'A' && ends_letter_list(text_, item.end));
    return letter && (!joiner.pause || ends_letter_list(text_, item.end));
}

std::optional<LetterLists::Item> LetterLists::next_item(const Item& last, std::u32string_view ends) const {
    const Joiner joiner = joiner_at(last.end);
    if (joiner.found) {
        if (in_set(text_[behind_blanks(text_, last.end)], ends)) {
            return std::nullopt;
        }
        std::size_t at = joiner.end;
        for (int fillers = 0; fillers < kMostFillers; ++fillers) {
            at = behind_filler(at);
        }
        const std::optional<Item> item = item_at(at, false);
        return item && belongs(*item, at, joiner) ? item : std::nullopt;
    }
    if (!last.bare || character_at(text_, last.end) != U' ') {
        return std::nullopt;
    }
    const std::optional<Item> item = letter_at(last.end + 1, false);
    if (!item || !is_capital(text_[last.end + 1])) {
        return std::nullopt;
    }
    const std::size_t behind = last.end + 2;
    const std::optional<std::size_t> further = character_at(text_, behind) == U' ' ? letter_number(character_at(text_, behind + 1)) : std::nullopt;
    const bool goes_on = further && *further < letters_ && is_capital(text_[behind + 1]) && ends_alone(text_, behind + 1);
    return no_word_follows(text_, behind) || goes_on ? item : std::nullopt;
}

std::optional<LetterList> LetterLists::list_at(std::size_t at) const {
    std::optional<Item> item = item_at(at, true);
    LetterList list;
    const bool refused = item && is_refused(text_, at);
    const std::u32string_view ends = !refused ? U"" : follows_nor(text_, at) ? U",;\u3001" : U";";
    for (; item; item = next_item(*item, ends)) {
        list.at = {at, item->end};
        list.options.insert(item->option);
    }
    return list.options.size() > 1 ? std::optional(list) : std::nullopt;
}

}  // namespace r2t2
