// The one place that knows which LibTorch this is (1.13 of Debian 12, or 2.x), and a few operations whose stock
// version is wrong or missing somewhere.
#pragma once

#include <ATen/ATen.h>
#include <torch/csrc/autograd/custom_function.h>

namespace r2t2 {

/// To be called once before the first operation: blocks below 4 MB stay with malloc, and oneDNN is switched off. Debian's
/// 1.13.1 has a float32 GELU backward that returns garbage for non-contiguous gradients when oneDNN is on.
void configure_torch();

/// Exact (erf) GELU with a correct backward on every supported LibTorch.
[[nodiscard]] at::Tensor gelu_erf(const at::Tensor& x);

/// The type that sums and gates are kept in: float32, or float64 for a float64 model.
[[nodiscard]] inline at::ScalarType wide_type(at::ScalarType type) {
    return type == at::kDouble ? at::kDouble : at::kFloat;
}

/// Half precision on the CPU: many operations of LibTorch 1.13 are missing there or slow, so they compute in float32.
[[nodiscard]] inline bool narrow_on_cpu(const at::Tensor& t) {
    return t.device().is_cpu() && (t.scalar_type() == at::kBFloat16 || t.scalar_type() == at::kHalf);
}

/// The tensor itself, or in float32 where narrow_on_cpu.
[[nodiscard]] inline at::Tensor widened_on_cpu(const at::Tensor& t) {
    return t.defined() && narrow_on_cpu(t) ? t.to(at::kFloat) : t;
}

/// x * rsqrt(mean(x^2) + eps) in float32 (float64 stays float64), cast back, times weight.
[[nodiscard]] at::Tensor rms_norm(const at::Tensor& x, const at::Tensor& weight, double eps);

/// softmax(q k^T / sqrt(d) + bias) v without keeping the probabilities: q, k, v [B, heads, n or m, d], bias broadcastable to
/// [B, heads, n, m] or undefined. LibTorch 2.x on a device, where has_device_attention says so.
[[nodiscard]] bool has_device_attention(const at::Tensor& q);
[[nodiscard]] at::Tensor device_attention(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v, const at::Tensor& bias);

/// softmax over the last dimension in float32 or wider, cast back.
[[nodiscard]] at::Tensor softmax_last(const at::Tensor& x);

}  // namespace r2t2
