#include "core/scoring/option_texts.h"

#include <algorithm>

#include "core/scoring/option_letters.h"

namespace r2t2 {

namespace {

constexpr std::size_t kBeyondText = 64;  ///< what is looked at behind the longest option's text, in characters

/// Does a text between `begin` and `end` end where words end, and cut no number?
bool stands_as_words(std::u32string_view text, const FoldedText& folded, std::size_t begin, std::size_t end, const std::vector<NumberToken>& numbers) {
    const bool glued_before = begin > 0 && is_word(text[begin]) && is_word(text[begin - 1]);
    const bool glued_behind = is_word(text[end - 1]) && word_at(text, end);
    const Span at{folded.place[begin], folded.place[end]};
    const auto cuts = [](const NumberToken& number, std::size_t place) { return number.at.begin < place && place < number.at.end; };
    // The only tokens that can be cut are those that reach over one of the ends.
    const auto first = std::lower_bound(numbers.begin(), numbers.end(), at.begin,
                                        [](const NumberToken& number, std::size_t place) { return number.at.end <= place; });
    const bool begin_cut = first != numbers.end() && cuts(*first, at.begin);
    const auto last = std::lower_bound(first, numbers.end(), at.end, [](const NumberToken& number, std::size_t place) { return number.at.end <= place; });
    const bool end_cut = last != numbers.end() && cuts(*last, at.end);
    return !glued_before && !glued_behind && !begin_cut && !end_cut;
}

}  // namespace

OptionTexts::OptionTexts(const std::vector<std::string>& options) {
    for (const std::string& option : options) {
        OptionText& text = texts_.emplace_back();
        text.plain = cleaned(option);
        text.number = number_value(text.plain);
        text.one_letter = text.plain.size() == 1 && letter_number(text.plain[0]).has_value();
        text.searchable = std::any_of(text.plain.begin(), text.plain.end(), [](char32_t c) { return !is_blank(c) && !is_punctuation(c); });
        line_marked_ = line_marked_ || (!text.plain.empty() && is_line_mark(text.plain.front()));
        longest_ = std::max(longest_, text.plain.size());
        summed_ += text.plain.size();
    }
    const auto fold_all = [this] {
        for (OptionText& text : texts_) {
            text.compared = folded(text.plain, letter_case_).text;
        }
    };
    fold_all();
    for (std::size_t i = 0; i < texts_.size(); ++i) {
        for (std::size_t j = 0; j < i; ++j) {
            const bool by_case_alone = texts_[i].compared == texts_[j].compared && texts_[i].plain != texts_[j].plain;
            letter_case_ = by_case_alone ? LetterCase::AsWritten : letter_case_;
        }
    }
    fold_all();
}

CleanedAnswer OptionTexts::cleaned_answer(std::string_view answer) const {
    CleanedAnswer out;
    out.plain = cleaned(answer);
    if (!line_marked_) {
        out.plain = unwrapped(without_line_marks(out.plain));
    }
    out.folded = folded(out.plain, letter_case_);
    out.numbers = number_tokens(out.plain);
    return out;
}

std::optional<std::size_t> OptionTexts::equal_to(std::u32string_view text) const {
    const std::u32string plain = unwrapped(text);
    if (plain.empty()) {
        return std::nullopt;
    }
    const auto only = [this](const auto& is_it) -> std::optional<std::size_t> {
        const auto first = std::find_if(texts_.begin(), texts_.end(), is_it);
        const bool one = first != texts_.end() && std::find_if(first + 1, texts_.end(), is_it) == texts_.end();
        return one ? std::optional(static_cast<std::size_t>(first - texts_.begin())) : std::nullopt;
    };
    const std::u32string compared = folded(plain, letter_case_).text;
    const auto same_text = [&](const OptionText& each) { return each.compared == compared; };
    if (std::any_of(texts_.begin(), texts_.end(), same_text)) {
        return only(same_text);
    }
    const std::string number = number_value(plain);
    return number.empty() ? std::nullopt : only([&](const OptionText& each) { return each.number == number; });
}

bool OptionTexts::begins_with(std::u32string_view text, std::size_t option) const {
    CleanedAnswer begin;
    begin.plain = text.substr(0, longest_ + kBeyondText);
    begin.folded = folded(begin.plain, letter_case_);
    begin.numbers = number_tokens(begin.plain);
    const std::vector<TextFound> found = found_in(begin);
    return std::any_of(found.begin(), found.end(), [option](const TextFound& each) { return each.at.begin == 0 && each.option == option; });
}

void OptionTexts::find_text(const CleanedAnswer& answer, std::size_t option, std::vector<TextFound>& found) const {
    const OptionText& wanted = texts_[option];
    const FoldedText& folded = answer.folded;
    for (std::size_t at = folded.text.find(wanted.compared); at != std::u32string::npos; at = folded.text.find(wanted.compared, at + 1)) {
        const std::size_t end = at + wanted.compared.size();
        const Span place{folded.place[at], folded.place[end]};
        const bool letter_holds = !wanted.one_letter || (answer.plain[place.begin] == wanted.plain[0] && stands_alone(answer.plain, place.begin) &&
                                                         (!may_be_a_word(wanted.plain[0]) || no_word_follows(answer.plain, place.end)));
        if (letter_holds && stands_as_words(folded.text, folded, at, end, answer.numbers)) {
            found.push_back({option, place});
        }
    }
}

void OptionTexts::find_numbers(const CleanedAnswer& answer, std::vector<TextFound>& found) const {
    for (const NumberToken& token : answer.numbers) {
        if (token.value.empty()) {
            continue;
        }
        const std::u32string_view text = std::u32string_view(answer.plain).substr(token.at.begin, token.at.end - token.at.begin);
        const bool verbatim = std::any_of(texts_.begin(), texts_.end(), [&](const OptionText& each) { return each.plain == text; });
        for (std::size_t i = 0; i < texts_.size(); ++i) {
            if (texts_[i].number == token.value && (!verbatim || texts_[i].plain == text)) {
                found.push_back({i, token.at});
            }
        }
    }
}

std::vector<TextFound> OptionTexts::found_in(const CleanedAnswer& answer) const {
    std::vector<TextFound> found;
    for (std::size_t i = 0; i < texts_.size(); ++i) {
        if (texts_[i].number.empty() && texts_[i].searchable) {
            find_text(answer, i, found);
        }
    }
    find_numbers(answer, found);
    std::sort(found.begin(), found.end(), [](const TextFound& a, const TextFound& b) {
        return a.at.begin != b.at.begin ? a.at.begin < b.at.begin : a.at.end != b.at.end ? a.at.end > b.at.end : a.option < b.option;
    });
    return found;
}

}  // namespace r2t2
