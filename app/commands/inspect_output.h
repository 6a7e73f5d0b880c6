// What inspect prints: every step of every method, as tables and as JSON.
//
// Thread rule: pure functions.
#pragma once

#include "core/run/again_comparison.h"
#include "core/run/evaluation_context.h"

namespace r2t2::cli {

struct InspectReport {
    EvaluationContext context;
    SampleRun run;
    std::string reference_name;
    std::string stored{};                      ///< "session.r2t2, sample G-dim/12"; empty: not from a session
    std::vector<std::string> remarks{};        ///< what is not known of a stored sample, what has changed since
    std::vector<AgainComparison> again{};      ///< of the trajectories that were run with a stored run's settings
    std::string asked_otherwise{};             ///< "--answer": why nothing is held against what is stored; empty: it is
    std::vector<std::int64_t> again_runs{};    ///< run of each trajectory, 0: none's; empty: not from a session
};

[[nodiscard]] std::string inspect_text(const InspectReport& report);
[[nodiscard]] std::string inspect_json(const InspectReport& report);

}  // namespace r2t2::cli
