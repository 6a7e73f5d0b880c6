#include "core/checkpoint/random_weights.h"

#include <bit>
#include <cassert>
#include <cmath>
#include <cstring>

#include "core/base/random.h"

namespace r2t2 {

namespace {

constexpr float kAdaptation = 0.1F;

/// Number `index` of the stream that starts at `state`: SplitMix64 counts by a constant, so any place can be reached.
std::uint64_t number_at(std::uint64_t state, std::uint64_t index) {
    std::uint64_t z = state + (index + 1) * 0x9e3779b97f4a7c15ULL;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31);
}

/// Sum of the four 16-bit parts, twice, minus its mean: a whole number of deviation 2 x 65536 / sqrt(3).
std::int32_t centred_sum(std::uint64_t bits) {
    const std::uint64_t halves = (bits & 0x0000ffff0000ffffULL) + ((bits >> 16) & 0x0000ffff0000ffffULL);
    const auto sum = static_cast<std::int32_t>((halves & 0xffffffffULL) + (halves >> 32));
    return 2 * sum - 4 * 65535;
}

template <typename Stored, typename Round>
void fill(std::uint64_t state, const WeightSpread& spread, std::uint64_t first, std::span<std::byte> out, Round round) {
    // Deviation of a 16-bit part: sqrt((65536^2 - 1) / 12); four of them, twice.
    const float scale = spread.deviation / (4.0F * std::sqrt((65536.0F * 65536.0F - 1.0F) / 12.0F));
    const std::size_t count = out.size() / sizeof(Stored);
    for (std::size_t i = 0; i < count; ++i) {
        const Stored value = round(spread.mean + scale * static_cast<float>(centred_sum(number_at(state, first + i))));
        std::memcpy(out.data() + i * sizeof(Stored), &value, sizeof value);
    }
}

/// Layers whose outputs are added to the stream that this tensor's product is added to; 0: it is added to none.
int residual_layers(const ModelConfig& config, const std::string& name) {
    if (name.ends_with("attention.wo.Plora_main.weight") || name.ends_with("feed_forward.w2.Plora_main.weight")) {
        return config.layers;
    }
    if (name.starts_with("moai_compressor.layers.") &&
        (name.ends_with("0.to_out.weight") || name.ends_with("1.3.weight"))) {
        return config.compressor.depth;
    }
    return name.ends_with("self_attn.out_proj.weight") || name.ends_with("mlp.fc2.weight") ? config.vision.layers : 0;
}

bool is_norm(const std::string& name) {
    return name.find("norm") != std::string::npos;  // attention_norm, norm_media, layer_norm1, pre_layrnorm, ...
}

/// LayerNorm of the compressor's feed-forward: the only norm whose name does not say so.
bool is_compressor_feed_forward_norm(const std::string& name) {
    return name.starts_with("moai_compressor.layers.") && name.ends_with(".1.0.weight");
}

}  // namespace

WeightSpread weight_spread(const ModelConfig& config, const ParameterShape& parameter) {
    const std::string& name = parameter.name;
    if (name.ends_with(".bias")) {
        return {};
    }
    if (parameter.shape.size() == 1 && (is_norm(name) || is_compressor_feed_forward_norm(name))) {
        return {1.0F, 0.0F};
    }
    double columns = 1;
    for (std::size_t i = parameter.shape.size() == 1 ? 0 : 1; i < parameter.shape.size(); ++i) {
        columns *= static_cast<double>(parameter.shape[i]);
    }
    double deviation = 1.0 / std::sqrt(columns);
    if (const int layers = residual_layers(config, name); layers > 0) {
        deviation /= std::sqrt(2.0 * layers);
    }
    if (name.ends_with("Plora_B.weight")) {
        deviation *= kAdaptation;
    }
    return {0.0F, static_cast<float>(deviation)};
}

std::uint16_t to_bfloat16_bits(float value) {
    const auto bits = std::bit_cast<std::uint32_t>(value);
    return static_cast<std::uint16_t>((bits + 0x7fff + ((bits >> 16) & 1)) >> 16);
}

std::uint16_t to_float16_bits(float value) {
    const auto bits = std::bit_cast<std::uint32_t>(value);
    const auto sign = static_cast<std::uint16_t>((bits >> 16) & 0x8000);
    const std::uint32_t magnitude = bits & 0x7fffffff;
    if (magnitude >= 0x47800000) {  // 65536 and above, infinity, NaN
        return static_cast<std::uint16_t>(sign | (magnitude > 0x7f800000 ? 0x7e00 : 0x7c00));
    }
    if (magnitude < 0x38800000) {  // below 2^-14: steps of 2^-24
        return static_cast<std::uint16_t>(sign |
                                          static_cast<std::uint16_t>(std::nearbyint(std::fabs(value) * 0x1p24F)));
    }
    const std::uint32_t rounded = magnitude + 0xfff + ((magnitude >> 13) & 1);
    return static_cast<std::uint16_t>(sign | ((rounded - 0x38000000) >> 13));
}

void fill_random_weights(std::uint64_t seed, const std::string& name, const WeightSpread& spread, TensorDtype dtype,
                         std::uint64_t first, std::span<std::byte> out) {
    assert(out.size() % dtype_size(dtype) == 0);
    const std::uint64_t state = RandomStream::fork(seed, name).state();
    switch (dtype) {
        case TensorDtype::BF16:
            return fill<std::uint16_t>(state, spread, first, out, to_bfloat16_bits);
        case TensorDtype::F16:
            return fill<std::uint16_t>(state, spread, first, out, to_float16_bits);
        default:
            assert(dtype == TensorDtype::F32);
            return fill<float>(state, spread, first, out, [](float value) { return value; });
    }
}

}  // namespace r2t2
