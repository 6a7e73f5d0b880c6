#include "core/results/run_coverage.h"

#include <nlohmann/json.hpp>

#include "core/json/parse_json.h"
#include "core/results/finished_samples.h"

namespace r2t2 {

bool RunCoverage::complete() const { return state == RunState::Finished && (!planned || samples >= *planned); }

std::string RunCoverage::count_text() const {
    return planned ? std::to_string(samples) + " of " + std::to_string(*planned) : std::to_string(samples);
}

std::string RunCoverage::text() const {
    std::string out = count_text() + (samples == 1 && !planned ? " sample" : " samples");
    if (!complete()) {
        out += state == RunState::Finished ? ", incomplete" : ", incomplete (" + state_text(state) + ")";
    }
    const auto add = [&out](std::int64_t count, const char* what) { out += count > 0 ? "; " + std::to_string(count) + " " + what : std::string(); };
    add(failed, "failed");
    add(without_truth, "without a known truth");
    add(damaged, "damaged and left out");
    out += has_references() ? "; " + references->text() : std::string();
    return out;
}

std::string state_text(RunState state) {
    switch (state) {
        case RunState::Running:
            return "still running or killed";
        case RunState::Finished:
            return "finished";
        case RunState::Cancelled:
            return "interrupted";
        case RunState::Failed:
            break;
    }
    return "too many bad samples";
}

bool ended_before_it_began(const StoredRun& run) { return !run.finished.empty() && run.finished < run.started; }  // ISO 8601, UTC

RunCoverage run_coverage(const StoredRun& run) {
    RunCoverage out;
    out.state = run.state;
    out.samples = run.samples;
    out.failed = run.errors;
    out.references = reference_samples(run.info);
    for (const auto& [set, count] : planned_samples(run.info)) {
        out.planned = out.planned.value_or(0) + count;
    }
    return out;
}

std::optional<Error> missing_samples(const std::string& session, const StoredRun& run) {
    const RunCoverage coverage = run_coverage(run);
    if (!coverage.lacks_samples()) {
        return std::nullopt;
    }
    const std::string number = std::to_string(run.id);
    return invalid_input(session + ": run " + number + " (" + run.info.method + (run.variant.empty() ? "" : ", " + run.variant) + ")", "samples", std::to_string(coverage.samples),
                         std::to_string(*coverage.planned) + ", as were planned: the run is stored as finished, and " +
                             std::to_string(*coverage.planned - coverage.samples) + " of its samples are gone (of a copy: was its -wal copied too?); " +
                             resume_advice(session, run, "runs them again", NamedRun::Yes));
}

std::map<std::string, std::int64_t> planned_samples(const RunInfo& info) {
    std::map<std::string, std::int64_t> out;
    const auto config = stored_json(info.config);
    if (!config.is_object() || !config.contains("planned") || !config["planned"].is_object()) {
        return out;
    }
    for (const auto& [set, count] : config["planned"].items()) {
        if (!count.is_number_integer() || count.get<std::int64_t>() < 0) {
            return {};  // not ours: nothing is known then
        }
        out[set] = count.get<std::int64_t>();
    }
    return out;
}

std::optional<std::int64_t> planned_of(const RunInfo& info, const std::string& set) {
    const std::map<std::string, std::int64_t> planned = planned_samples(info);
    const auto found = planned.find(set);
    return found == planned.end() ? std::nullopt : std::optional(found->second);
}

std::map<std::string, std::int64_t> left_out_of(const RunInfo& info, const std::string& set) {
    std::map<std::string, std::int64_t> out;
    const auto config = stored_json(info.config);
    const auto sets = config.is_object() ? config.value("left_out", nlohmann::ordered_json()) : nlohmann::ordered_json();
    if (!sets.is_object() || !sets.contains(set) || !sets[set].is_object()) {
        return out;
    }
    for (const auto& [reason, count] : sets[set].items()) {
        if (count.is_number_integer()) {
            out[reason] = count.get<std::int64_t>();
        }
    }
    return out;
}

std::vector<std::string> coverage_lines(const std::vector<RunCoverage>& runs, const std::vector<std::string>& titles) {
    std::vector<std::string> lines;
    for (std::size_t i = 0; i < runs.size(); ++i) {
        if (!runs[i].whole()) {
            lines.push_back(titles[i] + ": " + runs[i].text());
        }
    }
    return lines;
}

}  // namespace r2t2
