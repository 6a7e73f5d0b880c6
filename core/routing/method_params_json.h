// Method parameters as JSON, every row of parameter_table.h under its field: stored with runs and shown in reports.
//
// Thread rule: pure functions.
#pragma once

#include <string>

#include "core/base/result.h"
#include "core/routing/method_params.h"

namespace r2t2 {

/// An object: "method", "seed" and every parameter; none is null.
[[nodiscard]] std::string method_params_json(const MethodParams& params);
/// What method_params_json wrote, exactly. Errors name field, found, allowed; a field that is missing (from before its parameter was there)
/// keeps its default.
[[nodiscard]] Result<MethodParams> parse_method_params(const std::string& json, const std::string& where);

}  // namespace r2t2
