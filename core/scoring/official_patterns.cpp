#include "core/scoring/official_patterns.h"

#include <algorithm>

#include "core/scoring/text.h"

namespace r2t2 {

namespace {

constexpr std::size_t kScienceQaLetters = 5;

bool is_capital_byte(char c) { return c >= 'A' && c <= 'Z'; }
std::size_t letter_index(char letter) { return static_cast<std::size_t>(letter - 'A'); }

std::optional<std::size_t> in_range(std::size_t option, std::size_t options) {
    return option < std::min(options, kMostOptions) ? std::optional(option) : std::nullopt;
}

}  // namespace

OptionChoice find_first_capital(std::string_view answer, std::size_t options) {
    const auto found = std::find_if(answer.begin(), answer.end(), is_capital_byte);
    const auto option = found != answer.end() ? in_range(letter_index(*found), options) : std::nullopt;
    return option ? OptionChoice{option, ChoiceRule::FirstCapital} : OptionChoice{};
}

OptionChoice find_scienceqa_letter(std::string_view answer, std::size_t options) {
    const std::size_t letters = std::min(options, kScienceQaLetters);
    const std::string text = strip(answer);
    if (text.size() == 1 && is_capital_byte(text[0])) {
        const auto option = in_range(letter_index(text[0]), letters);
        return option ? OptionChoice{option, ChoiceRule::Letter} : OptionChoice{};
    }
    if (text.size() >= 3 && is_capital_byte(text[0]) && letter_index(text[0]) < kScienceQaLetters && text.compare(1, 2, ". ") == 0) {
        const auto option = in_range(letter_index(text[0]), letters);
        return option ? OptionChoice{option, ChoiceRule::Leading} : OptionChoice{};
    }
    constexpr std::string_view kPhrase = "The answer is ";
    std::optional<char> letter;
    for (std::size_t at = text.find(kPhrase); at != std::string::npos; at = text.find(kPhrase, at + 1)) {
        const std::size_t place = at + kPhrase.size();
        if (place + 1 < text.size() && is_capital_byte(text[place]) && text[place + 1] != '\n') {
            if (letter) {
                return {};
            }
            letter = text[place];
        }
    }
    const auto option = letter ? in_range(letter_index(*letter), letters) : std::nullopt;
    return option ? OptionChoice{option, ChoiceRule::AnswerIs} : OptionChoice{};
}

bool starts_with_letter(std::string_view answer, std::size_t option) { return strip(answer).starts_with(option_name(option)); }

std::string_view yes_or_no(std::string_view answer) {
    const std::u32string text = code_points(lower_case(answer));
    const std::u32string_view start = std::u32string_view(text).substr(0, 4);
    const auto has = [start](std::u32string_view word) { return start.find(word) != std::u32string_view::npos; };
    return has(U"yes") ? "yes" : has(U"no") ? "no" : "other";
}

}  // namespace r2t2
