// results.json and the .csv files. Declared in session_export.h.
#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "core/base/path_text.h"
#include "core/json/parse_json.h"
#include "core/run/session_export.h"
#include "core/scoring/scoring_version.h"

namespace r2t2 {

namespace {

using Json = nlohmann::ordered_json;

Json share_json(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }

Json transition_json(const TransitionCounts& counts) {
    return {{"right_right", counts.right_right},
            {"right_wrong", counts.right_wrong},
            {"wrong_right", counts.wrong_right},
            {"wrong_wrong", counts.wrong_wrong},
            {"unknown", counts.unknown}};
}

/// Null: not known.
Json references_json(const std::optional<ReferenceSamples>& references) {
    return references ? Json({{"count", references->count}, {"first", references->ids}}) : Json(nullptr);
}

Json official_json(const SetSummary& set, std::size_t measure) {
    if (measure >= set.official_result.size()) {
        return nullptr;
    }
    return {{"pattern", set.official_pattern},
            {"native", share_json(set.official_native[measure].value)},
            {"result", share_json(set.official_result[measure].value)}};
}

Json measures_json(const SetSummary& set) {
    Json measures = Json::array();
    for (std::size_t i = 0; i < set.benchmark_result.size(); ++i) {
        const NamedNumber& result = set.benchmark_result[i];
        measures.push_back({{"name", result.name},
                            {"unit", result.unit},
                            {"maximum", result.maximum},
                            {"questions", result.count},
                            {"native", share_json(set.benchmark_native[i].value)},
                            {"result", share_json(result.value)},
                            {"incomplete_groups", result.incomplete},
                            {"missing_parts", result.missing},
                            {"official", official_json(set, i)}});
    }
    return measures;
}

Json set_summary_json(const SetSummary& set) {
    Json steps = Json::array();
    for (std::size_t step = 0; step < set.steps.size(); ++step) {
        if (!set.has_step(step)) {
            continue;
        }
        Json one = {{"step", step}, {"scored", set.steps[step].scored}, {"right", set.steps[step].right}};
        if (step < set.transitions.size()) {
            one["from_start"] = transition_json(set.transitions[step].from_start);
            one["from_previous"] = transition_json(set.transitions[step].from_previous);
        }
        steps.push_back(std::move(one));
    }
    return {{"name", set.name},
            {"n", set.scored},
            {"planned", set.planned ? Json(*set.planned) : Json(nullptr)},
            {"reference_samples", references_json(set.references)},
            {"right", set.right},
            {"accuracy", share_json(set.accuracy())},
            {"accuracy_low", share_json(set.told.interval.low)},
            {"accuracy_high", share_json(set.told.interval.high)},
            {"clusters", set.told.clusters},
            {"gain", {{"value", share_json(set.told.gain.value)}, {"low", share_json(set.told.gain.low)}, {"high", share_json(set.told.gain.high)},
                      {"interval", interval_name(set.told.gain_interval)}}},
            {"p", share_json(set.told.p)},
            {"p_holm", share_json(set.told.holm_p)},
            {"test", set.told.test()},
            {"harmed", set.change.right_wrong},
            {"mended", set.change.wrong_right},
            {"not_scored", set.not_scored},
            {"failed", set.failed},
            {"left_out", set.left_out},
            {"benchmark", set.benchmark.empty() ? Json(nullptr) : Json({{"name", set.benchmark},
                                                                               {"measures", measures_json(set)},
                                                                               {"name_no_option", {{"native", set.native_unread}, {"result", set.result_unread}}}})},
            {"steps", std::move(steps)}};
}

Json run_summary_json(const RunSummary& summary) {
    const RunInfo& info = summary.run.info;
    Result<Json> config = parse_ordered_json(info.config, "run config");
    if (config && config->is_object()) {
        config->erase("prints");  // one a sample: for a run that goes on
    }
    Json groups = Json::array();
    for (const ExpertGroup& group : info.space.groups) {
        groups.push_back({{"name", group.name}, {"experts", group.experts}});
    }
    Json sets = Json::array();
    for (const SetSummary& set : summary.sets) {
        sets.push_back(set_summary_json(set));
    }
    return {{"run", summary.run.id},
            {"name", info.name},
            {"method", info.method},
            {"uses_label", stored_method_uses_label(summary.run)},
            {"miniature", info.model_name == "miniature"},
            {"state", to_string(summary.run.state)},
            {"samples", summary.coverage.samples},
            {"planned", summary.coverage.planned ? Json(*summary.coverage.planned) : Json(nullptr)},
            {"reference_samples", references_json(summary.coverage.references)},
            {"complete", summary.coverage.complete()},
            {"started", summary.run.started},
            {"finished", summary.run.finished},
            {"clock_set_back", ended_before_it_began(summary.run)},
            {"samples_file", summary.samples_file},
            {"config", config ? *config : Json(info.config)},
            {"space", {{"mixers", info.space.mixers}, {"groups", std::move(groups)}}},
            {"seed", info.seed},
            {"model_name", info.model_name},
            {"model_hash", info.model_hash},
            {"data_hash", info.data_hash},
            {"reference_hash", info.reference_hash},
            {"versions", info.versions},
            {"command", utf8_name(info.command)},
            {"notes", info.notes},
            {"scoring", {{"version", kScoringVersion},
                         {"scored_again", summary.scored_again},
                         {"with_another_verdict", summary.verdicts_changed},
                         {"by_older_rules", summary.by_older_rules}}},
            {"scoring_version", summary.run.scoring_version == 0 ? Json(nullptr) : Json(summary.run.scoring_version)},
            {"damaged", summary.damaged},
            {"sets", std::move(sets)},
            {"overall", set_summary_json(summary.overall)}};
}

/// RFC 4180. Names that are no UTF-8 are made so.
std::string csv_field(const std::string& bytes) {
    const std::string text = utf8_name(bytes);
    if (text.find_first_of(",\"\r\n") == std::string::npos) {
        return text;
    }
    std::string out = "\"";
    for (const char c : text) {
        out += c == '"' ? "\"\"" : std::string(1, c);
    }
    return out + "\"";
}

/// ",planned,complete,references": how much of the run it is, and how many of the samples are references too.
std::string csv_coverage(const RunSummary& run, const SetSummary& set) {
    return "," + (set.planned ? std::to_string(*set.planned) : std::string()) + (run.coverage.complete() ? ",1," : ",0,") +
           (set.references ? std::to_string(set.references->count) : std::string());
}

std::string csv_rows(const RunSummary& run, const SetSummary& set) {
    std::string text;
    for (std::size_t step = 0; step < set.steps.size(); ++step) {
        const StepAccuracy& counts = set.steps[step];
        if (!set.has_step(step)) {
            continue;
        }
        text += std::to_string(run.run.id) + "," + csv_field(run.run.info.method) + "," + csv_field(set.name) + "," +
                std::to_string(step) + "," + std::to_string(counts.scored) + "," + std::to_string(counts.right) + ",";
        char share[32];
        std::snprintf(share, sizeof share, "%.6f", static_cast<double>(counts.right) / static_cast<double>(counts.scored));
        text += share + csv_coverage(run, set) + "\n";
    }
    return text;
}

std::string csv_number(double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%.6g", value);
    return std::isfinite(value) ? text : "";
}

std::string official_fields(const SetSummary& set, std::size_t measure) {
    if (measure >= set.official_result.size()) {
        return ",,";
    }
    return csv_field(set.official_pattern) + "," + csv_number(set.official_native[measure].value) + "," + csv_number(set.official_result[measure].value);
}

std::string neighbour_row(const RunSummary& summary, std::string_view outcome, const NeighbourStatistics& statistics) {
    const StoredRun& run = summary.run;
    std::string line = std::to_string(run.id) + "," + csv_field(run.info.method) + "," + std::string(outcome) + "," +
                       std::to_string(statistics.samples) + "," + std::to_string(statistics.uniform);
    for (const Estimate* each : {&statistics.neighbours, &statistics.nearest, &statistics.distance, &statistics.effective,
                                 &statistics.same_label, &statistics.routing_distance}) {
        line += "," + csv_number(each->value) + "," + csv_number(each->low) + "," + csv_number(each->high);
    }
    return line + csv_coverage(summary, summary.overall) + "\n";
}

}  // namespace

std::string results_json(const SessionSummary& summary) {
    Json runs = Json::array();
    for (const RunSummary& run : summary.runs) {
        runs.push_back(run_summary_json(run));
    }
    const Json json = {{"session", path_text(summary.session)},
                       {"miniature", summary.miniature()},
                       {"damaged_samples", summary.damaged()},
                       {"runs", std::move(runs)}};
    return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string accuracy_csv(const SessionSummary& summary) {
    std::string text = "run,method,set,step,scored,right,accuracy,planned,complete,references\n";
    for (const RunSummary& run : summary.runs) {
        for (const SetSummary& set : run.sets) {
            text += csv_rows(run, set);
        }
        text += csv_rows(run, run.overall);
    }
    return text;
}

std::string benchmark_csv(const SessionSummary& summary) {
    std::string text = "run,method,set,benchmark,measure,unit,maximum,questions,native,result,incomplete,official_pattern,official_native,official_result,planned,complete,references\n";
    for (const RunSummary& run : summary.runs) {
        for (const SetSummary& set : run.sets) {
            for (std::size_t i = 0; i < set.benchmark_result.size(); ++i) {
                const NamedNumber& result = set.benchmark_result[i];
                text += std::to_string(run.run.id) + "," + csv_field(run.run.info.method) + "," + csv_field(set.name) + "," +
                        csv_field(set.benchmark) + "," + csv_field(result.name) + "," + csv_field(result.unit) + "," +
                        csv_number(result.maximum) + "," + std::to_string(result.count) + "," +
                        csv_number(set.benchmark_native[i].value) + "," + csv_number(result.value) + "," + std::to_string(result.incomplete) + "," +
                        official_fields(set, i) + csv_coverage(run, set) + "\n";
            }
        }
    }
    return text;
}

std::string neighbour_csv(const SessionSummary& summary) {
    std::string text = "run,method,outcome,samples,uniform";
    for (const std::string name : {"neighbours", "nearest", "distance", "effective", "same_label", "routing_distance"}) {
        text += "," + name + "," + name + "_low," + name + "_high";
    }
    text += ",planned,complete,references\n";
    for (const RunSummary& run : summary.runs) {
        if (run.neighbours.all.samples > 0) {
            text += neighbour_row(run, "all", run.neighbours.all);
            for (std::size_t i = 0; i < kOutcomeCount; ++i) {
                text += neighbour_row(run, outcome_code(static_cast<Outcome>(i)), run.neighbours.by_outcome[i]);
            }
        }
    }
    return text;
}

}  // namespace r2t2
