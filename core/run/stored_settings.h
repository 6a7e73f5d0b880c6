// How the samples of a stored run were run, as the run says. Thread rule: pure functions, values.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/routing/method_params.h"
#include "core/run/evaluation_context.h"
#include "core/run/sample_set.h"
#include "core/session/session_reader.h"

namespace r2t2 {

struct StoredSettings {
    std::optional<MethodParams> params;  ///< none: made by a program that did not keep them
    std::optional<SampleChoice> data;    ///< what its sets were opened by; none: not kept
    ScoringRule scoring = ScoringRule::Exact;
    std::size_t max_neighbours = 50;
    std::string precision = "fp32";
    RoutingMatrix constant;              ///< of a fitted control; empty: none
};

/// Errors: a configuration with a field of the wrong kind (names run and field). What is not there keeps its default.
[[nodiscard]] Result<StoredSettings> stored_settings(const StoredRun& run);

/// What every sample of runs that were made together was run with, one method a run, in their order. Model, references and side_by_side
/// are not set. Error: a run without parameters.
[[nodiscard]] Result<EvaluationContext> stored_context(const std::vector<StoredRun>& runs, const std::vector<StoredSettings>& settings);

}  // namespace r2t2
