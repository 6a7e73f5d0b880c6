// The CUDA versions, behind plain pointers and a stream: no CUDA and no torch header is needed to call them. All pointers are
// device memory; nothing is allocated, nothing is synchronised. Every function returns a cudaError_t as int (0: launched); sizes
// that it does not serve return kUnsupported and launch nothing.
//
// What each computes stands with its CPU version, named beside it. Results do not depend on timing: no atomic additions.
// Thread rule: as the CUDA runtime's.
#pragma once

#include <cstdint>

#include "kernels/routing_maths.h"

namespace r2t2::kernels::cuda {

inline constexpr int kUnsupported = -1;

enum class Element : int { F32 = 0, F16 = 1, BF16 = 2 };

/// mix_rows_forward (decoder_rows.h) for many gates. rows [row_batch, tokens, experts, width]; gates [batch, gate_tokens, experts]
/// float32; out [batch, tokens, width]. row_batch is batch, or 1: the same rows under every gate (a landscape, a line search),
/// read once. gate_tokens is tokens, or 1: one gate for all tokens.
struct MixShape {
    std::int64_t batch = 0, row_batch = 0, tokens = 0, gate_tokens = 0, width = 0;
    int experts = 0;  ///< 1 .. kMostExperts
};
int mix_rows(const MixShape& shape, Element type, const void* rows, const float* gates, void* out, void* stream);

/// mix_rows_backward: dgates [batch, gate_tokens, experts]. `partial` [batch, tokens, experts] is scratch, used where one gate serves
/// all tokens (else it may be null).
int mix_rows_gradient(const MixShape& shape, Element type, const void* rows, const void* dout, float* partial, float* dgates, void* stream);

/// quantised_weights.h: rows of codes to numbers of `type`, [rows, columns].
int dequantise_int8(const std::int8_t* codes, const float* scales, std::int64_t rows, std::int64_t columns, Element type, void* w, void* stream);
int dequantise_nf4(const std::uint8_t* codes, const float* scales, std::int64_t rows, std::int64_t columns, Element type, void* w, void* stream);

/// y[m, o] = sum_i x[m, i] w[o, i] straight from the codes, for the few rows of a generated token: x [m, columns], y [m, rows], both
/// of `type`, sums in float32. m 1 .. 8.
int multiply_int8(const std::int8_t* codes, const float* scales, std::int64_t rows, std::int64_t columns, std::int64_t m, Element type, const void* x, void* y, void* stream);
int multiply_nf4(const std::uint8_t* codes, const float* scales, std::int64_t rows, std::int64_t columns, std::int64_t m, Element type, const void* x, void* y, void* stream);

/// routing_maths.h.
int mean_shift(const MeanShiftShape& shape, const float* points, const float* bandwidth, float* at, float* density, void* stream);
int means(std::int64_t samples, int k, int experts, const std::int32_t* index, const float* w, const float* points, float* out, void* stream);
int project(std::int64_t n, std::int64_t d, const float* rows, const float* mean, const float* axes, float* out, void* stream);

/// "no CUDA-capable device is detected", for a code of the functions above.
const char* error_text(int code);

}  // namespace r2t2::kernels::cuda
