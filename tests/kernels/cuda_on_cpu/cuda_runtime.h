// CUDA kernels on the CPU, so that the device code is tested where there is no device: a stand-in for NVIDIA's cuda_runtime.h.
//
// A block's threads are threads of the system that meet at barriers; blocks run one after the other. So __syncthreads, warp
// shuffles with a full mask and __shared__ variables do what they do on a device, a race is a race, and a thread that leaves
// before a barrier hangs the test. Nothing is known about speed, memory orders or what nvcc makes of the code.
// Thread rule: one launch at a time.
#pragma once

#include <barrier>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <memory>
#include <thread>
#include <type_traits>
#include <vector>

#define __global__
#define __device__
#define __host__
#define __shared__ static

struct dim3 {
    unsigned x, y, z;
    dim3(unsigned x_ = 1, unsigned y_ = 1, unsigned z_ = 1) : x(x_), y(y_), z(z_) {}
};

namespace cuda_on_cpu {

constexpr unsigned kWarp = 32;

/// What the threads of the running block share.
struct Block {
    explicit Block(unsigned threads) : all(threads), slots(threads) {
        for (unsigned first = 0; first < threads; first += kWarp) {
            warps.push_back(std::make_unique<std::barrier<>>(std::min(kWarp, threads - first)));
        }
    }
    std::barrier<> all;
    std::vector<std::unique_ptr<std::barrier<>>> warps;
    std::vector<std::uint64_t> slots;  ///< a lane's number in a shuffle
};

inline thread_local dim3 thread_index, block_index, block_size, grid_size;
inline thread_local Block* block = nullptr;

inline void launch(dim3 grid, dim3 threads, const std::function<void()>& kernel) {
    Block shared(threads.x);
    std::vector<std::thread> running;
    for (unsigned t = 0; t < threads.x; ++t) {
        running.emplace_back([&, t] {
            block = &shared;
            thread_index = dim3(t, 0, 0);
            block_size = threads;
            grid_size = grid;
            for (unsigned z = 0; z < grid.z; ++z) {
                for (unsigned y = 0; y < grid.y; ++y) {
                    for (unsigned x = 0; x < grid.x; ++x) {
                        block_index = dim3(x, y, z);
                        kernel();
                        shared.all.arrive_and_wait();  // the next block's shared variables are the same ones
                    }
                }
            }
        });
    }
    for (std::thread& each : running) {
        each.join();
    }
}

template <typename T>
T shuffle_xor(T value, int mask) {
    static_assert(sizeof(T) <= sizeof(std::uint64_t) && std::is_trivially_copyable_v<T>);
    const unsigned lane = thread_index.x, warp = lane / kWarp;
    std::memcpy(&block->slots[lane], &value, sizeof(T));
    block->warps[warp]->arrive_and_wait();
    T out;
    std::memcpy(&out, &block->slots[warp * kWarp + ((lane % kWarp) ^ static_cast<unsigned>(mask))], sizeof(T));
    block->warps[warp]->arrive_and_wait();
    return out;
}

}  // namespace cuda_on_cpu

#define threadIdx (cuda_on_cpu::thread_index)
#define blockIdx (cuda_on_cpu::block_index)
#define blockDim (cuda_on_cpu::block_size)
#define gridDim (cuda_on_cpu::grid_size)

inline void __syncthreads() { cuda_on_cpu::block->all.arrive_and_wait(); }
template <typename T>
T __shfl_xor_sync(unsigned, T value, int mask) {
    return cuda_on_cpu::shuffle_xor(value, mask);
}

using cudaStream_t = void*;
enum cudaError_t { cudaSuccess = 0, cudaErrorInvalidValue = 1, cudaErrorMemoryAllocation = 2 };
enum cudaMemcpyKind { cudaMemcpyHostToDevice, cudaMemcpyDeviceToHost };
struct cudaDeviceProp {
    char name[256];
    int major, minor;
};

inline cudaError_t cudaGetLastError() { return cudaSuccess; }
inline const char* cudaGetErrorString(cudaError_t code) { return code == cudaErrorMemoryAllocation ? "out of memory" : "invalid argument"; }
inline cudaError_t cudaGetDeviceCount(int* count) {
    *count = 1;
    return cudaSuccess;
}
inline cudaError_t cudaSetDevice(int) { return cudaSuccess; }
inline cudaError_t cudaGetDeviceProperties(cudaDeviceProp* properties, int) {
    std::strcpy(properties->name, "the CPU, standing in");
    properties->major = properties->minor = 0;
    return cudaSuccess;
}
inline cudaError_t cudaMalloc(void** out, std::size_t bytes) {
    *out = std::malloc(bytes);
    return *out != nullptr ? cudaSuccess : cudaErrorMemoryAllocation;
}
inline cudaError_t cudaFree(void* pointer) {
    std::free(pointer);
    return cudaSuccess;
}
inline cudaError_t cudaMemcpy(void* to, const void* from, std::size_t bytes, cudaMemcpyKind) {
    std::memcpy(to, from, bytes);
    return cudaSuccess;
}
inline cudaError_t cudaDeviceSynchronize() { return cudaSuccess; }
