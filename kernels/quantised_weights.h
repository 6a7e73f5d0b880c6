// Weights in 8 and in 4 bits: the readable reference that every faster version is compared with.
//
// int8   one scale a row: w ~ scale * code, scale = max |w| / 127, code = round(w / scale) in -127 .. 127.
// NF4    one scale a block of 64 numbers of a row (a row's last block may be shorter): w ~ scale * level[code], scale =
//        max |w| of the block, code = the nearest of sixteen levels, the lower one where two are as near. Two codes a
//        byte, the first in the high half; a row of odd length ends with a code that means nothing.
//        Levels: quantiles of the normal distribution (QLoRA, arXiv 2305.14314, appendix E). Scales are not quantised again.
// A row or block of zeros has scale 0. Weights must be finite.
// Thread rule: pure functions on the caller's memory; rows are independent, so threads may take a range of rows each.
#pragma once

#include <cstdint>

namespace r2t2::kernels {

inline constexpr std::int64_t nf4_block = 64;

/// Bytes of a row's codes, and how many scales it has.
constexpr std::int64_t nf4_row_bytes(std::int64_t columns) {
    return (columns + 1) / 2;
}
constexpr std::int64_t nf4_row_blocks(std::int64_t columns) {
    return (columns + nf4_block - 1) / nf4_block;
}

extern "C" {

/// The sixteen levels, rising from -1 to 1.
extern const float r2t2_nf4_levels[16];

/// w [rows, columns] -> codes [rows, columns], scales [rows].
void r2t2_int8_quantise(const float* w, std::int64_t rows, std::int64_t columns, std::int8_t* codes, float* scales);
void r2t2_int8_dequantise(const std::int8_t* codes, const float* scales, std::int64_t rows, std::int64_t columns, float* w);

/// w [rows, columns] -> codes [rows, nf4_row_bytes], scales [rows, nf4_row_blocks].
void r2t2_nf4_quantise(const float* w, std::int64_t rows, std::int64_t columns, std::uint8_t* codes, float* scales);
void r2t2_nf4_dequantise(const std::uint8_t* codes, const float* scales, std::int64_t rows, std::int64_t columns, float* w);

}  // extern "C"

}  // namespace r2t2::kernels
