#include "core/run/stored_settings.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/base/path_text.h"
#include "core/json/parse_json.h"
#include "core/routing/method_params_json.h"

namespace r2t2 {

namespace {

using Json = nlohmann::ordered_json;

Error bad(const std::string& where, const std::string& field, const Json& found, const std::string& allowed) {
    return invalid_input(where, field, found.dump(-1, ' ', false, Json::error_handler_t::replace).substr(0, 60), allowed);
}

Result<SampleChoice> data_of(const Json& data, const std::string& where) {
    try {
        SampleChoice choice{paths_of_texts(data.at("sets")), data.at("split"), data.at("seed"), data.at("samples"), {}};
        if (data.contains("benchmark")) {
            const Json& benchmark = data["benchmark"];
            choice.benchmark = {path_of_text(benchmark.at("directory").get<std::string>()).string(), benchmark.at("limit"), benchmark.at("direct_answers"), benchmark.at("moai_parity")};
        }
        return choice;
    } catch (const Json::exception&) {
        return bad(where, "data", data, "sets, split, seed and samples");
    }
}

Result<RoutingMatrix> constant_of(const Json& values, std::size_t experts, const std::string& where) {
    const bool numbers = values.is_array() && std::all_of(values.begin(), values.end(), [](const Json& value) { return value.is_number(); });
    if (!numbers || values.empty() || experts == 0 || values.size() % experts != 0) {
        return bad(where, "constant", values, "numbers, a row of " + std::to_string(experts) + " a mixer");
    }
    RoutingMatrix matrix(values.size() / experts, experts);
    std::copy(values.begin(), values.end(), matrix.values().begin());
    return matrix;
}

}  // namespace

Result<StoredSettings> stored_settings(const StoredRun& run) {
    StoredSettings out;
    const std::string where = "run " + std::to_string(run.id) + ": config";
    const Result<Json> parsed = parse_ordered_json(run.info.config, where);
    if (!parsed || !parsed->is_object()) {
        return bad(where, "config", parsed ? *parsed : Json(run.info.config), "an object");
    }
    const Json& config = *parsed;
    if (config.contains("parameters")) {
        Result<MethodParams> params = parse_method_params(config["parameters"].dump(), where);
        if (!params) {
            return params.error();
        }
        if (const Result<Method> method = parse_method(run.info.method)) {  // the run's own word; parameters need not repeat it
            params->method = *method;
        }
        out.params = evaluation_params(*params);
    }
    if (config.contains("data")) {
        Result<SampleChoice> data = data_of(config["data"], where);
        if (!data) {
            return data.error();
        }
        out.data = std::move(*data);
    }
    if (config.contains("constant") && !config["constant"].empty()) {
        Result<RoutingMatrix> constant = constant_of(config["constant"], run.info.space.expert_count(), where);
        if (!constant) {
            return constant.error();
        }
        out.constant = std::move(*constant);
    }
    try {
        out.scoring = config.value("scoring", std::string(name(ScoringRule::Exact))) == std::string(name(ScoringRule::Exact)) ? ScoringRule::Exact : ScoringRule::StartsWith;
        out.max_neighbours = config.value("max_neighbours", out.max_neighbours);
        out.precision = config.value("precision", out.precision);
    } catch (const Json::exception&) {
        return bad(where, "scoring, max_neighbours, precision", config, "a word, a number, a word");
    }
    return out;
}

Result<EvaluationContext> stored_context(const std::vector<StoredRun>& runs, const std::vector<StoredSettings>& settings) {
    EvaluationContext context;
    for (std::size_t i = 0; i < runs.size(); ++i) {
        if (!settings[i].params) {
            return Error{ErrorKind::Unsupported, "run " + std::to_string(runs[i].id), "config.parameters", "nothing",
                         "a run that stored its parameters: this one was made by a program that did not"};
        }
        context.methods.push_back(*settings[i].params);
        if (const ConstantNeed need = method_row(context.methods.back().method).constant; need != ConstantNeed::None) {
            context.controls.constant(need) = settings[i].constant;
        }
    }
    if (!runs.empty()) {
        context.seed = runs.front().info.seed;
        context.scoring = settings.front().scoring;
        context.max_neighbours = settings.front().max_neighbours;
    }
    return context;
}

}  // namespace r2t2
