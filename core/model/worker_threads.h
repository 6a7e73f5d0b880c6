// Loops over independent pieces of work, shared out among as many threads as the caller computes with. For pieces of a millisecond and
// more: threads are started for each loop (some 20 microseconds). at::parallel_for is no alternative: its loop is compiled into the
// caller, who would have to be built with the OpenMP runtime that this LibTorch happens to bring.
// Thread rule: `work` runs on several threads at once; within it torch computes with one thread and records no gradients.
#pragma once

#include <cstdint>
#include <functional>

namespace r2t2 {

/// work(0) ... work(count - 1), in any order. The first exception thrown is thrown again here, after all threads have ended; pieces
/// not begun by then are left out.
void share_out(std::int64_t count, const std::function<void(std::int64_t)>& work);

/// work(begin, end) over rows [0, rows) in one piece a thread, none smaller than `at_least` but the last.
void share_out_rows(std::int64_t rows, std::int64_t at_least, const std::function<void(std::int64_t, std::int64_t)>& work);

}  // namespace r2t2
