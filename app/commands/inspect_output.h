// What inspect prints: every step of every method, as tables and as JSON.
//
// Thread rule: pure functions.
#pragma once

#include "core/run/evaluation_context.h"

namespace r2t2::cli {

struct InspectReport {
    EvaluationContext context;
    SampleRun run;
    std::string reference_name;
};

[[nodiscard]] std::string inspect_text(const InspectReport& report);
[[nodiscard]] std::string inspect_json(const InspectReport& report);

}  // namespace r2t2::cli
