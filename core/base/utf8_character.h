// UTF-8, character by character.
//
// Thread rule: pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace r2t2 {

struct Utf8Character {
    std::size_t bytes = 1;
    std::uint32_t code = 0;  ///< the byte itself where it is no UTF-8
    bool valid = false;
};

/// The first of `text`, which is not empty. One byte where it is not well-formed: half a character, a longer form than needed, a surrogate.
[[nodiscard]] Utf8Character first_character(std::string_view text);

/// Well-formed from end to end.
[[nodiscard]] bool is_utf8(std::string_view text);

}  // namespace r2t2
