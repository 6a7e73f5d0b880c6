// The sessions of an evaluation's shards, joined into one as if it had been run whole.
//
// Samples are read with their checksums and written as they are. The joined runs carry the shards' configuration without the
// shard; times and versions are those of shard 0. Thread rule: opens its own readers and writer; callable from any thread.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/base/cancel.h"
#include "core/base/progress.h"
#include "core/base/result.h"

namespace r2t2 {

struct MergedSession {
    std::size_t shards = 0;
    std::size_t runs = 0;
    std::int64_t samples = 0;  ///< of every run together, errors included
    std::int64_t errors = 0;
};

/// `output` must not be there; it appears when it is whole. Every session holds one shard: its last evaluation.
/// Errors: an output that is there, a session that is not a shard's, a shard twice or missing, a run that is not finished, shards
/// of different evaluations (names the first difference), a row that does not hold what was written; cancelled.
[[nodiscard]] Result<MergedSession> merge_sessions(const std::vector<std::filesystem::path>& shards, const std::filesystem::path& output,
                                                   const std::string& command, const ProgressCallback& progress, const CancelToken& cancel);

}  // namespace r2t2
