#include "core/checkpoint/config_values.h"

#include <algorithm>
#include <cctype>

#include "core/base/number_text.h"
#include "core/json/parse_json.h"

namespace r2t2::config_values {

namespace {

using nlohmann::json;

struct Range {
    double low, high;  ///< both belong to it
    [[nodiscard]] bool holds(double value) const { return value >= low && value <= high; }  // not so for NaN
    [[nodiscard]] std::string text() const { return number_text(low) + " to " + number_text(high); }
};

struct Number {
    const char* field;
    double value;
    Range allowed, usual;
    const char* what;
};

/// Allowed is wider than any use; epsilons of float32 that vanish beside 1e-12 are zero.
std::vector<Number> numbers_of(const ModelConfig& config) {
    constexpr Range kEpsilon = {1e-12, 0.1}, kUsualEpsilon = {1e-8, 1e-3};
    std::vector<Number> out = {
        {"rms_norm_eps", config.rms_norm_eps, kEpsilon, kUsualEpsilon, "positive and small"},
        {"rope_theta", config.rope_theta, {1.0, 1e12}, {1e3, 1e9}, "positive, the base of the rotary angles"},
        {"moai.plora_alpha", config.plora_alpha, {0.0, 1e6}, {config.plora_rank / 64.0, config.plora_rank * 64.0}, "the scale of PLoRA, times its rank"},
        {"moai.vision.layer_norm_eps", config.vision.layer_norm_eps, kEpsilon, kUsualEpsilon, "positive and small"},
    };
    if (config.rope_dynamic_factor != 0) {
        out.push_back({"rope_scaling.factor", config.rope_dynamic_factor, {0.01, 1e4}, {1.0, 64.0}, "positive"});
    }
    return out;
}

bool contains_word(std::string text, const char* word) {
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text.find(word) != std::string::npos;
}

bool is_ours(const std::string& name) { return contains_word(name, "moai") || contains_word(name, "internlm"); }

/// Nothing where the key is missing or null.
const json* stated(const json& root, const char* key) {
    const auto found = root.find(key);
    return found == root.end() || found->is_null() ? nullptr : &*found;
}

Status check_model(const json& root, const std::string& where, std::vector<Error>& remarks) {
    constexpr const char* kRun = "moai or internlm2, which is what is run, whatever this says";
    if (const json* type = stated(root, "model_type")) {
        if (!type->is_string()) {
            return invalid_input(where, "model_type", brief_json(*type).substr(0, 80), "a string: moai");
        }
        if (!is_ours(type->get<std::string>())) {
            remarks.push_back(invalid_input(where, "model_type", brief_json(*type).substr(0, 80), kRun));
        }
    }
    if (const json* names = stated(root, "architectures")) {
        const bool texts = names->is_array() && std::all_of(names->begin(), names->end(), [](const json& each) { return each.is_string(); });
        if (!texts) {
            return invalid_input(where, "architectures", brief_json(*names).substr(0, 80), "a list of names");
        }
        if (!names->empty() && std::none_of(names->begin(), names->end(), [](const json& each) { return is_ours(each.get<std::string>()); })) {
            remarks.push_back(invalid_input(where, "architectures", names->dump(-1, ' ', true).substr(0, 80), kRun));
        }
    }
    return {};
}

}  // namespace

Status check(const ModelConfig& config, const std::string& where) {
    for (const Number& number : numbers_of(config)) {
        if (!number.allowed.holds(number.value)) {
            return invalid_input(where, number.field, number_text(number.value), number.allowed.text() + " (" + number.what + ")");
        }
    }
    return {};
}

std::vector<Error> unusual(const ModelConfig& config, const std::string& where) {
    std::vector<Error> remarks;
    for (const Number& number : numbers_of(config)) {
        if (!number.usual.holds(number.value)) {
            remarks.push_back(invalid_input(where, number.field, number_text(number.value) + ", which is unusual", number.usual.text() + " in models that are known"));
        }
    }
    if (config.max_position_embeddings <= config.vision.patches()) {
        remarks.push_back(invalid_input(where, "max_position_embeddings", std::to_string(config.max_position_embeddings),
                                        "more than the " + std::to_string(config.vision.patches()) + " tokens of a picture"));
    }
    return remarks;
}

Status check_stated(const json& root, const ModelConfig& config, const std::string& where, std::vector<Error>& remarks) {
    if (const json* activation = stated(root, "hidden_act"); activation != nullptr && *activation != "silu" && *activation != "swish") {
        return invalid_input(where, "hidden_act", brief_json(*activation).substr(0, 80), "silu (or swish, its other name): the decoder's activation");
    }
    R2T2_TRY(check_model(root, where, remarks));
    if (const json* size = stated(root, "head_dim"); size != nullptr && *size != config.head_dim()) {
        return invalid_input(where, "head_dim", brief_json(*size).substr(0, 80), std::to_string(config.head_dim()) + ", which is hidden_size / num_attention_heads");
    }
    const json* switched = stated(root, "use_sliding_window");
    const json* window = stated(root, "sliding_window");
    if (switched != nullptr && !switched->is_boolean()) {
        return invalid_input(where, "use_sliding_window", brief_json(*switched).substr(0, 80), "true or false");
    }
    if (window != nullptr && (switched == nullptr || switched->get<bool>())) {
        remarks.push_back(invalid_input(where, "sliding_window", brief_json(*window).substr(0, 80), "none: every token sees all tokens before it"));
    }
    if (stated(root, "quantization_config") != nullptr) {
        remarks.push_back(invalid_input(where, "quantization_config", "weights that are stated to be quantised", "none: tensors are read as they are stored"));
    }
    return {};
}

}  // namespace r2t2::config_values
