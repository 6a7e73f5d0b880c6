// Sizes of a golden model variant, from upstream's dump. Torch-free.
#pragma once

#include <fstream>
#include <nlohmann/json.hpp>

#include "core/checkpoint/model_config.h"

namespace r2t2::golden {

/// The variant's config.json (upstream's dump) in our terms.
inline ModelConfig read_config(const std::string& variant) {
    std::ifstream file(std::string(R2T2_TEST_DATA) + "/golden/" + variant + "/config.json");
    const nlohmann::json j = nlohmann::json::parse(file);
    ModelConfig c;
    c.hidden_size = j["hidden_size"];
    c.layers = j["num_hidden_layers"];
    c.heads = j["num_attention_heads"];
    c.kv_heads = j["num_key_value_heads"];
    c.intermediate_size = j["intermediate_size"];
    c.vocab_size = j["vocab_size"];
    c.bias = j["bias_wqkv_wo"];
    c.rms_norm_eps = j["rms_norm_eps"];
    c.rope_theta = j["rope_theta"];
    c.rope_dynamic_factor = j["rope_scaling"].is_null() ? 0.0 : j["rope_scaling"]["factor"].get<double>();
    c.max_position_embeddings = j["max_position_embeddings"];
    c.mixer_interval = j["moai"]["interval"];
    c.expert_heads = j["moai"]["expert_heads"];
    c.expert_rank = j["moai"]["expert_rank"];
    c.plora_rank = j["plora"]["r"];
    c.plora_alpha = j["plora"]["alpha"];
    const auto& p = j["perceiver"];
    c.compressor = {p["depth"], p["heads"], p["dim_head"], p["num_latents"], p["ff_mult"]};
    const auto& v = j["vision"];
    c.vision = {v["hidden_size"], v["num_hidden_layers"], v["num_attention_heads"], v["intermediate_size"],
                v["patch_size"], v["image_px"], v["layer_norm_eps"]};
    return c;
}

}  // namespace r2t2::golden
