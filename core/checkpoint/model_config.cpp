#include "core/checkpoint/model_config.h"

#include <algorithm>
#include <initializer_list>
#include <iterator>

#include "core/base/atomic_file.h"
#include "core/base/nearest_name.h"
#include "core/base/number_text.h"
#include "core/checkpoint/config_values.h"
#include "core/json/parse_json.h"

namespace r2t2 {

namespace {

using nlohmann::json;

constexpr std::uint64_t max_config_bytes = 256 << 10;  // the published one has 1 KB
constexpr int max_depth = 64;
constexpr std::size_t max_ends = 64;

const std::string evaluation_prompt =
    "AI assistant should give helpful and detailed answers to user after fully understanding an image. "
    "{image} [UNUSED_TOKEN_146]user\n{question}[UNUSED_TOKEN_145]\n[UNUSED_TOKEN_146]assistant\n";

/// Reads typed fields of one JSON object and keeps the first error.
class FieldReader {
public:
    FieldReader(const json& object, std::string where, std::string prefix)
        : object_(object), where_(std::move(where)), prefix_(std::move(prefix)) {}

    void read(const char* key, int& out, bool required = false) {
        if (const json* value = find(key, required)) {
            if (!is_whole_number(*value) || value->get<double>() < 0 || value->get<double>() > 1 << 30) {
                fail(key, brief_json(*value), "an integer from 0 to 2^30");
            } else {
                out = value->get<int>();
            }
        }
    }
    void read(const char* key, double& out, bool required = false) {
        if (const json* value = find(key, required)) {
            if (!value->is_number()) {
                fail(key, brief_json(*value), "a number");
            } else {
                out = value->get<double>();
            }
        }
    }
    void read(const char* key, bool& out, bool required = false) {
        if (const json* value = find(key, required)) {
            if (!value->is_boolean()) {
                fail(key, brief_json(*value), "true or false");
            } else {
                out = value->get<bool>();
            }
        }
    }
    void read(const char* key, std::string& out, bool required = false) {
        if (const json* value = find(key, required)) {
            if (!value->is_string()) {
                fail(key, brief_json(*value), "a string");
            } else {
                out = value->get<std::string>();
            }
        }
    }
    [[nodiscard]] const Status& status() const { return status_; }

    /// Objects and lists that others read.
    void knows(std::initializer_list<const char*> keys) { known_.insert(known_.end(), keys.begin(), keys.end()); }
    template <std::size_t count>
    void knows(const char* const (&keys)[count]) {
        known_.insert(known_.end(), std::begin(keys), std::end(keys));
    }

    enum class Others { Named, NamedIfNear };
    /// What is in the object and nobody asked for. The names that were asked for are the known ones: there is no second list.
    void remark_unknown(Others others, std::vector<Error>& remarks) const {
        for (const auto& [key, value] : object_.items()) {
            if (key.starts_with('_') || std::find(known_.begin(), known_.end(), key) != known_.end()) {
                continue;
            }
            std::vector<std::string> missing;  // a name that is there was not meant by another
            std::copy_if(known_.begin(), known_.end(), std::back_inserter(missing), [this](const std::string& name) { return !object_.contains(name); });
            const std::string near = nearest_name(key, missing);
            if (!near.empty() || others == Others::Named) {
                std::string all;
                for (const std::string& name : known_) {
                    all += (all.empty() ? "" : ", ") + name;
                }
                remarks.push_back(invalid_input(where_, prefix_ + key.substr(0, 80), "a field that nobody reads", near.empty() ? all : near + "?"));
            }
        }
    }

private:
    const json* find(const char* key, bool required) {
        known_.emplace_back(key);
        const auto it = object_.find(key);
        if (it != object_.end() && !it->is_null()) {
            return &*it;
        }
        if (required) {
            fail(key, it == object_.end() ? "nothing" : brief_json(*it), it == object_.end() ? "a value (it is not in the file)" : "a value");
        }
        return nullptr;
    }
    void fail(const char* key, std::string found, std::string allowed) {
        if (status_.ok()) {
            status_ = invalid_input(where_, prefix_ + key, found.substr(0, 80), std::move(allowed));
        }
    }

    const json& object_;
    std::string where_;
    std::string prefix_;
    std::vector<std::string> known_;
    Status status_;
};

Status require_object(const json& value, const std::string& where, const char* field) {
    return value.is_object() ? Status() : Status(invalid_input(where, field, brief_json(value), "an object"));
}

/// One id or a list of them; `ends` stays as it is where the file says nothing.
Status read_ends(const json& root, const std::string& where, std::vector<int>& ends) {
    const auto found = root.find("eos_token_id");
    if (found == root.end() || found->is_null()) {
        return {};
    }
    const json list = found->is_array() ? *found : json::array({*found});
    const auto is_id = [](const json& id) { return is_whole_number(id) && id.get<double>() >= 0 && id.get<double>() <= 1 << 30; };
    if (list.empty() || list.size() > max_ends || !std::all_of(list.begin(), list.end(), is_id)) {
        return invalid_input(where, "eos_token_id", brief_json(*found), "an id of a word, or a list of 1 to " + std::to_string(max_ends));
    }
    ends.clear();
    for (const json& id : list) {
        if (std::find(ends.begin(), ends.end(), id.get<int>()) == ends.end()) {
            ends.push_back(id.get<int>());
        }
    }
    return {};
}

Result<json> read_object(const std::filesystem::path& path, const char* allowed) {
    JsonLimits limits;
    limits.bytes = max_config_bytes;
    limits.depth = max_depth;
    limits.non_finite = NonFiniteLiterals::AsTexts;
    limits.repeated_keys = RepeatedKeys::Refused;
    Result<json> root = read_json_file(path, limits);
    if (root && !root->is_object()) {
        return invalid_input(path.string(), {}, brief_json(*root), allowed);
    }
    return root;
}

Status read_language_model(const json& root, const std::string& where, ModelConfig& config) {
    FieldReader fields(root, where, "");
    fields.read("hidden_size", config.hidden_size, true);
    fields.read("num_hidden_layers", config.layers, true);
    fields.read("num_attention_heads", config.heads, true);
    config.kv_heads = config.heads;
    fields.read("num_key_value_heads", config.kv_heads);
    fields.read("intermediate_size", config.intermediate_size, true);
    fields.read("vocab_size", config.vocab_size, true);
    fields.read("bias", config.bias);
    fields.read("rms_norm_eps", config.rms_norm_eps);
    fields.read("rope_theta", config.rope_theta);
    fields.read("max_position_embeddings", config.max_position_embeddings);
    fields.read("bos_token_id", config.bos_id);
    fields.read("pad_token_id", config.pad_id);
    fields.read("tie_word_embeddings", config.tie_word_embeddings);
    R2T2_TRY(fields.status());
    const auto tie = root.find("tie_word_embeddings");
    config.states_tie = tie != root.end() && !tie->is_null();
    fields.knows({"eos_token_id", "rope_scaling", "moai"});
    fields.knows(config_values::stated_keys);
    fields.remark_unknown(FieldReader::Others::NamedIfNear, config.remarks);
    std::vector<int> ends = config.eos_ids();
    R2T2_TRY(read_ends(root, where, ends));
    config.eos_id = ends.front();
    config.more_eos_ids.assign(ends.begin() + 1, ends.end());
    const auto scaling = root.find("rope_scaling");
    if (scaling != root.end() && !scaling->is_null()) {
        R2T2_TRY(require_object(*scaling, where, "rope_scaling"));
        FieldReader rope(*scaling, where, "rope_scaling.");
        std::string type;
        config.rope_dynamic_factor = 1.0;
        rope.read("type", type, true);
        rope.read("factor", config.rope_dynamic_factor, true);
        R2T2_TRY(rope.status());
        if (!(config.rope_dynamic_factor > 0)) {  // 0 stands for none
            return invalid_input(where, "rope_scaling.factor", number_text(config.rope_dynamic_factor), "positive");
        }
        if (type != "dynamic") {
            return invalid_input(where, "rope_scaling.type", type, "dynamic");
        }
    }
    return {};
}

/// What generation_config.json beside config.json says of ends; nothing where there is no such file.
Status read_generation_ends(const std::filesystem::path& directory, ModelConfig& config) {
    const std::filesystem::path path = directory / "generation_config.json";
    std::error_code code;
    if (!std::filesystem::exists(path, code)) {
        return {};
    }
    const Result<json> root = read_object(path, "a checkpoint's generation_config.json");
    R2T2_TRY(root);
    R2T2_TRY(read_ends(*root, path.string(), config.generation_eos_ids));
    for (const int id : config.generation_eos_ids) {
        if (id >= config.vocab_size) {
            return invalid_input(path.string(), "eos_token_id", std::to_string(id), "ids below vocab_size " + std::to_string(config.vocab_size));
        }
    }
    return {};
}

Status read_moai(const json& moai, const std::string& where, ModelConfig& config) {
    FieldReader fields(moai, where, "moai.");
    fields.read("name", config.name);
    fields.read("mixer_interval", config.mixer_interval);
    fields.read("expert_heads", config.expert_heads);
    fields.read("expert_rank", config.expert_rank);
    fields.read("plora_rank", config.plora_rank);
    config.plora_alpha = config.plora_rank;
    fields.read("plora_alpha", config.plora_alpha);
    fields.read("prompt_template", config.prompt_template);
    fields.read("hide_image_from_text", config.hide_image_from_text);
    fields.read("norm_fp16_compat", config.norm_fp16_compat);
    fields.read("segment_map_full_scale", config.segment_map_full_scale);
    fields.read("miniature", config.miniature);
    R2T2_TRY(fields.status());
    fields.knows({"compressor", "vision"});
    fields.remark_unknown(FieldReader::Others::Named, config.remarks);
    if (const auto it = moai.find("compressor"); it != moai.end()) {
        R2T2_TRY(require_object(*it, where, "moai.compressor"));
        FieldReader part(*it, where, "moai.compressor.");
        part.read("depth", config.compressor.depth);
        part.read("heads", config.compressor.heads);
        part.read("head_dim", config.compressor.head_dim);
        part.read("latents", config.compressor.latents);
        part.read("feed_forward_mult", config.compressor.feed_forward_mult);
        R2T2_TRY(part.status());
        part.remark_unknown(FieldReader::Others::Named, config.remarks);
    }
    if (const auto it = moai.find("vision"); it != moai.end()) {
        R2T2_TRY(require_object(*it, where, "moai.vision"));
        FieldReader part(*it, where, "moai.vision.");
        part.read("hidden_size", config.vision.hidden_size);
        part.read("num_hidden_layers", config.vision.layers);
        part.read("num_attention_heads", config.vision.heads);
        part.read("intermediate_size", config.vision.intermediate_size);
        part.read("patch_size", config.vision.patch_size);
        part.read("image_size", config.vision.image_size);
        part.read("layer_norm_eps", config.vision.layer_norm_eps);
        R2T2_TRY(part.status());
        part.remark_unknown(FieldReader::Others::Named, config.remarks);
    }
    return {};
}

}  // namespace

std::vector<int> ModelConfig::mixer_layers() const {
    std::vector<int> result;
    for (int layer = 0; layer < layers; ++layer) {
        if (is_mixer(layer)) {
            result.push_back(layer);
        }
    }
    return result;
}

const std::string& ModelConfig::prompt() const {
    return prompt_template.empty() ? evaluation_prompt : prompt_template;
}

std::vector<int> ModelConfig::eos_ids() const {
    std::vector<int> ids = {eos_id};
    ids.insert(ids.end(), more_eos_ids.begin(), more_eos_ids.end());
    return ids;
}

std::vector<int> ModelConfig::ends() const {
    std::vector<int> ids = eos_ids();
    for (const int id : generation_eos_ids) {
        if (std::find(ids.begin(), ids.end(), id) == ids.end()) {
            ids.push_back(id);
        }
    }
    return ids;
}

Status ModelConfig::check(const std::string& where) const {
    const auto require = [&where](bool good, const char* field, std::string found, const char* allowed) -> Status {
        return good ? Status() : Status(invalid_input(where, field, std::move(found), allowed));
    };
    const auto n = [](auto value) { return std::to_string(value); };
    constexpr int max_width = 1 << 18;
    constexpr int max_rows = 1 << 24;
    constexpr int max_layers = 1024;
    const auto in = [](int value, int most) { return value > 0 && value <= most; };
    // The upper limits are far above any model and keep products of two sizes, and the list of tensors, in bounds.
    R2T2_TRY(require(in(hidden_size, max_width) && in(layers, max_layers), "hidden_size, num_hidden_layers",
                     n(hidden_size) + ", " + n(layers), "positive, at most 2^18 wide and 1024 layers"));
    R2T2_TRY(require(heads > 0 && hidden_size % heads == 0 && head_dim() % 2 == 0, "num_attention_heads", n(heads),
                     "a divisor of hidden_size with an even head size"));
    R2T2_TRY(require(kv_heads > 0 && heads % kv_heads == 0, "num_key_value_heads", n(kv_heads),
                     "a divisor of num_attention_heads"));
    R2T2_TRY(require(vocab_size > 2 && vocab_size <= max_rows && in(intermediate_size, max_rows),
                     "vocab_size, intermediate_size", n(vocab_size) + ", " + n(intermediate_size),
                     "positive, at most 2^24, at least 3 words"));
    const std::vector<int> stated_ends = eos_ids();
    const int last_end = *std::max_element(stated_ends.begin(), stated_ends.end());
    R2T2_TRY(require(bos_id < vocab_size && last_end < vocab_size && pad_id < vocab_size,
                     "bos_token_id, eos_token_id, pad_token_id", n(bos_id) + ", " + n(last_end) + ", " + n(pad_id),
                     "ids below vocab_size"));
    R2T2_TRY(require(max_position_embeddings > 0, "max_position_embeddings", n(max_position_embeddings), "positive"));
    R2T2_TRY(require(mixer_interval > 0 && !mixer_layers().empty(), "moai.mixer_interval", n(mixer_interval),
                     "1 to num_hidden_layers"));
    R2T2_TRY(require(expert_heads > 0 && hidden_size % expert_heads == 0, "moai.expert_heads", n(expert_heads),
                     "a divisor of hidden_size"));
    R2T2_TRY(require(in(expert_rank, max_width) && in(plora_rank, max_width), "moai.expert_rank, moai.plora_rank",
                     n(expert_rank) + ", " + n(plora_rank), "positive, at most 2^18"));
    const CompressorConfig& c = compressor;
    R2T2_TRY(require(in(c.depth, max_layers) && in(c.heads, 4096) && in(c.head_dim, 4096) && in(c.latents, max_width) &&
                         in(c.feed_forward_mult, 64),
                     "moai.compressor: depth, heads, head_dim, latents, feed_forward_mult",
                     n(c.depth) + ", " + n(c.heads) + ", " + n(c.head_dim) + ", " + n(c.latents) + ", " + n(c.feed_forward_mult),
                     "positive, at most 1024, 4096, 4096, 2^18, 64"));
    R2T2_TRY(require(vision.heads > 0 && in(vision.hidden_size, max_width) && vision.hidden_size % vision.heads == 0 &&
                         in(vision.layers, max_layers) && in(vision.intermediate_size, max_rows),
                     "moai.vision: hidden_size, num_attention_heads, num_hidden_layers, intermediate_size",
                     n(vision.hidden_size) + ", " + n(vision.heads) + ", " + n(vision.layers) + ", " + n(vision.intermediate_size),
                     "positive, at most 2^18 wide and 1024 layers, heads a divisor of the width"));
    const auto times = [this](const char* key) {
        std::size_t count = 0;
        for (auto at = prompt().find(key); at != std::string::npos; at = prompt().find(key, at + 1)) {
            ++count;
        }
        return count;
    };
    R2T2_TRY(require(times("{image}") + times("<image>") == 1 && times("{question}") == 1, "moai.prompt_template",
                     "{image} " + n(times("{image}")) + " times, {question} " + n(times("{question}")) + " times",
                     "each exactly once"));
    R2T2_TRY(config_values::check(*this, where));
    return require(vision.patch_size > 0 && vision.image_size >= vision.patch_size &&
                       vision.image_size % vision.patch_size == 0 && vision.image_size <= 4096,
                   "moai.vision.image_size", n(vision.image_size), "a multiple of patch_size, at most 4096");
}

Result<ModelConfig> ModelConfig::read(const std::filesystem::path& config_json) {
    const std::string where = config_json.string();
    const Result<json> root = read_object(config_json, "a checkpoint's config.json");
    if (!root && root.error().kind != ErrorKind::InvalidInput) {
        return Error{ErrorKind::NotFound, where, {}, "no readable file", "a checkpoint's config.json"};
    }
    R2T2_TRY(root);
    ModelConfig config;
    R2T2_TRY(read_language_model(*root, where, config));
    if (const auto moai = root->find("moai"); moai != root->end()) {
        R2T2_TRY(require_object(*moai, where, "moai"));
        R2T2_TRY(read_moai(*moai, where, config));
    }
    R2T2_TRY(config.check(where));
    R2T2_TRY(config_values::check_stated(*root, config, where, config.remarks));
    for (Error& remark : config_values::unusual(config, where)) {
        config.remarks.push_back(std::move(remark));
    }
    R2T2_TRY(read_generation_ends(config_json.parent_path(), config));
    return config;
}

Status ModelConfig::write(const std::filesystem::path& config_json) const {
    json root = {{"model_type", "moai"},
                 {"hidden_size", hidden_size},
                 {"num_hidden_layers", layers},
                 {"num_attention_heads", heads},
                 {"num_key_value_heads", kv_heads},
                 {"intermediate_size", intermediate_size},
                 {"vocab_size", vocab_size},
                 {"bias", bias},
                 {"hidden_act", "silu"},
                 {"rms_norm_eps", rms_norm_eps},
                 {"rope_theta", rope_theta},
                 {"max_position_embeddings", max_position_embeddings},
                 {"bos_token_id", bos_id},
                 {"eos_token_id", more_eos_ids.empty() ? json(eos_id) : json(eos_ids())},
                 {"pad_token_id", pad_id},
                 {"tie_word_embeddings", tie_word_embeddings}};
    if (rope_dynamic_factor > 0) {
        root["rope_scaling"] = {{"type", "dynamic"}, {"factor", rope_dynamic_factor}};
    }
    root["moai"] = {{"name", name},
                    {"miniature", miniature},
                    {"mixer_interval", mixer_interval},
                    {"expert_heads", expert_heads},
                    {"expert_rank", expert_rank},
                    {"plora_rank", plora_rank},
                    {"plora_alpha", plora_alpha},
                    {"prompt_template", prompt()},
                    {"hide_image_from_text", hide_image_from_text},
                    {"norm_fp16_compat", norm_fp16_compat},
                    {"segment_map_full_scale", segment_map_full_scale},
                    {"compressor",
                     {{"depth", compressor.depth},
                      {"heads", compressor.heads},
                      {"head_dim", compressor.head_dim},
                      {"latents", compressor.latents},
                      {"feed_forward_mult", compressor.feed_forward_mult}}},
                    {"vision",
                     {{"hidden_size", vision.hidden_size},
                      {"num_hidden_layers", vision.layers},
                      {"num_attention_heads", vision.heads},
                      {"intermediate_size", vision.intermediate_size},
                      {"patch_size", vision.patch_size},
                      {"image_size", vision.image_size},
                      {"layer_norm_eps", vision.layer_norm_eps}}}};
    return write_file_atomically(config_json, root.dump(2) + '\n');
}

}  // namespace r2t2
