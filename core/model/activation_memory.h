// Where torch's large blocks on the CPU come from: huge pages, and blocks freed a moment ago. An activation of MoAI's size (45 MB for
// five neighbours' feed-forward rows) is otherwise mapped and cleared anew for every operation, a quarter of a descent's time.
// Thread rule: safe from all threads.
#pragma once

#include <cstddef>

namespace r2t2 {

/// Call once, before the first operation. Blocks from 4 MB on then start at a huge page's boundary, ask the system for huge pages, and
/// some of those freed wait for the next operation; smaller ones, and all of them on systems other than Linux, come from torch's own
/// allocator. Allocators of a higher priority stay in front (c10::SetCPUAllocator).
void pool_activation_memory();

/// Gives back to the system what waits. For when memory has run out.
void release_activation_memory();

/// Bytes that wait, and how many may (512 MB unless told; 0 = none waits, as under AddressSanitizer). A block that would exceed it drives out the oldest.
[[nodiscard]] std::size_t waiting_activation_memory();
void limit_activation_memory(std::size_t bytes);

}  // namespace r2t2
