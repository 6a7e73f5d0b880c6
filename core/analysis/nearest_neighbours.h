// Each row's nearest other rows, exactly, without an index.
//
// Every pair is measured, in tiles that stay in the cache: n^2 D / 2 nanoseconds or so on one core (45,000 rows of 116
// numbers: about a minute), shared by the threads. Where FAISS is at hand its answer can be used instead.
// Units: those of the rows, squared. Thread rule: pure; results do not depend on the number of threads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/base/cancel.h"
#include "core/base/progress.h"
#include "core/base/result.h"

namespace r2t2 {

struct NearestNeighbours {
    std::size_t k = 0;
    std::vector<std::uint32_t> index;     ///< [n, k] nearest first; a row is not its own neighbour
    std::vector<float> squared_distance;  ///< [n, k]
};

/// `rows` [count, dimension], below 1e15. Of equally near rows the first come first. Looks at the token once a block of 64
/// rows; `progress` (stage "neighbours", in rows) runs on the caller's thread. Errors: InvalidInput for sizes that do not
/// fit, values that are not finite or too large, and k outside 1 .. count - 1; Cancelled.
[[nodiscard]] Result<NearestNeighbours> nearest_neighbours(std::span<const float> rows, std::size_t count,
                                                           std::size_t dimension, std::size_t k, int threads,
                                                           const ProgressCallback& progress, const CancelToken& cancel);

}  // namespace r2t2
