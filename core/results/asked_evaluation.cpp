#include "core/results/asked_evaluation.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/json/parse_json.h"
#include "core/results/run_config.h"
#include "core/results/run_coverage.h"
#include "core/routing/parameter_json.h"

namespace r2t2 {

namespace {

using Json = nlohmann::ordered_json;

std::vector<std::string> texts(const Json& list) {
    std::vector<std::string> out;
    for (const Json& each : list.is_array() ? list : Json::array()) {
        if (each.is_string()) {
            out.push_back(each.get<std::string>());
        }
    }
    return out;
}

std::optional<std::int64_t> number(const Json& object, const char* key) {
    return object.contains(key) && object[key].is_number_integer() ? std::optional(object[key].get<std::int64_t>()) : std::nullopt;
}

void read_data(const Json& data, AskedEvaluation& asked) {
    asked.samples = number(data, "samples");
    asked.seed = number(data, "seed");
    if (!data.contains("benchmark") && data.contains("sets")) {
        asked.sets = texts(data["sets"]);
    }
}

void read_parameters(const Json& config, AskedEvaluation& asked) {
    const Json parameters = config.value("parameters", Json::object()), sweep = config.value("sweep", Json::object());
    for (const ParameterRow& row : parameter_table()) {
        if (parameters.is_object() && parameters.contains(row.field)) {
            if (row.kind == ParameterKind::OptionalNumber && parameters[row.field].is_null()) {
                asked.values[row.name] = {row.none};
            } else if (const Result<ParameterValue> value = parameter_value(row, parameters[row.field], {}, {}); value) {
                asked.values[row.name] = {parameter_text(row, *value)};
            }
        }
        if (sweep.is_object() && sweep.contains(row.name)) {
            if (std::vector<std::string> values = texts(sweep[row.name]); !values.empty()) {
                asked.values[row.name] = std::move(values);
            }
        }
    }
}

}  // namespace

AskedEvaluation asked_evaluation(const std::vector<StoredRun>& runs, std::int64_t run) {
    AskedEvaluation asked;
    const auto of = std::find_if(runs.begin(), runs.end(), [run](const StoredRun& each) { return each.id == run; });
    if (of == runs.end()) {
        return asked;
    }
    const std::string evaluation = evaluation_name(of->info);
    std::optional<Json> config;  // of a method that has parameters, where there is one: base looks at none
    for (const StoredRun& each : runs) {
        const Result<Method> method = parse_method(each.info.method);
        if (!method || (each.id != run && (evaluation.empty() || evaluation_name(each.info) != evaluation))) {
            continue;
        }
        if (*method != Method::Base && std::find(asked.methods.begin(), asked.methods.end(), *method) == asked.methods.end()) {
            asked.methods.push_back(*method);
        }
        if (!config || *method == kLeadingMethod) {
            config = stored_json(each.info.config);
        }
    }
    const auto place = [](Method method) { return std::find(all_methods().begin(), all_methods().end(), method); };
    std::sort(asked.methods.begin(), asked.methods.end(), [&](Method a, Method b) { return place(a) < place(b); });
    for (const auto& [set, count] : planned_samples(of->info)) {
        asked.set_names.push_back(set);
    }
    if (config && config->is_object()) {
        if (config->contains("data") && (*config)["data"].is_object()) {
            read_data((*config)["data"], asked);
        }
        read_parameters(*config, asked);
    }
    return asked;
}

}  // namespace r2t2
