// Weights in 8 and 4 bits: to numbers, and multiplied straight from the codes.
//
// Ideas: decoding writes two neighbouring numbers a thread, so that a warp's writes lie together; the product of a few rows gives one
// warp to each row of W, so that a code is read once for all of x. Floor: codes once (half a byte or a byte a weight).
#include "kernels/cuda/device_types.h"
#include "kernels/quantised_weights.h"

namespace r2t2::kernels::cuda {

namespace {

constexpr int kThreads = 128;
constexpr int kMostRows = 8;

/// Again for the device: r2t2_nf4_levels lies in host memory. The test compares both, number by number.
__device__ float nf4_level(unsigned code) {
    constexpr float levels[16] = {-1.0F, -0.6961928009986877F, -0.5250730514526367F, -0.39491748809814453F, -0.28444138169288635F,
                                  -0.18477343022823334F, -0.09105003625154495F, 0.0F, 0.07958029955625534F, 0.16093020141124725F,
                                  0.24611230194568634F, 0.33791524171829224F, 0.44070982933044434F, 0.5626170039176941F,
                                  0.7229568362236023F, 1.0F};
    return levels[code & 15U];
}

/// Two weights of a row, from an even column on.
struct Pair {
    float first, second;
};

struct Int8Codes {
    const std::int8_t* codes;
    const float* scales;
    std::int64_t columns;
    __device__ Pair pair(std::int64_t row, std::int64_t column) const {
        const std::int8_t* at = codes + row * columns + column;
        const float scale = scales[row];
        return {scale * static_cast<float>(at[0]), column + 1 < columns ? scale * static_cast<float>(at[1]) : 0.0F};
    }
};

struct Nf4Codes {
    const std::uint8_t* codes;
    const float* scales;
    std::int64_t columns, row_bytes, row_blocks;
    __device__ Pair pair(std::int64_t row, std::int64_t column) const {
        const unsigned byte = codes[row * row_bytes + column / 2];
        const float scale = scales[row * row_blocks + column / nf4_block];  // 64 is even: a pair lies in one block
        return {scale * nf4_level(byte >> 4U), scale * nf4_level(byte)};
    }
};

template <typename Codes, typename T>
__global__ void decode(Codes codes, std::int64_t rows, T* w) {
    const std::int64_t pairs = (codes.columns + 1) / 2;
    const std::int64_t at = std::int64_t{blockIdx.x} * kThreads + threadIdx.x;
    if (at >= rows * pairs) {
        return;
    }
    const std::int64_t row = at / pairs, column = at % pairs * 2;
    const Pair pair = codes.pair(row, column);
    w[row * codes.columns + column] = from_float<T>(pair.first);
    if (column + 1 < codes.columns) {
        w[row * codes.columns + column + 1] = from_float<T>(pair.second);
    }
}

/// One warp a row of W; x's few rows side by side.
template <typename Codes, typename T>
__global__ void multiply(Codes codes, std::int64_t rows, int m, const T* x, T* y) {
    const std::int64_t row = (std::int64_t{blockIdx.x} * kThreads + threadIdx.x) / 32;
    const bool there = row < rows;  // every lane takes part in the sums
    const int lane = static_cast<int>(threadIdx.x % 32);
    float sums[kMostRows] = {};
    for (std::int64_t column = 2 * lane; there && column < codes.columns; column += 64) {
        const Pair pair = codes.pair(row, column);
        const bool second = column + 1 < codes.columns;
        for (int i = 0; i < m; ++i) {
            const T* at = x + i * codes.columns + column;
            sums[i] += pair.first * as_float(at[0]) + (second ? pair.second * as_float(at[1]) : 0.0F);
        }
    }
    for (int i = 0; i < m; ++i) {
        const float sum = warp_sum(sums[i]);
        if (there && lane == 0) {
            y[i * rows + row] = from_float<T>(sum);
        }
    }
}

template <typename Codes>
int decode_all(const Codes& codes, std::int64_t rows, Element type, void* w, void* stream) {
    const std::int64_t pairs = (codes.columns + 1) / 2;
    if (rows <= 0 || codes.columns <= 0 || rows > (std::int64_t{1} << 38) / pairs) {
        return kUnsupported;
    }
    return by_element(type, [&](auto* tag) {
        using T = std::remove_pointer_t<decltype(tag)>;
        R2T2_LAUNCH((decode<Codes, T>), dim3(blocks_for(rows * pairs, kThreads)), dim3(kThreads), stream, codes, rows, static_cast<T*>(w));
        return launched();
    });
}

template <typename Codes>
int multiply_few(const Codes& codes, std::int64_t rows, std::int64_t m, Element type, const void* x, void* y, void* stream) {
    if (rows <= 0 || codes.columns <= 0 || m < 1 || m > kMostRows || rows > (std::int64_t{1} << 31)) {
        return kUnsupported;
    }
    return by_element(type, [&](auto* tag) {
        using T = std::remove_pointer_t<decltype(tag)>;
        R2T2_LAUNCH((multiply<Codes, T>), dim3(blocks_for(rows * 32, kThreads)), dim3(kThreads), stream, codes, rows, static_cast<int>(m),
                    static_cast<const T*>(x), static_cast<T*>(y));
        return launched();
    });
}

}  // namespace

int dequantise_int8(const std::int8_t* codes, const float* scales, std::int64_t rows, std::int64_t columns, Element type, void* w, void* stream) {
    return decode_all(Int8Codes{codes, scales, columns}, rows, type, w, stream);
}

int dequantise_nf4(const std::uint8_t* codes, const float* scales, std::int64_t rows, std::int64_t columns, Element type, void* w, void* stream) {
    return decode_all(Nf4Codes{codes, scales, columns, nf4_row_bytes(columns), nf4_row_blocks(columns)}, rows, type, w, stream);
}

int multiply_int8(const std::int8_t* codes, const float* scales, std::int64_t rows, std::int64_t columns, std::int64_t m, Element type, const void* x, void* y, void* stream) {
    return multiply_few(Int8Codes{codes, scales, columns}, rows, m, type, x, y, stream);
}

int multiply_nf4(const std::uint8_t* codes, const float* scales, std::int64_t rows, std::int64_t columns, std::int64_t m, Element type, const void* x, void* y, void* stream) {
    return multiply_few(Nf4Codes{codes, scales, columns, nf4_row_bytes(columns), nf4_row_blocks(columns)}, rows, m, type, x, y, stream);
}

}  // namespace r2t2::kernels::cuda
