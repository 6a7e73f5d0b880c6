// rerouting.json: parameters that lie beside a checkpoint.
//
// Thread rule: pure functions of what lies on the disk.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/routing/method_params.h"

namespace r2t2 {

/// Recommended parameters: an object with any of the parameters (core/routing/parameter_table.h) by field, name or alias ("initial_lr",
/// "num_neighbors", "steps", ...); what begins with "_" is a remark. They were measured on validation data and replace the defaults of `params`;
/// what the user states on the command line comes after. No such file: nothing changes, false. Errors name file, field, found, allowed: what
/// cannot be read, broken JSON, a field twice (under whichever of its names), one beside the one that replaces it, unknown or out of range.
/// "variants", a list of METHOD,NAME=VALUE,..., is checked and changes nothing here.
[[nodiscard]] Result<bool> apply_recommended(const std::filesystem::path& model_directory, MethodParams& params);

/// Rows that a demo and a report show beside every method under `common`: the file's "variants" (parse_variant). None where it has none.
/// Errors as apply_recommended's.
[[nodiscard]] Result<std::vector<MethodParams>> recommended_variants(const std::filesystem::path& model_directory, const MethodParams& common);

/// Of the file's content, 16 hex digits; "none" where there is no such file.
[[nodiscard]] std::string recommended_hash(const std::filesystem::path& model_directory);

}  // namespace r2t2
