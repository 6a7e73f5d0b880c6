// A name that nobody has, for files that are written by name (SQLite's) and not through a descriptor (atomic_file.h).
//
// Thread rule: callable from any thread.
#pragma once

#include <filesystem>

#include "core/base/result.h"

namespace r2t2 {

/// Takes the place of nothing: where `target` is there by now, both files stay as they are. Errors name the target: another program made
/// it meanwhile (InvalidInput), the system's reason (Io).
[[nodiscard]] Status rename_to_free(const std::filesystem::path& from, const std::filesystem::path& target);

}  // namespace r2t2
