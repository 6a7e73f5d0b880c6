// Reads the summaries of a sample table in chunks. Thread rule: `read_samples` runs on a worker.
#pragma once

#include <atomic>
#include <functional>
#include <utility>
#include <vector>

#include "core/base/result.h"
#include "ui/models/job_runner.h"
#include "ui/models/sample_row.h"

namespace r2t2::ui {

using ReadChunks = std::vector<std::pair<std::size_t, SampleChunkPtr>>;  ///< number of the chunk, chunk

/// Every chunk once: the wanted one if somebody waits for it (-1: nobody), else the next. `take` gets what has been read
/// on the thread that owns the job, some thirty times a second. Looks at the token once a sample.
[[nodiscard]] Result<int> read_samples(const SampleSource& source, std::atomic<int>& wanted,
                                       const JobRunner::Context& context, const std::function<void(ReadChunks)>& take);

}  // namespace r2t2::ui
