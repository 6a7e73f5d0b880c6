// Between checkpoint files and tensors: reading, seeded initialisation, writing.
#pragma once

#include <filesystem>

#include "core/base/cancel.h"
#include "core/base/progress.h"
#include "core/model/engine.h"
#include "core/model/moai_weights.h"
#include "core/model/safetensors.h"

namespace r2t2 {

[[nodiscard]] at::ScalarType scalar_type(Precision precision);

/// One tensor, converted to `options`. Errors name file and tensor: not there, not floating point, not finite.
[[nodiscard]] Result<at::Tensor> read_weight(const Checkpoint& checkpoint, const std::string& name, const std::string& where,
                                             const at::TensorOptions& options);

/// All tensors of the table, converted to `options`. Non-finite weights are refused with tensor and index.
/// Files are memory-mapped; one tensor at a time is converted. Looks at `cancel` once a tensor.
[[nodiscard]] Result<TensorMap> read_weights(const ModelConfig& config, const Checkpoint& checkpoint,
                                             const std::string& where, const at::TensorOptions& options,
                                             const CancelToken& cancel = {});

/// Writes `named` in float32 as one model.safetensors. Order and bytes depend on the values alone.
[[nodiscard]] Status write_weights(const TensorMap& named, const std::filesystem::path& file);

}  // namespace r2t2
