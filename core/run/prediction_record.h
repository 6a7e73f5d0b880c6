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

    [[nodiscard]] bool answered() const { return prediction || chosen; }
    [[nodiscard]] bool known() const { return !truths.empty() || !right_options.empty(); }
};

/// Errors name `where`, the key, what was found and what is allowed.
[[nodiscard]] Result<PredictionRecord> read_prediction_record(const nlohmann::ordered_json& record, const std::string& where);

/// Only of a record that is answered and known.
[[nodiscard]] bool is_right(const PredictionRecord& record, ScoringRule rule);

}  // namespace r2t2
