// r2t2 export
#include <algorithm>
#include <nlohmann/json.hpp>

#include "app/commands/commands.h"
#include "core/base/path_text.h"
#include "core/base/quoted_name.h"
#include "core/run/session_export.h"
#include "core/scoring/scoring_version.h"

namespace r2t2::cli {

namespace {

/// By which rules the run's verdicts are, and what its benchmarks' numbers leave out.
int note_scores(const std::string& session, const RunSummary& run, Console& console) {
    const std::string where = session + ": run " + std::to_string(run.run.id) + ": ";
    if (run.scored_again > 0) {
        console.note(where + std::to_string(run.scored_again) + " samples were stored by older scoring rules and are scored again here, " +
                     std::to_string(run.verdicts_changed) + " with another verdict");
    }
    if (run.by_older_rules > 0) {
        console.scored_by(session, run.run.id, run.run.scoring_version);
    }
    int exit_code = kExitOk;
    for (const SetSummary& set : run.sets) {
        if (!set.benchmark_result.empty() && set.benchmark_result.front().incomplete > 0) {
            console.lacking(where + of_set(set.name, set.benchmark_result.front()));
            exit_code = kExitBadSamples;
        }
    }
    return exit_code;
}

}  // namespace

int run_export(const ExportOptions& options, Console& console) {
    const Result<ExportedSession> exported =
        export_session(options.session, options.output, options.runs, console.progress(), interrupt_token());
    console.end_progress();
    if (!exported) {
        return console.fail(exported.error());
    }
    const SessionSummary& summary = exported->summary;
    std::vector<std::string> left_out;
    int exit_code = kExitOk;
    for (const RunSummary& run : summary.runs) {
        exit_code = std::max(exit_code, console.gone(missing_samples(options.session, run.run)));
        if (!run.coverage.complete() && !run.coverage.lacks_samples()) {
            console.lacking(options.session + ": run " + std::to_string(run.run.id) + " (" + stored_method_title(run.run) + "): " + run.coverage.text());
        }
        if (run.coverage.complete() && run.coverage.has_references()) {
            console.lacking(options.session + ": run " + std::to_string(run.run.id) + " (" + stored_method_title(run.run) + "): " + run.coverage.text());
        }
        if (ended_before_it_began(run.run)) {
            console.warning(options.session + ": run " + std::to_string(run.run.id) + ": finished at " + run.run.finished + ", before it was started at " +
                            run.run.started + ": the clock was set back meanwhile");
        }
        for (const std::string& row : run.damaged) {
            left_out.push_back("run " + std::to_string(run.run.id) + ": " + row);
        }
        exit_code = std::max(exit_code, note_scores(options.session, run, console));
    }
    if (exported->waiting_in_log.value_or(0) > 0) {
        console.note(options.session + ": " + std::to_string(*exported->waiting_in_log) + " of its samples waited in its log (-wal): a copy of the session needs that file too");
    }
    for (const std::filesystem::path& file : exported->removed) {
        console.note(file.string() + ": of an earlier export, removed");
    }
    nlohmann::ordered_json files = nlohmann::ordered_json::array();
    std::string text;
    for (const std::filesystem::path& file : exported->files) {
        files.push_back(path_text(file));
        text += printable(file.string()) + "\n";
    }
    if (console.options().json) {
        const nlohmann::ordered_json json = {{"session", path_text(options.session)}, {"runs", summary.runs.size()}, {"damaged_samples", summary.damaged()},
                                             {"miniature", summary.miniature()}, {"files", files}};
        console.data(json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n");
    } else {
        console.data(text);
    }
    return std::max(exit_code, console.left_out(options.session, left_out));
}

}  // namespace r2t2::cli
