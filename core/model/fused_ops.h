// Autograd around the CPU kernels: one node where stock operations would be five to twenty. Half precision on the CPU goes
// through the kernels in float32 and is rounded after each operation; other devices take stock operations of the same formula.
// All gradients are with respect to activations; weights get theirs where they ask for one (training).
#pragma once

#include "core/model/torch_shim.h"

namespace r2t2 {

/// rms_norm of torch_shim.h as one node.
[[nodiscard]] at::Tensor fused_rms_norm(const at::Tensor& x, const at::Tensor& weight, double eps);

/// silu(a) * b.
[[nodiscard]] at::Tensor fused_swiglu(const at::Tensor& a, const at::Tensor& b);

/// x W^T (+ b) on the last dimension; one node when neither W nor b wants a gradient.
[[nodiscard]] at::Tensor frozen_linear(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias);

/// Rows of wqkv [B, n, kv_heads * (g + 2) * d] to q [B, n, kv_heads * g * d], k and v [B, n, kv_heads * d]; q and k
/// rotated by cos, sin [B, n, d] (undefined: not rotated).
struct SplitQkv {
    at::Tensor q, k, v;
};
[[nodiscard]] SplitQkv fused_split_qkv(const at::Tensor& rows, const at::Tensor& cos, const at::Tensor& sin,
                                       std::int64_t kv_heads, std::int64_t group, std::int64_t head_dim);

/// softmax(q k^T / sqrt(d) + bias) v. q [B, n, heads * d]; k, v [B, m, kv_heads * d]; bias [B, 1, n or 1, m] or undefined.
[[nodiscard]] at::Tensor fused_attention(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
                                         const at::Tensor& bias, std::int64_t heads, std::int64_t kv_heads);

/// gelu(S1_p S0_p x) for a bank of projections: x [N, H]; first [P * R, H]; second [P, H, R] -> [P, N, H].
[[nodiscard]] at::Tensor projection_bank(const at::Tensor& x, const at::Tensor& first, const at::Tensor& second);

/// gelu(S1_e S0_e x_e), one input each: x [E, N, H]; first [E, R, H]; second [E, H, R] -> [E, N, H].
[[nodiscard]] at::Tensor output_bank(const at::Tensor& x, const at::Tensor& first, const at::Tensor& second);

/// out[b, n] = sum_e g[b, n or 0, e] rows[b, n, e]; gradient of g only. g may be wider than
/// rows (float32 beside bfloat16); the result has the type of rows.
[[nodiscard]] at::Tensor fused_mix_rows(const at::Tensor& rows, const at::Tensor& gate);

/// x [B, 1, n] for each of `count` tokens: [B, count, n]. The gradient is summed in the order of the tokens, so that padding, whose
/// gradients are zeros, changes no bit of it.
[[nodiscard]] at::Tensor for_every_token(const at::Tensor& x, std::int64_t count);

}  // namespace r2t2
