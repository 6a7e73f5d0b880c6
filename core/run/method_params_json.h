// Method parameters as JSON, in the command line's words: stored with runs and shown in reports.
//
// Thread rule: pure functions.
#pragma once

#include <filesystem>
#include <string>

#include "core/base/result.h"
#include "core/routing/method_params.h"

namespace r2t2 {

[[nodiscard]] std::string method_params_json(const MethodParams& params);
/// What method_params_json wrote, exactly. Errors name field, found, allowed; a field that is missing keeps its default.
[[nodiscard]] Result<MethodParams> parse_method_params(const std::string& json, const std::string& where);

/// Recommended parameters that lie beside a checkpoint, `rerouting.json`: an object with any of "initial_lr",
/// "final_lr", "steps", "num_neighbors", "bandwidth", "mode", "granularity", "frame", "schedule", "kernel". They were measured on
/// validation data and replace the defaults of `params`; what the user states on the command line comes after.
/// No such file: nothing changes, false. Errors name file, field, found, allowed.
[[nodiscard]] Result<bool> apply_recommended(const std::filesystem::path& model_directory, MethodParams& params);

}  // namespace r2t2
