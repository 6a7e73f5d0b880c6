#include "core/scoring/option_texts.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "core/scoring/function_words.h"
#include "core/scoring/option_letters.h"
#include "core/scoring/text.h"

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

/// "A. cat", "(B) dog": what stands behind the letter, where every text that is none begins with its own.
void without_own_letters(std::vector<std::u32string>& texts) {
    std::vector<std::u32string> off;
    std::size_t lettered = 0;
    for (std::size_t i = 0; i < texts.size(); ++i) {
        const std::u32string_view text = texts[i];
        const bool bracket = text.size() > 2 && (text[0] == U'(' || text[0] == U'[');
        const std::size_t at = bracket ? 1 : 0;
        const char32_t mark = at + 1 < text.size() ? text[at + 1] : U'\0';
        const bool closed = bracket ? mark == (text[0] == U'(' ? U')' : U']') : mark == U'.' || mark == U')' || mark == U':';
        const bool own = closed && letter_number(text[at]) == i && at + 3 < text.size() && is_blank(text[at + 2]);
        if (!own && !text.empty()) {
            return;
        }
        lettered += own ? 1 : 0;
        off.emplace_back(own ? text.substr(at + 3) : text);
    }
    texts = lettered > 1 ? std::move(off) : texts;
}

}  // namespace

OptionTexts::OptionTexts(const std::vector<std::string>& options) {
    std::vector<std::u32string> whole;
    std::transform(options.begin(), options.end(), std::back_inserter(whole), [](const std::string& option) { return levelled(option); });
    without_own_letters(whole);
    for (const std::u32string& option : whole) {
        texts_.emplace_back().plain = unwrapped(option);
    }
    const auto compared = [this](const std::u32string& text) { return folded(text, letter_case_).text; };
    const auto compare_all = [&] {
        for (OptionText& text : texts_) {
            text.compared = compared(text.plain);
        }
    };
    compare_all();
    for (std::size_t i = 0; i < texts_.size(); ++i) {
        for (std::size_t j = 0; j < i; ++j) {
            const bool by_case_alone = texts_[i].compared == texts_[j].compared && texts_[i].plain != texts_[j].plain;
            letter_case_ = by_case_alone ? LetterCase::AsWritten : letter_case_;
        }
    }
    compare_all();
    for (std::size_t i = 0; i < texts_.size(); ++i) {
        for (std::size_t j = 0; j < texts_.size(); ++j) {
            if (i != j && texts_[i].compared == texts_[j].compared) {
                texts_[i].raw = texts_[i].compared.empty() ? std::string() : strip(options[i]);
                texts_[i].wrapped = texts_[i].wrapped || compared(whole[i]) != compared(whole[j]);
            }
        }
    }
    for (std::size_t i = 0; i < texts_.size(); ++i) {
        OptionText& text = texts_[i];
        text.plain = text.wrapped ? whole[i] : text.plain;
        text.number = number_of(text.plain);
        text.one_letter = text.plain.size() == 1 && letter_number(text.plain[0]).has_value();
        text.searchable = std::any_of(text.plain.begin(), text.plain.end(), [](char32_t c) { return !is_blank(c) && !is_punctuation(c); });
        line_marked_ = line_marked_ || (!text.plain.empty() && is_line_mark(text.plain.front()));
        longest_ = std::max(longest_, text.plain.size());
        summed_ += text.plain.size();
    }
    compare_all();
}

CleanedAnswer OptionTexts::cleaned_answer(std::u32string_view levelled_answer) const {
    CleanedAnswer out;
    out.plain = unwrapped(levelled_answer);
    if (!line_marked_) {
        out.plain = unwrapped(without_line_marks(out.plain));
    }
    out.folded = folded(out.plain, letter_case_);
    out.numbers = number_tokens(out.plain);
    return out;
}

template <typename Property>
std::optional<std::size_t> OptionTexts::only(const Property& is_it) const {
    const auto first = std::find_if(texts_.begin(), texts_.end(), is_it);
    const bool one = first != texts_.end() && std::find_if(first + 1, texts_.end(), is_it) == texts_.end();
    return one ? std::optional(static_cast<std::size_t>(first - texts_.begin())) : std::nullopt;
}

std::optional<std::size_t> OptionTexts::copied(std::string_view answer) const {
    if (std::none_of(texts_.begin(), texts_.end(), [](const OptionText& each) { return !each.raw.empty(); })) {
        return std::nullopt;
    }
    const std::string written = strip(answer);
    if (const auto option = only([&](const OptionText& each) { return !each.raw.empty() && each.raw == written; })) {
        return option;
    }
    const std::u32string text = levelled(answer);
    return only([&](const OptionText& each) { return each.wrapped && each.plain == text; });
}

std::optional<std::size_t> OptionTexts::equal_to(std::u32string_view text) const {
    text = trimmed_blanks(text);
    for (int layers = 0; !text.empty(); ++layers) {
        const std::u32string compared = folded(text, letter_case_).text;
        const auto same_text = [&](const OptionText& each) { return each.compared == compared; };
        if (std::any_of(texts_.begin(), texts_.end(), same_text)) {
            return only(same_text);
        }
        const std::u32string_view inner = without_layer(text);
        if (layers == kMostLayers || inner.size() == text.size()) {
            break;
        }
        text = inner;
    }
    const std::string number = number_of(text);
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
                                                         is_no_word(answer.plain, place.end, wanted.plain[0], LetterPlace::Anywhere));
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
