// One record of a predictions' file as JSON, with what a general reader loses: whole numbers of any length, and keys that stand twice.
//
// Thread rule: pure functions.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "core/base/result.h"
#include "core/run/prediction_texts.h"

namespace r2t2 {

/// Whole numbers that fit no 64 bits become texts of their digits. Errors as core/json/parse_json.h; also a key that stands twice in one
/// object: with its line.
[[nodiscard]] Result<nlohmann::ordered_json> parse_prediction_json(RecordText record, const std::string& file);

}  // namespace r2t2
