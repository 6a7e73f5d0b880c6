#include <CLI/CLI.hpp>

#include "app/cli/options.h"

namespace r2t2::cli {

namespace {

using Action = CheckpointOptions::Action;

CLI::App* add_action(CLI::App& app, const char* name, const char* text, Action action, CommandLine& line,
                     const std::shared_ptr<CheckpointOptions>& options) {
    CLI::App* command = app.add_subcommand(name, text);
    command->callback([&line, options, action] {
        options->action = action;
        line.command = *options;
    });
    return command;
}

}  // namespace

void add_model(CLI::App& app, CommandLine& line) {
    CLI::App* group = app.add_subcommand("model", "checkpoint directories: check, info, make-random");
    group->require_subcommand(1);
    auto options = std::make_shared<CheckpointOptions>();

    CLI::App* check =
        add_action(*group, "check", "can the engine use this checkpoint? all problems at once; 0 = usable",
                   Action::Check, line, options);
    check->add_option("directory", options->directory, "checkpoint directory")->required();
    check->add_flag("--weights", options->weights, "read all values too and look for NaN and infinity");
    check->add_option("--problems", options->problems, "problems printed (0 = all)")->capture_default_str();

    CLI::App* info = add_action(*group, "info", "sizes, parts, dtypes, bytes, and what the weights take in memory",
                                Action::Info, line, options);
    info->add_option("directory", options->directory, "checkpoint directory")->required();

    CLI::App* make = add_action(*group, "make-random", "write a checkpoint of random weights in the published layout",
                                Action::MakeRandom, line, options);
    make->add_option("--config", options->config, "moai-7b, medium or small")->required();
    make->add_option("-o,--out", options->directory, "checkpoint directory")->required();
    make->add_option("--seed", options->seed, "of weights and tokenizer: the same seed gives the same bytes")
        ->capture_default_str();
    make->add_option("--dtype", options->dtype, "bf16, f16 or f32")->capture_default_str();
    make->add_option("--shards", options->shards, "files of weights (0 = as many as 10 GB each need)")
        ->capture_default_str();
    make->add_flag("--headers-only", options->headers_only, "sparse files of full size: true headers, no values");
    make->add_flag("--force", options->force, "replace an existing checkpoint directory");
    make->add_option("--threads", options->threads, "threads (0 = one per processor)")->capture_default_str();
}

}  // namespace r2t2::cli
