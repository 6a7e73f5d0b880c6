// Checkpoints of random numbers in the published layout: for tests of readers, for speed and memory at full size. What
// such a model answers means nothing, and its name says so.
//
// Written: config.json, model.safetensors or shards with model.safetensors.index.json, tokenizer.model (synthetic),
// tokenizer_config.json, special_tokens_map.json, generation_config.json. The directory appears whole or not at all; 4
// MiB a thread are held at a time, whatever the size. Equal seeds give equal tensors, whatever the shards and threads.
// Thread rule: one call at a time; it uses `threads` of its own.
#pragma once

#include <cstdint>
#include <filesystem>
#include <limits>

#include "core/base/cancel.h"
#include "core/base/progress.h"
#include "core/checkpoint/model_config.h"
#include "core/checkpoint/safetensors.h"

namespace r2t2 {

struct RandomCheckpointOptions {
    std::uint64_t seed = 1;
    TensorDtype dtype = TensorDtype::BF16;  ///< BF16, F16 or F32
    int shards = 0;                         ///< 0: as many as 10 GB each need, as published
    bool headers_only = false;              ///< files of full size whose data are holes: all weights are zero
    bool replace = false;                   ///< an existing checkpoint directory is replaced
    int threads = 0;                        ///< 0: one a processor
    /// Tests: the device is "full" after this many bytes of one file.
    std::uint64_t fail_after_bytes = std::numeric_limits<std::uint64_t>::max();
};

struct RandomCheckpoint {
    int files = 0;  ///< of weights
    std::int64_t tensors = 0;
    std::int64_t parameters = 0;
    std::int64_t bytes = 0;  ///< of all tensors
};

/// InvalidInput (a directory that is not empty, options), Io (disk full: before anything is written where the system
/// tells, the free space is compared), Cancelled. After an error nothing is left. Looks at `cancel` every few MiB;
/// progress is in MiB.
[[nodiscard]] Result<RandomCheckpoint> write_random_checkpoint(const ModelConfig& config,
                                                               const std::filesystem::path& directory,
                                                               const RandomCheckpointOptions& options,
                                                               const ProgressCallback& progress = {},
                                                               const CancelToken& cancel = {});

}  // namespace r2t2
