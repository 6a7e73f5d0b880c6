#include "core/scoring/answer_key.h"

#include <algorithm>
#include <cassert>

#include "core/scoring/anls.h"
#include "core/scoring/answer_processor.h"
#include "core/scoring/bare_answer.h"
#include "core/scoring/clean_answer.h"
#include "core/scoring/official_patterns.h"
#include "core/scoring/relaxed_accuracy.h"
#include "core/scoring/scoring.h"
#include "core/scoring/soft_accuracy.h"
#include "core/scoring/text.h"

namespace r2t2 {

namespace {

AnswerValue valued(double value, std::string reason) { return {value, value >= kCorrectFrom, std::move(reason), ChoiceRule::None, false}; }
AnswerValue judged(bool right, std::string reason) { return valued(right ? 1.0 : 0.0, std::move(reason)); }

template <typename Level>
AnswerValue equal_after(std::string_view answer, const AnswerKey& key, const Level& level) {
    const std::string given = level(answer);
    const bool right = std::any_of(key.answers.begin(), key.answers.end(), [&](const std::string& each) { return level(each) == given; });
    return judged(right, right ? "equal" : "no match");
}

/// scoring.h's rules, any of the accepted answers.
AnswerValue by_words(std::string_view answer, const AnswerKey& key, ScoringRule rule) {
    Score best;
    for (const std::string& each : key.answers) {
        best = score_answer(answer, each, rule, key.options);
        if (best.correct) {
            break;
        }
    }
    return judged(best.correct, std::string(name(best.reason)));
}

bool same_words(const std::string& a, const std::string& b) {
    const std::u32string words = folded(cleaned(a)).text;
    return !words.empty() && words == folded(cleaned(b)).text;
}

AnswerValue by_option(const OptionChoice& found, const AnswerKey& key) {
    const bool right = found.option && *found.option == static_cast<std::size_t>(key.right_option);
    AnswerValue out = judged(right, std::string(name(found.rule)) + (found.option ? ": " + option_name(*found.option) : ""));
    out.choice = found.rule;
    out.unread = !found.option;
    return out;
}

/// Options whose words stand in an earlier one become empty, so that a text names the first of them.
std::vector<std::string> distinct_texts(std::vector<std::string> options) {
    for (std::size_t i = 0; i < options.size(); ++i) {
        for (std::size_t j = 0; j < i; ++j) {
            options[i] = same_words(options[i], options[j]) ? "" : options[i];
        }
    }
    return options;
}

AnswerValue by_option_text(std::string_view answer, const AnswerKey& key) {
    const OptionChoice found = find_option(answer, distinct_texts(key.options));
    AnswerValue score = by_option(found, key);
    if (!score.correct && found.option && same_words(key.options[*found.option], key.options[static_cast<std::size_t>(key.right_option)])) {
        score = judged(true, score.reason + ", of the same words");
        score.choice = found.rule;
    }
    return score;
}

AnswerValue by_yes_or_no(std::string_view answer, const AnswerKey& key) {
    static const std::vector<std::string> kYesAndNo = {"yes", "no"};
    const OptionChoice found = find_option(answer, kYesAndNo, OptionNames::TextsOnly);
    const std::string read = found.option ? kYesAndNo[*found.option] : "neither";
    AnswerValue out = judged(read == lower_case(key.answers.front()), "read as " + read);
    out.choice = found.rule;
    out.unread = !found.option;
    return out;
}

AnswerValue by_mathvista(std::string_view answer, const AnswerKey& key) {
    const MathVistaAnswer read = mathvista_answer(answer, key);
    const bool right = std::any_of(key.answers.begin(), key.answers.end(),
                                   [&](const std::string& each) { return !read.text.empty() && strip(each) == strip(read.text); });
    const std::string as = "read as \"" + read.text + "\"";
    const std::string none = read.unread ? "no answer of type " + key.answer_type : "no precision to round to";
    AnswerValue out = judged(right, read.text.empty() ? none : read.by_distance ? "nearest option by edit distance, " + as : as);
    out.choice = read.choice;
    out.unread = read.unread;
    return out;
}

bool by_option_rule(AnswerRule rule) {
    return rule == AnswerRule::Letter || rule == AnswerRule::OptionText || rule == AnswerRule::FirstCapital ||
           rule == AnswerRule::ScienceQa || rule == AnswerRule::LetterPrefix;
}

AnswerValue score_option(std::string_view answer, const AnswerKey& key) {
    switch (key.rule) {
        case AnswerRule::OptionText:
            return by_option_text(answer, key);
        case AnswerRule::FirstCapital:
            return by_option(find_first_capital(answer, key.options.size()), key);
        default:
            return by_option(find_option(answer, key.options), key);
    }
}

AnswerValue score_bare(std::string_view answer, const AnswerKey& key) {
    if (by_option_rule(key.rule)) {
        return score_option(answer, key);
    }
    switch (key.rule) {
        case AnswerRule::StartsWith:
            return by_words(answer, key, ScoringRule::StartsWith);
        case AnswerRule::LowerCase:
            return equal_after(answer, key, [](std::string_view text) { return lower_case(strip(text)); });
        case AnswerRule::Gqa:
            return equal_after(answer, key, [](std::string_view text) {
                std::string stripped = strip(text);
                stripped.erase(stripped.find_last_not_of('.') + 1);
                return lower_case(stripped);
            });
        case AnswerRule::Processed:
            return equal_after(answer, key, process_answer);
        case AnswerRule::SoftVqa:
            return valued(soft_accuracy_vqa(answer, key.answers), "soft accuracy");
        case AnswerRule::SoftM4c:
            return valued(soft_accuracy_m4c(answer, key.answers), "soft accuracy");
        case AnswerRule::DirectAnswer:
            return valued(direct_answer_accuracy(answer, key.answers), "annotators that say the same");
        case AnswerRule::Anls:
            return valued(anls(answer, key.answers), "similarity");
        case AnswerRule::YesNo:
            return by_yes_or_no(answer, key);
        case AnswerRule::MathVista:
            return by_mathvista(answer, key);
        case AnswerRule::Relaxed:
            return judged(relaxed_match(answer, key.answers), "within 5 %, or the same");
        default:
            return by_words(answer, key, ScoringRule::Exact);
    }
}

}  // namespace

AnswerValue score(std::string_view answer, const AnswerKey& key) {
    assert(by_option_rule(key.rule) ? key.right_option >= 0 : !key.answers.empty());
    const BareAnswer bare = bare_answer(answer);
    AnswerValue out = score_bare(bare.text, key);
    out.reason += left_out_text(bare);
    return out;
}

bool chooses_option(AnswerRule rule) { return by_option_rule(rule) || rule == AnswerRule::YesNo; }

std::string_view name(AnswerRule rule) {
    switch (rule) {
        case AnswerRule::Exact:
            return "exact match";
        case AnswerRule::StartsWith:
            return "starts with";
        case AnswerRule::LowerCase:
            return "equal in lower case";
        case AnswerRule::Gqa:
            return "equal in lower case without a final full stop";
        case AnswerRule::Processed:
            return "equal after VQA's answer processing";
        case AnswerRule::SoftVqa:
            return "soft accuracy (VQA-v2)";
        case AnswerRule::SoftM4c:
            return "soft accuracy (M4C)";
        case AnswerRule::DirectAnswer:
            return "direct answer (A-OKVQA)";
        case AnswerRule::Anls:
            return "ANLS";
        case AnswerRule::Letter:
            return "option letter";
        case AnswerRule::OptionText:
            return "chosen option's text";
        case AnswerRule::FirstCapital:
            return "first capital letter (MoAI)";
        case AnswerRule::ScienceQa:
            return "option letter (ScienceQA)";
        case AnswerRule::LetterPrefix:
            return "starts with the letter (PhysBench)";
        case AnswerRule::YesNo:
            return "yes or no (MME)";
        case AnswerRule::MathVista:
            return "normalised answer (MathVista)";
        case AnswerRule::Relaxed:
            break;
    }
    return "relaxed accuracy (ChartQA)";
}

}  // namespace r2t2
