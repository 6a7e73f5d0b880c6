// Small pieces shared by the CPU kernels. Private to the room.
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>

// A second copy of a hot loop for processors with AVX2 and FMA, chosen when the program starts by what the processor can do
// ("arch=haswell" would ask for that very model and leave every other to the baseline). Sanitizers cannot follow the resolver, and
// other compilers lack it.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__) && \
    !defined(__SANITIZE_THREAD__)
#define R2T2_HOT __attribute__((target_clones("arch=x86-64-v3", "default")))
#else
#define R2T2_HOT
#endif

// Helpers of a hot loop must be inlined into each of its copies, or they keep the baseline instructions.
#define R2T2_INLINE __attribute__((always_inline)) inline
#define R2T2_INLINE_LAMBDA __attribute__((always_inline))

namespace r2t2::kernels {

/// e^x within 2 units in the last place for -87 < x < 88, 0 below: branch-free, so that loops vectorise.
/// Cody-Waite reduction and the polynomial of Cephes' expf.
R2T2_INLINE float exponential(float x) {
    const float clamped = x < -87.0F ? -87.0F : (x > 88.0F ? 88.0F : x);
    const float shifted = clamped * 1.44269504088896341F + 12582912.0F;  // 1.5 * 2^23: rounds to the nearest integer
    const float n = shifted - 12582912.0F;
    const float r = clamped - n * 0.693359375F + n * 2.12194440e-4F;
    float p = 1.9875691500e-4F;
    p = p * r + 1.3981999507e-3F;
    p = p * r + 8.3334519073e-3F;
    p = p * r + 4.1665795894e-2F;
    p = p * r + 1.6666665459e-1F;
    p = p * r + 5.0000001201e-1F;
    const float value = p * r * r + r + 1.0F;
    const auto power = static_cast<std::uint32_t>(static_cast<std::int32_t>(n) + 127) << 23;
    return x < -87.0F ? 0.0F : value * std::bit_cast<float>(power);
}

R2T2_INLINE double exponential(double x) {
    return std::exp(x);
}

}  // namespace r2t2::kernels
