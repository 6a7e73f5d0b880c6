#include "core/checkpoint/model_identity.h"

#include <charconv>
#include <set>

#include "core/base/sha256.h"

namespace r2t2 {

namespace {

std::string text_of(int value) { return std::to_string(value); }
std::string text_of(bool value) { return value ? "true" : "false"; }
std::string text_of(const std::string& value) { return value; }

std::string text_of(const std::set<int>& values) {
    std::string text;
    for (const int value : values) {
        text += (text.empty() ? "" : ", ") + std::to_string(value);
    }
    return text;
}

/// Shortest text that reads back to the same number.
std::string text_of(double value) {
    char text[32];
    const auto end = std::to_chars(text, text + sizeof text, value).ptr;
    return {text, end};
}

}  // namespace

/// Not the name, and not whether it is the bundled one: no answer depends on them.
IdentityParts identity_parts(const ModelConfig& config, const std::string& weights_hash, const std::string& tokenizer_hash,
                             const std::string& added_tokens) {
    IdentityParts parts;
    const auto add = [&parts](const char* field, const auto& value) { parts[std::string("config.json: ") + field] = text_of(value); };
    add("hidden_size", config.hidden_size);
    add("num_hidden_layers", config.layers);
    add("num_attention_heads", config.heads);
    add("num_key_value_heads", config.kv_heads);
    add("intermediate_size", config.intermediate_size);
    add("vocab_size", config.vocab_size);
    add("bias", config.bias);
    add("rms_norm_eps", config.rms_norm_eps);
    add("rope_theta", config.rope_theta);
    add("rope_scaling.factor", config.rope_dynamic_factor);
    add("max_position_embeddings", config.max_position_embeddings);
    add("bos_token_id", config.bos_id);
    add("eos_token_id", config.eos_id);
    add("pad_token_id", config.pad_id);
    if (config.tie_word_embeddings) {  // no part where it is false, so that runs from before it was read keep their identity
        add("tie_word_embeddings", true);
    }
    add("moai.mixer_interval", config.mixer_interval);
    add("moai.expert_heads", config.expert_heads);
    add("moai.expert_rank", config.expert_rank);
    add("moai.plora_rank", config.plora_rank);
    add("moai.plora_alpha", config.plora_alpha);
    add("moai.prompt_template", config.prompt());
    add("moai.hide_image_from_text", config.hide_image_from_text);
    add("moai.norm_fp16_compat", config.norm_fp16_compat);
    add("moai.segment_map_full_scale", config.segment_map_full_scale);
    add("moai.compressor.depth", config.compressor.depth);
    add("moai.compressor.heads", config.compressor.heads);
    add("moai.compressor.head_dim", config.compressor.head_dim);
    add("moai.compressor.latents", config.compressor.latents);
    add("moai.compressor.feed_forward_mult", config.compressor.feed_forward_mult);
    add("moai.vision.hidden_size", config.vision.hidden_size);
    add("moai.vision.num_hidden_layers", config.vision.layers);
    add("moai.vision.num_attention_heads", config.vision.heads);
    add("moai.vision.intermediate_size", config.vision.intermediate_size);
    add("moai.vision.patch_size", config.vision.patch_size);
    add("moai.vision.image_size", config.vision.image_size);
    add("moai.vision.layer_norm_eps", config.vision.layer_norm_eps);
    if (const std::vector<int> ends = config.ends(); ends.size() > 1) {
        parts["config.json, generation_config.json: eos_token_id"] = text_of(std::set<int>(ends.begin(), ends.end()));
    }
    parts["tokenizer.model"] = tokenizer_hash;
    if (!added_tokens.empty()) {
        parts["added tokens"] = added_tokens;
    }
    parts["weights"] = weights_hash;
    return parts;
}

std::string identity_of(const IdentityParts& parts) {
    Sha256 hash;
    for (const auto& [part, value] : parts) {
        hash.update(part + "=" + std::to_string(value.size()) + ":" + value + "\n");
    }
    return hash.hex();
}

std::optional<IdentityDifference> first_difference(const IdentityParts& here, const IdentityParts& there) {
    const auto value = [](const IdentityParts& parts, const std::string& part) {
        const auto found = parts.find(part);
        return found == parts.end() ? std::string("none") : found->second;
    };
    IdentityParts all = here;
    all.insert(there.begin(), there.end());
    for (const auto& [part, ignored] : all) {
        if (value(here, part) != value(there, part)) {
            return IdentityDifference{part, value(here, part), value(there, part)};
        }
    }
    return std::nullopt;
}

}  // namespace r2t2
