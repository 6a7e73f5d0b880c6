#include "core/routing/method_params_json.h"

#include <nlohmann/json.hpp>

#include "core/json/parse_json.h"
#include "core/routing/parameter_json.h"

namespace r2t2 {

namespace {

using Json = nlohmann::ordered_json;

Result<Method> method_of(const Json& json, const std::string& where) {
    Result<Method> method = json.is_string() ? parse_method(json.get<std::string>()) : invalid_input({}, {}, brief_json(json), "a method's name");
    if (!method) {
        return invalid_input(where, "method", method.error().found, method.error().allowed);
    }
    return method;
}

}  // namespace

std::string method_params_json(const MethodParams& params) {
    Json json = {{"method", to_string(params.method)}, {"seed", params.seed}};
    for (const ParameterRow& row : parameter_table()) {
        json[row.field] = parameter_json(row, params);
    }
    return json.dump();
}

Result<MethodParams> parse_method_params(const std::string& text, const std::string& where) {
    const Json json = stored_json(text);
    if (!json.is_object()) {
        return invalid_input(where, "parameters", text.substr(0, 60), "an object of parameters");
    }
    MethodParams params;
    if (json.contains("method")) {
        const Result<Method> method = method_of(json["method"], where);
        if (!method) {
            return method.error();
        }
        params.method = *method;
    }
    if (json.contains("seed") && !json["seed"].is_null()) {
        if (!json["seed"].is_number_unsigned()) {
            return invalid_input(where, "seed", brief_json(json["seed"]), "a whole number from 0");
        }
        params.seed = json["seed"].get<std::uint64_t>();
    }
    for (const ParameterRow& row : parameter_table()) {
        const auto found = json.find(row.field);
        if (found == json.end()) {
            continue;
        }
        if (found->is_null()) {
            if (row.kind == ParameterKind::OptionalNumber) {
                row.access.set(params, {});
            }
            continue;
        }
        const Result<ParameterValue> value = parameter_value(row, *found, where, row.field);
        if (!value) {
            return value.error();
        }
        row.access.set(params, *value);
    }
    R2T2_TRY(validate(params, where));
    return params;
}

}  // namespace r2t2
