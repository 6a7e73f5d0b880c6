// Files of a name that nobody has, for programs that write a file by name (SQLite) and not through a descriptor (atomic_file.h).
//
//   Result<std::filesystem::path> partial = make_fresh_file("joined.r2t2", ".merging");   // "joined.r2t2.Xk3v9q.merging", empty
//   ... write it ...
//   R2T2_TRY(rename_to_free(*partial, "joined.r2t2"));
//
// Thread rule: callable from any thread.
#pragma once

#include <filesystem>
#include <string>

#include "core/base/result.h"

namespace r2t2 {

/// Beside `target`, which need not be there. Errors (Io) name the target.
[[nodiscard]] Result<std::filesystem::path> make_fresh_file(const std::filesystem::path& target, const std::string& ending);

/// Takes the place of nothing: where `target` is there by now, both files stay as they are. Errors name the target: another program made
/// it meanwhile (InvalidInput), the system's reason (Io).
[[nodiscard]] Status rename_to_free(const std::filesystem::path& from, const std::filesystem::path& target);

}  // namespace r2t2
