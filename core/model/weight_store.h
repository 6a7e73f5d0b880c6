// Between checkpoint files and tensors: reading, seeded initialisation, writing.
#pragma once

#include <filesystem>

#include "core/base/cancel.h"
#include "core/base/progress.h"
#include "core/model/engine.h"
#include "core/model/moai_weights.h"
#include "core/checkpoint/safetensors.h"

namespace r2t2 {

/// The type of activations and dense weights on a device.
[[nodiscard]] at::ScalarType scalar_type(Precision precision, const at::Device& device);
[[nodiscard]] WeightFormat weight_format(Precision precision);
/// What to try where memory is short: the options of the command line that take less.
[[nodiscard]] std::string advised_precision(Precision precision);

/// One tensor, converted to `options`. Errors name file and tensor: not there, not floating point, not finite.
[[nodiscard]] Result<at::Tensor> read_weight(const Checkpoint& checkpoint, const std::string& name, const std::string& where,
                                             const at::TensorOptions& options);

struct LoadedWeights {
    WeightMap named;
    std::string sha256;  ///< of the weight file, or of its shards' hashes one after another; hexadecimal
};

/// All tensors of the table, converted to `options`; what may_be_quantised goes into `format`. Missing tensors and other
/// types are refused before anything is read; non-finite weights with tensor and index. One pass over the files
/// (weight_reader.cpp): host memory beyond the result is a few pieces of 2 million numbers. `progress` counts megabytes
/// (10^6 bytes) of the files, five times a second at most. Looks at `cancel` once a piece.
[[nodiscard]] Result<LoadedWeights> read_weights(const ModelConfig& config, const Checkpoint& checkpoint,
                                                 const std::string& where, const at::TensorOptions& options, WeightFormat format,
                                                 const ProgressCallback& progress = {}, const CancelToken& cancel = {});

/// The parts that reading one weight and reading all have in common.
[[nodiscard]] std::optional<at::ScalarType> stored_type(TensorDtype dtype);  ///< nothing: not floating point
[[nodiscard]] Status check_stored(const Checkpoint& checkpoint, const std::string& name, const std::string& where);
/// `piece` begins at element `first` of the tensor.
[[nodiscard]] Status check_finite(const std::string& file, const std::string& name, const TensorView& piece, std::int64_t first);

/// Writes `named` in float32 as one model.safetensors. Order and bytes depend on the values alone.
[[nodiscard]] Status write_weights(const TensorMap& named, const std::filesystem::path& file);

}  // namespace r2t2
