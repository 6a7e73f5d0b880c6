#include <CLI/CLI.hpp>

#include "app/cli/options.h"

namespace r2t2::cli {

void add_verify(CLI::App& app, CommandLine& line) {
    CLI::App* command = app.add_subcommand("verify", "is a session as it was written, and all of it? every row against its checksum, every run against its plan (exit code 2: damage, 3: a finished run lacks samples)");
    auto options = std::make_shared<VerifyOptions>();
    command->add_option("sessions", options->sessions, "session files")->required();
    command->callback([&line, options] { line.command = *options; });
}

}  // namespace r2t2::cli
