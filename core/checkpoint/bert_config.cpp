#include "core/checkpoint/bert_config.h"

#include <algorithm>

#include "core/json/parse_json.h"

namespace r2t2 {

namespace {

using Json = nlohmann::json;
namespace fs = std::filesystem;

Result<Json> read_object(const fs::path& path) {
    JsonLimits limits;
    limits.bytes = 1 << 20;
    limits.non_finite = NonFiniteLiterals::AsTexts;
    Result<Json> json = read_json_file(path, limits);
    if (json && !json->is_object()) {
        return invalid_input(path.string(), {}, brief_json(*json), "a JSON object");
    }
    return json;
}

Status read_size(const Json& json, const char* key, const std::string& where, int& value, int most) {
    if (!json.contains(key)) {
        return invalid_input(where, key, "missing", "1 .. " + std::to_string(most));
    }
    const Json& found = json[key];
    if (!is_whole_number(found) || found.get<double>() < 1 || found.get<double>() > most) {
        return invalid_input(where, key, brief_json(found), "1 .. " + std::to_string(most));
    }
    value = found.get<int>();
    return {};
}

/// What a key says, where it says anything, must be this.
Status require_value(const Json& json, const char* key, const Json& value, const std::string& where) {
    if (json.contains(key) && json[key] != value) {
        return invalid_input(where, key, brief_json(json[key]), brief_json(value));
    }
    return {};
}

Status read_sizes(const Json& json, const std::string& where, BertConfig& config) {
    R2T2_TRY(require_value(json, "model_type", "bert", where));
    R2T2_TRY(require_value(json, "hidden_act", "gelu", where));
    R2T2_TRY(require_value(json, "position_embedding_type", "absolute", where));
    R2T2_TRY(read_size(json, "hidden_size", where, config.hidden_size, 16384));
    R2T2_TRY(read_size(json, "num_hidden_layers", where, config.layers, 200));
    R2T2_TRY(read_size(json, "num_attention_heads", where, config.heads, 1024));
    R2T2_TRY(read_size(json, "intermediate_size", where, config.intermediate_size, 131072));
    R2T2_TRY(read_size(json, "vocab_size", where, config.vocab_size, 1'000'000));
    R2T2_TRY(read_size(json, "max_position_embeddings", where, config.max_positions, 131072));
    R2T2_TRY(read_size(json, "type_vocab_size", where, config.token_types, 64));
    if (config.hidden_size % config.heads != 0) {
        return invalid_input(where, "num_attention_heads", std::to_string(config.heads),
                             "a divisor of hidden_size " + std::to_string(config.hidden_size));
    }
    const Json eps = json.value("layer_norm_eps", Json(config.layer_norm_eps));
    if (!eps.is_number() || !(eps.get<double>() > 0 && eps.get<double>() < 1)) {
        return invalid_input(where, "layer_norm_eps", brief_json(eps), "between 0 and 1");
    }
    config.layer_norm_eps = eps.get<double>();
    return {};
}

Status check_pooling(const fs::path& path) {
    const Result<Json> json = read_object(path);
    if (!json) {
        return json.error();
    }
    R2T2_TRY(require_value(*json, "pooling_mode_mean_tokens", true, path.string()));
    for (const char* other : {"pooling_mode_cls_token", "pooling_mode_max_tokens", "pooling_mode_mean_sqrt_len_tokens"}) {
        R2T2_TRY(require_value(*json, other, false, path.string()));
    }
    return {};
}

}  // namespace

Result<BertConfig> BertConfig::read(const fs::path& directory) {
    BertConfig config;
    const fs::path main = directory / "config.json";
    const Result<Json> json = read_object(main);
    if (!json) {
        return json.error();
    }
    R2T2_TRY(read_sizes(*json, main.string(), config));
    std::error_code code;
    const fs::path sentence = directory / "sentence_bert_config.json";
    if (fs::exists(sentence, code)) {
        const Result<Json> settings = read_object(sentence);
        if (!settings) {
            return settings.error();
        }
        if (settings->contains("max_seq_length") && !(*settings)["max_seq_length"].is_null()) {
            R2T2_TRY(read_size(*settings, "max_seq_length", sentence.string(), config.max_tokens, 131072));
        }
    }
    config.max_tokens = std::min(config.max_tokens, config.max_positions);
    if (config.max_tokens < 2) {
        return invalid_input(main.string(), "max_position_embeddings", std::to_string(config.max_positions), "at least 2");
    }
    const fs::path pooling = directory / "1_Pooling" / "config.json";
    if (fs::exists(pooling, code)) {
        R2T2_TRY(check_pooling(pooling));
    }
    return config;
}

}  // namespace r2t2
