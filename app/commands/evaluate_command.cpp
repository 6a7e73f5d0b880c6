// r2t2 evaluate, r2t2 demo
#include "app/commands/commands.h"
#include "app/commands/evaluation_job.h"
#include "core/base/atomic_file.h"

namespace r2t2::cli {

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
    for (std::size_t i = 0; i < report->error_lines.size() && i < 5; ++i) {
        console.warning("skipped " + report->error_lines[i]);
    }
    if (report->interrupted) {
        const std::string& session = report->provenance.session_path;
        console.note("interrupted: what was finished is kept" + (session.empty() ? std::string() : "; go on with " + resume_command(session, *run)));
        return kExitInterrupted;
    }
    return report->too_many_errors ? kExitBadSamples : kExitOk;
}

}  // namespace r2t2::cli
