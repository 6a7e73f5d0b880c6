// Blocks of rows on a few threads. Private to the room.
//
// Each block writes only what belongs to its own rows, so results do not depend on the number of threads.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <functional>
#include <thread>

#include "core/base/extra_threads.h"

namespace r2t2 {

/// work(begin, end) for the blocks [0, block), [block, 2 block) ... of `count` rows, each once, in no fixed order. `wanted`
/// threads, or as many as the machine has when 0; fewer where the system has no more. The caller works too and waits for the others. `work` must not throw.
inline void for_row_blocks(std::size_t count, std::size_t block, int wanted,
                           const std::function<void(std::size_t, std::size_t)>& work) {
    std::atomic<std::size_t> next{0};
    const auto worker = [&] {
        for (std::size_t begin = next.fetch_add(block); begin < count; begin = next.fetch_add(block)) {
            work(begin, std::min(count, begin + block));
        }
    };
    const std::size_t machine = std::max(1U, std::thread::hardware_concurrency());
    const std::size_t threads = std::min(wanted > 0 ? static_cast<std::size_t>(wanted) : machine, (count + block - 1) / block);
    run_on_threads(threads, worker);
}

}  // namespace r2t2
