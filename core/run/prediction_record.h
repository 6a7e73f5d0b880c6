// One record of another program's predictions. Which keys are read, and as what: core/run/score_file.h.
//
// Thread rule: plain values, pure functions.
#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
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
    bool target_is_a_name = false;          ///< the target is the name of the document's answers: these are the truths
    std::vector<std::string> unread_lists;  ///< keys whose text begins and ends like a list and is none: read as the text it is

    [[nodiscard]] bool answered() const { return prediction || chosen; }
    [[nodiscard]] bool known() const { return own_rule || !truths.empty() || !right_options.empty(); }
};

/// Errors name `where`, the key, what was found and what is allowed.
[[nodiscard]] Result<PredictionRecord> read_prediction_record(const nlohmann::ordered_json& record, const std::string& where);

/// 0 to 1, and whether that is right. Only of a record that is answered and known; `rule` where it has no rule of its own.
struct RecordValue {
    double value = 0.0;
    bool right = false;
};
[[nodiscard]] RecordValue value_of(const PredictionRecord& record, ScoringRule rule);

}  // namespace r2t2
