// Which samples of the sets that are evaluated are references too: asked by a run before its first sample and by `r2t2 reference info --eval`.
//
// Pictures are opened where some reference asks the same question, each file once. Thread rule: call from one thread; it blocks.
#pragma once

#include "core/base/cancel.h"
#include "core/base/progress.h"
#include "core/reference/reference_overlap.h"
#include "core/run/evaluation.h"

namespace r2t2 {

struct OverlapOptions {
    int threads = 0;  ///< 0 = as many as the machine has
    Shard shard;      ///< only samples of this part are looked at
    std::size_t side_by_side = 1;  ///< of the evaluation: how its samples are grouped into shards
};

/// A picture that cannot be opened is compared by its path. Errors: cancelled.
[[nodiscard]] Result<ReferenceOverlap> evaluation_overlap(const ReferenceStore& store, const std::vector<SampleSetPtr>& sets, const OverlapOptions& options = {},
                                                          const ProgressCallback& progress = {}, const CancelToken& cancel = {});

/// Hashes of records' pictures that are not known yet, as opening the file for an evaluation takes them. `folder`: where relative paths begin.
/// Records whose picture cannot be opened stay as they are. Errors: cancelled.
[[nodiscard]] Status add_picture_hashes(std::vector<ReferenceRecord>& records, const std::filesystem::path& folder, const CancelToken& cancel = {});

}  // namespace r2t2
