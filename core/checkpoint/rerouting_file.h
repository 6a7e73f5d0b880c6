// rerouting.json: parameters that lie beside a checkpoint.
//
// Thread rule: pure functions of what lies on the disk.
#pragma once

#include <filesystem>
#include <string>

#include "core/base/result.h"
#include "core/routing/method_params.h"

namespace r2t2 {

/// Recommended parameters: an object with any of "initial_lr", "final_lr", "steps", "num_neighbors", "bandwidth", "mode", "granularity",
/// "frame", "schedule", "kernel"; what begins with "_" is a remark. They were measured on validation data and replace the defaults of `params`;
/// what the user states on the command line comes after. No such file: nothing changes, false. Errors name file, field, found, allowed: what
/// cannot be read, broken JSON, a field twice, unknown or out of range.
[[nodiscard]] Result<bool> apply_recommended(const std::filesystem::path& model_directory, MethodParams& params);

/// Of the file's content, 16 hex digits; "none" where there is no such file.
[[nodiscard]] std::string recommended_hash(const std::filesystem::path& model_directory);

}  // namespace r2t2
