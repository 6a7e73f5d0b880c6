// Can a person make out what is on a picture? Enough to choose which one a newcomer is shown first. Thread rule: pure.
#pragma once

#include "core/vision/image.h"

namespace r2t2 {

/// The grey of 2 % to 98 % of its points spans at least kClearRange of 255, and the median difference between points beside each other is at most
/// kClearGrain: neither dim nor full of noise. At most some 65,000 points are looked at.
inline constexpr double kClearRange = 80.0;
inline constexpr double kClearGrain = 8.0;
[[nodiscard]] bool is_clear(const Image& image);

}  // namespace r2t2
