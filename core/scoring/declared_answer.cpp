#include "core/scoring/declared_answer.h"

#include <algorithm>
#include <array>
#include <set>

#include "core/scoring/option_letters.h"

namespace r2t2 {

namespace {

constexpr std::size_t kMostMarkup = 200;  ///< what may stand around a declared text, in characters

/// What is read, with its ASCII letters small for keywords.
class Declarations {
public:
    Declarations(const CleanedAnswer& answer, const OptionTexts& options, const LetterLists& lists, OptionNames names)
        : text_(answer.plain), small_(answer.plain), options_(options), lists_(lists), names_(names) {
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
        for (std::size_t at = 0; at < text_.size() && names_ == OptionNames::LettersAndTexts; ++at) {
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
    [[nodiscard]] std::size_t behind_blanks(std::size_t at) const {
        while (at < text_.size() && is_blank(text_[at])) {
            ++at;
        }
        return at;
    }
    [[nodiscard]] std::size_t behind_markup(std::size_t at) const {
        while (at < text_.size() && std::u32string_view(U"*_\"'`").find(text_[at]) != std::u32string_view::npos) {
            ++at;
        }
        return at;
    }

    /// Behind `**`, "is", a colon or an equals sign with the markup that ends there, blanks.
    [[nodiscard]] std::size_t behind_connector(std::size_t at) const {
        at = behind_blanks(behind_markup(at));
        at = has_word(at, U"is") ? behind_blanks(at + 2) : at;
        if (at < text_.size() && (text_[at] == U':' || text_[at] == U'=')) {
            const std::size_t markup = behind_markup(++at);
            at = markup >= text_.size() || is_blank(text_[markup]) ? markup : at;
        }
        return behind_blanks(at);
    }
    [[nodiscard]] std::size_t behind_chinese_connector(std::size_t at) const {
        static constexpr std::array<std::u32string_view, 4> kShould = {U"\u5E94\u8BE5", U"\u61C9\u8A72", U"\u5E94", U"\u61C9"};
        static constexpr std::array<std::u32string_view, 7> kIs = {U"\u662F", U"\u4E3A", U"\u70BA", U"\u9009\u62E9", U"\u9078\u64C7", U"\u9009", U"\u9078"};
        at = behind_one_of(behind_blanks(behind_markup(at)), kShould);
        at = behind_blanks(behind_one_of(at, kIs));
        return behind_connector(at);
    }
    /// Behind the keyword with its connector; 0: none here.
    [[nodiscard]] std::size_t behind_answer_word(std::size_t at) const {
        static constexpr std::array<std::u32string_view, 7> kChinese = {U"\u7B54\u6848", U"\u56DE\u7B54", U"\u7B54",
                                                                        U"\u9009\u62E9", U"\u9078\u64C7", U"\u9009", U"\u9078"};
        if (has_word(at, U"answer")) {
            return at > 0 && text_[at - 1] == U'/' ? 0 : behind_connector(at + 6);
        }
        const std::size_t end = behind_one_of(at, kChinese);
        const bool option_word = has(end, U"\u9879") || has(end, U"\u9805");
        return end == at || option_word ? 0 : behind_chinese_connector(end);
    }
    [[nodiscard]] std::size_t behind_option_word(std::size_t at) const {
        static constexpr std::array<std::u32string_view, 2> kChinese = {U"\u9009\u9879", U"\u9078\u9805"};
        if (has_word(at, U"option") || has_word(at, U"choice")) {
            return behind_connector(at + 6);
        }
        const std::size_t end = behind_one_of(at, kChinese);
        return end == at ? 0 : behind_chinese_connector(end);
    }

    [[nodiscard]] DeclaredOption declared_at(std::size_t at) const {
        const bool tagged = has(at, U"<answer>");
        const bool end_tag = at > 0 && text_[at - 1] == U'<' && has(at, U"answer>");
        const std::size_t begin = tagged ? at + 8 : end_tag ? 0 : behind_answer_word(at);
        if (begin == 0 || (!tagged && is_refused(text_, begin))) {
            return {};
        }
        if (const auto option = tagged ? in_tag(begin) : sentence_text(begin)) {
            return {option, false};
        }
        if (names_ == OptionNames::TextsOnly) {
            return {};
        }
        if (lists_.begins_behind(begin) != nullptr) {
            return {std::nullopt, true};
        }
        const std::optional<std::size_t> letter = tagged ? std::nullopt : letter_at(begin, false);
        return {letter || tagged ? letter : letter_behind_filler(begin), false};
    }
    /// "The answer is option B", "... the letter B".
    [[nodiscard]] std::optional<std::size_t> letter_behind_filler(std::size_t begin) const {
        std::size_t at = has_word(begin, U"the") ? behind_blanks(begin + 3) : begin;
        if (has_word(at, U"letter")) {
            return letter_at(behind_blanks(at + 6), true);
        }
        at = behind_option_word(at);
        return at > 0 ? letter_at(at, true) : std::nullopt;
    }
    [[nodiscard]] std::optional<std::size_t> in_tag(std::size_t begin) const {
        const std::size_t end = std::min(small_.find(U"</answer>", begin), text_.size());
        const std::u32string inside = unwrapped(std::u32string_view(text_).substr(begin, end - begin));
        if (const auto option = options_.equal_to(inside)) {
            return option;
        }
        return names_ == OptionNames::LettersAndTexts ? letter_alone(inside, options_.letters()) : std::nullopt;
    }
    /// From `begin` to the end of its sentence, or of a later one: an option's text may hold a full stop.
    [[nodiscard]] std::optional<std::size_t> sentence_text(std::size_t begin) const {
        const std::size_t most = begin + options_.longest() + kMostMarkup;
        for (std::size_t end = begin; end <= std::min(most, text_.size()); ++end) {
            if (end > begin && ends_sentence(end)) {
                if (const auto option = options_.equal_to(std::u32string_view(text_).substr(begin, end - begin))) {
                    return option;
                }
            }
        }
        return std::nullopt;
    }
    [[nodiscard]] bool ends_sentence(std::size_t at) const {
        if (at >= text_.size()) {
            return true;
        }
        const char32_t c = text_[at];
        return c == U'\n' || c == U'!' || c == U'?' || c == 0x3002 || (c == U'.' && (at + 1 >= text_.size() || is_blank(text_[at + 1])));
    }

    /// `behind_option`: no article stands there, only the pronoun I may.
    [[nodiscard]] std::optional<std::size_t> letter_at(std::size_t at, bool behind_option) const {
        if (const auto wrapped = wrapped_letter(text_, at)) {
            return is_rejected(text_, wrapped->end) ? std::nullopt : in_range(wrapped->letter);
        }
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
            return !may_be_a_word(letter) && ends_sentence(at + 1) ? option : std::nullopt;
        }
        const bool article = may_be_a_word(letter) && !(behind_option && letter == U'A');
        return !article || no_word_follows(text_, at + 1) || own_text_follows(at + 1, *option) ? option : std::nullopt;
    }
    [[nodiscard]] bool own_text_follows(std::size_t at, std::size_t option) const {
        return options_.begins_with(std::u32string_view(text_).substr(behind_blanks(at)), option);
    }
    [[nodiscard]] std::optional<std::size_t> in_range(char32_t letter) const {
        const std::optional<std::size_t> number = letter_number(letter);
        return number && *number < options_.letters() ? number : std::nullopt;
    }

    const std::u32string& text_;
    std::u32string small_;
    const OptionTexts& options_;
    const LetterLists& lists_;
    OptionNames names_;
};

}  // namespace

DeclaredOption declared_option(const CleanedAnswer& answer, const OptionTexts& options, const LetterLists& lists, OptionNames names) {
    const Declarations declarations(answer, options, lists, names);
    const DeclaredOption declared = declarations.answers();
    return declared.option || declared.several ? declared : DeclaredOption{declarations.agreed_option(), false};
}

}  // namespace r2t2
