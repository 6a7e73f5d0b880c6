#include "core/scoring/option_letter.h"

#include <algorithm>

#include "core/scoring/text.h"

namespace r2t2 {

namespace {

constexpr std::size_t kLastWords = 4;          ///< where a standalone letter may stand
constexpr std::size_t kScienceQaLetters = 5;

bool is_capital(char c) { return c >= 'A' && c <= 'Z'; }
std::size_t number_of(char letter) { return static_cast<std::size_t>(letter - 'A'); }

std::optional<std::size_t> in_range(std::size_t option, std::size_t options) {
    return option < std::min(options, kMostOptions) ? std::optional(option) : std::nullopt;
}

/// "B", also "b".
std::optional<std::size_t> whole_letter(std::string_view text, std::size_t options) {
    if (text.size() != 1) {
        return std::nullopt;
    }
    const char c = text[0] >= 'a' && text[0] <= 'z' ? static_cast<char>(text[0] - 'a' + 'A') : text[0];
    return is_capital(c) ? in_range(number_of(c), options) : std::nullopt;
}

/// ^\(?([A-Z])[).:\s]
std::optional<std::size_t> leading_letter(std::string_view text, std::size_t options) {
    const std::size_t at = text.starts_with('(') ? 1 : 0;
    if (at + 1 >= text.size() || !is_capital(text[at]) || std::string_view(").: \t\n\r\v\f").find(text[at + 1]) == std::string_view::npos) {
        return std::nullopt;
    }
    return in_range(number_of(text[at]), options);
}

std::optional<std::size_t> standalone_letter(std::string_view text, std::size_t options) {
    std::string spaced(text);
    for (char& c : spaced) {
        c = std::string_view(".()[],:;!*#{}").find(c) != std::string_view::npos ? ' ' : c;
    }
    const std::vector<std::string> words = split_words(spaced);
    std::optional<std::size_t> found;
    std::size_t first = 0;
    for (std::size_t i = 0; i < words.size(); ++i) {
        const bool letter = words[i].size() == 1 && is_capital(words[i][0]);
        const auto option = letter ? in_range(number_of(words[i][0]), options) : std::nullopt;
        if (option && found && *option != *found) {
            return std::nullopt;
        }
        first = option && !found ? i : first;
        found = option ? option : found;
    }
    return found && first + kLastWords >= words.size() ? found : std::nullopt;
}

/// The only option whose text is in an answer that is not much longer than all options together.
std::optional<std::size_t> contained_option(std::string_view text, const std::vector<std::string>& options) {
    const std::string answer = lower_case(text);
    std::size_t characters = 0;
    std::optional<std::size_t> found;
    bool several = false;
    for (std::size_t i = 0; i < options.size(); ++i) {
        const std::string option = lower_case(options[i]);
        characters += code_points(option).size();
        if (!option.empty() && answer.find(option) != std::string::npos) {
            several = several || found;
            found = i;
        }
    }
    return several || code_points(answer).size() > 2 * characters ? std::nullopt : found;
}

}  // namespace

LetterFound find_option(std::string_view answer, const std::vector<std::string>& options) {
    const std::string text = strip(answer);
    if (const auto option = whole_letter(text, options.size())) {
        return {option, LetterRule::Whole};
    }
    if (const auto option = leading_letter(text, options.size())) {
        return {option, LetterRule::Leading};
    }
    if (const auto option = standalone_letter(text, options.size())) {
        return {option, LetterRule::Standalone};
    }
    if (const auto option = contained_option(text, options)) {
        return {option, LetterRule::OptionText};
    }
    return {};
}

LetterFound find_first_capital(std::string_view answer, std::size_t options) {
    const auto found = std::find_if(answer.begin(), answer.end(), is_capital);
    const auto option = found != answer.end() ? in_range(number_of(*found), options) : std::nullopt;
    return option ? LetterFound{option, LetterRule::FirstCapital} : LetterFound{};
}

LetterFound find_scienceqa_letter(std::string_view answer, std::size_t options) {
    const std::size_t letters = std::min(options, kScienceQaLetters);
    const std::string text = strip(answer);
    if (text.size() == 1 && is_capital(text[0])) {
        const auto option = in_range(number_of(text[0]), letters);
        return option ? LetterFound{option, LetterRule::Whole} : LetterFound{};
    }
    if (text.size() >= 3 && is_capital(text[0]) && text.compare(1, 2, ". ") == 0) {
        const auto option = in_range(number_of(text[0]), letters);
        return option ? LetterFound{option, LetterRule::Leading} : LetterFound{};
    }
    constexpr std::string_view kPhrase = "The answer is ";
    std::optional<char> letter;
    for (std::size_t at = text.find(kPhrase); at != std::string::npos; at = text.find(kPhrase, at + 1)) {
        const std::size_t place = at + kPhrase.size();
        if (place + 1 < text.size() && is_capital(text[place]) && text[place + 1] == '.') {
            if (letter) {
                return {};
            }
            letter = text[place];
        }
    }
    const auto option = letter ? in_range(number_of(*letter), letters) : std::nullopt;
    return option ? LetterFound{option, LetterRule::AnswerIs} : LetterFound{};
}

std::string option_name(std::size_t option) { return std::string(1, static_cast<char>('A' + option % kMostOptions)); }

std::string_view name(LetterRule rule) {
    switch (rule) {
        case LetterRule::Whole:
            return "the answer is a letter";
        case LetterRule::Leading:
            return "the answer begins with a letter";
        case LetterRule::Standalone:
            return "one letter stands alone";
        case LetterRule::OptionText:
            return "one option's text is in the answer";
        case LetterRule::FirstCapital:
            return "first capital letter";
        case LetterRule::AnswerIs:
            return "\"The answer is X.\"";
        case LetterRule::Prefix:
            return "the answer starts with the letter";
        case LetterRule::None:
            break;
    }
    return "no option found";
}

}  // namespace r2t2
