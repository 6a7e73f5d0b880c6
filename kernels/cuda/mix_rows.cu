// Expert mixing and its gradient with respect to the gates.
//
// Idea: a thread keeps the experts' numbers of one column in registers and applies every gate of the batch to them, so that rows
// shared by many gates are read from memory once. Floor: rows once, out once.
#include "kernels/cuda/device_types.h"

namespace r2t2::kernels::cuda {

namespace {

constexpr int kThreads = 128;

/// Gate of (batch b, token n).
__device__ const float* gate_of(const MixShape& shape, const float* gates, std::int64_t b, std::int64_t n) {
    return gates + (b * shape.gate_tokens + (shape.gate_tokens == 1 ? 0 : n)) * shape.experts;
}

/// grid: (columns / kThreads, tokens, shared rows ? 1 : batch)
template <typename T>
__global__ void mix_forward(MixShape shape, const T* rows, const float* gates, T* out) {
    const std::int64_t column = std::int64_t{blockIdx.x} * kThreads + threadIdx.x;
    if (column >= shape.width) {
        return;
    }
    const bool shared_rows = shape.row_batch == 1;
    for (std::int64_t n = blockIdx.y; n < shape.tokens; n += gridDim.y) {
        const std::int64_t row = shared_rows ? n : std::int64_t{blockIdx.z} * shape.tokens + n;
        float parts[kMostExperts];
        for (int e = 0; e < shape.experts; ++e) {
            parts[e] = as_float(rows[(row * shape.experts + e) * shape.width + column]);
        }
        const std::int64_t first = shared_rows ? 0 : blockIdx.z;
        const std::int64_t last = shared_rows ? shape.batch : first + 1;
        for (std::int64_t b = first; b < last; ++b) {
            const float* gate = gate_of(shape, gates, b, n);
            float sum = 0.0F;
            for (int e = 0; e < shape.experts; ++e) {
                sum += gate[e] * parts[e];
            }
            out[(b * shape.tokens + n) * shape.width + column] = from_float<T>(sum);
        }
    }
}

/// One warp a (batch, token): dot products of dout with every expert's row. out [batch, tokens, experts].
template <typename T>
__global__ void mix_backward(MixShape shape, const T* rows, const T* dout, float* out) {
    const std::int64_t at = (std::int64_t{blockIdx.x} * kThreads + threadIdx.x) / 32;  // b * tokens + n
    const bool there = at < shape.batch * shape.tokens;  // every lane takes part in the sums
    const int lane = static_cast<int>(threadIdx.x % 32);
    const std::int64_t row = shape.row_batch == 1 ? at % shape.tokens : at;
    for (int e = 0; e < shape.experts; ++e) {
        float sum = 0.0F;
        for (std::int64_t c = lane; there && c < shape.width; c += 32) {
            sum += as_float(dout[at * shape.width + c]) * as_float(rows[(row * shape.experts + e) * shape.width + c]);
        }
        sum = warp_sum(sum);
        if (there && lane == 0) {
            out[at * shape.experts + e] = sum;
        }
    }
}

/// dgates[b, e] = sum_n partial[b, n, e]: one warp a (batch, expert), in a fixed order.
__global__ void sum_tokens(MixShape shape, const float* partial, float* dgates) {
    const std::int64_t at = (std::int64_t{blockIdx.x} * kThreads + threadIdx.x) / 32;  // b * experts + e
    const bool there = at < shape.batch * shape.experts;
    const int lane = static_cast<int>(threadIdx.x % 32);
    const std::int64_t b = at / shape.experts, e = at % shape.experts;
    float sum = 0.0F;
    for (std::int64_t n = lane; there && n < shape.tokens; n += 32) {
        sum += partial[(b * shape.tokens + n) * shape.experts + e];
    }
    sum = warp_sum(sum);
    if (there && lane == 0) {
        dgates[at] = sum;
    }
}

bool served(const MixShape& shape) {
    const bool batches = shape.row_batch == 1 || shape.row_batch == shape.batch;
    const bool gates = shape.gate_tokens == 1 || shape.gate_tokens == shape.tokens;
    return batches && gates && shape.batch > 0 && shape.batch <= kGridLimit && shape.tokens > 0 && shape.width > 0 && shape.experts > 0 &&
           shape.experts <= kMostExperts;
}

}  // namespace

int mix_rows(const MixShape& shape, Element type, const void* rows, const float* gates, void* out, void* stream) {
    if (!served(shape)) {
        return kUnsupported;
    }
    const unsigned tokens = static_cast<unsigned>(shape.tokens < kGridLimit ? shape.tokens : kGridLimit);
    const dim3 grid(blocks_for(shape.width, kThreads), tokens, static_cast<unsigned>(shape.row_batch));
    return by_element(type, [&](auto* tag) {
        using T = std::remove_pointer_t<decltype(tag)>;
        R2T2_LAUNCH(mix_forward<T>, grid, dim3(kThreads), stream, shape, static_cast<const T*>(rows), gates, static_cast<T*>(out));
        return launched();
    });
}

int mix_rows_gradient(const MixShape& shape, Element type, const void* rows, const void* dout, float* partial, float* dgates, void* stream) {
    const bool sum = shape.gate_tokens == 1 && shape.tokens > 1;
    if (!served(shape) || (sum && partial == nullptr)) {
        return kUnsupported;
    }
    const dim3 grid(blocks_for(shape.batch * shape.tokens * 32, kThreads));
    return by_element(type, [&](auto* tag) {
        using T = std::remove_pointer_t<decltype(tag)>;
        R2T2_LAUNCH(mix_backward<T>, grid, dim3(kThreads), stream, shape, static_cast<const T*>(rows), static_cast<const T*>(dout),
                    sum ? partial : dgates);
        if (sum) {
            R2T2_LAUNCH(sum_tokens, dim3(blocks_for(shape.batch * shape.experts * 32, kThreads)), dim3(kThreads), stream, shape, partial, dgates);
        }
        return launched();
    });
}

}  // namespace r2t2::kernels::cuda
