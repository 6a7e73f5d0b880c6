// Numbers as benchmarks' scripts read them: Python's float(text).
//
// Thread rule: pure function.
#pragma once

#include <optional>
#include <string_view>

namespace r2t2 {

/// Digits of every script, underscores between digits, white space around; none: no number, or one of the words for infinity and for what is none.
[[nodiscard]] std::optional<double> python_float(std::string_view text);

}  // namespace r2t2
