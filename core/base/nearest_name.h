// Which known name did the writer of a wrong one mean?
//
// Thread rule: pure function.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace r2t2 {

/// The name that the fewest slips make out of `typed` (a letter more, less or another, two neighbours exchanged), where they are few for its
/// length: one in four letters, at most two. Empty: none. Equal distances: the first.
[[nodiscard]] std::string nearest_name(std::string_view typed, std::span<const std::string> known);

}  // namespace r2t2
