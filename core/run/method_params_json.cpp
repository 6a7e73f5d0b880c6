#include "core/run/method_params_json.h"

#include <functional>
#include <nlohmann/json.hpp>

#include "core/checkpoint/json_word.h"
#include "core/json/parse_json.h"

namespace r2t2 {

namespace {

using Json = nlohmann::ordered_json;

Json optional_number(const std::optional<double>& value) { return value ? Json(*value) : Json(nullptr); }

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
        return json.contains(key) ? read_json_word(json[key], where, key, parse, out) : Status();
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

}  // namespace r2t2
