#include <CLI/CLI.hpp>

#include "app/cli/options.h"

namespace r2t2::cli {

namespace {

using Action = MiniatureOptions::Action;

CLI::App* add_action(CLI::App& app, const char* name, const char* text, Action action, CommandLine& line,
                     const std::shared_ptr<MiniatureOptions>& options) {
    CLI::App* command = app.add_subcommand(name, text);
    command->callback([&line, options, action] {
        options->action = action;
        line.command = *options;
    });
    return command;
}

}  // namespace

void add_miniature(CLI::App& app, CommandLine& line) {
    CLI::App* group = app.add_subcommand("miniature", "the bundled world and model: make, train, report");
    group->require_subcommand(1);
    auto options = std::make_shared<MiniatureOptions>();

    CLI::App* make = add_action(*group, "make", "write samples as PNG files and one JSON data set", Action::Make, line, options);
    make->add_option("--split", options->split, "experts, curriculum, router, reference, validation, test")->capture_default_str();
    make->add_option("--count", options->count, "samples")->capture_default_str();
    make->add_option("--seed", options->seed, "of the samples")->capture_default_str();
    make->add_option("-o,--out", options->output, "directory; a new or an empty one. It appears whole or not at all")->required();
    make->add_flag("--force", options->force, "replace a directory that holds nothing but such a data set");

    CLI::App* train = add_action(*group, "train", "train the bundled model from a seed", Action::Train, line, options);
    train->add_option("-o,--out", options->output, "checkpoint directory; a new or an empty one, without --resume")->required();
    train->add_option("--seed", options->seed, "of weights and batches")->capture_default_str();
    train->add_option("--scale", options->scale, "multiplies all step counts: 0.02 for a smoke test")->capture_default_str();
    train->add_option("--threads", options->threads, "threads (0 = one per processor)")->capture_default_str();
    train->add_option("--device", options->device, "cpu or cuda")->capture_default_str();
    train->add_flag("--resume", options->resume, "go on from the directory's state");

    CLI::App* report = add_action(*group, "report", "evaluate trained models and print the table of docs/miniature.md",
                                  Action::Report, line, options);
    report->add_option("models", options->models, "checkpoint directories, one a training seed (default: the bundled one); parameters and rows are those of the first one's rerouting.json");
    report->add_option("--samples", options->samples, "of each held-out set")->capture_default_str();
    report->add_option("--reference-samples", options->candidates, "candidates of the reference set")->capture_default_str();
    report->add_option("--eval", options->sets, "bundled sets (default: all)")->delimiter(',');
    report->add_option("--reference", options->references, "a reference set of each model, in their order: store directories, or \"bundled\" for the first");
    report->add_option("--split", options->split, "of the bundled world: test, or validation")->capture_default_str();
    report->add_option("--methods", options->methods, "default: as demo has them, all")->delimiter(',');
    report->add_option("--variant", options->variants, "METHOD,NAME=VALUE,...: a row of its own (r2t2 evaluate --help); given again, several");
    report->add_flag("--no-controls", options->no_controls, "leave the controls out");
    report->add_option("--seed", options->seed, "of the samples")->capture_default_str();
    report->add_option("--threads", options->threads, "workers (0 = one per processor)")->capture_default_str();
}

}  // namespace r2t2::cli
