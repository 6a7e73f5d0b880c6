// The middle of attention over long sequences, between two matrix products: a block of score rows becomes probabilities, and their
// gradient that of the scores. One pass over rows that lie in the processor's cache; nothing is kept but each row's logarithm of the sum.
//
//   p[i, j] = exp(scale * s[i, j] + bias[i, j] - lse[i]),  lse[i] = log sum_j exp(scale * s[i, j] + bias[i, j])
//   ds[i, j] = scale * p[i, j] * (dp[i, j] - dot[i]),      dot[i] = <dout[i], out[i]>
//
// The keys that no query of a block sees are left out: a block's columns are spans of keys, one after the other.
// Source: softmax and its derivative; the arrangement is that of FlashAttention 2 (Dao 2023), section 3.1.
// Thread rule: pure functions on the caller's memory. float and double.
#pragma once

#include <cstdint>
#include <vector>

#include "kernels/attention.h"

namespace r2t2::kernels {

/// Keys [begin, end).
struct KeySpan {
    std::int64_t begin = 0;
    std::int64_t end = 0;
    [[nodiscard]] std::int64_t size() const { return end - begin; }
};

/// The keys that at least one of queries [first, last) of batch row b sees, in spans at least `gap` keys apart. A bias of -1e30 or
/// less hides a key. All keys without a bias, and where every key is hidden from every query.
template <typename T>
[[nodiscard]] std::vector<KeySpan> visible_keys(BiasRows<T> bias, std::int64_t b, std::int64_t first, std::int64_t last, std::int64_t keys,
                                                std::int64_t gap);

/// A block of rows: queries [first, first + count) of batch row b against the spans' keys.
struct ScoreBlock {
    std::int64_t b = 0, first = 0, count = 0;
    const std::vector<KeySpan>* spans = nullptr;
    std::int64_t width = 0;  ///< sum of the spans' sizes: scores are [count, width], contiguous
    double scale = 1.0;
};

/// Scores in, probabilities out, in place; lse [count].
template <typename T>
void probabilities_of_scores(const ScoreBlock& block, BiasRows<T> bias, T* scores, T* lse);

/// The same from a known lse, for the backward pass. Zeros in a row that sees no key (whose output is the mean of all): it has no gradient.
template <typename T>
void probabilities_again(const ScoreBlock& block, BiasRows<T> bias, const T* lse, T* scores);

/// dp in, ds out, in place; probabilities [count, width], dot [count].
template <typename T>
void gradient_of_scores(const ScoreBlock& block, const T* probabilities, const T* dot, T* dp);

}  // namespace r2t2::kernels
