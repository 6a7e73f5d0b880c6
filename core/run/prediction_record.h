// One record of another program's predictions. Which keys are read, and as what: core/run/score_file.h.
//
// Thread rule: plain values, pure functions.
#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/scoring/answer_key.h"
#include "core/scoring/scoring.h"

namespace r2t2 {

struct PredictionRecord {
    std::optional<std::string> prediction;  ///< none: not answered
    std::optional<std::size_t> chosen;      ///< of log-likelihoods: the choice with the largest, instead of a prediction
    std::vector<std::string> truths;        ///< any of them counts; none and no right option: the truth is unknown
    std::vector<std::size_t> right_options; ///< where the truth is an index into the options
    std::vector<std::string> options;
    std::string set;
    std::string filter;  ///< lm-eval's: the same document is logged once a filter
    std::string id;      ///< doc_id, else id, as a text; empty: none
    std::optional<AnswerKey> own_rule;      ///< of our exports: the rule of the run, with the answers it accepts; truths and options are then its own
    std::optional<AnswerKey> log_rule;      ///< of a benchmark that the log names, or whose answers it has (log_rule.h)
    std::size_t accepted = 0;               ///< truths that differ, without the text that they were a list in
    bool unsure = false;                    ///< log_rule is of ten answers that all differ: annotators, or ten names of one thing
    bool short_of_annotators = false;       ///< of a benchmark with ten annotators, and there are not ten
    bool letter_without_options = false;    ///< the truth is a letter, and there are no options
    std::string missing_answer;             ///< the target is the name of a field, which the document lacks: the truth is unknown
    std::string option_gap;                 ///< RecordOptions::gap
    std::vector<std::string> labels;        ///< RecordOptions::labels
    bool target_is_a_name = false;          ///< the target is the name of the document's answers: these are the truths
    std::vector<std::string> unread_lists;  ///< keys whose text begins and ends like a list and is none: read as the text it is

    [[nodiscard]] bool answered() const { return prediction || chosen; }
    [[nodiscard]] bool known() const { return own_rule || !truths.empty() || !right_options.empty(); }
};

/// Errors name `where`, the key, what was found and what is allowed. `file` is the file's name, which may name a task (log_rule.h).
[[nodiscard]] Result<PredictionRecord> read_prediction_record(const nlohmann::ordered_json& record, const std::string& where, std::string_view file = {});

/// Whose rule scores the record; null: `rule` does. A log's gives way to a rule that was asked for, which is every one but the usual.
[[nodiscard]] const AnswerKey* key_of(const PredictionRecord& record, ScoringRule rule);

/// 0 to 1, and whether that is right. Only of a record that is answered and known; `rule` where it has no rule of its own.
struct RecordValue {
    double value = 0.0;
    bool right = false;
};
[[nodiscard]] RecordValue value_of(const PredictionRecord& record, ScoringRule rule);

}  // namespace r2t2
