#include "core/checkpoint/model_presets.h"

#include <algorithm>

namespace r2t2 {

namespace {

ModelConfig moai_7b() {
    ModelConfig config;  // whose defaults are MoAI-7B's sizes
    config.name = "MoAI-7B";
    config.rope_dynamic_factor = 1.0;
    return config;
}

ModelConfig medium() {
    ModelConfig config = moai_7b();
    config.name = "MoAI medium";
    config.hidden_size = 512;
    config.layers = 16;
    config.heads = 8;
    config.kv_heads = 2;
    config.intermediate_size = 1792;
    config.plora_rank = 64;
    config.plora_alpha = 64;
    config.vision.hidden_size = 256;
    config.vision.layers = 6;
    config.vision.heads = 4;
    config.vision.intermediate_size = 1024;
    return config;
}

ModelConfig small() {
    ModelConfig config = moai_7b();
    config.name = "MoAI small";
    config.hidden_size = 64;
    config.layers = 4;
    config.heads = 4;
    config.kv_heads = 2;
    config.intermediate_size = 160;
    config.vocab_size = 512;
    config.max_position_embeddings = 4096;
    config.mixer_interval = 2;
    config.expert_rank = 16;
    config.plora_rank = 8;
    config.plora_alpha = 8;
    config.compressor = {.depth = 2, .heads = 2, .head_dim = 16, .latents = 8, .feed_forward_mult = 1};
    config.vision.hidden_size = 64;
    config.vision.layers = 2;
    config.vision.heads = 4;
    config.vision.intermediate_size = 128;
    config.vision.image_size = 70;
    return config;
}

}  // namespace

const std::vector<ModelPreset>& model_presets() {
    static const std::vector<ModelPreset> presets = {
        {"moai-7b", "the published sizes: 32 layers, mixers in four of them", moai_7b()},
        {"medium", "16 layers, mixers in two of them, MoAI's vocabulary, pictures and image tokens", medium()},
        {"small", "4 layers, mixers in two of them, 512 words, pictures of 70 pixels", small()},
    };
    return presets;
}

Result<ModelPreset> find_model_preset(std::string_view name) {
    std::string known;
    for (const ModelPreset& preset : model_presets()) {
        if (preset.name == name) {
            return preset;
        }
        known += (known.empty() ? "" : ", ") + preset.name;
    }
    return invalid_input("--config", "", std::string(name), known);
}

bool has_moai_7b_shape(const ModelConfig& config) {
    const std::vector<ParameterShape> table = parameter_table(config);
    const std::vector<ParameterShape> published = parameter_table(moai_7b());
    return std::equal(
        table.begin(), table.end(), published.begin(), published.end(),
        [](const ParameterShape& a, const ParameterShape& b) { return a.name == b.name && a.shape == b.shape; });
}

}  // namespace r2t2
