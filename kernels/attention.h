// Softmax attention with an additive bias, forward and backward, over strided rows: nothing is transposed or copied.
//
//   p[b,h,i,j] = softmax_j(scale * <q[b,i,h], k[b,j,h/g]> + bias[b,i,j]);   out[b,i,h] = sum_j p[b,h,i,j] v[b,j,h/g]
//
// Serves the decoder (grouped query heads, causal bias) and the experts (no causality). Readable reference for the
// GPU version to come. Cost: 4 B h n m d operations forward, 8 B h n m d backward.
// Thread rule: pure functions on the caller's memory. float and double.
#pragma once

#include <cstdint>

namespace r2t2::kernels {

struct AttentionShape {
    std::int64_t batch = 0;
    std::int64_t heads = 0;     ///< query heads
    std::int64_t kv_heads = 0;  ///< heads share keys in groups of g = heads / kv_heads
    std::int64_t queries = 0;   ///< n
    std::int64_t keys = 0;      ///< m
    std::int64_t head_dim = 0;  ///< d
    double scale = 1.0;
};

/// Rows of one operand: element (b, i, head, t) lies at b * batch + i * row + head * head_dim + t.
template <typename T>
struct Rows {
    T* data = nullptr;
    std::int64_t batch = 0;
    std::int64_t row = 0;
};

/// bias(b, i, j) at b * batch + i * row + j; row 0 = the same for all queries. Null data = no bias.
template <typename T>
struct BiasRows {
    const T* data = nullptr;
    std::int64_t batch = 0;
    std::int64_t row = 0;
};

/// `p` [B, h, n, m] contiguous, kept for the backward pass.
template <typename T>
void attention_forward(const AttentionShape& shape, Rows<const T> q, Rows<const T> k, Rows<const T> v, BiasRows<T> bias,
                       T* p, Rows<T> out);

/// Adds to dk and dv (which must be zeroed by the caller), writes dq.
template <typename T>
void attention_backward(const AttentionShape& shape, Rows<const T> q, Rows<const T> k, Rows<const T> v, const T* p,
                        Rows<const T> dout, Rows<T> dq, Rows<T> dk, Rows<T> dv);

}  // namespace r2t2::kernels
