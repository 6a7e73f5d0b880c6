#include "core/checkpoint/rerouting_file.h"

#include <map>
#include <optional>

#include "core/base/file_reader.h"
#include "core/base/sha256.h"
#include "core/json/parse_json.h"
#include "core/routing/parameter_json.h"
#include "core/routing/sweep.h"

namespace r2t2 {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::uint64_t kMostBytes = 256 << 10;
constexpr const char* kVariants = "variants";  ///< no parameter's name

std::filesystem::path file_of(const std::filesystem::path& model_directory) { return model_directory / "rerouting.json"; }

/// A link to nothing is there: it is no file that may be missing.
bool is_there(const std::filesystem::path& path) {
    std::error_code code;
    return std::filesystem::symlink_status(path, code).type() != std::filesystem::file_type::not_found;
}

bool is_remark(const std::string& key) { return !key.empty() && key.front() == '_'; }

/// A parameter has several names: none is stated twice, and none beside the one that is looked at in its place.
Status check_stated_once(const Json& json, const std::string& where) {
    std::map<std::string, std::string> keys;  // by the row's name
    for (const auto& [key, stated] : json.items()) {
        const ParameterRow* row = is_remark(key) ? nullptr : find_parameter(key);
        if (row != nullptr && !keys.emplace(row->name, key).second) {
            return invalid_input(where, key, "the parameter of \"" + keys[row->name] + "\" a second time", "every parameter once");
        }
    }
    for (const auto& [name, key] : keys) {
        const ParameterRow& row = *find_parameter(name);
        if (const auto replaced = keys.find(row.replaces); replaced != keys.end() && json[key].is_number()) {
            return invalid_input(where, key, "together with " + replaced->second, "one of the two: " + name + " replaces " + replaced->first);
        }
    }
    return {};
}

Status apply_field(const std::string& key, const Json& stated, const std::string& where, MethodParams& params) {
    const ParameterRow* row = find_parameter(key);
    if (row == nullptr) {
        return invalid_input(where, key, "an unknown field", parameter_fields() + ", " + kVariants);
    }
    const Result<ParameterValue> value = parameter_value(*row, stated, where, key);
    if (!value) {
        return value.error();
    }
    row->access.set(params, *value);
    return {};
}

/// None: there is no such file.
Result<std::optional<Json>> read_file(const std::filesystem::path& path) {
    if (!is_there(path)) {
        return std::optional<Json>();
    }
    const Result<std::string> text = read_whole_file(path, kMostBytes);
    if (!text) {
        return text.error();
    }
    JsonLimits limits;
    limits.non_finite = NonFiniteLiterals::AsTexts;
    limits.repeated_keys = RepeatedKeys::Refused;
    Result<Json> json = parse_ordered_json(*text, path.string(), limits);
    if (!json || !json->is_object()) {
        return json ? invalid_input(path.string(), "file", brief_json(*json), "an object of parameters") : json.error();
    }
    return std::optional<Json>(std::move(*json));
}

Result<std::vector<MethodParams>> variants_in(const Json& json, const MethodParams& common, const std::string& where) {
    std::vector<MethodParams> out;
    if (!json.contains(kVariants)) {
        return out;
    }
    const Json& list = json[kVariants];
    if (!list.is_array()) {
        return invalid_input(where, kVariants, brief_json(list), "a list of METHOD,NAME=VALUE,... as r2t2 evaluate --variant takes them");
    }
    for (const Json& each : list) {
        const std::string field = std::string(kVariants) + "[" + std::to_string(out.size()) + "]";
        if (!each.is_string()) {
            return invalid_input(where, field, brief_json(each), "METHOD,NAME=VALUE,...");
        }
        Result<MethodParams> variant = parse_variant(each.get<std::string>(), common);
        if (!variant) {
            return invalid_input(where, field, variant.error().found, variant.error().allowed);
        }
        out.push_back(std::move(*variant));
    }
    return out;
}

}  // namespace

Result<bool> apply_recommended(const std::filesystem::path& model_directory, MethodParams& params) {
    const std::filesystem::path path = file_of(model_directory);
    const Result<std::optional<Json>> json = read_file(path);
    if (!json || !*json) {
        return json ? Result<bool>(false) : json.error();
    }
    R2T2_TRY(check_stated_once(**json, path.string()));
    for (const auto& [key, value] : (*json)->items()) {
        R2T2_TRY(is_remark(key) || key == kVariants ? Status() : apply_field(key, value, path.string(), params));
    }
    R2T2_TRY(validate(params, path.string()));
    const Result<std::vector<MethodParams>> variants = variants_in(**json, params, path.string());
    return variants ? Result<bool>(true) : variants.error();
}

Result<std::vector<MethodParams>> recommended_variants(const std::filesystem::path& model_directory, const MethodParams& common) {
    const std::filesystem::path path = file_of(model_directory);
    const Result<std::optional<Json>> json = read_file(path);
    if (!json) {
        return json.error();
    }
    return *json ? variants_in(**json, common, path.string()) : std::vector<MethodParams>();
}

std::string recommended_hash(const std::filesystem::path& model_directory) {
    const std::filesystem::path path = file_of(model_directory);
    const Result<std::string> text = is_there(path) ? read_whole_file(path, kMostBytes) : Result<std::string>(std::string());
    return !is_there(path) ? "none" : text ? sha256_hex(*text).substr(0, 16) : "unreadable";
}

}  // namespace r2t2
