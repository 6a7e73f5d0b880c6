// Texts in the order in which people number things: "s2" before "s10".
//
// Thread rule: a pure function.
#pragma once

#include <compare>
#include <string_view>

namespace r2t2 {

/// Runs of digits count as numbers of any length, everything else byte by byte; texts that differ in leading zeros only
/// are told apart by them.
[[nodiscard]] std::strong_ordering natural_order(std::string_view a, std::string_view b);

}  // namespace r2t2
