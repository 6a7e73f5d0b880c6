// Names out of foreign files, in messages.
// Thread rule: pure function.
#pragma once

#include <string>
#include <string_view>

namespace r2t2 {

/// A name from a file, made fit for a message: quoted, control bytes escaped, cut after 120 bytes.
[[nodiscard]] std::string quoted_name(std::string_view text);

}  // namespace r2t2
