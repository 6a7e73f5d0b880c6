#include "core/run/method_params_json.h"

#include <cmath>
#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>
#include <sstream>

#include "core/json/parse_json.h"

namespace r2t2 {

namespace {

using Json = nlohmann::ordered_json;

Json optional_number(const std::optional<double>& value) { return value ? Json(*value) : Json(nullptr); }

Status read_number(const Json& value, const std::string& where, const std::string& field, double& out) {
    if (!value.is_number()) {
        return invalid_input(where, field, value.dump().substr(0, 60), "a number");
    }
    out = value.get<double>();
    return {};
}

template <typename T>
Status read_word(const Json& value, const std::string& where, const std::string& field,
                 Result<T> (*parse)(const std::string&), T& out) {
    if (!value.is_string()) {
        return invalid_input(where, field, value.dump().substr(0, 60), "a word");
    }
    Result<T> parsed = parse(value.get<std::string>());
    if (!parsed) {
        Error error = parsed.error();
        error.where = where;
        error.field = field;
        return error;
    }
    out = *parsed;
    return {};
}

Status apply_field(const std::string& key, const Json& value, const std::string& where, MethodParams& params) {
    double number = 0.0;
    if (key == "mode") {
        return read_word(value, where, key, parse_routing_mode, params.mode);
    }
    if (key == "granularity") {
        return read_word(value, where, key, parse_granularity, params.granularity);
    }
    if (key == "frame") {
        return read_word(value, where, key, parse_offset_frame, params.frame);
    }
    if (key == "schedule") {
        return read_word(value, where, key, parse_learning_rate_schedule, params.schedule);
    }
    if (key == "kernel") {
        return read_word(value, where, key, parse_kernel_kind, params.kernel.kind);
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

std::string method_params_json(const MethodParams& p) {
    const Json json = {{"method", to_string(p.method)},
                       {"mode", to_string(p.mode)},
                       {"granularity", to_string(p.granularity)},
                       {"frame", to_string(p.frame)},
                       {"seed", p.seed},
                       {"num_neighbors", p.k},
                       {"epsilon", optional_number(p.epsilon)},
                       {"kernel", to_string(p.kernel.kind)},
                       {"bandwidth", optional_number(p.kernel.bandwidth)},
                       {"degree", p.kernel.degree},
                       {"constant", p.kernel.constant},
                       {"num_steps", p.steps},
                       {"initial_lr", p.initial_lr},
                       {"final_lr", p.final_lr},
                       {"schedule", to_string(p.schedule)},
                       {"parametrisation", to_string(p.parametrisation)},
                       {"alpha_grid", p.alpha_grid},
                       {"alpha_refinements", p.alpha_refinements},
                       {"eta", p.eta},
                       {"tolerance", p.tolerance},
                       {"max_shifts", p.max_shifts},
                       {"routing_k", p.routing_k},
                       {"routing_bandwidth", optional_number(p.routing_bandwidth)}};
    return json.dump();
}

Result<MethodParams> parse_method_params(const std::string& text, const std::string& where) {
    const Json json = stored_json(text);
    if (!json.is_object()) {
        return invalid_input(where, "parameters", text.substr(0, 60), "an object of parameters");
    }
    MethodParams p;
    const auto word = [&](const char* key, auto parse, auto& out) -> Status {
        return json.contains(key) ? read_word(json[key], where, key, parse, out) : Status();
    };
    R2T2_TRY(word("method", parse_method, p.method));
    R2T2_TRY(word("mode", parse_routing_mode, p.mode));
    R2T2_TRY(word("granularity", parse_granularity, p.granularity));
    R2T2_TRY(word("frame", parse_offset_frame, p.frame));
    R2T2_TRY(word("kernel", parse_kernel_kind, p.kernel.kind));
    R2T2_TRY(word("schedule", parse_learning_rate_schedule, p.schedule));
    R2T2_TRY(word("parametrisation", parse_parametrisation, p.parametrisation));
    const auto number = [&](const char* key, auto& out) -> Status {
        if (!json.contains(key) || json[key].is_null()) {
            return {};
        }
        if (!json[key].is_number()) {
            return invalid_input(where, key, json[key].dump().substr(0, 60), "a number");
        }
        out = json[key].get<std::remove_reference_t<decltype(out)>>();
        return {};
    };
    const auto optional = [&](const char* key, std::optional<double>& out) -> Status {
        double value = 0.0;
        R2T2_TRY(number(key, value));
        out = json.contains(key) && json[key].is_number() ? std::optional(value) : std::nullopt;
        return {};
    };
    R2T2_TRY(number("seed", p.seed));
    R2T2_TRY(number("num_neighbors", p.k));
    R2T2_TRY(optional("epsilon", p.epsilon));
    R2T2_TRY(optional("bandwidth", p.kernel.bandwidth));
    R2T2_TRY(number("degree", p.kernel.degree));
    R2T2_TRY(number("constant", p.kernel.constant));
    R2T2_TRY(number("num_steps", p.steps));
    R2T2_TRY(number("initial_lr", p.initial_lr));
    R2T2_TRY(number("final_lr", p.final_lr));
    R2T2_TRY(number("alpha_grid", p.alpha_grid));
    R2T2_TRY(number("alpha_refinements", p.alpha_refinements));
    R2T2_TRY(number("eta", p.eta));
    R2T2_TRY(number("tolerance", p.tolerance));
    R2T2_TRY(number("max_shifts", p.max_shifts));
    R2T2_TRY(number("routing_k", p.routing_k));
    R2T2_TRY(optional("routing_bandwidth", p.routing_bandwidth));
    R2T2_TRY(validate(p, where));
    return p;
}

Result<bool> apply_recommended(const std::filesystem::path& model_directory, MethodParams& params) {
    const std::filesystem::path path = model_directory / "rerouting.json";
    std::ifstream file(path);
    if (!file) {
        return false;
    }
    std::ostringstream text;
    text << file.rdbuf();
    const Result<Json> json = parse_ordered_json(text.str(), path.string());
    if (!json || !json->is_object()) {
        return json ? invalid_input(path.string(), "file", brief_json(*json), "an object of parameters") : json.error();
    }
    for (const auto& [key, value] : json->items()) {
        R2T2_TRY(apply_field(key, value, path.string(), params));
    }
    return true;
}

}  // namespace r2t2
