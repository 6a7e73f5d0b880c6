#include "core/checkpoint/weight_memory.h"

#include "kernels/quantised_weights.h"

namespace r2t2 {

namespace {

bool is_weight_only(Precision precision) { return precision == Precision::Int8 || precision == Precision::Nf4; }

std::int64_t number_bytes(Precision precision, bool on_cpu) {
    switch (precision) {
        case Precision::Float64: return 8;
        case Precision::BFloat16:
        case Precision::Float16: return 2;
        case Precision::Int8:
        case Precision::Nf4: return on_cpu ? 4 : 2;
        case Precision::Float32: break;
    }
    return 4;
}

std::int64_t numbers_of(const ParameterShape& parameter) {
    std::int64_t numbers = 1;
    for (const std::int64_t dimension : parameter.shape) {
        numbers *= dimension;
    }
    return numbers;
}

std::int64_t quantised_bytes(const ParameterShape& parameter, Precision precision) {
    constexpr auto scale = static_cast<std::int64_t>(sizeof(float));
    const std::int64_t rows = parameter.shape[0], columns = parameter.shape[1];
    return precision == Precision::Int8 ? rows * (columns + scale)
                                        : rows * (kernels::nf4_row_bytes(columns) + scale * kernels::nf4_row_blocks(columns));
}

/// What MoaiWeights::prepare_for_inference copies.
bool is_copied(const std::string& name) {
    if (name.ends_with(".Plora_main.weight")) {
        return true;
    }
    return name.ends_with(".self_attn.q_proj.weight") || name.ends_with(".self_attn.k_proj.weight") || name.ends_with(".self_attn.v_proj.weight");
}

}  // namespace

bool may_be_quantised(const std::string& name, const std::vector<std::int64_t>& shape) {
    const auto in = [&name](const char* part) { return name.find(part) != std::string::npos; };
    const bool linear = in(".Plora_") || in("vision_proj.") || in("moai_compressor.layers.") || in(".self_attn.") || in(".mlp.") ||
                        name == "output.weight";
    return linear && shape.size() == 2;
}

std::int64_t merged_copies(const ModelConfig& config, Precision precision) {
    std::int64_t bytes = 0;
    for (const ParameterShape& parameter : parameter_table(config)) {
        bytes += is_copied(parameter.name) ? number_bytes(precision, /*on_cpu=*/true) * numbers_of(parameter) : 0;
    }
    return is_weight_only(precision) || bytes > merged_copies_limit ? 0 : bytes;
}

std::int64_t weight_memory(const ModelConfig& config, Precision precision, bool on_cpu) {
    std::int64_t bytes = merged_copies(config, precision);
    for (const ParameterShape& parameter : parameter_table(config)) {
        const bool quantised = is_weight_only(precision) && may_be_quantised(parameter.name, parameter.shape);
        bytes += quantised ? quantised_bytes(parameter, precision) : number_bytes(precision, on_cpu) * numbers_of(parameter);
    }
    return bytes;
}

}  // namespace r2t2
