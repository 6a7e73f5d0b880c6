// How long a test waits for what must come, on a machine that has other things to do. What never comes is found out all the same.
#pragma once

namespace r2t2 {

/// Milliseconds. Qt waits twice as long again before it says which condition never came: three times this is less than a test may take.
inline constexpr int kPatience = 400'000;

}  // namespace r2t2
