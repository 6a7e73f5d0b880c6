// Internal to core/reference: a whole file in, with a limit.
#pragma once

#include <cstdint>
#include <string>

#include "core/base/result.h"

namespace r2t2::reference_file {

/// A whole file; errors: missing, not a regular file, larger than `limit` bytes, unreadable, a Git LFS pointer.
[[nodiscard]] Result<std::string> read(const std::string& path, std::uint64_t limit);

}  // namespace r2t2::reference_file
