#include "core/run/tuning_output.h"

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "core/base/half_up.h"
#include "core/base/number_text.h"
#include "core/base/path_text.h"
#include "core/results/sample_clusters.h"
#include "core/routing/method_table.h"
#include "core/routing/parameter_json.h"

namespace r2t2 {

namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kRule =
    "one standard error (clustered, paired against the best): the gentlest rate, then the fewest passes, of all settings within it";

double share(std::int64_t part, std::int64_t whole) { return static_cast<double>(part) / static_cast<double>(whole); }

std::string percent(std::int64_t part, std::int64_t whole) { return fixed_text(percent_half_up(share(part, whole)), 1); }

/// Of bundled sets and benchmarks; a file has none.
std::string split_of(const EvaluationReport& report) {
    const SampleChoice& data = report.provenance.data;
    const std::vector<std::string> bundled = world_set_names(default_world(), data.split);
    const bool any = !data.benchmark.directory.empty() || std::any_of(data.sets.begin(), data.sets.end(), [&](const std::string& name) {
        return name == "all" || std::find(bundled.begin(), bundled.end(), name) != bundled.end();
    });
    return any ? data.split : std::string();
}

/// "validation of G-dim, O-dim, seed 1"
std::string data_text(const EvaluationReport& report) {
    std::string sets;
    for (const SetReport& set : report.sets) {
        sets += (sets.empty() ? "" : ", ") + set.name;
    }
    const std::string split = split_of(report);
    return (split.empty() ? std::string() : split + " of ") + sets + ", seed " + std::to_string(report.provenance.data.seed);
}

Json set_names(const EvaluationReport& report) {
    Json names = Json::array();
    for (const SetReport& set : report.sets) {
        names.push_back(set.name);
    }
    return names;
}

Json parameters_json(const Tuning& tuning) {
    Json parameters = Json::object();
    for (const ParameterRow* row : tuned_parameters(tuning)) {
        const Json value = parameter_json(*row, tuned_params(tuning, *row));
        parameters[row->field] = value.is_null() ? Json(row->none) : value;  // its word, which a checkpoint's file is read with
    }
    return parameters;
}

std::string lines_of(const MethodTuning& method, std::int64_t samples) {
    std::size_t width = 7;
    for (const TriedSetting& setting : method.settings) {
        width = std::max(width, setting.label.size());
    }
    const TriedSetting& chosen = method.settings[method.chosen];
    std::string text = "\n" + std::string(method_row(method.method).title) + ": " + std::to_string(method.settings.size()) +
                       (method.settings.size() == 1 ? " setting" : " settings") + ", taken is " + chosen.label + "\n  " + "setting" +
                       std::string(width - 7, ' ') + "  right %  harmed  mended   passes  to the best (s.e.)\n";
    for (const TriedSetting& setting : method.settings) {
        char numbers[128];
        std::snprintf(numbers, sizeof numbers, "  %7s  %6lld  %6lld  %7s  %+7.1f (%.1f)", percent(setting.right, samples).c_str(),
                      static_cast<long long>(setting.harmed), static_cast<long long>(setting.mended), fixed_text(setting.passes, 1).c_str(),
                      100.0 * setting.difference, 100.0 * setting.standard_error);
        const std::string reason = std::string(name(setting.verdict)) + ": " + setting.why;
        text += (&setting == &chosen ? "* " : "  ") + setting.label + std::string(width - setting.label.size(), ' ') + numbers + "  " + reason + "\n";
    }
    return text;
}

Json method_json(const MethodTuning& method, std::int64_t samples, const std::vector<std::string>& axes) {
    Json settings = Json::array();
    for (const TriedSetting& setting : method.settings) {
        Json values = Json::object();
        for (const std::string& axis : axes) {
            const ParameterRow& row = *find_parameter(axis);
            if (uses_parameter(method.method, row)) {
                values[row.field] = parameter_json(row, setting.params);
            }
        }
        settings.push_back({{"setting", setting.label}, {"parameters", values}, {"run", setting.run}, {"right", setting.right},
                            {"accuracy", share(setting.right, samples)}, {"harmed", setting.harmed}, {"mended", setting.mended},
                            {"passes", setting.passes}, {"difference", setting.difference}, {"standard_error", setting.standard_error},
                            {"verdict", name(setting.verdict)}, {"why", setting.why}});
    }
    return {{"method", to_string(method.method)}, {"best", method.best}, {"chosen", method.chosen}, {"settings", settings}};
}

}  // namespace

std::string tuning_text(const Tuning& tuning, const EvaluationReport& report) {
    std::string text = "Tuned on " + data_text(report) + ": " + std::to_string(tuning.samples) + " samples, the base model has " +
                       percent(tuning.base_right, tuning.samples) + " % right\nRule: " + kRule + "\n";
    if (const std::string note = clusters_note(tuning.clusters, tuning.samples); !note.empty()) {
        text += note + "\n";
    }
    if (const std::string note = unread_note(tuning.unread); !note.empty()) {
        text += note + "\n";
    }
    if (tuning.left_out > 0) {
        text += "not every setting was scored on " + std::to_string(tuning.left_out) + (tuning.left_out == 1 ? " sample" : " samples") + ": in no number\n";
    }
    for (const MethodTuning& method : tuning.methods) {
        text += lines_of(method, tuning.samples);
    }
    text += "\nPasses are forward and backward ones, a sample, with the answers of all steps\nParameters:";
    for (const ParameterRow* row : tuned_parameters(tuning)) {
        text += std::string(" --") + row->name + " " + parameter_text(*row, tuned_params(tuning, *row));
    }
    return text + "\n";
}

std::string tuning_json(const Tuning& tuning, const EvaluationReport& report) {
    const Provenance& from = report.provenance;
    Json methods = Json::array();
    for (const MethodTuning& method : tuning.methods) {
        methods.push_back(method_json(method, tuning.samples, tuning.axes));
    }
    const Json json = {{"rule", kRule},
                       {"split", split_of(report)},
                       {"sets", set_names(report)},
                       {"seed", from.data.seed},
                       {"samples", tuning.samples},
                       {"clusters", tuning.clusters},
                       {"left_out", tuning.left_out},
                       {"unread_groups", tuning.unread.size()},
                       {"base", {{"right", tuning.base_right}, {"accuracy", share(tuning.base_right, tuning.samples)}}},
                       {"axes", tuning.axes},
                       {"methods", methods},
                       {"parameters", parameters_json(tuning)},
                       {"model", {{"name", from.model_name}, {"hash", from.model_hash}, {"precision", from.precision}}},
                       {"reference", {{"name", from.reference_name}, {"hash", from.reference_hash}, {"size", from.reference_size}}},
                       {"session", path_text(from.session_path)},
                       {"command", utf8_name(from.command)},
                       {"versions", from.versions}};
    return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

Result<std::string> rerouting_json(const Tuning& tuning, const EvaluationReport& report) {
    MethodParams all;
    for (const ParameterRow* row : tuned_parameters(tuning)) {
        row->access.set(all, row->access.get(tuned_params(tuning, *row)));
    }
    R2T2_TRY(validate(all, "rerouting.json"));
    Json methods = Json::object();
    for (const MethodTuning& method : tuning.methods) {
        const TriedSetting &chosen = method.settings[method.chosen], &best = method.settings[method.best];
        methods[to_string(method.method)] = {{"setting", chosen.label}, {"accuracy", share(chosen.right, tuning.samples)},
                                             {"best", share(best.right, tuning.samples)}, {"passes", chosen.passes}};
    }
    Json json = {{"_tuned",
                  {{"rule", kRule}, {"split", split_of(report)}, {"sets", set_names(report)}, {"seed", report.provenance.data.seed},
                   {"samples", tuning.samples}, {"base", share(tuning.base_right, tuning.samples)}, {"methods", methods},
                   {"reference", report.provenance.reference_hash}}}};
    json.update(parameters_json(tuning));
    return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace r2t2
