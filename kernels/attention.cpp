#include "kernels/attention.h"

#include <algorithm>
#include <limits>
#include <vector>

#include "kernels/vector_math.h"

namespace r2t2::kernels {

namespace {

/// c[n, m] = a[n, d] b[d, m] with b stored as [d, m]: the inner loop runs over contiguous m and vectorises.
template <typename T>
R2T2_INLINE void multiply(const T* a, std::int64_t a_row, const T* b, std::int64_t n, std::int64_t d, std::int64_t m, T* c,
                     std::int64_t c_row, T factor) {
    for (std::int64_t i = 0; i < n; ++i) {
        T* out = c + i * c_row;
        std::fill(out, out + m, T(0));
        for (std::int64_t t = 0; t < d; ++t) {
            const T x = a[i * a_row + t] * factor;
            const T* row = b + t * m;
            for (std::int64_t j = 0; j < m; ++j) {
                out[j] += x * row[j];
            }
        }
    }
}

/// c[n, d] (+)= a[n, m] b[m, d], b's rows strided.
template <typename T>
R2T2_INLINE void combine(const T* a, std::int64_t n, std::int64_t m, const T* b, std::int64_t b_row, std::int64_t d, T* c,
                    std::int64_t c_row, T factor) {
    for (std::int64_t i = 0; i < n; ++i) {
        T* out = c + i * c_row;
        std::fill(out, out + d, T(0));
        for (std::int64_t j = 0; j < m; ++j) {
            const T x = a[i * m + j] * factor;
            const T* row = b + j * b_row;
            for (std::int64_t t = 0; t < d; ++t) {
                out[t] += x * row[t];
            }
        }
    }
}

/// c[m, d] += a[n, m]^T b[n, d].
template <typename T>
R2T2_INLINE void combine_transposed(const T* a, std::int64_t n, std::int64_t m, const T* b, std::int64_t b_row,
                               std::int64_t d, T* c, std::int64_t c_row, T factor) {
    for (std::int64_t i = 0; i < n; ++i) {
        const T* in = b + i * b_row;
        for (std::int64_t j = 0; j < m; ++j) {
            const T x = a[i * m + j] * factor;
            T* out = c + j * c_row;
            for (std::int64_t t = 0; t < d; ++t) {
                out[t] += x * in[t];
            }
        }
    }
}

template <typename T>
R2T2_INLINE void transpose(const T* in, std::int64_t in_row, std::int64_t rows, std::int64_t columns, T* out) {
    for (std::int64_t i = 0; i < rows; ++i) {
        for (std::int64_t t = 0; t < columns; ++t) {
            out[t * rows + i] = in[i * in_row + t];
        }
    }
}

template <typename T>
R2T2_INLINE void softmax_row(T* row, const T* bias, std::int64_t m) {
    T top = -std::numeric_limits<T>::infinity();
    for (std::int64_t j = 0; j < m; ++j) {
        row[j] += bias ? bias[j] : T(0);
        top = row[j] > top ? row[j] : top;
    }
    T sum = 0;
#pragma omp simd reduction(+ : sum)
    for (std::int64_t j = 0; j < m; ++j) {
        row[j] = exponential(row[j] - top);
        sum += row[j];
    }
    const T inverse = T(1) / sum;
    for (std::int64_t j = 0; j < m; ++j) {
        row[j] *= inverse;
    }
}

template <typename T>
R2T2_INLINE void forward_all(const AttentionShape& s, Rows<const T> q, Rows<const T> k, Rows<const T> v, BiasRows<T> bias,
                        T* p, Rows<T> out, T* keys_transposed) {
    const std::int64_t group = s.heads / s.kv_heads;
    for (std::int64_t b = 0; b < s.batch; ++b) {
        for (std::int64_t kv = 0; kv < s.kv_heads; ++kv) {
            const T* value = v.data + b * v.batch + kv * s.head_dim;
            transpose(k.data + b * k.batch + kv * s.head_dim, k.row, s.keys, s.head_dim, keys_transposed);
            for (std::int64_t h = kv * group; h < (kv + 1) * group; ++h) {
                T* weights = p + (b * s.heads + h) * s.queries * s.keys;
                multiply(q.data + b * q.batch + h * s.head_dim, q.row, keys_transposed, s.queries, s.head_dim, s.keys,
                         weights, s.keys, static_cast<T>(s.scale));
                for (std::int64_t i = 0; i < s.queries; ++i) {
                    softmax_row(weights + i * s.keys, bias.data ? bias.data + b * bias.batch + i * bias.row : nullptr, s.keys);
                }
                combine(weights, s.queries, s.keys, value, v.row, s.head_dim, out.data + b * out.batch + h * s.head_dim,
                        out.row, T(1));
            }
        }
    }
}

template <typename T>
R2T2_INLINE void backward_all(const AttentionShape& s, Rows<const T> q, Rows<const T> k, Rows<const T> v, const T* p,
                         Rows<const T> dout, Rows<T> dq, Rows<T> dk, Rows<T> dv, T* values_transposed, T* dp) {
    const std::int64_t group = s.heads / s.kv_heads;
    const auto scale = static_cast<T>(s.scale);
    for (std::int64_t b = 0; b < s.batch; ++b) {
        for (std::int64_t kv = 0; kv < s.kv_heads; ++kv) {
            transpose(v.data + b * v.batch + kv * s.head_dim, v.row, s.keys, s.head_dim, values_transposed);
            for (std::int64_t h = kv * group; h < (kv + 1) * group; ++h) {
                const T* weights = p + (b * s.heads + h) * s.queries * s.keys;
                const T* gradient = dout.data + b * dout.batch + h * s.head_dim;
                combine_transposed(weights, s.queries, s.keys, gradient, dout.row, s.head_dim,
                                   dv.data + b * dv.batch + kv * s.head_dim, dv.row, T(1));
                multiply(gradient, dout.row, values_transposed, s.queries, s.head_dim, s.keys, dp, s.keys, T(1));
                for (std::int64_t i = 0; i < s.queries; ++i) {  // softmax: ds = p * (dp - <dp, p>)
                    T dot = 0;
#pragma omp simd reduction(+ : dot)
                    for (std::int64_t j = 0; j < s.keys; ++j) {
                        dot += dp[i * s.keys + j] * weights[i * s.keys + j];
                    }
                    for (std::int64_t j = 0; j < s.keys; ++j) {
                        dp[i * s.keys + j] = weights[i * s.keys + j] * (dp[i * s.keys + j] - dot);
                    }
                }
                combine(dp, s.queries, s.keys, k.data + b * k.batch + kv * s.head_dim, k.row, s.head_dim,
                        dq.data + b * dq.batch + h * s.head_dim, dq.row, scale);
                combine_transposed(dp, s.queries, s.keys, q.data + b * q.batch + h * s.head_dim, q.row, s.head_dim,
                                   dk.data + b * dk.batch + kv * s.head_dim, dk.row, scale);
            }
        }
    }
}

// target_clones does not go with templates: one concrete function a type. The helpers above are inlined into each.
R2T2_HOT void forward_float(const AttentionShape& s, Rows<const float> q, Rows<const float> k, Rows<const float> v,
                            BiasRows<float> bias, float* p, Rows<float> out, float* scratch) {
    forward_all<float>(s, q, k, v, bias, p, out, scratch);
}
R2T2_HOT void backward_float(const AttentionShape& s, Rows<const float> q, Rows<const float> k, Rows<const float> v,
                             const float* p, Rows<const float> dout, Rows<float> dq, Rows<float> dk, Rows<float> dv,
                             float* scratch, float* dp) {
    backward_all<float>(s, q, k, v, p, dout, dq, dk, dv, scratch, dp);
}

}  // namespace

template <>
void attention_forward<float>(const AttentionShape& s, Rows<const float> q, Rows<const float> k, Rows<const float> v,
                              BiasRows<float> bias, float* p, Rows<float> out) {
    std::vector<float> scratch(static_cast<std::size_t>(s.keys * s.head_dim));
    forward_float(s, q, k, v, bias, p, out, scratch.data());
}

template <>
void attention_forward<double>(const AttentionShape& s, Rows<const double> q, Rows<const double> k,
                               Rows<const double> v, BiasRows<double> bias, double* p, Rows<double> out) {
    std::vector<double> scratch(static_cast<std::size_t>(s.keys * s.head_dim));
    forward_all<double>(s, q, k, v, bias, p, out, scratch.data());
}

template <>
void attention_backward<float>(const AttentionShape& s, Rows<const float> q, Rows<const float> k, Rows<const float> v,
                               const float* p, Rows<const float> dout, Rows<float> dq, Rows<float> dk, Rows<float> dv) {
    std::vector<float> scratch(static_cast<std::size_t>(s.keys * s.head_dim));
    std::vector<float> dp(static_cast<std::size_t>(s.queries * s.keys));
    backward_float(s, q, k, v, p, dout, dq, dk, dv, scratch.data(), dp.data());
}

template <>
void attention_backward<double>(const AttentionShape& s, Rows<const double> q, Rows<const double> k,
                                Rows<const double> v, const double* p, Rows<const double> dout, Rows<double> dq,
                                Rows<double> dk, Rows<double> dv) {
    std::vector<double> scratch(static_cast<std::size_t>(s.keys * s.head_dim));
    std::vector<double> dp(static_cast<std::size_t>(s.queries * s.keys));
    backward_all<double>(s, q, k, v, p, dout, dq, dk, dv, scratch.data(), dp.data());
}

}  // namespace r2t2::kernels
