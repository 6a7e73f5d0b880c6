// One record of another program's predictions. Which keys are read, and as what: core/run/score_file.h.
//
// Thread rule: plain values, pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/run/log_verdict.h"
#include "core/scoring/answer_key.h"
#include "core/scoring/scoring.h"

namespace r2t2 {

/// What the list of a record's answers looks like where the log does not say whose it is: ten annotators' answers, or the names of one thing.
enum class AnswerList : std::uint8_t {
    Settled,   ///< known, or no list
    Agreeing,  ///< ten, and some say the same: log_rule is there, for the case that they are annotators
    Differing, ///< ten that all differ: likewise
    Others,    ///< several, and not ten: names
};

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
    std::size_t accepted = 0;               ///< truths or right options that differ, without the text that they were a list in
    AnswerList answer_list = AnswerList::Settled;
    std::string kind;                       ///< what the record says that it belongs to, task and set: answer lists are judged among their kind
    std::string short_of_metric;            ///< of a benchmark whose metric needs what the record lacks: what there is instead, "3 answers", "no answer_type"
    bool letter_without_options = false;    ///< the truth is a letter, and there are no options
    bool truth_is_yes_or_no = false;        ///< every truth is, and there are no options
    bool more_than_yes_or_no = false;       ///< of such a record: the prediction is neither of the two alone
    std::string missing_answer;             ///< the target is the name of a field, which the document lacks: the truth is unknown
    std::string option_gap;                 ///< RecordOptions::gap
    std::vector<std::string> labels;        ///< RecordOptions::labels
    bool target_is_a_name = false;          ///< the target is the name of the document's answers: these are the truths
    std::optional<LogVerdict> verdict;      ///< the log's own
    std::optional<std::int64_t> rotated_question;  ///< of MMBench: the question that this is a rotation of, its number without the millions
    std::vector<std::string> unread_lists;  ///< keys whose text begins and ends like a list and is none: read as the text it is

    [[nodiscard]] bool answered() const { return prediction || chosen; }
    [[nodiscard]] bool known() const { return own_rule || !truths.empty() || !right_options.empty(); }
};

/// Errors name `where`, the key, what was found and what is allowed. `file` is the file's name, which may name a task (log_rule.h).
[[nodiscard]] Result<PredictionRecord> read_prediction_record(const nlohmann::ordered_json& record, const std::string& where, std::string_view file = {});

/// Does it answer by lm-eval's log-likelihoods? An infinite one has an order, and is to be read as a text then ("-Infinity", NonFiniteLiterals::InfinitiesAsTexts).
[[nodiscard]] bool has_likelihoods(const nlohmann::ordered_json& record);

/// Whose rule scores the record; null: `rule` does. A log's gives way to a rule that was asked for, which is every one but the usual.
[[nodiscard]] const AnswerKey* key_of(const PredictionRecord& record, ScoringRule rule);

/// 0 to 1, and whether that is right. Only of a record that is answered and known; `rule` where it has no rule of its own.
struct RecordValue {
    double value = 0.0;
    bool right = false;
};
[[nodiscard]] RecordValue value_of(const PredictionRecord& record, ScoringRule rule);

}  // namespace r2t2
