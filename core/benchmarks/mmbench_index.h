// What the column "index" of MMBench's table says: which row it is, and which question the row is a rotation of.
//
// Thread rule: pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace r2t2 {

struct MmbenchIndex {
    std::string id;         ///< a whole number as its digits ("241" of "241.0"), else the text
    std::string group;      ///< the question's own row: numbers that are a million apart; a text's is itself
    bool rotation = false;
    bool is_text = false;   ///< "12-3": it says of no other row that it asks the same
};

/// None: nothing (also what pandas left of it), longer than a name is, or a number that is no whole one.
[[nodiscard]] std::optional<MmbenchIndex> mmbench_index(std::string_view cell);

inline constexpr std::size_t kLongestMmbenchIndex = 64;

}  // namespace r2t2
