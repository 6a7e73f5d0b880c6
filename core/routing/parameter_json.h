// The value of one parameter in JSON: rerouting.json, and the parameters that runs store.
//
// Errors name file, field, found, allowed. Thread rule: pure functions.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "core/routing/parameter_table.h"

namespace r2t2 {

/// A word, a number, or null for none.
[[nodiscard]] nlohmann::ordered_json parameter_json(const ParameterRow& row, const MethodParams& params);
/// In range and of the row's kind; none is its word ("median"). `key`: as the file names it, the error's field.
[[nodiscard]] Result<ParameterValue> parameter_value(const ParameterRow& row, const nlohmann::ordered_json& json, const std::string& where,
                                                     const std::string& key);
/// "mode, granularity, num_neighbors, ..."
[[nodiscard]] std::string parameter_fields();

}  // namespace r2t2
