// For .cu files: element types, launching, sums over a block. nvcc's own headers, or in tests those that run kernels on the CPU.
#pragma once

#include <cuda_bf16.h>
#include <cuda_fp16.h>
#include <cuda_runtime.h>

#include "kernels/cuda/device_kernels.h"

#ifdef __CUDACC__
#define R2T2_LAUNCH(kernel, grid, block, stream, ...) kernel<<<grid, block, 0, static_cast<cudaStream_t>(stream)>>>(__VA_ARGS__)
#else
#define R2T2_LAUNCH(kernel, grid, block, stream, ...) (static_cast<void>(stream), cuda_on_cpu::launch(grid, block, [&] { kernel(__VA_ARGS__); }))
#endif

namespace r2t2::kernels::cuda {

__host__ __device__ inline float as_float(float value) { return value; }
__host__ __device__ inline float as_float(__half value) { return __half2float(value); }
__host__ __device__ inline float as_float(__nv_bfloat16 value) { return __bfloat162float(value); }

template <typename T>
__host__ __device__ inline T from_float(float value);
template <>
__host__ __device__ inline float from_float<float>(float value) { return value; }
template <>
__host__ __device__ inline __half from_float<__half>(float value) { return __float2half(value); }
template <>
__host__ __device__ inline __nv_bfloat16 from_float<__nv_bfloat16>(float value) { return __float2bfloat16(value); }

/// Calls `use` with a null pointer of the element's type.
template <typename Use>
int by_element(Element type, Use&& use) {
    switch (type) {
        case Element::F32:
            return use(static_cast<float*>(nullptr));
        case Element::F16:
            return use(static_cast<__half*>(nullptr));
        case Element::BF16:
            return use(static_cast<__nv_bfloat16*>(nullptr));
    }
    return kUnsupported;
}

inline int launched() { return static_cast<int>(cudaGetLastError()); }

inline unsigned blocks_for(std::int64_t count, std::int64_t a_block) { return static_cast<unsigned>((count + a_block - 1) / a_block); }

constexpr unsigned kGridLimit = 65535;  ///< of y and z

/// Sum over a warp, in every lane; always in the same order.
__device__ inline float warp_sum(float value) {
    for (int offset = 16; offset > 0; offset /= 2) {
        value += __shfl_xor_sync(0xffffffffU, value, offset);
    }
    return value;
}

}  // namespace r2t2::kernels::cuda
