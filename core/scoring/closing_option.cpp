#include "core/scoring/closing_option.h"

#include <algorithm>
#include <array>
#include <set>

#include "core/scoring/declaring_words.h"
#include "core/scoring/function_words.h"
#include "core/scoring/negation.h"
#include "core/scoring/option_letters.h"
#include "core/scoring/text_places.h"

namespace r2t2 {

namespace {

constexpr std::size_t kMostAround = 200;  ///< what may stand around an option's text, in characters
constexpr int kMostBefore = 3;            ///< words between a clause's beginning and its letter

std::optional<std::size_t> in_range(char32_t letter, const OptionTexts& options) {
    const std::optional<std::size_t> number = letter_number(letter);
    return number && *number < options.letters() ? number : std::nullopt;
}

/// Lines and sentences that are nothing but an option.
class Endings {
public:
    struct Ending {
        std::size_t begin = 0, option = 0;
        bool line = false;  ///< begins a line
        bool listed = false;  ///< a letter with its text
    };

    Endings(std::u32string_view text, const OptionTexts& options, const YesAndNo& yes_and_no, OptionNames names)
        : text_(text), options_(options), yes_and_no_(yes_and_no), names_(names) {}

    /// The longest that ends at `end`; `whole_line`: what stands behind begins a line.
    [[nodiscard]] std::optional<Ending> at(std::size_t end, bool whole_line) const {
        const std::size_t line = text_.substr(0, end).rfind(U'\n') + 1;  // npos + 1 is 0
        const std::size_t reach = options_.longest() + kMostAround;
        for (std::size_t begin = std::max(line, end > reach ? end - reach : 0); begin < end; ++begin) {
            const bool begins_line = begin == line;
            if (!begins_line && (!begins_sentence(begin) || (is_bare_letter(begin, end) && is_behind_letter(begin)))) {
                continue;
            }
            if (const auto option = option_in(begin, end, begins_line && whole_line)) {
                return Ending{begin, *option, begins_line, has_letter_and_text(text_.substr(begin, end - begin))};
            }
        }
        return std::nullopt;
    }
    /// Does `last` stand behind a list of all options in their order, each with its own text?
    [[nodiscard]] bool is_behind_all(const Ending& last) const {
        std::size_t expected = options_.size();
        std::optional<Ending> before = last;
        while (expected > 0 && before && before->begin > 0) {
            before = at(end_before(before->begin), before->line);
            if (!before || !before->listed || before->option != expected - 1) {
                return false;
            }
            --expected;
        }
        if (expected > 0 || !last.line || options_.size() > kMostOptions) {
            return false;
        }
        const auto further = before->begin > 0 ? at(end_before(before->begin), before->line) : std::nullopt;
        return !further || !further->listed;
    }
    /// Where the text before `begin` ends, its full stop left out.
    [[nodiscard]] std::size_t end_before(std::size_t begin) const {
        while (begin > 0 && (is_blank(text_[begin - 1]) || in_set(text_[begin - 1], U".!?\u3002"))) {
            --begin;
        }
        return begin;
    }

private:
    [[nodiscard]] bool has_letter_and_text(std::u32string_view segment) const {
        const std::u32string inside = unwrapped(segment);
        const bool letter = inside.size() == 1 || (inside.size() == 2 && in_set(inside[1], U".):"));
        return !options_.equal_to(segment) && !(letter && letter_number(inside[0]));
    }
    [[nodiscard]] bool begins_sentence(std::size_t at) const {
        if (at == 0 || is_blank(text_[at])) {
            return false;
        }
        std::size_t before = at;
        while (before > 0 && is_blank(text_[before - 1])) {
            --before;
        }
        return before > 0 && (in_set(text_[before - 1], U"!?\u3002") || (text_[before - 1] == U'.' && before < at));
    }

    [[nodiscard]] bool is_bare_letter(std::size_t begin, std::size_t end) const {
        const bool marked = end == begin + 2 && in_set(text_[begin + 1], U".):");
        return letter_number(text_[begin]) && (end == begin + 1 || marked);
    }
    /// "A. red bus B. C": what the full stop ends is no sentence.
    [[nodiscard]] bool is_behind_letter(std::size_t begin) const {
        while (begin > 0 && is_blank(text_[begin - 1])) {
            --begin;
        }
        return begin > 1 && text_[begin - 1] == U'.' && in_range(text_[begin - 2], options_) && begins_alone(text_, begin - 2);
    }

public:
    [[nodiscard]] std::optional<std::size_t> option_in(std::size_t begin, std::size_t end, bool own_line) const {
        if (const auto word = yes_and_no_.begins(text_.substr(0, end), begin); word && no_word_follows(text_.substr(0, end), word->end)) {
            return word->option;
        }
        const std::u32string_view segment = text_.substr(begin, end - begin);
        std::u32string inside = unwrapped(segment);
        if (const auto option = own_line ? options_.equal_to(inside) : std::nullopt) {
            return option;
        }
        if (names_ == OptionNames::TextsOnly) {
            return std::nullopt;
        }
        bool wrapped = opens(segment.front()) || segment.front() == U'\\';
        if (const std::size_t words = behind_conclusion(inside); words > 0) {
            wrapped = words < inside.size() && (opens(inside[words]) || inside[words] == U'\\');
            inside = unwrapped(std::u32string_view(inside).substr(words));
        }
        if (const std::size_t words = behind_option_word(inside); words > 0) {
            wrapped = wrapped || (words < inside.size() && (opens(inside[words]) || inside[words] == U'\\'));
            inside = unwrapped(std::u32string_view(inside).substr(words));
        }
        return lettered(inside, wrapped);
    }

private:
    [[nodiscard]] static std::size_t behind_conclusion(std::u32string_view text) {
        static constexpr std::array<std::u32string_view, 7> kWords = {U"so", U"therefore", U"thus", U"hence", U"finally", U"overall", U"ultimately"};
        const std::u32string word = word_from(text, 0);
        if (!is_one_of(word, kWords)) {
            return 0;
        }
        const char32_t next = character_at(text, word.size());
        return behind_blanks(text, word.size() + (next == U',' || next == U':' ? 1 : 0));
    }
    [[nodiscard]] static std::size_t behind_option_word(std::u32string_view text) {
        static constexpr std::array<std::u32string_view, 3> kWords = {U"option", U"choice", U"letter"};
        const std::u32string word = word_from(text, 0);
        return is_one_of(word, kWords) ? behind_blanks(text, word.size()) : 0;
    }

    /// A letter, or a letter and its own option's text.
    [[nodiscard]] std::optional<std::size_t> lettered(std::u32string_view text, bool wrapped) const {
        std::size_t end = 1;
        char32_t letter = character_at(text, 0);
        if (const auto inner = wrapped_letter(text, 0)) {
            letter = inner->letter;
            end = inner->end;
            wrapped = true;
        } else if (text.empty() || word_at(text, 1)) {
            return std::nullopt;
        }
        const std::optional<std::size_t> option = in_range(letter, options_);
        if (!option) {
            return std::nullopt;
        }
        const char32_t mark = character_at(text, end);
        const bool marked = is_letter_mark(mark) || mark == U',';
        end += marked ? 1 : 0;
        if (end == text.size()) {
            return is_capital(letter) || wrapped || mark == U')' ? option : std::nullopt;
        }
        std::size_t rest = behind_blanks(text, end);
        const bool apart = marked || rest > end;
        if (apart && in_set(character_at(text, rest), U"-\u2013\u2014:")) {
            rest = behind_blanks(text, rest + 1);
        }
        return apart && options_.equal_to(text.substr(rest)) == option ? option : std::nullopt;
    }

    std::u32string_view text_;
    const OptionTexts& options_;
    const YesAndNo& yes_and_no_;
    OptionNames names_;
};

/// "B is correct" in a levelled text.
class Assertions {
public:
    Assertions(std::u32string_view text, const OptionTexts& options, const std::vector<TextFound>& found, const LetterLists& lists)
        : text_(text), options_(options), found_(found), lists_(lists) {}

    [[nodiscard]] std::optional<std::size_t> agreed() const {
        std::set<std::size_t> named;
        bool of_its_own = false;
        for (std::size_t at = 0; at < text_.size(); ++at) {
            const std::optional<Subject> subject = lists_.around(at) == nullptr ? subject_at(at) : std::nullopt;
            if (subject && is_said_right(subject->end) && !is_refused(text_, at)) {
                named.insert(subject->option);
                of_its_own = of_its_own || begins_clause(at);
            }
        }
        return named.size() == 1 && of_its_own ? std::optional(*named.begin()) : std::nullopt;
    }

private:
    struct Subject {
        std::size_t option = 0, end = 0;
    };

    [[nodiscard]] std::optional<Subject> subject_at(std::size_t at) const {
        char32_t letter = text_[at];
        std::size_t end = at + 1;
        if (opens(letter) || letter == U'\\') {
            const std::optional<MarkedLetter> wrapped = wrapped_letter(text_, at);
            if (!wrapped) {
                return std::nullopt;
            }
            letter = wrapped->letter;
            end = wrapped->end;
        } else if (!is_capital(letter) || !stands_alone(text_, at)) {
            return std::nullopt;
        }
        const std::optional<std::size_t> option = in_range(letter, options_);
        if (!option) {
            return std::nullopt;
        }
        end += in_set(character_at(text_, end), U".):") && end < text_.size() ? 1 : 0;
        const std::size_t begin = behind_blanks(text_, end);
        auto text = std::lower_bound(found_.begin(), found_.end(), begin, [](const TextFound& each, std::size_t place) { return each.at.begin < place; });
        text = std::find_if(text, found_.end(), [&](const TextFound& each) { return each.at.begin != begin || each.option == *option; });
        const bool own = text != found_.end() && text->at.begin == begin;
        return Subject{*option, own ? text->at.end : end};
    }

    [[nodiscard]] bool is_said_right(std::size_t at) const {
        static constexpr std::array<std::u32string_view, 6> kChinese = {U"\u662F\u6B63\u786E", U"\u662F\u6B63\u78BA", U"\u6B63\u786E", U"\u6B63\u78BA", U"\u5BF9", U"\u5C0D"};
        static constexpr std::array<std::u32string_view, 7> kBetween = {U"the", U"a", U"an", U"my", U"most", U"only", U"single"};
        static constexpr std::array<std::u32string_view, 6> kRight = {U"correct", U"right", U"best", U"appropriate", U"accurate", U"suitable"};
        static constexpr std::array<std::u32string_view, 4> kBehind = {U"answer", U"option", U"choice", U"one"};
        while (at < text_.size() && (is_blank(text_[at]) || closes(text_[at]))) {
            ++at;
        }
        if (std::any_of(kChinese.begin(), kChinese.end(), [&](std::u32string_view each) { return has_at(text_, at, each); })) {
            return !is_asked(at);
        }
        const std::optional<std::size_t> verb = behind_verb(text_, behind_adverbs(text_, at));
        if (!verb) {
            return false;
        }
        at = behind_adverbs(text_, *verb);
        std::u32string word = word_from(text_, at);
        for (int skipped = 0; skipped < 3 && is_one_of(word, kBetween); ++skipped) {
            at = behind_blanks(text_, at + word.size());
            word = word_from(text_, at);
        }
        const std::size_t end = at + word.size();
        if (word == U"answer") {
            return !is_asked(end);
        }
        const std::u32string next = word_from(text_, behind_blanks(text_, end));
        const bool ended = next.empty() && !word_at(text_, behind_blanks(text_, end));
        return is_one_of(word, kRight) && (ended || is_one_of(next, kBehind) || goes_on_behind_right(text_, end)) && !is_asked(end);
    }
    /// Does the sentence end with a question mark?
    [[nodiscard]] bool is_asked(std::size_t at) const {
        while (!ends_sentence(text_, at)) {
            ++at;
        }
        return character_at(text_, at) == U'?';
    }

    [[nodiscard]] bool begins_clause(std::size_t at) const {
        static constexpr std::array<std::u32string_view, 5> kBefore = {U"option", U"choice", U"letter", U"answer", U"the"};
        static constexpr std::array<std::u32string_view, 6> kConclusions = {U"therefore", U"thus", U"hence", U"so", U"consequently", U"accordingly"};
        static constexpr std::array<std::u32string_view, 4> kChinese = {U"\u6240\u4EE5", U"\u56E0\u6B64", U"\u6545", U"\u56E0\u800C"};
        for (int words = 0; words <= kMostBefore; ++words) {
            while (at > 0 && (text_[at - 1] == U' ' || opens(text_[at - 1]))) {
                --at;
            }
            const std::u32string_view before = text_.substr(0, at);
            if (before.empty() || in_set(before.back(), U"\n.,;:!?\u3002\u3001")) {
                return true;
            }
            if (std::any_of(kChinese.begin(), kChinese.end(), [&](std::u32string_view each) { return before.ends_with(each); })) {
                return true;
            }
            const std::u32string word = word_before(text_, at);
            if (is_one_of(word, kConclusions)) {
                return true;
            }
            if (!is_one_of(word, kBefore)) {
                return false;
            }
            at -= word.size();
        }
        return false;
    }

    std::u32string_view text_;
    const OptionTexts& options_;
    const std::vector<TextFound>& found_;
    const LetterLists& lists_;
};

}  // namespace

std::optional<std::size_t> closing_option(const CleanedAnswer& answer, const OptionTexts& options, const YesAndNo& yes_and_no, OptionNames names) {
    const Endings endings(answer.plain, options, yes_and_no, names);
    const auto last = endings.at(answer.plain.size(), true);
    if (!last || last->begin == 0) {
        return std::nullopt;  // all of the answer: the other rules know it better
    }
    const auto before = endings.at(endings.end_before(last->begin), last->line);
    const bool another = before && before->option != last->option;
    return another && !endings.is_behind_all(*last) ? std::nullopt : std::optional(last->option);
}

std::optional<std::size_t> option_of_segment(std::u32string_view text, Span segment, const OptionTexts& options, const YesAndNo& yes_and_no, OptionNames names) {
    return Endings(text, options, yes_and_no, names).option_in(segment.begin, segment.end, true);
}

std::optional<std::size_t> asserted_option(const CleanedAnswer& answer, const OptionTexts& options, const std::vector<TextFound>& found, const LetterLists& lists) {
    return Assertions(answer.plain, options, found, lists).agreed();
}

}  // namespace r2t2
