// float16 for cuda_runtime.h of this folder: rounded to nearest, ties to even.
#pragma once

#include <cmath>
#include <cstdint>

struct __half {
    std::uint16_t bits;
};

inline float __half2float(__half value) {
    const float sign = (value.bits & 0x8000U) != 0 ? -1.0F : 1.0F;
    const int exponent = (value.bits >> 10U) & 31;
    const auto fraction = static_cast<float>(value.bits & 1023U);
    if (exponent == 31) {
        return fraction == 0.0F ? sign * INFINITY : NAN;
    }
    return sign * (exponent == 0 ? std::ldexp(fraction, -24) : std::ldexp(1024.0F + fraction, exponent - 25));
}
inline __half __float2half(float value) {
    const std::uint16_t sign = std::signbit(value) ? 0x8000U : 0U;
    const float size = std::fabs(value);
    if (std::isnan(value)) {
        return {0x7fff};
    }
    if (size >= 65520.0F) {
        return {static_cast<std::uint16_t>(sign | 0x7c00U)};
    }
    int exponent = 0;
    std::frexp(size, &exponent);                            // size = f 2^exponent, f in [0.5, 1)
    const int unit = std::max(exponent - 11, -24);          // of the last place
    const auto units = static_cast<unsigned>(std::nearbyint(std::ldexp(size, -unit)));  // up to 2048: carries by itself
    const unsigned field = size == 0.0F ? 0U : unit == -24 ? units : units + (static_cast<unsigned>(unit + 24) << 10U);
    return {static_cast<std::uint16_t>(sign | field)};
}
