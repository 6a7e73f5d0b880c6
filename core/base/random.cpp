#include "core/base/random.h"

#include <cassert>
#include <cmath>
#include <numbers>

namespace r2t2 {

namespace {

std::uint64_t mix(std::uint64_t z) {
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31);
}

}  // namespace

RandomStream RandomStream::fork(std::uint64_t seed, std::string_view purpose, std::uint64_t index) {
    std::uint64_t h = mix(seed + 0x9e3779b97f4a7c15ULL);
    for (const char c : purpose) {
        h = mix(h ^ static_cast<unsigned char>(c)) + 0x9e3779b97f4a7c15ULL;
    }
    return RandomStream(mix(h ^ mix(index + 0x632be59bd9b4e019ULL)));
}

std::uint64_t RandomStream::next() {
    state_ += 0x9e3779b97f4a7c15ULL;
    return mix(state_);
}

double RandomStream::uniform() {
    return static_cast<double>(next() >> 11) * 0x1.0p-53;
}

double RandomStream::uniform(double low, double high) {
    return low + (high - low) * uniform();
}

double RandomStream::normal() {
    const double u = 1.0 - uniform();  // (0, 1]: the logarithm stays finite
    const double v = uniform();
    return std::sqrt(-2.0 * std::log(u)) * std::cos(2.0 * std::numbers::pi * v);
}

double RandomStream::gamma(double shape) {
    assert(shape > 0.0);
    if (shape < 1.0) {  // Gamma(a) = Gamma(a + 1) * U^(1/a)
        return gamma(shape + 1.0) * std::pow(1.0 - uniform(), 1.0 / shape);
    }
    const double d = shape - 1.0 / 3.0;
    const double c = 1.0 / std::sqrt(9.0 * d);
    for (;;) {
        const double x = normal();
        const double v = std::pow(1.0 + c * x, 3);
        if (v > 0.0 && std::log(1.0 - uniform()) < 0.5 * x * x + d - d * v + d * std::log(v)) {
            return d * v;
        }
    }
}

std::int64_t RandomStream::below(std::int64_t bound) {
    assert(bound > 0);
    const auto n = static_cast<std::uint64_t>(bound);
    const std::uint64_t limit = (0 - n) % n;  // rejection: no modulo bias
    std::uint64_t x = next();
    while (x < limit) {
        x = next();
    }
    return static_cast<std::int64_t>(x % n);
}

}  // namespace r2t2
