#include <CLI/CLI.hpp>

#include "app/cli/options.h"

namespace r2t2::cli {

void add_doctor(CLI::App& app, CommandLine& line) {
    CLI::App* command = app.add_subcommand("doctor", "what was found (versions, BLAS, threads, CUDA, model), and a self-check");
    auto options = std::make_shared<DoctorOptions>();
    add_model_options(*command, options->model);
    command->add_flag("--write-golden", options->write_golden, "print the self-check's values as JSON for resources/self_check.json");
    command->callback([&line, options] { line.command = *options; });
}

}  // namespace r2t2::cli
