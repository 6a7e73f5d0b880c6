// How long a test waits for what must come, on a machine that has other things to do. What never comes is found out all the same.
#pragma once

namespace r2t2 {

inline constexpr int kPatience = 600'000;  ///< milliseconds

}  // namespace r2t2
