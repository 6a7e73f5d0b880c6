// Loads a golden model variant (tests/data/golden/A or B) into the network, in float32 or float64.
#pragma once

#include <fstream>
#include <nlohmann/json.hpp>

#include "core/model/moai_network.h"
#include "core/model/weight_store.h"
#include "tests/support/golden_file.h"

namespace r2t2::golden {

inline at::Tensor to_tensor(const Tensor& t) {
    const auto type = t.dtype == "F64" ? at::kDouble : t.dtype == "F32" ? at::kFloat : t.dtype == "F16" ? at::kHalf
                    : t.dtype == "U8" ? at::kByte : t.dtype == "BOOL" ? at::kBool : at::kLong;
    at::Tensor out = at::empty(t.shape, at::TensorOptions(type));
    std::memcpy(out.data_ptr(), t.bytes.data(), t.bytes.size());
    return out;
}

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

struct GoldenModel {
    ModelConfig config;
    TensorMap named;
    MoaiWeights weights;

    static GoldenModel load(const std::string& variant, at::ScalarType type) {
        configure_torch();
        GoldenModel m;
        m.config = read_config(variant);
        const File file = File::load(variant + "/weights");
        for (const ParameterShape& p : parameter_table(m.config)) {
            m.named[p.name] = to_tensor(file[p.name]).to(type);
        }
        auto bound = MoaiWeights::bind(m.config, m.named, variant);
        if (!bound) {
            throw std::runtime_error(bound.error().message());
        }
        m.weights = std::move(bound).value();
        return m;
    }
};

/// Rows of a golden case as token samples; padding dropped, answer split off by the labels.
inline std::vector<TokenSample> token_samples(const File& file, const ModelConfig& config, const std::string& prefix = "") {
    const Tensor& ids = file[prefix + "input_ids"];
    const std::vector<std::int64_t> id = ids.integers();
    const std::int64_t batch = ids.shape[0];
    const std::int64_t n = ids.shape[1];
    const std::int64_t grow = config.vision.patches() - 1;
    std::vector<std::int64_t> labels;
    if (file.has(prefix + "labels")) {
        labels = file[prefix + "labels"].integers();
    }
    std::vector<std::int64_t> mask(id.size(), 1);
    if (file.has(prefix + "attention_mask")) {
        mask = file[prefix + "attention_mask"].integers();
    }
    std::vector<TokenSample> out;
    for (std::int64_t b = 0; b < batch; ++b) {
        TokenSample sample;
        for (std::int64_t t = 0; t < n; ++t) {
            if (mask[b * n + t] == 0) {
                continue;
            }
            const bool answer = !labels.empty() && t + grow < n + grow && labels[b * (n + grow) + t + grow] != -100;
            (answer ? sample.answer : sample.prompt).push_back(id[b * n + t]);
        }
        out.push_back(std::move(sample));
    }
    return out;
}

}  // namespace r2t2::golden
