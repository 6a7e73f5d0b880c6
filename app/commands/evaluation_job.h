// One evaluation from choices to report: shared by evaluate, demo and miniature report.
#pragma once

#include "app/commands/console.h"
#include "core/run/evaluation_job.h"

namespace r2t2::cli {

/// Opens model, references and sets, then run_evaluation. Errors as their parts.
[[nodiscard]] Result<EvaluationRun> evaluation_job(const EvaluateOptions& options, const std::string& program,
                                                   Console& console, const CancelToken& cancel);

}  // namespace r2t2::cli
