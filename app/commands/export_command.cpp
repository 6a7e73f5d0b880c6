// r2t2 export
#include <nlohmann/json.hpp>

#include "app/commands/commands.h"
#include "core/run/session_export.h"
#include "core/scoring/scoring_version.h"

namespace r2t2::cli {

int run_export(const ExportOptions& options, Console& console) {
    const Result<ExportedSession> exported =
        export_session(options.session, options.output, options.runs, console.progress(), interrupt_token());
    console.end_progress();
    if (!exported) {
        return console.fail(exported.error());
    }
    const SessionSummary& summary = exported->summary;
    std::vector<std::string> left_out;
    for (const RunSummary& run : summary.runs) {
        if (!run.coverage.complete()) {
            console.warning(options.session + ": run " + std::to_string(run.run.id) + " (" + stored_method_title(run.run) + "): " + run.coverage.text());
        }
        for (const std::string& row : run.damaged) {
            left_out.push_back("run " + std::to_string(run.run.id) + ": " + row);
        }
        if (run.verdicts_changed > 0) {
            console.warning(options.session + ": run " + std::to_string(run.run.id) + ": scored again by version " + std::to_string(kScoringVersion) +
                            " of the scoring rules (before: " + std::to_string(run.run.scoring_version) + "): " + std::to_string(run.verdicts_changed) + " of " +
                            std::to_string(run.scored_again) + " samples have another verdict; the session keeps the old ones until something is written to it");
        }
        if (run.by_older_rules > 0) {
            console.scored_by(options.session, run.run.id, run.run.scoring_version);
        }
    }
    nlohmann::ordered_json files = nlohmann::ordered_json::array();
    std::string text;
    for (const std::filesystem::path& file : exported->files) {
        files.push_back(file.string());
        text += file.string() + "\n";
    }
    if (console.options().json) {
        const nlohmann::ordered_json json = {{"session", options.session}, {"runs", summary.runs.size()}, {"damaged_samples", summary.damaged()},
                                             {"miniature", summary.miniature()}, {"files", files}};
        console.data(json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n");
    } else {
        console.data(text);
    }
    return console.left_out(options.session, left_out);
}

}  // namespace r2t2::cli
