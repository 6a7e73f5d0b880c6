// What a benchmark accepts as an answer, and the score of one answer by it.
//
// A value is between 0 and 1; "correct", for accuracies and transitions, means a value of at least 0.5 (soft accuracy: two of ten
// annotators and more; ANLS: every value that counts at all). Thread rule: pure functions, plain values.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/scoring/option_choice.h"

namespace r2t2 {

enum class AnswerRule : std::uint8_t {
    Exact,          ///< scoring.h: equal after levelling, or the right option's letter
    StartsWith,     ///< scoring.h: upstream's script
    LowerCase,      ///< CLEVR: equal without regard to case and surrounding white space
    Gqa,            ///< lower case, trailing full stops dropped, then equal
    Processed,      ///< COCO-QA: equal after answer_processor.h
    SoftVqa,        ///< VQA-v2
    SoftM4c,        ///< TextVQA
    DirectAnswer,   ///< A-OKVQA, direct answers
    Anls,           ///< ST-VQA, DocVQA
    Letter,         ///< the right option, found by option_choice.h
    OptionText,     ///< likewise; options of the same words count for each other (Visual7W, A-OKVQA)
    FirstCapital,   ///< MoAI's AI2D script alone, where parity was asked for
    ScienceQa,      ///< as Letter; official_score.h has the published pattern's number beside it
    LetterPrefix,   ///< likewise (PhysBench)
    YesNo,          ///< yes or no, found as option texts; likewise (MME)
    MathVista,      ///< options as Letter, then by edit distance; else as MathVista's script, without a language model
    Relaxed         ///< ChartQA: relaxed_accuracy.h
};

inline constexpr double kCorrectFrom = 0.5;

/// A float question that states no decimals: MathVista's script fails to round, so that no answer is right.
inline constexpr int kNoPrecision = -1;

struct AnswerKey {
    AnswerRule rule = AnswerRule::Exact;
    std::vector<std::string> answers;  ///< accepted ones; of soft rules one entry an annotator; of letter rules unused
    std::vector<std::string> options;  ///< of multiple-choice questions, lettered in this order
    int right_option = -1;             ///< index; -1: no multiple choice, or not known
    std::string group;                 ///< questions counted together: MMBench's rotations, MME's picture; "" = alone
    int group_size = 0;                ///< questions in that group; 0: not known (keys from before version 2 of the rules)
    std::string category;              ///< the benchmark's own division: subtask, source, task type ...
    std::string answer_type;           ///< MathVista: integer, float, text, list
    int precision = 0;                 ///< MathVista: decimals of a float, or kNoPrecision

    [[nodiscard]] bool known() const { return right_option >= 0 || !answers.empty(); }
    bool operator==(const AnswerKey&) const = default;
};

struct AnswerValue {
    double value = 0.0;
    bool correct = false;
    std::string reason;  ///< the rule that fired, for people
    ChoiceRule choice = ChoiceRule::None;  ///< how the option was found; None also where there are no options
    bool unread = false;  ///< no option is named, be one guessed or not, or nothing of the type that is asked for
};

/// Special tokens and reasoning are left out first, for every rule (bare_answer.h), and the reason says so. `key.known()`, else our bug.
[[nodiscard]] AnswerValue score(std::string_view answer, const AnswerKey& key);

/// The short answer of MathVista's normalisation.
struct MathVistaAnswer {
    std::string text;                      ///< empty: none
    ChoiceRule choice = ChoiceRule::None;  ///< by which the option was found
    bool by_distance = false;              ///< no option was named: the nearest by edit distance
    bool unread = false;                   ///< AnswerValue::unread
};
[[nodiscard]] MathVistaAnswer mathvista_answer(std::string_view response, const AnswerKey& key);

/// Is it an option that the answer has to name, or yes or no?
[[nodiscard]] bool chooses_option(AnswerRule rule);
[[nodiscard]] std::string_view name(AnswerRule rule);

}  // namespace r2t2
