#include "core/scoring/official_score.h"

#include "core/scoring/official_patterns.h"
#include "core/scoring/text.h"

namespace r2t2 {

namespace {

AnswerValue official_value(bool right, ChoiceRule rule) { return {right ? 1.0 : 0.0, right, std::string(name(rule)), rule}; }

AnswerValue official_option(const OptionChoice& choice, const AnswerKey& key) {
    return official_value(choice.option && static_cast<int>(*choice.option) == key.right_option, choice.rule);
}

}  // namespace

std::string_view official_pattern(std::string_view benchmark, const AnswerKey& key) {
    if (benchmark == "AI2D" && key.right_option >= 0) {
        return "MoAI's first capital letter";
    }
    switch (key.rule) {
        case AnswerRule::ScienceQa:
            return "ScienceQA's pattern";
        case AnswerRule::LetterPrefix:
            return "PhysBench's first letter";
        case AnswerRule::YesNo:
            return "MME's first four characters";
        default:
            return {};
    }
}

std::optional<AnswerValue> official_score(std::string_view answer, std::string_view benchmark, const AnswerKey& key) {
    if (official_pattern(benchmark, key).empty()) {
        return std::nullopt;
    }
    switch (key.rule) {
        case AnswerRule::ScienceQa:
            return official_option(find_scienceqa_letter(answer, key.options.size()), key);
        case AnswerRule::LetterPrefix: {
            const bool right = starts_with_letter(answer, static_cast<std::size_t>(key.right_option));
            return official_value(right, right ? ChoiceRule::StartsWithLetter : ChoiceRule::None);
        }
        case AnswerRule::YesNo:
            return official_value(yes_or_no(answer) == lower_case(key.answers.front()), ChoiceRule::None);
        default:
            return official_option(find_first_capital(answer, key.options.size()), key);
    }
}

}  // namespace r2t2
