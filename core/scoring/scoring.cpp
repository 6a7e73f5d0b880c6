#include "core/scoring/scoring.h"

#include <cctype>
#include <optional>

namespace r2t2 {

namespace {

constexpr std::string_view kSpace = " \t\r\n\v\f";

std::string_view trim(std::string_view text) {
    const auto first = text.find_first_not_of(kSpace);
    if (first == std::string_view::npos) {
        return {};
    }
    return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

/// "B", "b.", "(B)" -> 1; within the number of options.
std::optional<std::size_t> option_letter(std::string_view text, std::size_t options) {
    std::string plain = normalise_answer(text);
    if (plain.size() >= 2 && plain.back() == ')') {
        plain.pop_back();
    }
    if (!plain.empty() && plain.front() == '(') {
        plain.erase(0, 1);
    }
    if (plain.size() != 1 || plain[0] < 'a' || static_cast<std::size_t>(plain[0] - 'a') >= options) {
        return std::nullopt;
    }
    return static_cast<std::size_t>(plain[0] - 'a');
}

/// The option a text names, by letter or by its words.
std::optional<std::size_t> option_of(std::string_view text, const std::vector<std::string>& options) {
    for (std::size_t i = 0; i < options.size(); ++i) {
        if (normalise_answer(options[i]) == normalise_answer(text)) {
            return i;
        }
    }
    return option_letter(text, options.size());
}

}  // namespace

std::string normalise_answer(std::string_view answer) {
    std::string text(trim(answer));
    while (!text.empty() && (kSpace.find(text.back()) != std::string_view::npos ||
                             std::string_view(".,;:!?").find(text.back()) != std::string_view::npos)) {
        text.pop_back();
    }
    for (char& c : text) {
        c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }
    return text;
}

Score score_answer(std::string_view answer, std::string_view ground_truth, ScoringRule rule,
                   const std::vector<std::string>& options) {
    const std::string_view given = trim(answer);
    const std::string_view truth = trim(ground_truth);
    if (given.empty() || truth.empty()) {
        return {false, ScoreReason::EmptyAnswer};
    }
    if (given == truth) {
        return {true, ScoreReason::Verbatim};
    }
    if (rule == ScoringRule::StartsWith) {
        return given.starts_with(truth) ? Score{true, ScoreReason::Prefix} : Score{};
    }
    // A ground truth of punctuation only normalises to nothing: then only the verbatim rule may count.
    const std::string normalised = normalise_answer(truth);
    if (!normalised.empty() && normalise_answer(given) == normalised) {
        return {true, ScoreReason::Normalised};
    }
    const auto right = option_of(truth, options);
    if (right && option_of(given, options) == right) {
        return {true, ScoreReason::Letter};
    }
    return {};
}

std::string_view name(ScoringRule rule) {
    return rule == ScoringRule::Exact ? "exact match" : "starts with";
}

std::string_view name(ScoreReason reason) {
    switch (reason) {
        case ScoreReason::Verbatim:
            return "verbatim";
        case ScoreReason::Normalised:
            return "after normalisation";
        case ScoreReason::Prefix:
            return "starts with the ground truth";
        case ScoreReason::Letter:
            return "names the right option";
        case ScoreReason::NoMatch:
            return "no match";
        case ScoreReason::EmptyAnswer:
            break;
    }
    return "empty answer";
}

}  // namespace r2t2
