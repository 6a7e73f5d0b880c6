#include "kernels/decoder_rows.h"

#include <algorithm>
#include <cmath>

#include "kernels/vector_math.h"

namespace r2t2::kernels {

namespace {

template <typename T>
R2T2_INLINE void norm_forward(const T* x, const T* w, std::int64_t n, std::int64_t h, double eps, T* y, T* inverse) {
    for (std::int64_t i = 0; i < n; ++i) {
        const T* in = x + i * h;
        T square = 0;
#pragma omp simd reduction(+ : square)
        for (std::int64_t t = 0; t < h; ++t) {
            square += in[t] * in[t];
        }
        const T r = T(1) / std::sqrt(square / T(h) + T(eps));
        inverse[i] = r;
        for (std::int64_t t = 0; t < h; ++t) {
            y[i * h + t] = in[t] * r * w[t];
        }
    }
}

template <typename T>
R2T2_INLINE void norm_backward(const T* dy, const T* x, const T* w, const T* inverse, std::int64_t n, std::int64_t h, T* dx) {
    for (std::int64_t i = 0; i < n; ++i) {
        const T* in = x + i * h;
        const T* g = dy + i * h;
        T dot = 0;
#pragma omp simd reduction(+ : dot)
        for (std::int64_t t = 0; t < h; ++t) {
            dot += g[t] * w[t] * in[t];
        }
        const T r = inverse[i];
        const T pull = dot * r * r * r / T(h);
        for (std::int64_t t = 0; t < h; ++t) {
            dx[i * h + t] = r * w[t] * g[t] - pull * in[t];
        }
    }
}

template <typename T>
R2T2_INLINE void gated_forward(const T* a, const T* b, std::int64_t count, T* y) {
    for (std::int64_t i = 0; i < count; ++i) {
        y[i] = a[i] / (T(1) + exponential(-a[i])) * b[i];
    }
}

template <typename T>
R2T2_INLINE void gated_backward(const T* dy, const T* a, const T* b, std::int64_t count, T* da, T* db) {
    for (std::int64_t i = 0; i < count; ++i) {
        const T s = T(1) / (T(1) + exponential(-a[i]));
        db[i] = dy[i] * a[i] * s;
        da[i] = dy[i] * b[i] * s * (T(1) + a[i] * (T(1) - s));
    }
}

/// One head of one row; sign -1 turns back (the transpose of a rotation).
template <typename T>
R2T2_INLINE void turn(const T* in, const T* cos, const T* sin, std::int64_t d, T sign, T* out) {
    const std::int64_t half = d / 2;
    for (std::int64_t t = 0; t < half; ++t) {
        out[t] = in[t] * cos[t] - sign * in[t + half] * sin[t];
    }
    for (std::int64_t t = 0; t < half; ++t) {
        out[t + half] = in[t + half] * cos[t + half] + sign * in[t] * sin[t + half];
    }
}

template <typename T>
R2T2_INLINE void split_forward(const QkvShape& s, const T* rows, const T* cos, const T* sin, T* q, T* k, T* v) {
    const std::int64_t d = s.head_dim;
    for (std::int64_t i = 0; i < s.rows; ++i) {
        for (std::int64_t kv = 0; kv < s.kv_heads; ++kv) {
            const T* in = rows + (i * s.kv_heads + kv) * (s.group + 2) * d;
            T* q_out = q + (i * s.kv_heads + kv) * s.group * d;
            T* k_out = k + (i * s.kv_heads + kv) * d;
            if (cos == nullptr) {
                std::copy(in, in + s.group * d, q_out);
                std::copy(in + s.group * d, in + (s.group + 1) * d, k_out);
            } else {
                for (std::int64_t h = 0; h < s.group; ++h) {
                    turn(in + h * d, cos + i * d, sin + i * d, d, T(1), q_out + h * d);
                }
                turn(in + s.group * d, cos + i * d, sin + i * d, d, T(1), k_out);
            }
            std::copy(in + (s.group + 1) * d, in + (s.group + 2) * d, v + (i * s.kv_heads + kv) * d);
        }
    }
}

template <typename T>
R2T2_INLINE void split_backward(const QkvShape& s, const T* dq, const T* dk, const T* dv, const T* cos, const T* sin, T* drows) {
    const std::int64_t d = s.head_dim;
    for (std::int64_t i = 0; i < s.rows; ++i) {
        for (std::int64_t kv = 0; kv < s.kv_heads; ++kv) {
            T* out = drows + (i * s.kv_heads + kv) * (s.group + 2) * d;
            const T* q_in = dq + (i * s.kv_heads + kv) * s.group * d;
            const T* k_in = dk + (i * s.kv_heads + kv) * d;
            if (cos == nullptr) {
                std::copy(q_in, q_in + s.group * d, out);
                std::copy(k_in, k_in + d, out + s.group * d);
            } else {
                for (std::int64_t h = 0; h < s.group; ++h) {
                    turn(q_in + h * d, cos + i * d, sin + i * d, d, T(-1), out + h * d);
                }
                turn(k_in, cos + i * d, sin + i * d, d, T(-1), out + s.group * d);
            }
            const T* v_in = dv + (i * s.kv_heads + kv) * d;
            std::copy(v_in, v_in + d, out + (s.group + 1) * d);
        }
    }
}

template <typename T>
R2T2_INLINE void mix_forward(const T* y, const T* g, std::int64_t n, std::int64_t per_gate, std::int64_t experts,
                        std::int64_t width, T* out) {
    for (std::int64_t i = 0; i < n; ++i) {
        const T* gate = g + i / per_gate * experts;
        T* row = out + i * width;
        std::fill(row, row + width, T(0));
        for (std::int64_t e = 0; e < experts; ++e) {
            const T* in = y + (i * experts + e) * width;
            const T weight = gate[e];
            for (std::int64_t t = 0; t < width; ++t) {
                row[t] += weight * in[t];
            }
        }
    }
}

template <typename T>
R2T2_INLINE void mix_backward(const T* dout, const T* y, std::int64_t n, std::int64_t per_gate, std::int64_t experts,
                         std::int64_t width, T* dg) {
    for (std::int64_t i = 0; i < n; ++i) {
        T* gate = dg + i / per_gate * experts;
        const T* gradient = dout + i * width;
        for (std::int64_t e = 0; e < experts; ++e) {
            const T* in = y + (i * experts + e) * width;
            T dot = 0;
#pragma omp simd reduction(+ : dot)
            for (std::int64_t t = 0; t < width; ++t) {
                dot += gradient[t] * in[t];
            }
            gate[e] += dot;
        }
    }
}

template <typename T>
R2T2_INLINE void add_rows(const T* x, std::int64_t batch, std::int64_t n, std::int64_t width, T* out) {
    for (std::int64_t b = 0; b < batch; ++b) {
        for (std::int64_t i = 0; i < n; ++i) {
            for (std::int64_t t = 0; t < width; ++t) {
                out[b * width + t] += x[(b * n + i) * width + t];
            }
        }
    }
}

}  // namespace

// target_clones does not go with templates: one concrete function a type.
#define R2T2_ROW_KERNELS(T, HOT)                                                                                       \
    template <>                                                                                                        \
    HOT void rms_norm_forward<T>(const T* x, const T* w, std::int64_t n, std::int64_t h, double eps, T* y,             \
                                 T* inverse) {                                                                         \
        norm_forward(x, w, n, h, eps, y, inverse);                                                                     \
    }                                                                                                                  \
    template <>                                                                                                        \
    HOT void rms_norm_backward<T>(const T* dy, const T* x, const T* w, const T* inverse, std::int64_t n,               \
                                  std::int64_t h, T* dx) {                                                             \
        norm_backward(dy, x, w, inverse, n, h, dx);                                                                    \
    }                                                                                                                  \
    template <>                                                                                                        \
    HOT void swiglu_forward<T>(const T* a, const T* b, std::int64_t count, T* y) {                                     \
        gated_forward(a, b, count, y);                                                                                 \
    }                                                                                                                  \
    template <>                                                                                                        \
    HOT void swiglu_backward<T>(const T* dy, const T* a, const T* b, std::int64_t count, T* da, T* db) {               \
        gated_backward(dy, a, b, count, da, db);                                                                       \
    }                                                                                                                  \
    template <>                                                                                                        \
    HOT void split_qkv_forward<T>(const QkvShape& shape, const T* rows, const T* cos, const T* sin, T* q, T* k, T* v) { \
        split_forward(shape, rows, cos, sin, q, k, v);                                                                 \
    }                                                                                                                  \
    template <>                                                                                                        \
    HOT void split_qkv_backward<T>(const QkvShape& shape, const T* dq, const T* dk, const T* dv, const T* cos,         \
                                   const T* sin, T* drows) {                                                           \
        split_backward(shape, dq, dk, dv, cos, sin, drows);                                                            \
    }                                                                                                                  \
    template <>                                                                                                        \
    HOT void mix_rows_forward<T>(const T* y, const T* g, std::int64_t n, std::int64_t rows_per_gate,                   \
                                 std::int64_t experts, std::int64_t width, T* out) {                                   \
        mix_forward(y, g, n, rows_per_gate, experts, width, out);                                                      \
    }                                                                                                                  \
    template <>                                                                                                        \
    HOT void mix_rows_backward<T>(const T* dout, const T* y, std::int64_t n, std::int64_t rows_per_gate,               \
                                  std::int64_t experts, std::int64_t width, T* dg) {                                   \
        mix_backward(dout, y, n, rows_per_gate, experts, width, dg);                                                   \
    }                                                                                                                  \
    template <>                                                                                                        \
    HOT void sum_rows<T>(const T* x, std::int64_t batch, std::int64_t n, std::int64_t width, T* out) {                 \
        add_rows(x, batch, n, width, out);                                                                             \
    }

R2T2_ROW_KERNELS(float, R2T2_HOT)
R2T2_ROW_KERNELS(double, )

}  // namespace r2t2::kernels
