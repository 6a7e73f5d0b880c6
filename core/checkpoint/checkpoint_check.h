// Is this directory a checkpoint that the engine can use? Every problem at once, not only the first.
//
// Looked at: config.json, rerouting.json, the index, every shard's header by itself, the tokenizer; names, shapes and dtypes against
// `parameter_table`; the published totals where the sizes are MoAI-7B's. Only headers are read (holes and unread data
// cost nothing) unless values are asked for. `usable()` is what the engine's own reader decides too: it accepts tensors
// that it does not know, for example, so those are warnings.
//
// Memory: bounded by the list of expected tensors and the largest header, whatever the files say.
// Thread rule: the functions may run side by side; reports are plain values.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/base/cancel.h"
#include "core/base/progress.h"
#include "core/checkpoint/model_config.h"
#include "core/checkpoint/safetensors.h"

namespace r2t2 {

struct CheckpointProblem {
    Error error;        ///< names file, tensor or field, what was found, what is allowed
    bool fatal = true;  ///< false: the engine opens the checkpoint all the same
};

/// What a tensor belongs to, in the order of the report.
enum class CheckpointPart {
    DecoderLayers,
    Mixers,
    FinalNorm,
    Compressor,
    Projector,
    VisionTower,
    Embedding,
    Head,
    Unknown
};
[[nodiscard]] std::string part_name(CheckpointPart part);  ///< "decoder layers", ...
[[nodiscard]] CheckpointPart part_of(const std::string& tensor_name);

struct PartTotals {
    std::int64_t tensors = 0;
    std::int64_t parameters = 0;
    std::int64_t bytes = 0;
    std::map<TensorDtype, std::int64_t> dtypes;  ///< tensors of each
};

struct CheckpointFile {
    std::string name;        ///< in the directory
    std::int64_t bytes = 0;  ///< of the file
    std::int64_t header_bytes = 0;
    std::int64_t tensors = 0;
    std::int64_t parameters = 0;
    bool sound = false;  ///< its header and size agree with its tensors
};

struct CheckpointReport {
    std::filesystem::path directory;
    std::optional<ModelConfig> config;                     ///< none when config.json cannot be used; tied as its weights are
    std::vector<CheckpointFile> files;                     ///< of weights, as far as they are there
    std::map<CheckpointPart, PartTotals> parts;            ///< of all tensors found
    std::int64_t expected_tensors = 0, found_tensors = 0;  ///< found: of those expected, with their shape
    std::int64_t expected_parameters = 0;
    std::int64_t parameters = 0, bytes = 0;  ///< of all tensors found; an output matrix that is the embedding again is no parameter
    bool stored_twice = false;               ///< the output matrix is the embedding (config->tie_word_embeddings), and stored all the same
    std::int64_t pieces = 0;                 ///< of the tokenizer; 0: it cannot be used
    bool published_shape = false;            ///< MoAI-7B's: the published totals were compared
    bool values_scanned = false;
    std::vector<CheckpointProblem> problems;        ///< fatal ones first, at most `max_problems`
    std::int64_t fatal_problems = 0, warnings = 0;  ///< all, kept or not

    [[nodiscard]] bool usable() const { return fatal_problems == 0; }
};

struct CheckpointCheckOptions {
    bool scan_values = false;           ///< read all weights and look for NaN and infinity
    std::size_t max_problems = 10'000;  ///< kept in the report
};

/// NotFound when there is no such directory, Cancelled. Looks at `cancel` once a file and, scanning, every 16 MiB;
/// progress (MiB) is told while values are scanned.
[[nodiscard]] Result<CheckpointReport> check_checkpoint(const std::filesystem::path& directory,
                                                        const CheckpointCheckOptions& options = {},
                                                        const ProgressCallback& progress = {},
                                                        const CancelToken& cancel = {});

}  // namespace r2t2
