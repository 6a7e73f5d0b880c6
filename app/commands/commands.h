// The subcommands: each prints its result and returns an exit code.
#pragma once

#include "app/commands/console.h"

namespace r2t2::cli {

[[nodiscard]] int run_evaluate(const EvaluateOptions& options, const std::string& program, Console& console);
[[nodiscard]] int run_tune(const TuneOptions& options, const std::string& program, Console& console);
[[nodiscard]] int run_inspect(const InspectOptions& options, Console& console);
[[nodiscard]] int run_facts(const FactsOptions& options, Console& console);
[[nodiscard]] int run_reference(const ReferenceOptions& options, const std::string& program, Console& console);
[[nodiscard]] int make_surfaces(const ReferenceOptions& options, Console& console);
[[nodiscard]] int make_gates(const ReferenceOptions& options, Console& console);
[[nodiscard]] int refine_reference(const ReferenceOptions& options, const std::string& program, Console& console);
[[nodiscard]] int run_miniature(const MiniatureOptions& options, const std::string& program, Console& console);
[[nodiscard]] int run_merge(const MergeOptions& options, const std::string& program, Console& console);
[[nodiscard]] int run_verify(const VerifyOptions& options, Console& console);
[[nodiscard]] int run_export(const ExportOptions& options, Console& console);
[[nodiscard]] int run_compare(const CompareOptions& options, Console& console);
[[nodiscard]] int run_power(const PowerOptions& options, Console& console);
[[nodiscard]] int run_knockout(const KnockoutCommand& options, const std::string& program, Console& console);
[[nodiscard]] int run_score(const ScoreOptions& options, Console& console);
[[nodiscard]] int run_data(const DataOptions& options, Console& console);
[[nodiscard]] int run_doctor(const DoctorOptions& options, Console& console);

}  // namespace r2t2::cli
