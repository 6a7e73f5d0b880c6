// Is anything there under a name that the user gave?
//
// Thread rule: callable from any thread.
#pragma once

#include <filesystem>
#include <string>

#include "core/base/result.h"

namespace r2t2 {

/// NotFound: nothing, a link to nothing. InvalidInput: links that lead in a circle, a name that is too long. Io: the system does not say (no
/// permission). `field` and `allowed` go into the error.
[[nodiscard]] Status check_there(const std::filesystem::path& path, const std::string& field, const std::string& allowed);

}  // namespace r2t2
