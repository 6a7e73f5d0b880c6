// Mean shift, weighted means, places on a map.
//
// Ideas: one block a sample, which keeps its routing vector in shared memory and walks through all its rounds in one launch; the k
// nearest points come one after the other, each the least (distance, index) above the one before, so that nothing is sorted and ties
// fall as on the CPU. Floor of mean shift: rounds * k passes over the points, which stay in the L2 cache.
#include "kernels/cuda/device_types.h"

namespace r2t2::kernels::cuda {

namespace {

constexpr int kThreads = 128;
constexpr int kWarps = kThreads / 32;

struct Near {
    float square;
    std::int32_t index;
};

__device__ bool before(const Near& a, const Near& b) { return a.square < b.square || (a.square == b.square && a.index < b.index); }

__device__ Near least_of_warp(Near mine) {
    for (int offset = 16; offset > 0; offset /= 2) {
        const Near other{__shfl_xor_sync(0xffffffffU, mine.square, offset), __shfl_xor_sync(0xffffffffU, mine.index, offset)};
        mine = before(other, mine) ? other : mine;
    }
    return mine;
}

/// The least (distance, index) that comes after `last`, in every thread.
__device__ Near next_nearest(const MeanShiftShape& shape, const float* points, const float* at, const Near& last) {
    __shared__ Near of_warp[kWarps];
    Near mine{INFINITY, INT32_MAX};
    for (std::int64_t i = threadIdx.x; i < shape.points; i += kThreads) {
        float square = 0.0F;
        for (int e = 0; e < shape.experts; ++e) {
            const float gap = points[i * shape.experts + e] - at[e];
            square += gap * gap;
        }
        const Near here{square, static_cast<std::int32_t>(i)};
        mine = before(last, here) && before(here, mine) ? here : mine;
    }
    mine = least_of_warp(mine);
    if (threadIdx.x % 32 == 0) {
        of_warp[threadIdx.x / 32] = mine;
    }
    __syncthreads();
    Near best = of_warp[0];
    for (int w = 1; w < kWarps; ++w) {
        best = before(of_warp[w], best) ? of_warp[w] : best;
    }
    __syncthreads();  // of_warp is written again
    return best;
}

__device__ float kernel_of(const MeanShiftShape& shape, float distance, float product, float bandwidth) {
    switch (shape.kernel) {
        case ShiftKernel::Gaussian:
            return expf(-distance * distance / (2.0F * bandwidth * bandwidth));
        case ShiftKernel::Linear:
            return product;
        case ShiftKernel::Polynomial:
            return powf(product + shape.constant, shape.degree);
        case ShiftKernel::Matern32: {
            const float x = sqrtf(3.0F) * distance / bandwidth;
            return (1.0F + x) * expf(-x);
        }
    }
    return 0.0F;
}

__global__ void shift(MeanShiftShape shape, const float* points, const float* bandwidth, float* all, float* density) {
    __shared__ float at[kMostExperts];
    const std::int64_t s = blockIdx.x;
    if (threadIdx.x < static_cast<unsigned>(shape.experts)) {
        at[threadIdx.x] = all[s * shape.experts + threadIdx.x];
    }
    __syncthreads();
    float raw = 0.0F;
    for (int round = 0; round < shape.rounds; ++round) {
        float pull[kMostExperts] = {}, mean[kMostExperts] = {};
        float sum = 0.0F;
        raw = 0.0F;
        Near last{-1.0F, -1};
        for (int j = 0; j < shape.k; ++j) {  // every thread keeps the same sums
            last = next_nearest(shape, points, at, last);
            const float* point = points + std::int64_t{last.index} * shape.experts;
            float product = 0.0F;
            for (int e = 0; e < shape.experts; ++e) {
                product += point[e] * at[e];
            }
            const float value = kernel_of(shape, sqrtf(last.square), product, bandwidth[s]);
            const float weight = fmaxf(0.0F, value);
            raw += value;
            sum += weight;
            for (int e = 0; e < shape.experts; ++e) {
                pull[e] += weight * (point[e] - at[e]);
                mean[e] += point[e] - at[e];
            }
        }
        __syncthreads();  // all have read `at`
        if (threadIdx.x == 0) {
            for (int e = 0; e < shape.experts; ++e) {
                at[e] += shape.eta * (sum > 0.0F ? pull[e] / sum : mean[e] / static_cast<float>(shape.k));
            }
        }
        __syncthreads();
    }
    if (threadIdx.x < static_cast<unsigned>(shape.experts)) {
        all[s * shape.experts + threadIdx.x] = at[threadIdx.x];
    }
    if (threadIdx.x == 0) {
        density[s] = raw / static_cast<float>(shape.k);
    }
}

/// A thread a (sample, expert).
__global__ void mean_of(std::int64_t samples, int k, int experts, const std::int32_t* index, const float* w, const float* points, float* out) {
    const std::int64_t at = std::int64_t{blockIdx.x} * kThreads + threadIdx.x;
    if (at >= samples * experts) {
        return;
    }
    const std::int64_t s = at / experts, e = at % experts;
    float sum = 0.0F;
    for (int j = 0; j < k; ++j) {
        sum += w[s * k + j];
    }
    float total = 0.0F;
    for (int j = 0; j < k; ++j) {
        total += (sum > 0.0F ? w[s * k + j] : 1.0F) * points[std::int64_t{index[s * k + j]} * experts + e];
    }
    out[at] = total / (sum > 0.0F ? sum : static_cast<float>(k));
}

/// One warp a row: both axes while the row passes by.
__global__ void place(std::int64_t n, std::int64_t d, const float* rows, const float* mean, const float* axes, float* out) {
    const std::int64_t row = (std::int64_t{blockIdx.x} * kThreads + threadIdx.x) / 32;
    const bool there = row < n;
    const int lane = static_cast<int>(threadIdx.x % 32);
    float x = 0.0F, y = 0.0F;
    for (std::int64_t c = lane; there && c < d; c += 32) {
        const float value = rows[row * d + c] - mean[c];
        x += value * axes[c];
        y += value * axes[d + c];
    }
    x = warp_sum(x);
    y = warp_sum(y);
    if (there && lane == 0) {
        out[2 * row] = x;
        out[2 * row + 1] = y;
    }
}

}  // namespace

int mean_shift(const MeanShiftShape& shape, const float* points, const float* bandwidth, float* at, float* density, void* stream) {
    const bool served = shape.samples > 0 && shape.points > 0 && shape.points < INT32_MAX && shape.experts > 0 && shape.experts <= kMostExperts &&
                        shape.k > 0 && shape.k <= kMostNeighbours && shape.k <= shape.points && shape.rounds >= 0 && shape.samples < INT32_MAX;
    if (!served) {
        return kUnsupported;
    }
    R2T2_LAUNCH(shift, dim3(static_cast<unsigned>(shape.samples)), dim3(kThreads), stream, shape, points, bandwidth, at, density);
    return launched();
}

int means(std::int64_t samples, int k, int experts, const std::int32_t* index, const float* w, const float* points, float* out, void* stream) {
    if (samples <= 0 || k <= 0 || experts <= 0) {
        return kUnsupported;
    }
    R2T2_LAUNCH(mean_of, dim3(blocks_for(samples * experts, kThreads)), dim3(kThreads), stream, samples, k, experts, index, w, points, out);
    return launched();
}

int project(std::int64_t n, std::int64_t d, const float* rows, const float* mean, const float* axes, float* out, void* stream) {
    if (n <= 0 || d <= 0) {
        return kUnsupported;
    }
    R2T2_LAUNCH(place, dim3(blocks_for(n * 32, kThreads)), dim3(kThreads), stream, n, d, rows, mean, axes, out);
    return launched();
}

const char* error_text(int code) {
    return code == kUnsupported ? "sizes that this kernel does not serve" : cudaGetErrorString(static_cast<cudaError_t>(code));
}

}  // namespace r2t2::kernels::cuda
