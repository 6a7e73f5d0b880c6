#include "core/checkpoint/rerouting_file.h"

#include <cmath>

#include "core/base/file_reader.h"
#include "core/base/sha256.h"
#include "core/checkpoint/json_word.h"
#include "core/json/parse_json.h"

namespace r2t2 {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::uint64_t kMostBytes = 256 << 10;

std::filesystem::path file_of(const std::filesystem::path& model_directory) { return model_directory / "rerouting.json"; }

/// A link to nothing is there: it is no file that may be missing.
bool is_there(const std::filesystem::path& path) {
    std::error_code code;
    return std::filesystem::symlink_status(path, code).type() != std::filesystem::file_type::not_found;
}

Status read_number(const Json& value, const std::string& where, const std::string& field, double& out) {
    if (!value.is_number()) {
        return invalid_input(where, field, value.dump().substr(0, 60), "a number");
    }
    out = value.get<double>();
    return {};
}

Status apply_field(const std::string& key, const Json& value, const std::string& where, MethodParams& params) {
    double number = 0.0;
    if (key == "mode") {
        return read_json_word(value, where, key, parse_routing_mode, params.mode);
    }
    if (key == "granularity") {
        return read_json_word(value, where, key, parse_granularity, params.granularity);
    }
    if (key == "frame") {
        return read_json_word(value, where, key, parse_offset_frame, params.frame);
    }
    if (key == "schedule") {
        return read_json_word(value, where, key, parse_learning_rate_schedule, params.schedule);
    }
    if (key == "kernel") {
        return read_json_word(value, where, key, parse_kernel_kind, params.kernel.kind);
    }
    if (!key.empty() && key.front() == '_') {
        return {};  // a remark
    }
    R2T2_TRY(read_number(value, where, key, number));
    if (key == "initial_lr") {
        params.initial_lr = number;
    } else if (key == "final_lr") {
        params.final_lr = number;
    } else if (key == "bandwidth") {
        params.kernel.bandwidth = number;
    } else if (key == "steps" || key == "num_neighbors") {
        if (number < 1 || number > 100000 || number != std::floor(number)) {
            return invalid_input(where, key, value.dump(), "a whole number from 1");
        }
        if (key == "steps") {
            params.steps = static_cast<int>(number);
        } else {
            params.k = static_cast<std::size_t>(number);
        }
    } else {
        return invalid_input(where, key, "an unknown field",
                             "initial_lr, final_lr, steps, num_neighbors, bandwidth, mode, granularity, frame, schedule, kernel");
    }
    return {};
}

}  // namespace

Result<bool> apply_recommended(const std::filesystem::path& model_directory, MethodParams& params) {
    const std::filesystem::path path = file_of(model_directory);
    if (!is_there(path)) {
        return false;
    }
    const Result<std::string> text = read_whole_file(path, kMostBytes);
    if (!text) {
        return text.error();
    }
    JsonLimits limits;
    limits.repeated_keys = RepeatedKeys::Refused;
    const Result<Json> json = parse_ordered_json(*text, path.string(), limits);
    if (!json || !json->is_object()) {
        return json ? invalid_input(path.string(), "file", brief_json(*json), "an object of parameters") : json.error();
    }
    for (const auto& [key, value] : json->items()) {
        R2T2_TRY(apply_field(key, value, path.string(), params));
    }
    R2T2_TRY(validate(params, path.string()));
    return true;
}

std::string recommended_hash(const std::filesystem::path& model_directory) {
    const std::filesystem::path path = file_of(model_directory);
    const Result<std::string> text = is_there(path) ? read_whole_file(path, kMostBytes) : Result<std::string>(std::string());
    return !is_there(path) ? "none" : text ? sha256_hex(*text).substr(0, 16) : "unreadable";
}

}  // namespace r2t2
