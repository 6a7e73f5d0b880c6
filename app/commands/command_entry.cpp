// The one exported symbol of the command module.
#include <exception>

#include "app/commands/commands.h"

namespace r2t2::cli {

namespace {

struct Dispatch {
    const CommandLine& line;
    Console& console;

    int operator()(const std::monostate&) const { return kExitUsage; }
    int operator()(const EvaluateOptions& options) const { return run_evaluate(options, line.program, console); }
    int operator()(const TuneOptions& options) const { return run_tune(options, line.program, console); }
    int operator()(const InspectOptions& options) const { return run_inspect(options, console); }
    int operator()(const FactsOptions& options) const { return run_facts(options, console); }
    int operator()(const ReferenceOptions& options) const { return run_reference(options, line.program, console); }
    int operator()(const MiniatureOptions& options) const { return run_miniature(options, line.program, console); }
    int operator()(const DoctorOptions& options) const { return run_doctor(options, console); }
    int operator()(const FigureOptions&) const { return kExitUsage; }      // the figure module's
    int operator()(const CheckpointOptions&) const { return kExitUsage; }  // the checkpoint module's
    int operator()(const MethodsOptions&) const { return kExitUsage; }     // likewise
    int operator()(const MergeOptions& options) const { return run_merge(options, line.program, console); }
    int operator()(const VerifyOptions& options) const { return run_verify(options, console); }
    int operator()(const ExportOptions& options) const { return run_export(options, console); }
    int operator()(const CompareOptions& options) const { return run_compare(options, console); }
    int operator()(const PowerOptions& options) const { return run_power(options, console); }
    int operator()(const KnockoutCommand& options) const { return run_knockout(options, line.program, console); }
    int operator()(const DataOptions& options) const { return run_data(options, console); }
    int operator()(const ScoreOptions& options) const { return run_score(options, console); }
};

}  // namespace

}  // namespace r2t2::cli

extern "C" __attribute__((visibility("default"))) int r2t2_run_command(const r2t2::cli::CommandLine* line) {
    r2t2::cli::Console console(line->output);
    try {
        return std::visit(r2t2::cli::Dispatch{*line, console}, line->command);
    } catch (const std::bad_alloc&) {
        return console.fail({r2t2::ErrorKind::OutOfMemory, "r2t2", {}, "not enough memory", {}});
    } catch (const std::exception& error) {  // a library's; ours do not throw
        return console.fail({r2t2::ErrorKind::Internal, "r2t2", {}, error.what(), {}});
    }
}
