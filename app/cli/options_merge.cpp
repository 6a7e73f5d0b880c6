#include <CLI/CLI.hpp>

#include "app/cli/options.h"

namespace r2t2::cli {

void add_merge(CLI::App& app, CommandLine& line) {
    CLI::App* command = app.add_subcommand("merge", "join the sessions of evaluate --shard 0/N ... into one, as if it had been run whole");
    auto options = std::make_shared<MergeOptions>();
    command->add_option("sessions", options->sessions, "one session a shard, in any order")->required();
    command->add_option("--out", options->output, "session to write; must not be there")->required();
    command->callback([&line, options] { line.command = *options; });
}

}  // namespace r2t2::cli
