// Attention over sequences of a real picture's length (1,225 image tokens and more) on the CPU: matrix products by BLAS, a block of
// queries of one head at a time, so that scores stay in the processor's cache. Keys that no query of a block sees (causality) are left
// out: nearly half of them. The backward pass computes the probabilities again from their row sums: keeping them would take B h n m
// numbers a layer (1.1 GB for five neighbours, 32 heads and 1,300 tokens).
//
// The same formula as kernels/attention.h, whose loops are faster where dispatch costs more than arithmetic (short sequences).
// Cost: 4 B h d operations forward and 10 B h d backward for each pair of a query and a key that is not left out.
// Threads: batch rows and key heads are shared out among the caller's (at::get_num_threads). Pure functions.
#pragma once

#include "core/model/torch_shim.h"

namespace r2t2 {

/// Worth it from about this many scores a head on (docs/model.md).
inline constexpr std::int64_t long_attention_scores = 1 << 16;

/// Queries of a block: of 64 to 512, 128 is fastest at MoAI's lengths (a block's scores against 1,265 keys: 650 kB).
inline constexpr std::int64_t long_attention_block = 128;

/// softmax(q k^T / sqrt(d) + bias) v. q [B, n, heads * d]; k, v [B, m, kv_heads * d]; bias [B or 1, 1, n or 1, m] or undefined.
/// float32 and float64. Gradients of q, k and v.
[[nodiscard]] at::Tensor long_attention(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v, const at::Tensor& bias,
                                        std::int64_t heads, std::int64_t kv_heads);

}  // namespace r2t2
