// What another program's log says of its own record: right or wrong. Ours is held against it, so that a metric which is not the log's own is seen.
//
// Read is the first of the metrics that the record lists (lm-eval's "metrics"), else of exact_match, acc, relaxed_overall, relaxed_accuracy, anls, hit,
// is_correct, correct, that is true, false, 0 or 1; else the "score" of an object whose name ends in _accuracy or _score (lmms-eval's "pope_accuracy").
// A "correct" that is a number is an index. Values between say nothing here.
// Thread rule: pure function.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

namespace r2t2 {

struct LogVerdict {
    std::string metric;  ///< its key
    bool right = false;
};

[[nodiscard]] std::optional<LogVerdict> verdict_of_log(const nlohmann::ordered_json& record);

}  // namespace r2t2
