#include "kernels/quantised_weights.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "kernels/vector_math.h"

namespace r2t2::kernels {

const float r2t2_nf4_levels[16] = {-1.0F,
                                   -0.6961928009986877F,
                                   -0.5250730514526367F,
                                   -0.39491748809814453F,
                                   -0.28444138169288635F,
                                   -0.18477343022823334F,
                                   -0.09105003625154495F,
                                   0.0F,
                                   0.07958029955625534F,
                                   0.16093020141124725F,
                                   0.24611230194568634F,
                                   0.33791524171829224F,
                                   0.44070982933044434F,
                                   0.5626170039176941F,
                                   0.7229568362236023F,
                                   1.0F};

namespace {

/// Between which neighbours of r2t2_nf4_levels a number lies nearer to the upper one.
const std::array<float, 15> nf4_thresholds = [] {
    std::array<float, 15> out{};
    for (std::size_t i = 0; i < out.size(); ++i) {
        out[i] = 0.5F * (r2t2_nf4_levels[i] + r2t2_nf4_levels[i + 1]);
    }
    return out;
}();

/// 1.5 * 2^23: added and taken away again, it leaves the nearest integer, halves to the even one.
constexpr float rounding = 12582912.0F;

/// Two levels for every byte, so that a byte is read once.
const std::array<std::array<float, 2>, 256> nf4_pairs = [] {
    std::array<std::array<float, 2>, 256> out{};
    for (std::size_t byte = 0; byte < out.size(); ++byte) {
        out[byte] = {r2t2_nf4_levels[byte >> 4], r2t2_nf4_levels[byte & 15]};
    }
    return out;
}();

R2T2_INLINE float largest_magnitude(const float* w, std::int64_t count) {
    float largest = 0.0F;
#pragma omp simd reduction(max : largest)
    for (std::int64_t i = 0; i < count; ++i) {
        largest = std::max(largest, std::fabs(w[i]));
    }
    return largest;
}

/// Codes of one block, one a byte: how many thresholds lie below each number.
R2T2_INLINE void nf4_codes(const float* w, std::int64_t count, float scale, std::uint8_t* codes) {
    float fraction[nf4_block];
    std::int32_t below[nf4_block];
    for (std::int64_t i = 0; i < count; ++i) {
        fraction[i] = w[i] / scale;
        below[i] = 0;
    }
    for (const float threshold : nf4_thresholds) {
        for (std::int64_t i = 0; i < count; ++i) {
            below[i] += fraction[i] > threshold ? 1 : 0;
        }
    }
    for (std::int64_t i = 0; i < count; ++i) {
        codes[i] = static_cast<std::uint8_t>(below[i]);
    }
}

}  // namespace

R2T2_HOT void r2t2_int8_quantise(const float* w, std::int64_t rows, std::int64_t columns, std::int8_t* codes, float* scales) {
    for (std::int64_t row = 0; row < rows; ++row, w += columns, codes += columns) {
        const float scale = largest_magnitude(w, columns) / 127.0F;
        scales[row] = scale;
        const float divisor = scale > 0.0F ? scale : 1.0F;  // a row of zeros
        for (std::int64_t i = 0; i < columns; ++i) {
            const float fraction = std::clamp(w[i] / divisor, -127.0F, 127.0F);  // a tiny scale is rounded itself
            codes[i] = static_cast<std::int8_t>((fraction + rounding) - rounding);
        }
    }
}

R2T2_HOT void r2t2_int8_dequantise(const std::int8_t* codes, const float* scales, std::int64_t rows, std::int64_t columns,
                                   float* w) {
    for (std::int64_t row = 0; row < rows; ++row, codes += columns, w += columns) {
        for (std::int64_t i = 0; i < columns; ++i) {
            w[i] = scales[row] * static_cast<float>(codes[i]);
        }
    }
}

R2T2_HOT void r2t2_nf4_quantise(const float* w, std::int64_t rows, std::int64_t columns, std::uint8_t* codes, float* scales) {
    const std::uint8_t zero = 7;  // the level 0
    for (std::int64_t row = 0; row < rows; ++row, codes += nf4_row_bytes(columns)) {
        for (std::int64_t begin = 0; begin < columns; begin += nf4_block, ++scales) {
            const std::int64_t count = std::min(nf4_block, columns - begin);
            std::uint8_t block[nf4_block + 1];
            std::fill(block, block + count + 1, zero);
            *scales = largest_magnitude(w, count);
            if (*scales > 0.0F) {
                nf4_codes(w, count, *scales, block);
            }
            for (std::int64_t i = 0; i < count; i += 2) {
                codes[(begin + i) / 2] = static_cast<std::uint8_t>(block[i] << 4 | block[i + 1]);
            }
            w += count;
        }
    }
}

R2T2_HOT void r2t2_nf4_dequantise(const std::uint8_t* codes, const float* scales, std::int64_t rows, std::int64_t columns,
                                  float* w) {
    for (std::int64_t row = 0; row < rows; ++row, codes += nf4_row_bytes(columns)) {
        for (std::int64_t begin = 0; begin < columns; begin += nf4_block, ++scales) {
            const std::int64_t count = std::min(nf4_block, columns - begin);
            const std::uint8_t* block = codes + begin / 2;
            for (std::int64_t i = 0; i < count / 2; ++i) {
                w[2 * i] = *scales * nf4_pairs[block[i]][0];
                w[2 * i + 1] = *scales * nf4_pairs[block[i]][1];
            }
            if (count % 2 == 1) {
                w[count - 1] = *scales * nf4_pairs[block[count / 2]][0];
            }
            w += count;
        }
    }
}

}  // namespace r2t2::kernels
