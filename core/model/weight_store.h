// Between checkpoint files and tensors: reading, seeded initialisation, writing.
#pragma once

#include <filesystem>

#include "core/base/cancel.h"
#include "core/base/progress.h"
#include "core/model/engine.h"
#include "core/model/moai_weights.h"
#include "core/model/safetensors.h"

namespace r2t2 {

/// The type of activations and dense weights on a device.
[[nodiscard]] at::ScalarType scalar_type(Precision precision, const at::Device& device);
[[nodiscard]] WeightFormat weight_format(Precision precision);
[[nodiscard]] const char* precision_name(Precision precision);  ///< "fp32", "nf4"

/// One tensor, converted to `options`. Errors name file and tensor: not there, not floating point, not finite.
[[nodiscard]] Result<at::Tensor> read_weight(const Checkpoint& checkpoint, const std::string& name, const std::string& where,
                                             const at::TensorOptions& options);

/// All tensors of the table, converted to `options`; what may_be_quantised goes into `format`. Non-finite weights are
/// refused with tensor and index. Files are memory-mapped; one tensor at a time is converted. Looks at `cancel` once a tensor.
[[nodiscard]] Result<WeightMap> read_weights(const ModelConfig& config, const Checkpoint& checkpoint,
                                             const std::string& where, const at::TensorOptions& options, WeightFormat format,
                                             const CancelToken& cancel = {});

/// Writes `named` in float32 as one model.safetensors. Order and bytes depend on the values alone.
[[nodiscard]] Status write_weights(const TensorMap& named, const std::filesystem::path& file);

}  // namespace r2t2
