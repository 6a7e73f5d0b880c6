// Every CUDA kernel against its CPU version, on the spot: one table for the tests, `r2t2 doctor --device cuda` and gpu-check.sh.
//
// Thread rule: call from one thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace r2t2::kernels {

struct KernelCheck {
    std::string kernel;       ///< "mix_rows bf16"
    std::string shape;        ///< "5 x 1225 tokens, 3 experts, 6144 wide"
    double difference = 0.0;  ///< the largest, relative to the largest number of the CPU's result
    double tolerance = 0.0;
    std::string reason;       ///< of the tolerance, one line
    std::string error;        ///< not empty: it did not run
    [[nodiscard]] bool ok() const { return error.empty() && difference <= tolerance; }
};

struct DeviceCheck {
    std::string device;  ///< "NVIDIA H100 ..., compute capability 9.0"; empty: there is none
    std::string error;   ///< why nothing was run: no driver, no device, built without CUDA
    std::vector<KernelCheck> kernels;
};

/// `large`: sizes of MoAI-7B as well. Device memory is given back. Built without CUDA: says so and runs nothing.
[[nodiscard]] DeviceCheck check_device_kernels(int device, std::uint64_t seed, bool large);

}  // namespace r2t2::kernels
