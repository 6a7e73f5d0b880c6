// Where the engine meets the CUDA kernels: tensors in, plain pointers out. Stock operations of the same formula do the work
// wherever these say that they do not serve a tensor (another device, another type, built without CUDA).
//
// Thread rule: pure functions; they launch on the calling thread's current stream and wait for nothing.
#pragma once

#include "core/model/weight_matrix.h"

namespace r2t2 {

/// A CUDA tensor of float32, float16 or bfloat16, in a build with CUDA kernels.
[[nodiscard]] bool device_serves(const at::Tensor& tensor);

/// fused_mix_rows: rows [B, n, E, W], without copying rows that one sample shares with the whole batch; gate [B, n or 1, E].
/// Gradient of the gate only. Call where device_serves(rows).
[[nodiscard]] at::Tensor device_mix_rows(const at::Tensor& rows, const at::Tensor& gate);

/// Rows [from, to) of a quantised weight as numbers of `type`. Undefined: not served.
[[nodiscard]] at::Tensor device_dequantised_rows(const WeightMatrix& weight, std::int64_t from, std::int64_t to, at::ScalarType type);

/// x W^T for a quantised weight and the few rows of a generated token, x [.., columns] with at most eight rows, straight from the
/// codes; without gradient. Undefined: not served.
[[nodiscard]] at::Tensor device_few_rows_product(const at::Tensor& x, const WeightMatrix& weight);

}  // namespace r2t2
