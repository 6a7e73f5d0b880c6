// Bilinear resizing byte for byte as Pillow does it for 8-bit pictures.
//
// MoAI's evaluation resizes with PIL.Image.BILINEAR, whose filter widens when shrinking (antialiasing). Per axis,
// horizontal first: triangle weights, normalised, rounded to 22 fractional bits; the picture between the two passes is
// 8-bit; a pass whose size does not change is skipped. Thread rule: pure function.
#pragma once

#include "core/vision/image.h"

namespace r2t2 {

/// Sizes are at least 1. The aspect ratio is not kept.
[[nodiscard]] Image resize_bilinear_pillow(const Image& image, int width, int height);

}  // namespace r2t2
