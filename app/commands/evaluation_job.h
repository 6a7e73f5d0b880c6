// One evaluation from choices to report: shared by evaluate, demo, tune and miniature report.
#pragma once

#include "app/commands/console.h"
#include "core/run/evaluation_job.h"

namespace r2t2::cli {

/// Asked about the samples before anything is computed on them.
using CheckSets = std::function<Status(const std::vector<SampleSetPtr>& sets)>;

/// Opens model, references and sets, then run_evaluation. Errors as their parts, and those of `check`.
[[nodiscard]] Result<EvaluationRun> evaluation_job(const EvaluateOptions& options, const std::string& program,
                                                   Console& console, const CancelToken& cancel, const CheckSets& check = {});

/// Numbers of fewer samples than there are end with their own code: samples that were passed over, unless so many were allowed for, and
/// groups that lack a member, which are told.
[[nodiscard]] int lacks(const EvaluationReport& report, std::int64_t allowed, Console& console);

}  // namespace r2t2::cli
