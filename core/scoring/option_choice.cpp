#include "core/scoring/option_choice.h"

#include <algorithm>
#include <array>
#include <set>

#include "core/scoring/bare_answer.h"
#include "core/scoring/closing_option.h"
#include "core/scoring/function_words.h"
#include "core/scoring/letter_lists.h"
#include "core/scoring/negation.h"
#include "core/scoring/option_letters.h"
#include "core/scoring/option_texts.h"
#include "core/scoring/text_places.h"

namespace r2t2 {

namespace {

constexpr std::size_t kAlwaysSearched = 64;  ///< characters of an answer in which option texts are looked for, however short they are

/// Of a leading letter: what it names. `ends`: no later rule is asked.
struct Leading {
    std::optional<std::size_t> option;
    bool ends = false;
};

/// Letters that are set off as in a list, each once.
std::size_t marked_letters(std::u32string_view text, std::size_t letters, bool capital) {
    std::set<std::size_t> found;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const std::optional<std::size_t> number = letter_number(text[at]);
        const bool counts = number && *number < letters && is_capital(text[at]) == capital && stands_alone(text, at);
        const bool set_off = (at + 2 < text.size() && letter_with_mark(text, at)) || is_enclosed(text, at) || fills_line(text, at);
        if (counts && set_off && !is_refused(text, at) && !is_rejected(text, at + 1)) {
            found.insert(*number);
        }
    }
    return found.size();
}

Leading leading_letter(std::u32string_view text, const OptionTexts& options, const LetterLists& lists) {
    if (lists.begins_behind(0) != nullptr) {
        return {std::nullopt, true};
    }
    std::optional<MarkedLetter> marked = wrapped_letter(text, 0);
    marked = marked ? marked : letter_with_mark(text, 0);
    if (!marked && !text.empty() && fills_line(text, 0)) {
        marked = MarkedLetter{text[0], 1, false};
    }
    const std::optional<std::size_t> number = text.empty() ? std::nullopt : letter_number(marked ? marked->letter : text[0]);
    if (!number || *number >= options.letters()) {
        return {};
    }
    if (is_rejected(text, marked ? marked->end : 1)) {
        return {};
    }
    if (marked) {
        const bool several = marked_letters(text, options.letters(), is_capital(marked->letter)) > 1;
        return several ? Leading{std::nullopt, true} : Leading{number, true};
    }
    const bool own_text = text.size() > 2 && is_blank(text[1]) && options.equal_to(text.substr(2)) == number;
    return own_text ? Leading{number, true} : Leading{};
}

/// `found` sorted as OptionTexts::found_in sorts it. A text inside a list of letters stands for all of the list.
std::optional<std::size_t> contained_option(const CleanedAnswer& answer, const std::vector<TextFound>& found, const LetterLists& lists) {
    const std::u32string_view text = answer.plain;
    std::set<std::size_t> named;
    Span outer;
    std::optional<std::size_t> refused_end;  // of the last text that is refused: "no car or train"
    for (const TextFound& each : found) {
        const bool inside_longer = each.at.end <= outer.end && each.at != outer;
        outer = each.at.end > outer.end ? each.at : outer;
        if (inside_longer) {
            continue;
        }
        const bool goes_on = refused_end && *refused_end <= each.at.begin && joins_alike(text.substr(*refused_end, each.at.begin - *refused_end));
        if (goes_on || is_refused(text, each.at.begin)) {
            refused_end = each.at.end;
            continue;
        }
        if (is_rejected(text, each.at.end)) {
            continue;
        }
        const LetterList* list = lists.around(each.at.begin);
        if (list == nullptr) {
            named.insert(each.option);
        } else if (!list->refused) {
            named.insert(list->options.begin(), list->options.end());
        }
    }
    return named.size() == 1 ? std::optional(*named.begin()) : std::nullopt;
}

/// Capitals, and all letters of lists that are not refused; without any, small letters in brackets.
std::optional<std::size_t> standalone_letter(const CleanedAnswer& answer, const std::vector<TextFound>& found, const LetterLists& lists, std::size_t letters) {
    const std::u32string_view text = answer.plain;
    std::set<std::size_t> capitals, in_brackets;
    for (const LetterList& list : lists.all()) {
        capitals.insert(list.options.begin(), list.refused ? list.options.begin() : list.options.end());
    }
    std::size_t covered = 0;  // behind the option texts that began so far
    auto next = found.begin();
    for (std::size_t at = 0; at < text.size(); ++at) {
        for (; next != found.end() && next->at.begin <= at; ++next) {
            covered = std::max(covered, next->at.end);
        }
        const std::optional<std::size_t> option = letter_number(text[at]);
        if (at < covered || !option || *option >= letters || !stands_alone(text, at) || lists.around(at) != nullptr || is_refused(text, at) ||
            is_rejected(text, at + 1)) {
            continue;
        }
        const bool no_word = is_no_word(text, at + 1, text[at], LetterPlace::Anywhere) || (text[at] == U'A' && follows_option_word(text, at));
        if (is_capital(text[at]) && no_word) {
            capitals.insert(*option);
        } else if (!is_capital(text[at]) && in_own_brackets(text, at)) {
            in_brackets.insert(*option);
        }
    }
    const std::set<std::size_t>& named = capitals.empty() ? in_brackets : capitals;
    return named.size() == 1 ? std::optional(*named.begin()) : std::nullopt;
}

/// Where a levelled answer goes on with a question of its own making: a line "Question:", "USER:" ...; npos: nowhere.
std::size_t run_on_begin(std::u32string_view text) {
    static constexpr std::array<std::u32string_view, 5> kWords = {U"question", U"q", U"user", U"human", U"instruction"};
    for (std::size_t line = text.find(U'\n'); line != std::u32string_view::npos; line = text.find(U'\n', line + 1)) {
        std::size_t at = std::min(text.find_first_not_of(U"#*> ", line + 1), text.size());
        std::u32string word;
        for (; at < text.size() && letter_number(text[at]) && word.size() <= kWords.back().size(); ++at) {
            word += static_cast<char32_t>(U'a' + *letter_number(text[at]));
        }
        if (!is_one_of(word, kWords)) {
            continue;
        }
        if (character_at(text, at) == U' ' && character_at(text, at + 1) >= U'0' && character_at(text, at + 1) <= U'9') {
            at = std::min(text.find_first_not_of(U"0123456789", at + 1), text.size());
        }
        at = std::min(text.find_first_not_of(U"* ", at), text.size());
        if (character_at(text, at) == U':') {
            return line;
        }
    }
    return std::u32string_view::npos;
}

/// Of a levelled answer.
OptionChoice find_in(std::u32string_view answer, const OptionTexts& texts, OptionNames names) {
    const CleanedAnswer given = texts.cleaned_answer(answer);
    const bool lettered = names == OptionNames::LettersAndTexts;
    if (const auto option = letter_alone(given.plain, texts.letters()); option && lettered) {
        return {option, ChoiceRule::Letter};
    }
    const auto whole = texts.equal_to(answer);
    if (const auto option = whole ? whole : texts.equal_to(given.plain)) {
        return {option, ChoiceRule::Text};
    }
    const YesAndNo yes_and_no(texts);
    if (const auto word = yes_and_no.begins(given.plain, 0)) {
        return {word->option, ChoiceRule::Opening};
    }
    const std::vector<TextFound> found = texts.found_in(given);
    const LetterLists lists(given.plain, lettered ? texts.letters() : 0, found);
    if (const DeclaredOption declared = declared_option(given, texts, lists, yes_and_no, names); declared.option || declared.several) {
        return declared.option ? OptionChoice{declared.option, ChoiceRule::Declared} : OptionChoice{};
    }
    if (const auto option = closing_option(given, texts, yes_and_no, names)) {
        return {option, ChoiceRule::Closing};
    }
    std::optional<std::size_t> said = lettered ? asserted_option(given, texts, found, lists) : std::nullopt;
    if (said = said || !lettered ? said : mentioned_option(given, texts, lists); said) {
        return {said, ChoiceRule::Declared};
    }
    if (const Leading leading = lettered ? leading_letter(given.plain, texts, lists) : Leading{}; leading.ends) {
        return leading.option ? OptionChoice{leading.option, ChoiceRule::Leading} : OptionChoice{};
    }
    if (given.plain.size() <= std::max(kAlwaysSearched, 2 * texts.summed())) {
        if (const auto option = contained_option(given, found, lists)) {
            return {option, ChoiceRule::Contained};
        }
    }
    if (const auto option = lettered ? standalone_letter(given, found, lists, texts.letters()) : std::nullopt) {
        return {option, ChoiceRule::Standalone};
    }
    return {};
}

}  // namespace

OptionChoice find_option(std::string_view answer, const std::vector<std::string>& options, OptionNames names) {
    const OptionTexts texts(options);
    const std::string bare = bare_answer(answer).text;
    if (const auto option = texts.copied(bare)) {
        return {option, ChoiceRule::Text};
    }
    const std::u32string whole = levelled(bare);
    if (const std::size_t end = run_on_begin(whole); end != std::u32string::npos) {
        const OptionChoice first = find_in(std::u32string_view(whole).substr(0, end), texts, names);
        if (first.option && first.rule != ChoiceRule::Contained && first.rule != ChoiceRule::Standalone) {
            return first;
        }
    }
    return find_in(whole, texts, names);
}

std::optional<std::size_t> named_option(std::string_view text, const std::vector<std::string>& options) {
    const OptionChoice choice = find_option(text, options);
    const bool plain = choice.rule == ChoiceRule::Letter || choice.rule == ChoiceRule::Text || choice.rule == ChoiceRule::Leading;
    return plain ? choice.option : std::nullopt;
}

std::string option_name(std::size_t option) { return std::string(1, static_cast<char>('A' + option % kMostOptions)); }

std::string_view name(ChoiceRule rule) {
    switch (rule) {
        case ChoiceRule::Letter:
            return "the answer is a letter";
        case ChoiceRule::Text:
            return "the answer is an option's text";
        case ChoiceRule::Declared:
            return "the answer is declared";
        case ChoiceRule::Opening:
            return "the answer begins with yes or no";
        case ChoiceRule::Closing:
            return "the answer ends with an option";
        case ChoiceRule::Leading:
            return "the answer begins with a letter";
        case ChoiceRule::Contained:
            return "one option's text is in the answer";
        case ChoiceRule::Standalone:
            return "one letter stands alone";
        case ChoiceRule::FirstCapital:
            return "first capital letter";
        case ChoiceRule::AnswerIs:
            return "\"The answer is X.\"";
        case ChoiceRule::StartsWithLetter:
            return "the answer starts with the letter";
        case ChoiceRule::None:
            break;
    }
    return "no option found";
}

std::string_view code(ChoiceRule rule) {
    switch (rule) {
        case ChoiceRule::Letter:
            return "letter";
        case ChoiceRule::Text:
            return "text";
        case ChoiceRule::Declared:
            return "declared";
        case ChoiceRule::Opening:
            return "opening";
        case ChoiceRule::Closing:
            return "closing";
        case ChoiceRule::Leading:
            return "leading";
        case ChoiceRule::Contained:
            return "contained";
        case ChoiceRule::Standalone:
            return "standalone";
        case ChoiceRule::FirstCapital:
            return "first-capital";
        case ChoiceRule::AnswerIs:
            return "answer-is";
        case ChoiceRule::StartsWithLetter:
            return "starts-with-letter";
        case ChoiceRule::None:
            break;
    }
    return "none";
}

}  // namespace r2t2
