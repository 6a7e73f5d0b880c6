// One evaluation from choices to report: shared by evaluate, demo, tune and miniature report.
#pragma once

#include "app/commands/console.h"
#include "core/run/evaluation_job.h"

namespace r2t2::cli {

/// Asked before anything is computed; none need be there.
struct EvaluationChecks {
    /// Of the options with what a resumed run reads in the place of what was not typed; none: check_outputs of them (app/cli/outputs.h).
    std::function<Status(const EvaluateOptions& opened)> outputs;
    std::function<Status(const std::vector<SampleSetPtr>& sets)> sets;
};

/// Opens model, references and sets, then run_evaluation. Errors as their parts, and those of `checks`.
[[nodiscard]] Result<EvaluationRun> evaluation_job(const EvaluateOptions& options, const std::string& program,
                                                   Console& console, const CancelToken& cancel, const EvaluationChecks& checks = {});

/// Numbers of fewer samples than there are end with their own code: samples that were passed over, unless so many were allowed for, and
/// groups that lack a member, which are told.
[[nodiscard]] int lacks(const EvaluationReport& report, std::int64_t allowed, Console& console);

}  // namespace r2t2::cli
