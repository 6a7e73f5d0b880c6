// What tuning came to: as text, as JSON, and as the rerouting.json that it is for. Thread rule: pure functions.
#pragma once

#include "core/results/tuning.h"
#include "core/run/evaluation_report.h"

namespace r2t2 {

/// Every setting of every method, chosen or why not; `report` is of the evaluation that tried them.
[[nodiscard]] std::string tuning_text(const Tuning& tuning, const EvaluationReport& report);
/// The same, one object, indented.
[[nodiscard]] std::string tuning_json(const Tuning& tuning, const EvaluationReport& report);
/// The chosen parameters with the remark "_tuned" of where they are from: nothing of this machine is in it. Read by apply_recommended.
/// Errors: as validate.
[[nodiscard]] Result<std::string> rerouting_json(const Tuning& tuning, const EvaluationReport& report);

}  // namespace r2t2
