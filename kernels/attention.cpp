#include "kernels/attention.h"

#include <algorithm>
#include <limits>
#include <type_traits>
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

/// Sums of `Count` rows of m numbers, each in the order of its numbers: what padding adds (exact zeros) changes no bit of a sum, wherever it
/// stands, while a sum in lanes would depend on it. Several rows at once, because one chain of additions would wait for itself.
template <int Count, typename T>
R2T2_INLINE void ordered_sums(const T* rows, std::int64_t m, T* out) {
    T sums[Count] = {};
    for (std::int64_t j = 0; j < m; ++j) {
        for (int i = 0; i < Count; ++i) {
            sums[i] += rows[i * m + j];
        }
    }
    std::copy_n(sums, Count, out);
}

/// Rows that are summed together.
constexpr int rows_together = 8;

/// use(first row, constant with the number of rows) for all of `rows`, as many together as there are.
template <typename Use>
R2T2_INLINE void some_together(std::int64_t rows, Use&& use) {
    std::int64_t i = 0;
    for (; i + rows_together <= rows; i += rows_together) {
        use(i, std::integral_constant<int, rows_together>{});
    }
    if (i + 4 <= rows) {
        use(i, std::integral_constant<int, 4>{});
        i += 4;
    }
    if (i + 2 <= rows) {
        use(i, std::integral_constant<int, 2>{});
        i += 2;
    }
    if (i < rows) {
        use(i, std::integral_constant<int, 1>{});
    }
}

/// Softmax of rows [n, m], one after the other in memory, in place.
template <typename T>
R2T2_INLINE void softmax_rows(T* rows, std::int64_t n, std::int64_t m, const T* bias, std::int64_t bias_row) {
    some_together(n, [&](std::int64_t first, auto count) R2T2_INLINE_LAMBDA {
        constexpr int together = decltype(count)::value;
        T* block = rows + first * m;
        for (int i = 0; i < together; ++i) {
            T* row = block + i * m;
            const T* added = bias ? bias + (first + i) * bias_row : nullptr;
            T top = -std::numeric_limits<T>::infinity();
            for (std::int64_t j = 0; j < m; ++j) {
                row[j] += added ? added[j] : T(0);
                top = row[j] > top ? row[j] : top;
            }
            for (std::int64_t j = 0; j < m; ++j) {
                row[j] = exponential(row[j] - top);
            }
        }
        T sums[together];
        ordered_sums<together>(block, m, sums);
        for (int i = 0; i < together; ++i) {
            const T inverse = T(1) / sums[i];
            for (std::int64_t j = 0; j < m; ++j) {
                block[i * m + j] *= inverse;
            }
        }
    });
}

/// ds = p (dp - <dp, p>), row by row, in place of dp [n, m]. products [rows_together, m] is scratch: a product that went into its sum by one
/// fused instruction would be rounded otherwise than its neighbour's.
template <typename T>
R2T2_INLINE void softmax_rows_backward(T* dp, const T* p, std::int64_t n, std::int64_t m, T* products) {
    some_together(n, [&](std::int64_t first, auto count) R2T2_INLINE_LAMBDA {
        constexpr int together = decltype(count)::value;
        T* block = dp + first * m;
        const T* weights = p + first * m;
        T dots[together];
        for (std::int64_t j = 0; j < together * m; ++j) {
            products[j] = block[j] * weights[j];
        }
        ordered_sums<together>(products, m, dots);
        for (int i = 0; i < together; ++i) {
            for (std::int64_t j = 0; j < m; ++j) {
                block[i * m + j] = weights[i * m + j] * (block[i * m + j] - dots[i]);
            }
        }
    });
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
                softmax_rows(weights, s.queries, s.keys, bias.data ? bias.data + b * bias.batch : nullptr, bias.row);
                combine(weights, s.queries, s.keys, value, v.row, s.head_dim, out.data + b * out.batch + h * s.head_dim,
                        out.row, T(1));
            }
        }
    }
}

template <typename T>
R2T2_INLINE void backward_all(const AttentionShape& s, Rows<const T> q, Rows<const T> k, Rows<const T> v, const T* p,
                         Rows<const T> dout, Rows<T> dq, Rows<T> dk, Rows<T> dv, T* values_transposed, T* dp, T* products) {
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
                softmax_rows_backward(dp, weights, s.queries, s.keys, products);
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
                             float* scratch, float* dp, float* products) {
    backward_all<float>(s, q, k, v, p, dout, dq, dk, dv, scratch, dp, products);
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
    std::vector<float> products(static_cast<std::size_t>(rows_together * s.keys));
    backward_float(s, q, k, v, p, dout, dq, dk, dv, scratch.data(), dp.data(), products.data());
}

template <>
void attention_backward<double>(const AttentionShape& s, Rows<const double> q, Rows<const double> k,
                                Rows<const double> v, const double* p, Rows<const double> dout, Rows<double> dq,
                                Rows<double> dk, Rows<double> dv) {
    std::vector<double> scratch(static_cast<std::size_t>(s.keys * s.head_dim));
    std::vector<double> dp(static_cast<std::size_t>(s.queries * s.keys));
    std::vector<double> products(static_cast<std::size_t>(rows_together * s.keys));
    backward_all<double>(s, q, k, v, p, dout, dq, dk, dv, scratch.data(), dp.data(), products.data());
}

}  // namespace r2t2::kernels
