// Every tensor of a MoAI checkpoint, by name and shape. Declared in model_config.h.
#include <string>
#include <utility>

#include "core/checkpoint/model_config.h"

namespace r2t2 {

std::vector<ParameterShape> parameter_table(const ModelConfig& c) {
    using Shape = std::vector<std::int64_t>;
    std::vector<ParameterShape> table;
    const auto add = [&table](std::string name, Shape shape) { table.push_back({std::move(name), std::move(shape)}); };
    const auto add_norm = [&add](const std::string& name, std::int64_t width) {
        add(name + ".weight", {width});
        add(name + ".bias", {width});
    };
    const auto add_plora = [&](const std::string& name, std::int64_t out, std::int64_t in, bool bias) {
        add(name + ".Plora_main.weight", {out, in});
        if (bias) {
            add(name + ".Plora_main.bias", {out});
        }
        add(name + ".Plora_A.weight", {c.plora_rank, in});
        add(name + ".Plora_B.weight", {out, c.plora_rank});
    };
    const std::int64_t h = c.hidden_size;
    add("model.tok_embeddings.weight", {c.vocab_size + 1, h});
    for (int i = 0; i < c.layers; ++i) {
        const std::string layer = "model.layers." + std::to_string(i) + ".";
        add(layer + "attention_norm.weight", {h});
        add(layer + "ffn_norm.weight", {h});
        add_plora(layer + "attention.wqkv", c.qkv_rows(), h, c.bias);
        add_plora(layer + "attention.wo", h, h, c.bias);
        add_plora(layer + "feed_forward.w1", c.intermediate_size, h, false);
        add_plora(layer + "feed_forward.w3", c.intermediate_size, h, false);
        add_plora(layer + "feed_forward.w2", h, c.intermediate_size, false);
        if (!c.is_mixer(i)) {
            continue;
        }
        for (const char* expert : expert_module_names) {
            for (const char* part : {"q", "k", "v", "o"}) {
                const std::string linear = layer + "attention." + expert + ".linear_" + part;
                add(linear + ".0.weight", {c.expert_rank, h});
                add(linear + ".1.weight", {h, c.expert_rank});
            }
        }
        for (const char* gate : {"moai_GA_img", "moai_GA_lang"}) {
            add(layer + "attention." + gate + ".weight", {3, h});
            add(layer + "attention." + gate + ".bias", {3});
        }
    }
    add("model.norm.weight", {h});
    if (!c.tie_word_embeddings) {
        add("output.weight", {c.vocab_size, h});
    }

    const std::int64_t v = c.vision.hidden_size;
    add("vision_proj.0.weight", {h, v});
    add("vision_proj.0.bias", {h});
    add("vision_proj.2.weight", {h, h});
    add("vision_proj.2.bias", {h});

    const std::int64_t inner = c.compressor.inner();
    const std::int64_t wide = h * c.compressor.feed_forward_mult;
    add("moai_compressor.latents", {c.compressor.latents, h});
    for (int d = 0; d < c.compressor.depth; ++d) {
        const std::string layer = "moai_compressor.layers." + std::to_string(d) + ".";
        add_norm(layer + "0.norm_media", h);
        add_norm(layer + "0.norm_latents", h);
        add(layer + "0.to_q.weight", {inner, h});
        add(layer + "0.to_kv.weight", {2 * inner, h});
        add(layer + "0.to_out.weight", {h, inner});
        add_norm(layer + "1.0", h);
        add(layer + "1.1.weight", {wide, h});
        add(layer + "1.3.weight", {h, wide});
    }
    add_norm("moai_compressor.norm", h);

    const std::string tower = "vit.vision_tower.vision_model.";
    add(tower + "embeddings.class_embedding", {v});
    add(tower + "embeddings.patch_embedding.weight", {v, 3, c.vision.patch_size, c.vision.patch_size});
    add(tower + "embeddings.position_embedding.weight", {c.vision.patches() + 1, v});
    add_norm(tower + "pre_layrnorm", v);
    for (int l = 0; l < c.vision.layers; ++l) {
        const std::string layer = tower + "encoder.layers." + std::to_string(l) + ".";
        for (const char* part : {"q_proj", "k_proj", "v_proj", "out_proj"}) {
            add(layer + "self_attn." + part + ".weight", {v, v});
            add(layer + "self_attn." + part + ".bias", {v});
        }
        add_norm(layer + "layer_norm1", v);
        add_norm(layer + "layer_norm2", v);
        add(layer + "mlp.fc1.weight", {c.vision.intermediate_size, v});
        add(layer + "mlp.fc1.bias", {c.vision.intermediate_size});
        add(layer + "mlp.fc2.weight", {v, c.vision.intermediate_size});
        add(layer + "mlp.fc2.bias", {v});
    }
    add_norm(tower + "post_layernorm", v);  // stored, never used: features are taken before it
    return table;
}

}  // namespace r2t2
