// Where the user's cache and data are.
//
// Thread rule: pure functions of the environment and the user database.
#pragma once

#include <filesystem>

#include "core/base/result.h"

namespace r2t2 {

/// $XDG_CACHE_HOME/r2t2 or ~/.cache/r2t2; not created. Without HOME, ~ is what the user database says. NotFound where neither says anything:
/// a folder below the temporary one would be anybody's.
[[nodiscard]] Result<std::filesystem::path> cache_directory();
/// $XDG_DATA_HOME/r2t2 or ~/.local/share/r2t2; likewise.
[[nodiscard]] Result<std::filesystem::path> data_directory();

}  // namespace r2t2
