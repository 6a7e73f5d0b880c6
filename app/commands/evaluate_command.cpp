// r2t2 evaluate, r2t2 demo
#include <algorithm>

#include "app/commands/commands.h"
#include "app/commands/evaluation_job.h"
#include "core/base/atomic_file.h"

namespace r2t2::cli {

int lacks(const EvaluationReport& report, std::int64_t allowed, Console& console) {
    int code = report.too_many_errors ? kExitBadSamples : kExitOk;
    const auto skipped = static_cast<std::int64_t>(report.error_lines.size());
    if (skipped > std::max<std::int64_t>(allowed, 0)) {
        code = kExitBadSamples;
    }
    for (const SetReport& set : report.sets) {
        const auto part = std::find_if(set.methods.begin(), set.methods.end(), [](const MethodReport& method) {
            return !method.benchmark.empty() && method.benchmark.front().incomplete > 0;
        });
        if (part != set.methods.end()) {
            console.lacking(of_set(set.name, part->benchmark.front()));
            code = kExitBadSamples;
        }
    }
    return code;
}

int run_evaluate(const EvaluateOptions& options, const std::string& program, Console& console) {
    const Result<EvaluationRun> run = evaluation_job(options, program, console, interrupt_token());
    if (!run) {
        return console.fail(run.error());
    }
    const EvaluationReport* report = &run->report;
    const std::string json = report_json(*report);
    console.data(console.options().json ? json : report_text(*report));
    if (!options.report.empty()) {
        if (const Status written = write_file_atomically(options.report, json); !written) {
            return console.fail(written.error());
        }
    }
    console.skipped(report->error_lines);
    if (report->interrupted) {
        const std::string& session = report->provenance.session_path;
        const std::string text = "interrupted: what was finished is kept" + (session.empty() ? std::string() : "; go on with " + resume_command(session, *run));
        console.options().quiet ? console.lacking(text) : console.note(text);
        return kExitInterrupted;
    }
    return lacks(*report, options.max_errors, console);
}

}  // namespace r2t2::cli
