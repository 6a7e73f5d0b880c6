// The one exported symbol of the checkpoint module: a module of its own, because nothing here needs torch or OpenCV.
#include <exception>

#include "app/checkpoints/checkpoint_commands.h"

extern "C" __attribute__((visibility("default"))) int r2t2_run_command(const r2t2::cli::CommandLine* line) {
    using namespace r2t2::cli;  // NOLINT: this function only composes
    Console console(line->output);
    try {
        if (const auto* model = std::get_if<CheckpointOptions>(&line->command)) {
            return run_model(*model, console);
        }
        const auto* methods = std::get_if<MethodsOptions>(&line->command);
        return methods != nullptr ? run_methods(*methods, console) : kExitUsage;
    } catch (const std::bad_alloc&) {
        return console.fail({r2t2::ErrorKind::OutOfMemory, "r2t2", {}, "not enough memory", {}});
    } catch (const std::exception& error) {  // a library's; ours do not throw
        return console.fail({r2t2::ErrorKind::Internal, "r2t2", {}, error.what(), {}});
    }
}
