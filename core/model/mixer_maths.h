// The weighted sum of experts and its gradient with respect to the weights alone.
#pragma once

#include "core/model/torch_shim.h"

namespace r2t2 {

/// X' = x * sum_e g_e + sum_e g_e y_e. x [B, n, H]; outputs y [3, B, n, H] without their residual; gate [B, n or 1, 3].
/// Gates may be wider than x (float32 beside bfloat16): the sum is then float32, the result x's type.
/// Weights that do not sum to 1 scale the residual too, as in upstream where every expert returns q + y.
[[nodiscard]] at::Tensor mix_experts(const at::Tensor& x, const at::Tensor& outputs, const at::Tensor& gate);

/// out[b, n, :] = sum_e g[b, n or 0, e] rows[b, n, e, :]. The backward pass yields the gradient of g only.
[[nodiscard]] at::Tensor mix_cached_rows(const at::Tensor& rows, const at::Tensor& gate);

}  // namespace r2t2
