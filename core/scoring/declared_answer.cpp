#include "core/scoring/declared_answer.h"

#include <algorithm>
#include <array>
#include <set>

#include "core/scoring/closing_option.h"
#include "core/scoring/correcting_words.h"
#include "core/scoring/declaring_words.h"
#include "core/scoring/function_words.h"
#include "core/scoring/negation.h"
#include "core/scoring/option_letters.h"
#include "core/scoring/text_places.h"

namespace r2t2 {

namespace {

constexpr std::size_t kMostMarkup = 200;  ///< what may stand around a declared text, in characters

/// Behind the keyword with its connector, 0: none here; where the keyword itself begins and ends.
struct Declaration {
    std::size_t begin = 0, keyword = 0, keyword_end = 0;
};

/// What is read, with its ASCII letters small for keywords.
class Declarations {
public:
    Declarations(const CleanedAnswer& answer, const OptionTexts& options, const LetterLists& lists, const YesAndNo* yes_and_no, OptionNames names)
        : text_(answer.plain), small_(answer.plain), options_(options), lists_(lists), yes_and_no_(yes_and_no), names_(names) {
        std::transform(small_.begin(), small_.end(), small_.begin(), [](char32_t c) { return is_capital(c) ? c - U'A' + U'a' : c; });
    }

    [[nodiscard]] DeclaredOption answers() const {
        DeclaredOption last;
        for (std::size_t at = 0; at < text_.size(); ++at) {
            const DeclaredOption found = declared_at(at);
            last = found.option || found.several ? found : last;
        }
        return last;
    }
    /// "option B", "(choice b)".
    [[nodiscard]] std::optional<std::size_t> agreed_option() const {
        std::set<std::size_t> named;
        for (std::size_t at = 0; at < text_.size(); ++at) {
            const std::size_t begin = behind_option_word(at);
            if (begin == 0 || is_refused(text_, begin)) {
                continue;
            }
            if (const LetterList* list = lists_.begins_behind(begin)) {
                named.insert(list->options.begin(), list->options.end());
            } else if (const std::optional<std::size_t> found = letter_at(begin, true)) {
                named.insert(*found);
            }
        }
        return named.size() == 1 ? std::optional(*named.begin()) : std::nullopt;
    }

private:
    [[nodiscard]] bool has(std::size_t at, std::u32string_view part) const { return std::u32string_view(small_).substr(std::min(at, small_.size())).starts_with(part); }
    [[nodiscard]] bool has_word(std::size_t at, std::u32string_view word) const {
        return has(at, word) && (at == 0 || !is_word(text_[at - 1])) && !word_at(text_, at + word.size());
    }
    template <std::size_t size>
    [[nodiscard]] std::size_t behind_one_of(std::size_t at, const std::array<std::u32string_view, size>& parts) const {
        const auto found = std::find_if(parts.begin(), parts.end(), [&](std::u32string_view part) { return has(at, part); });
        return found == parts.end() ? at : at + found->size();
    }

    /// "answer", "correct option": behind it; `at`: none here.
    [[nodiscard]] std::size_t behind_keyword(std::size_t at) const {
        static constexpr std::array<std::u32string_view, 9> kQualities = {U"correct", U"right", U"best", U"final", U"chosen", U"appropriate", U"accurate", U"suitable", U"my"};
        static constexpr std::array<std::u32string_view, 5> kNouns = {U"option", U"choice", U"letter", U"one", U"selection"};
        if (has_word(at, U"answer")) {
            return at > 0 && text_[at - 1] == U'/' ? at : at + 6;
        }
        for (const std::u32string_view quality : kQualities) {
            const std::size_t noun = has_word(at, quality) ? behind_blanks(text_, at + quality.size()) : at;
            const auto found = std::find_if(kNouns.begin(), kNouns.end(), [&](std::u32string_view each) { return noun > at && has_word(noun, each); });
            if (found != kNouns.end()) {
                return noun + found->size();
            }
        }
        return at;
    }
    [[nodiscard]] std::size_t behind_chinese_keyword(std::size_t at) const {
        static constexpr std::array<std::u32string_view, 6> kBestOption = {U"\u6B63\u786E\u9009\u9879",       U"\u6B63\u78BA\u9078\u9805", U"\u6B63\u786E\u7684\u9009\u9879",
                                                                           U"\u6B63\u78BA\u7684\u9078\u9805", U"\u6700\u4F73\u9009\u9879", U"\u6700\u4F73\u9078\u9805"};
        static constexpr std::array<std::u32string_view, 7> kAnswer = {U"\u7B54\u6848", U"\u56DE\u7B54", U"\u7B54",
                                                                       U"\u9009\u62E9", U"\u9078\u64C7", U"\u9009", U"\u9078"};
        if (const std::size_t end = behind_one_of(at, kBestOption); end > at) {
            return end;
        }
        const std::size_t end = behind_one_of(at, kAnswer);
        return has(end, U"\u9879") || has(end, U"\u9805") ? at : end;
    }
    [[nodiscard]] Declaration declaration_at(std::size_t at) const {
        if (const std::size_t end = behind_keyword(at); end > at) {
            return {behind_connector(text_, end), at, end};
        }
        const std::size_t end = behind_chinese_keyword(at);
        return {end > at ? behind_chinese_connector(text_, end) : 0, at, end};
    }
    [[nodiscard]] std::size_t behind_option_word(std::size_t at) const {
        static constexpr std::array<std::u32string_view, 2> kChinese = {U"\u9009\u9879", U"\u9078\u9805"};
        if (has_word(at, U"option") || has_word(at, U"choice")) {
            return behind_connector(text_, at + 6);
        }
        const std::size_t end = behind_one_of(at, kChinese);
        return end == at ? 0 : behind_chinese_connector(text_, end);
    }

    [[nodiscard]] DeclaredOption declared_at(std::size_t at) const {
        if (has(at, U"<answer>")) {
            return in_tag(at + 8, std::min(small_.find(U"</answer>", at + 8), text_.size()));
        }
        if (has(at, U"\\boxed{")) {
            return in_box(at);
        }
        if (const Correction correction = correction_at(text_, at); correction.end > 0) {
            return corrected(correction);
        }
        const bool end_tag = at > 0 && text_[at - 1] == U'<' && has(at, U"answer>");
        const Declaration declaration = end_tag ? Declaration{} : declaration_at(at);
        if (declaration.begin == 0 || is_negated(text_, at)) {
            return {};
        }
        const DeclaredOption found = named_at(declaration.begin);
        return found.option || found.several || !behind_english(declaration) ? found : behind_phrase(declaration.keyword_end);
    }
    /// "Edit: B because ..." declares; of "Actually, B." the sentence is the option and nothing more.
    [[nodiscard]] DeclaredOption corrected(const Correction& correction) const {
        if (correction.declares) {
            return named_at(correction.end);
        }
        const std::size_t most = std::min(correction.end + options_.longest() + kMostMarkup, text_.size());
        for (std::size_t end = correction.end + 1; end <= most; ++end) {
            const auto option = ends_sentence(text_, end) ? option_of_segment(text_, {correction.end, end}, options_, *yes_and_no_, names_) : std::nullopt;
            if (option) {
                return {is_refused(text_, correction.end) ? std::nullopt : option, false};
            }
        }
        return {};
    }
    [[nodiscard]] bool behind_english(const Declaration& declaration) const { return text_[declaration.keyword] < 0x80; }
    /// "The answer to the question is B".
    [[nodiscard]] DeclaredOption behind_phrase(std::size_t keyword_end) const {
        const std::size_t first = phrase_begin(text_, keyword_end);
        for (std::size_t at = first + 1; first > 0 && at <= first + kLongestPhrase && !ends_sentence(text_, at) && text_[at] != U':'; ++at) {
            const bool begins_word = is_blank(text_[at - 1]) || text_[at - 1] == U',';
            const std::optional<std::size_t> verb = begins_word ? behind_verb(text_, at) : std::nullopt;
            const DeclaredOption found = verb ? named_at(behind_colon(text_, *verb)) : DeclaredOption{};
            if (found.option || found.several) {
                return found;
            }
        }
        return {};
    }

    /// What a declaration names whose connector ends at `begin`.
    [[nodiscard]] DeclaredOption named_at(std::size_t begin) const {
        if (is_refused(text_, begin)) {
            return {};
        }
        if (const auto option = sentence_text(begin)) {
            return {option, false};
        }
        const std::size_t behind = behind_adverbs(text_, begin);
        if (const auto option = behind > begin ? sentence_text(behind) : std::nullopt) {
            return {option, false};
        }
        if (const auto word = yes_and_no_->begins(text_, behind)) {
            return {word->option, false};
        }
        return names_ == OptionNames::TextsOnly ? DeclaredOption{} : letter_or_list(behind);
    }
    [[nodiscard]] DeclaredOption letter_or_list(std::size_t begin) const {
        if (lists_.begins_behind(begin) != nullptr) {
            return {std::nullopt, true};
        }
        const std::optional<std::size_t> letter = letter_at(begin, false);
        return {letter ? letter : letter_behind_filler(behind_openings(text_, begin)), false};
    }
    /// "The answer is option B", "... the letter B".
    [[nodiscard]] std::optional<std::size_t> letter_behind_filler(std::size_t begin) const {
        std::size_t at = has_word(begin, U"the") ? behind_blanks(text_, begin + 3) : begin;
        if (has_word(at, U"letter")) {
            return letter_at(behind_blanks(text_, at + 6), true);
        }
        at = behind_option_word(at);
        return at > 0 ? letter_at(at, true) : std::nullopt;
    }
    /// Behind `begin`, the brace that belongs to the one before it.
    [[nodiscard]] std::size_t closing_brace(std::size_t begin) const {
        int depth = 1;
        for (std::size_t at = begin; at < text_.size(); ++at) {
            depth += text_[at] == U'{' ? 1 : text_[at] == U'}' ? -1 : 0;
            if (depth == 0) {
                return at;
            }
        }
        return text_.size();
    }
    /// Unlike a tag a box may be refused, or be one of several.
    [[nodiscard]] DeclaredOption in_box(std::size_t at) const {
        const std::size_t end = closing_brace(at + 7);
        if (is_refused(text_, at) || is_rejected(text_, std::min(end + 1, text_.size()))) {
            return {};
        }
        const LetterList* list = lists_.around(at);
        if (list == nullptr) {
            return in_tag(at + 7, end);
        }
        return list->refused ? DeclaredOption{} : DeclaredOption{std::nullopt, true};
    }
    [[nodiscard]] DeclaredOption in_tag(std::size_t begin, std::size_t end) const {
        const std::u32string inside = unwrapped(std::u32string_view(text_).substr(begin, end - begin));
        if (const auto option = text_or_article(inside)) {
            return {option, false};
        }
        if (const auto word = yes_and_no_->begins(inside, 0)) {
            return {word->option, false};
        }
        if (names_ == OptionNames::TextsOnly) {
            return {};
        }
        if (const auto option = letter_alone(inside, options_.letters())) {
            return {option, false};
        }
        return letter_or_list(begin);
    }
    /// An option's text, also behind an article that it does not have itself.
    [[nodiscard]] std::optional<std::size_t> text_or_article(std::u32string_view text) const {
        static constexpr std::array<std::u32string_view, 3> kArticles = {U"a", U"an", U"the"};
        if (const auto option = options_.equal_to(text)) {
            return option;
        }
        const std::u32string inside = unwrapped(text);
        const std::u32string word = word_from(inside, 0);
        const std::size_t behind = word.size() + 1;
        return is_one_of(word, kArticles) && behind < inside.size() && is_blank(inside[behind - 1]) ? options_.equal_to(std::u32string_view(inside).substr(behind)) : std::nullopt;
    }
    /// From `begin` to the end of its sentence, or of a later one: an option's text may hold a full stop.
    [[nodiscard]] std::optional<std::size_t> sentence_text(std::size_t begin) const {
        const std::size_t most = begin + options_.longest() + kMostMarkup;
        for (std::size_t end = begin + 1; end <= std::min(most, text_.size()); ++end) {
            if (ends_sentence(text_, end)) {
                if (const auto option = text_or_article(std::u32string_view(text_).substr(begin, end - begin))) {
                    return option;
                }
            }
        }
        return std::nullopt;
    }

    /// `behind_option`: no article stands there, only the pronoun I may.
    [[nodiscard]] std::optional<std::size_t> letter_at(std::size_t at, bool behind_option) const {
        if (const auto wrapped = wrapped_letter(text_, at)) {
            return is_rejected(text_, wrapped->end) ? std::nullopt : in_range(wrapped->letter);
        }
        at = behind_openings(text_, at);  // "**B. red bus**"
        if (at >= text_.size() || !letter_number(text_[at]) || !stands_alone(text_, at)) {
            return std::nullopt;
        }
        const char32_t letter = text_[at];
        const std::optional<std::size_t> option = in_range(letter);
        const bool marked = at + 1 < text_.size() && (text_[at + 1] == U')' || text_[at + 1] == U':');
        if (!option || is_rejected(text_, at + 1)) {
            return std::nullopt;
        }
        if (marked) {
            return option;
        }
        if (!is_capital(letter)) {
            return !may_be_a_word(letter) && ends_sentence(text_, at + 1) ? option : std::nullopt;
        }
        const bool no_word = (behind_option && letter == U'A') || is_no_word(text_, at + 1, letter, behind_option ? LetterPlace::Anywhere : LetterPlace::Declared);
        return no_word || own_text_follows(at + 1, *option) ? option : std::nullopt;
    }
    [[nodiscard]] bool own_text_follows(std::size_t at, std::size_t option) const {
        return options_.begins_with(std::u32string_view(text_).substr(behind_blanks(text_, at)), option);
    }
    [[nodiscard]] std::optional<std::size_t> in_range(char32_t letter) const {
        const std::optional<std::size_t> number = letter_number(letter);
        return number && *number < options_.letters() ? number : std::nullopt;
    }

    const std::u32string& text_;
    std::u32string small_;
    const OptionTexts& options_;
    const LetterLists& lists_;
    const YesAndNo* yes_and_no_;  ///< none where only letters are asked for
    OptionNames names_;
};

}  // namespace

DeclaredOption declared_option(const CleanedAnswer& answer, const OptionTexts& options, const LetterLists& lists, const YesAndNo& yes_and_no,
                               OptionNames names) {
    return Declarations(answer, options, lists, &yes_and_no, names).answers();
}

std::optional<std::size_t> mentioned_option(const CleanedAnswer& answer, const OptionTexts& options, const LetterLists& lists) {
    return Declarations(answer, options, lists, nullptr, OptionNames::LettersAndTexts).agreed_option();
}

}  // namespace r2t2
