// Temporary files that stand beside what they are to become ("set.json.Xk3v9q.part"): who they belong to, and who removes them.
//
// While one is written it is locked (flock) and noted here. A program that is ended by a signal removes what it noted; what a killed one
// left is locked by nobody: the next writer of the same target removes it and says so. Names of other forms are nobody's business.
// Thread rule: callable from any thread; `remove_temporary_files` from a signal handler too.
#pragma once

#include <filesystem>

#include "core/base/result.h"

namespace r2t2 {

struct TemporaryFile {
    std::filesystem::path path;
    int descriptor = -1;  ///< locked where the file system knows locks
    int note = -1;        ///< for `forget_temporary`
};

/// "<target>.<six letters>.part", private, empty, open for writing and noted; leftovers of the same target are removed before. Errors: Io.
[[nodiscard]] Result<TemporaryFile> create_temporary(const std::filesystem::path& target);

/// It has become what it was for, or is gone.
void forget_temporary(int note);

/// All that is noted, by its name. Async-signal-safe; the process is to end afterwards.
void remove_temporary_files();

/// How many bytes a temporary name has more than its target's.
inline constexpr std::size_t kTemporaryNameRoom = 12;

}  // namespace r2t2
