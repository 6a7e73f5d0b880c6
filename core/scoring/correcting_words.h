// How a sentence begins that takes back what stands before it: "Actually, B.", "Wait, no, it is B.", "Edit: B". Texts are levelled (clean_answer.h).
//
// Thread rule: pure functions.
#pragma once

#include <cstddef>
#include <string_view>

namespace r2t2 {

struct Correction {
    std::size_t end = 0;    ///< behind the words; 0: no such sentence begins here
    bool declares = false;  ///< with a colon, as "Edit:" and "Correction:": what follows is declared
};

/// Of a sentence, or a line, that begins at `at` behind another.
[[nodiscard]] Correction correction_at(std::u32string_view text, std::size_t at);

}  // namespace r2t2
