// How much memory this process has held at most.
// Thread rule: any thread.
#pragma once

#include <cstdint>

namespace r2t2 {

/// Largest resident memory so far in bytes, files that are mapped and touched included; 0 where the system does not tell.
[[nodiscard]] std::int64_t peak_memory();

}  // namespace r2t2
