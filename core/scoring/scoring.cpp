#include "core/scoring/scoring.h"

#include <optional>

#include "core/scoring/answer_number.h"
#include "core/scoring/bare_answer.h"
#include "core/scoring/clean_answer.h"
#include "core/scoring/option_choice.h"
#include "core/scoring/text.h"

namespace r2t2 {

namespace {

/// Is it `normalised` behind some of its layers: **Sunday**, \boxed{\text{Sunday}}?
bool is_wrapped(std::string_view answer, const std::string& normalised) {
    const std::u32string whole = levelled(answer);
    std::u32string_view text = trimmed_blanks(whole);
    for (int layers = 0; layers < kMostLayers; ++layers) {
        const std::u32string_view inner = without_layer(text);
        if (inner.size() == text.size()) {
            return false;
        }
        text = inner;
        if (normalise_answer(utf8(text)) == normalised) {
            return true;
        }
    }
    return false;
}

}  // namespace

std::string normalise_answer(std::string_view answer) {
    std::u32string text = folded(levelled(answer)).text;
    while (!text.empty() && (is_blank(text.back()) || std::u32string_view(U".,;:!?\u3002\u3001\u061F\u060C\u0964").find(text.back()) != std::u32string_view::npos)) {
        text.pop_back();
    }
    return utf8(text);
}

Score score_answer(std::string_view answer, std::string_view ground_truth, ScoringRule rule,
                   const std::vector<std::string>& options) {
    const std::string given = strip(bare_answer(answer).text);
    const std::string truth = strip(ground_truth);
    if (given.empty() || truth.empty()) {
        return {false, ScoreReason::EmptyAnswer};
    }
    if (given == truth) {
        return {true, ScoreReason::Verbatim};
    }
    if (rule == ScoringRule::StartsWith) {
        return given.starts_with(truth) ? Score{true, ScoreReason::Prefix} : Score{};
    }
    const auto right = named_option(truth, options);
    const auto named = right ? find_option(given, options).option : std::nullopt;
    if (named && named != right) {
        return {};  // "(1)" and "[1]" are one number, and may be two options
    }
    // A ground truth of punctuation only normalises to nothing: then only the verbatim rule may count.
    const std::string normalised = normalise_answer(truth);
    if (!normalised.empty() && normalise_answer(given) == normalised) {
        return {true, ScoreReason::Normalised};
    }
    if (options.empty() && !normalised.empty() && is_wrapped(given, normalised)) {
        return {true, ScoreReason::Normalised};
    }
    if (const std::string number = scientific_value(cleaned(truth)); !number.empty() && number == scientific_value(cleaned(given))) {
        return {true, ScoreReason::Number};
    }
    return named ? Score{true, ScoreReason::Option} : Score{};
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
        case ScoreReason::Number:
            return "equal as numbers";
        case ScoreReason::Option:
            return "names the right option";
        case ScoreReason::NoMatch:
            return "no match";
        case ScoreReason::EmptyAnswer:
            break;
    }
    return "empty answer";
}

}  // namespace r2t2
