// Words of commands that are shown to be typed. Thread rule: pure function.
#pragma once

#include <string>

namespace r2t2 {

/// One word as a POSIX shell reads it: as it is, or in single quotes.
[[nodiscard]] std::string shell_word(const std::string& text);

}  // namespace r2t2
