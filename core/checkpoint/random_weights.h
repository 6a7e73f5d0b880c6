// Numbers of random checkpoints: every element is a function of seed, tensor name and index alone, so shards, threads
// and the order of writing change nothing. Whole numbers and one product of floats: the same bytes on every machine.
//
// Element i takes number i of RandomStream::fork(seed, name); the sum of its four 16-bit parts, centred, stands for a
// normal deviate (Irwin-Hall of 4: same first three moments, nothing beyond 3.46 deviations).
//
// Deviations keep activations near 1 through any number of layers: 1 / sqrt(columns) for projections, so that a product
// with a normed input has deviation 1; what is added to a residual stream is divided by sqrt(2 x layers); PLoRA's
// second matrix by 10, an adaptation and no second backbone. Gates have deviation-1 logits: experts are neither equal
// nor alone.
// Thread rule: pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "core/checkpoint/model_config.h"
#include "core/checkpoint/safetensors.h"

namespace r2t2 {

/// Mean and standard deviation of a tensor's elements. Norms are 1, biases 0.
struct WeightSpread {
    float mean = 0;
    float deviation = 0;
};
[[nodiscard]] WeightSpread weight_spread(const ModelConfig& config, const ParameterShape& parameter);

/// The elements from `first` on that fill `out`, little-endian, rounded to nearest even. F32, BF16 or F16.
void fill_random_weights(std::uint64_t seed, const std::string& name, const WeightSpread& spread, TensorDtype dtype,
                         std::uint64_t first, std::span<std::byte> out);

/// IEEE binary16 bits, rounded to nearest even; too large becomes infinity.
[[nodiscard]] std::uint16_t to_float16_bits(float value);
/// bfloat16 bits, rounded to nearest even. `value` is no NaN.
[[nodiscard]] std::uint16_t to_bfloat16_bits(float value);

}  // namespace r2t2
