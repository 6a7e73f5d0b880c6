// A 3 x 5 pixel font for the words printed on objects: black capitals on a white plate with a border of one pixel.
#pragma once

#include <array>
#include <string_view>

namespace r2t2 {

inline constexpr int kPlateWidth = 13;   ///< 1 + 3 letters of 3 + 2 gaps of 1 + 1
inline constexpr int kPlateHeight = 7;   ///< 1 + 5 + 1
inline constexpr int kPlateOverlap = 2;  ///< rows of the plate that cover the shape's lower edge

/// Ink of a three-letter word in lower case: [row][column], true = black.
using PlateInk = std::array<std::array<bool, kPlateWidth>, kPlateHeight>;
[[nodiscard]] PlateInk plate_ink(std::string_view word);

}  // namespace r2t2
