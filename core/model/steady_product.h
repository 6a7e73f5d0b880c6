// Matrix products with frozen weights, whose rows do not depend on the rows beside them where a weight is small (kernels/row_product.h):
// a sample alone then gives the bits that it gives among others, whatever kernels the BLAS takes. Larger weights, other types and devices go
// to torch. What a product takes depends on its weight alone, never on the number of rows.
// Thread rule: free functions, any thread. No autograd: these are the insides of functions that have their own.
#pragma once

#include <ATen/core/Tensor.h>

namespace r2t2 {

/// x W^T (+ bias): x [rows, K], weight [N, K]; or batched, x [B, rows, K], weight [B, N, K], without a bias.
[[nodiscard]] at::Tensor steady_product(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias = {});

/// The same with `matrix` [K, N], or [B, K, N], as it stands: the way back.
[[nodiscard]] at::Tensor steady_product_back(const at::Tensor& x, const at::Tensor& matrix);

}  // namespace r2t2
