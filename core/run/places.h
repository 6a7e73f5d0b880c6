// Where things are: bundled resources, the user's cache and data.
//
// Thread rule: pure functions of the environment.
#pragma once

#include <filesystem>
#include <string>

#include "core/base/result.h"
#include "core/base/user_directories.h"

namespace r2t2 {

/// R2T2_RESOURCES; else ../share/r2t2 beside the executable; else the source tree that this was built from.
[[nodiscard]] std::filesystem::path resources_directory();
[[nodiscard]] std::filesystem::path bundled_model_directory();

/// A session file that is not there yet, its directory made: sessions/<what>-20260131-235959.sqlite of the user's data.
[[nodiscard]] Result<std::filesystem::path> new_session_path(const std::string& what);

}  // namespace r2t2
