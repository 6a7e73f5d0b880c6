// The report as JSON. Declared in evaluation_report.h.
#include <cmath>
#include <nlohmann/json.hpp>

#include "core/base/path_text.h"
#include "core/json/parse_json.h"
#include "core/routing/method_params_json.h"
#include "core/run/evaluation_report.h"

namespace r2t2 {

namespace {

using Json = nlohmann::ordered_json;

Json number(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }

Json counts_json(const TransitionCounts& counts) {
    return {{"right_right", counts.right_right},
            {"right_wrong", counts.right_wrong},
            {"wrong_right", counts.wrong_right},
            {"wrong_wrong", counts.wrong_wrong},
            {"unknown", counts.unknown}};
}

Json gain_json(const ClusteredResult& told) {
    return {{"value", number(told.gain.value)}, {"low", number(told.gain.low)}, {"high", number(told.gain.high)}, {"interval", interval_name(told.gain_interval)}};
}

Json method_json(const MethodReport& method) {
    Json steps = Json::array();
    for (const StepTransitions& step : method.steps) {
        if (step.scored == 0) {
            continue;  // nothing is known of it
        }
        steps.push_back({{"step", step.step},
                         {"scored", step.scored},
                         {"right", step.right},
                         {"from_start", counts_json(step.from_start)},
                         {"from_previous", counts_json(step.from_previous)}});
    }
    Json benchmark = Json::array();
    for (std::size_t i = 0; i < method.benchmark.size(); ++i) {
        const NamedNumber& each = method.benchmark[i];
        benchmark.push_back({{"name", each.name},
                             {"value", number(each.value)},
                             {"unit", each.unit},
                             {"count", each.count},
                             {"maximum", each.maximum},
                             {"incomplete_groups", each.incomplete},
                             {"missing_parts", each.missing}});
        if (i < method.benchmark_official.size()) {
            benchmark.back()["official"] = {{"pattern", method.official_pattern}, {"value", number(method.benchmark_official[i].value)}};
        }
    }
    const Estimate& gap = method.gap.share;
    return {{"method", to_string(method.method)},
            {"variant", method.variant},
            {"control", is_control(method.method)},
            {"uses_label", uses_label(method.method)},
            {"samples", method.samples},
            {"right", method.right},
            {"accuracy", number(method.samples > 0 ? method.accuracy() : std::nan(""))},
            {"accuracy_low", number(method.told.interval.low)},
            {"accuracy_high", number(method.told.interval.high)},
            {"clusters", method.told.clusters},
            {"harmed", method.against_base.right_wrong},
            {"mended", method.against_base.wrong_right},
            {"gain", gain_json(method.told)},
            {"p", number(method.told.p)},
            {"p_holm", number(method.told.holm_p)},
            {"test", method.told.test()},
            {"mcnemar_p", method.told.clustered() ? Json(nullptr) : number(method.told.p)},
            {"gap_closed", {{"value", number(gap.value)}, {"low", number(gap.low)}, {"high", number(gap.high)}, {"resamples_without_gap", method.gap.undefined}}},
            {"seconds_per_sample", number(method.seconds)},
            {"forward_passes_per_sample", number(method.forward)},
            {"backward_passes_per_sample", number(method.backward)},
            {"kept_base", method.kept_base},
            {"benchmark_score", std::move(benchmark)},
            {"name_no_option", method.unread},
            {"steps", std::move(steps)}};
}

Json set_json(const SetReport& set) {
    Json methods = Json::array();
    for (const MethodReport& method : set.methods) {
        methods.push_back(method_json(method));
    }
    return {{"name", set.name},         {"planned", set.planned()},
            {"complete", set.missing == 0}, {"done", set.done},
            {"errors", set.errors},     {"missing", set.missing},
            {"left_out", set.left_out},
            {"unknown", set.unknown},   {"prepare_seconds_per_sample", number(set.prepare_seconds)},
            {"methods", std::move(methods)}};
}

/// Null: not looked at.
Json overlap_json(const std::optional<ReferenceOverlap>& overlap) {
    if (!overlap) {
        return nullptr;
    }
    Json shared = Json::array();
    for (const SharedSample& sample : overlap->shared) {
        shared.push_back({{"set", sample.set}, {"id", sample.id}, {"found_by", to_string(sample.references.front().by)}});
    }
    return {{"samples", overlap->samples}, {"count", overlap->shared.size()}, {"shared", std::move(shared)}, {"pictures_not_opened", overlap->unread},
            {"references_without_picture_hash", overlap->without_hash}};
}

Json provenance_json(const Provenance& p) {
    Json methods = Json::array();
    for (const MethodParams& params : p.methods) {
        methods.push_back(stored_json(method_params_json(params)));
    }
    Json sweep = Json::object();
    for (const SweepAxis& axis : p.sweep) {
        sweep[axis.name] = axis.values;
    }
    Json controls = {{"constant", p.controls.offset.values()},
                     {"constant_references", p.controls.offset_samples},
                     {"constant_epoch_loss", p.controls.offset_loss},
                     {"best_fixed", p.controls.best_fixed.values()},
                     {"best_fixed_references", p.controls.best_fixed_samples},
                     {"best_fixed_loss", number(p.controls.best_fixed_loss)},
                     {"seconds", number(p.controls.seconds)}};
    return {{"model", {{"name", p.model_name}, {"directory", p.model_directory}, {"hash", p.model_hash},
                       {"precision", p.precision}, {"miniature", p.miniature}}},
            {"reference", {{"name", p.reference_name}, {"hash", p.reference_hash}, {"records", p.reference_size}}},
            {"embedding", {{"content", p.embedding_content}, {"source", p.embedding_source}, {"remarks", p.embedding_remarks}}},
            {"reference_samples", overlap_json(p.overlap)},
            {"methods", std::move(methods)},
            {"sweep", std::move(sweep)},
            {"shard", to_string(p.shard)},
            {"controls", std::move(controls)},
            {"seed", p.seed},
            {"scoring", p.scoring},
            {"session", path_text(p.session_path)},
            {"command", utf8_name(p.command)}};
}

}  // namespace

std::string report_json(const EvaluationReport& report) {
    Json sets = Json::array();
    for (const SetReport& set : report.sets) {
        sets.push_back(set_json(set));
    }
    const Json json = {{"miniature", report.provenance.miniature},
                       {"provenance", provenance_json(report.provenance)},
                       {"sets", std::move(sets)},
                       {"overall", set_json(report.overall)},
                       {"bad_samples", report.error_lines},
                       {"interrupted", report.interrupted},
                       {"too_many_errors", report.too_many_errors},
                       {"seconds", number(report.seconds)},
                       {"session_seconds", number(report.session_seconds)},
                       {"total_seconds", number(report.total_seconds)},
                       {"peak_memory_kb", report.peak_memory_kb}};
    return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace r2t2
