// One evaluation from choices to report: shared by evaluate, demo and miniature report.
#pragma once

#include "app/commands/console.h"
#include "core/run/evaluation_report.h"

namespace r2t2::cli {

struct EvaluationRun {
    EvaluationReport report;
    Evaluation evaluation;
};

/// Opens model, references and sets, fits the controls, runs, writes the session. Errors as their parts.
/// A run that was interrupted or stopped for bad samples is a report that says so.
[[nodiscard]] Result<EvaluationRun> evaluation_job(const EvaluateOptions& options, const std::string& program,
                                                   Console& console, const CancelToken& cancel);

}  // namespace r2t2::cli
