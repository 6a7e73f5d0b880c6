#include "kernels/attention_rows.h"

#include <algorithm>
#include <limits>

#include "kernels/vector_math.h"

namespace r2t2::kernels {

namespace {

template <typename T>
constexpr T kHidden = T(-1e30);

template <typename T>
R2T2_INLINE void raise_to(const T* row, std::int64_t n, T* highest) {
    for (std::int64_t j = 0; j < n; ++j) {
        highest[j] = row[j] > highest[j] ? row[j] : highest[j];
    }
}

/// row = scale * row + bias; the largest of it.
template <typename T>
R2T2_INLINE T scaled_row(T* row, const T* bias, std::int64_t n, T scale) {
    T top = -std::numeric_limits<T>::infinity();
    if (bias == nullptr) {
#pragma omp simd reduction(max : top)
        for (std::int64_t j = 0; j < n; ++j) {
            row[j] *= scale;
            top = row[j] > top ? row[j] : top;
        }
        return top;
    }
#pragma omp simd reduction(max : top)
    for (std::int64_t j = 0; j < n; ++j) {
        row[j] = row[j] * scale + bias[j];
        top = row[j] > top ? row[j] : top;
    }
    return top;
}

/// row = exp(row - shift); the sum of it.
template <typename T>
R2T2_INLINE T exponential_row(T* row, std::int64_t n, T shift) {
    T sum = 0;
#pragma omp simd reduction(+ : sum)
    for (std::int64_t j = 0; j < n; ++j) {
        row[j] = exponential(row[j] - shift);
        sum += row[j];
    }
    return sum;
}

/// Scale and bias of a row whose columns are the block's spans.
template <typename T>
R2T2_INLINE T scaled_spans(const ScoreBlock& block, const BiasRows<T>& bias, std::int64_t i, T* row) {
    const T* bias_row = bias.data ? bias.data + block.b * bias.batch + (block.first + i) * bias.row : nullptr;
    T top = -std::numeric_limits<T>::infinity();
    for (const KeySpan& span : *block.spans) {
        const T here = scaled_row(row, bias_row ? bias_row + span.begin : nullptr, span.size(), static_cast<T>(block.scale));
        top = here > top ? here : top;
        row += span.size();
    }
    return top;
}

template <typename T>
R2T2_INLINE void probabilities_all(const ScoreBlock& block, const BiasRows<T>& bias, T* scores, T* lse) {
    for (std::int64_t i = 0; i < block.count; ++i) {
        T* row = scores + i * block.width;
        const T top = scaled_spans(block, bias, i, row);
        const T sum = exponential_row(row, block.width, top);
        const T inverse = T(1) / sum;
        for (std::int64_t j = 0; j < block.width; ++j) {
            row[j] *= inverse;
        }
        lse[i] = top + std::log(sum);
    }
}

template <typename T>
R2T2_INLINE void again_all(const ScoreBlock& block, const BiasRows<T>& bias, const T* lse, T* scores) {
    for (std::int64_t i = 0; i < block.count; ++i) {
        T* row = scores + i * block.width;
        if (lse[i] <= kHidden<T>) {
            std::fill(row, row + block.width, T(0));
            continue;
        }
        scaled_spans(block, bias, i, row);
        exponential_row(row, block.width, lse[i]);
    }
}

template <typename T>
R2T2_INLINE void gradient_all(const ScoreBlock& block, const T* probabilities, const T* dot, T* dp) {
    const auto scale = static_cast<T>(block.scale);
    for (std::int64_t i = 0; i < block.count; ++i) {
        const T* p = probabilities + i * block.width;
        T* row = dp + i * block.width;
        for (std::int64_t j = 0; j < block.width; ++j) {
            row[j] = scale * p[j] * (row[j] - dot[i]);
        }
    }
}

// target_clones does not go with templates: one concrete function a type. The helpers above are inlined into each.
R2T2_HOT void raise_float(const float* row, std::int64_t n, float* highest) { raise_to(row, n, highest); }
R2T2_HOT void probabilities_float(const ScoreBlock& block, const BiasRows<float>& bias, float* scores, float* lse) {
    probabilities_all(block, bias, scores, lse);
}
R2T2_HOT void again_float(const ScoreBlock& block, const BiasRows<float>& bias, const float* lse, float* scores) {
    again_all(block, bias, lse, scores);
}
R2T2_HOT void gradient_float(const ScoreBlock& block, const float* probabilities, const float* dot, float* dp) {
    gradient_all(block, probabilities, dot, dp);
}

void raise_row(const float* row, std::int64_t n, float* highest) { raise_float(row, n, highest); }
void raise_row(const double* row, std::int64_t n, double* highest) { raise_to(row, n, highest); }

}  // namespace

template <typename T>
std::vector<KeySpan> visible_keys(BiasRows<T> bias, std::int64_t b, std::int64_t first, std::int64_t last, std::int64_t keys, std::int64_t gap) {
    if (bias.data == nullptr) {
        return {{0, keys}};
    }
    std::vector<T> highest(static_cast<std::size_t>(keys), -std::numeric_limits<T>::infinity());
    for (std::int64_t i = first; i < (bias.row == 0 ? first + 1 : last); ++i) {
        raise_row(bias.data + b * bias.batch + i * bias.row, keys, highest.data());
    }
    std::vector<KeySpan> spans;
    for (std::int64_t j = 0; j < keys; ++j) {
        if (highest[static_cast<std::size_t>(j)] <= kHidden<T>) {
            continue;
        }
        if (!spans.empty() && j - spans.back().end < gap) {
            spans.back().end = j + 1;
        } else {
            spans.push_back({j, j + 1});
        }
    }
    return spans.empty() ? std::vector<KeySpan>{{0, keys}} : spans;
}

template std::vector<KeySpan> visible_keys<float>(BiasRows<float>, std::int64_t, std::int64_t, std::int64_t, std::int64_t, std::int64_t);
template std::vector<KeySpan> visible_keys<double>(BiasRows<double>, std::int64_t, std::int64_t, std::int64_t, std::int64_t, std::int64_t);

template <>
void probabilities_of_scores<float>(const ScoreBlock& block, BiasRows<float> bias, float* scores, float* lse) {
    probabilities_float(block, bias, scores, lse);
}
template <>
void probabilities_of_scores<double>(const ScoreBlock& block, BiasRows<double> bias, double* scores, double* lse) {
    probabilities_all(block, bias, scores, lse);
}

template <>
void probabilities_again<float>(const ScoreBlock& block, BiasRows<float> bias, const float* lse, float* scores) {
    again_float(block, bias, lse, scores);
}
template <>
void probabilities_again<double>(const ScoreBlock& block, BiasRows<double> bias, const double* lse, double* scores) {
    again_all(block, bias, lse, scores);
}

template <>
void gradient_of_scores<float>(const ScoreBlock& block, const float* probabilities, const float* dot, float* dp) {
    gradient_float(block, probabilities, dot, dp);
}
template <>
void gradient_of_scores<double>(const ScoreBlock& block, const double* probabilities, const double* dot, double* dp) {
    gradient_all(block, probabilities, dot, dp);
}

}  // namespace r2t2::kernels
