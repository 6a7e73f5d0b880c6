// Names out of foreign files and arguments, in messages.
// Thread rule: pure function.
#pragma once

#include <string>
#include <string_view>

namespace r2t2 {

/// A name from a file, made fit for a message: quoted, control bytes escaped, cut after 120 bytes.
[[nodiscard]] std::string quoted_name(std::string_view text);

/// Anything that is shown as part of one line: characters that steer a terminal or a text's direction, and line breaks, are escaped
/// (\n, \x1b, \u202e). Doing it twice does nothing more. Bytes that are no UTF-8 stay, but for those that are controls in Latin-1.
[[nodiscard]] std::string printable(std::string_view text);

/// Likewise, of text of several lines: line breaks and tabs are the writer's own.
[[nodiscard]] std::string printable_lines(std::string_view text);

}  // namespace r2t2
