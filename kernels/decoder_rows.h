// Row-wise pieces of a decoder layer: RMSNorm, SwiGLU, rotary split of wqkv's rows, weighted sum of experts.
// Each with the backward pass that a gradient with respect to routing needs (activations, never weights).
// Thread rule: pure functions on the caller's memory. float and double.
#pragma once

#include <cstdint>

namespace r2t2::kernels {

/// y = x / sqrt(mean(x^2) + eps) * w, row by row. x, y [n, h]; inverse [n] is kept for the backward pass.
template <typename T>
void rms_norm_forward(const T* x, const T* w, std::int64_t n, std::int64_t h, double eps, T* y, T* inverse);
/// dx = r (w dy) - x r^3 / h <w dy, x>, with r = inverse.
template <typename T>
void rms_norm_backward(const T* dy, const T* x, const T* w, const T* inverse, std::int64_t n, std::int64_t h, T* dx);

/// y = silu(a) b, elementwise; silu(a) = a / (1 + e^-a).
template <typename T>
void swiglu_forward(const T* a, const T* b, std::int64_t count, T* y);
template <typename T>
void swiglu_backward(const T* dy, const T* a, const T* b, std::int64_t count, T* da, T* db);

/// Rows of wqkv, per key head [q_0 .. q_{g-1}, k, v] of d numbers each, to separate q, k, v; q and k rotated:
/// x' = x cos + (-x_2, x_1) sin with halves x_1, x_2. Null cos: not rotated.
/// rows [n, kv_heads * (g + 2) * d]; cos, sin [n, d]; q [n, kv_heads * g * d]; k, v [n, kv_heads * d].
struct QkvShape {
    std::int64_t rows = 0, kv_heads = 0, group = 0, head_dim = 0;
};
template <typename T>
void split_qkv_forward(const QkvShape& shape, const T* rows, const T* cos, const T* sin, T* q, T* k, T* v);
template <typename T>
void split_qkv_backward(const QkvShape& shape, const T* dq, const T* dk, const T* dv, const T* cos, const T* sin, T* drows);

/// out[n] = sum_e g[n, e] y[n, e] (+ bias[n]); y [n, experts, width]; g row stride 0 within `rows_per_gate` rows that share a gate.
/// Gates of row i: g + (i / rows_per_gate) * experts.
template <typename T>
void mix_rows_forward(const T* y, const T* g, std::int64_t n, std::int64_t rows_per_gate, std::int64_t experts,
                      std::int64_t width, T* out);
/// dg += <dout, y>; dg is zeroed by the caller.
template <typename T>
void mix_rows_backward(const T* dout, const T* y, std::int64_t n, std::int64_t rows_per_gate, std::int64_t experts,
                       std::int64_t width, T* dg);

/// out[b, t] += sum_i x[b, i, t], in the order of i; x [batch, n, width], out is zeroed by the caller.
template <typename T>
void sum_rows(const T* x, std::int64_t batch, std::int64_t n, std::int64_t width, T* out);

}  // namespace r2t2::kernels
