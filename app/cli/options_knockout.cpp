#include <CLI/CLI.hpp>

#include "app/cli/options.h"

namespace r2t2::cli {

void add_knockout(CLI::App& app, CommandLine& line) {
    CLI::App* command = app.add_subcommand("knockout", "what answers owe to every expert: silenced, blocked or forced, under the model's own routing (docs/knockouts.md)");
    auto options = std::make_shared<KnockoutCommand>();
    command->add_option("--eval", options->sets, "data set file (JSON), or bundled set: G-dim, K-noise, O-small ..., all; with --data benchmarks (r2t2 data list)")->delimiter(',');
    command->add_option("--data", options->data.directory, "folder with the benchmarks of --eval in their official layout");
    add_data_options(*command, options->data);
    command->add_option("--split", options->split, "bundled sets come from this split: test (default) or validation; of a benchmark one of its own");
    command->add_option("--samples", options->samples, "samples of each bundled set")->capture_default_str();
    command->add_option("--seed", options->seed, "of the bundled samples, or of those that --limit draws")->capture_default_str();
    command->add_option("--sample", options->sample, "instead of whole sets: SET/NUMBER of one bundled sample");
    command->add_option("--kinds", options->kinds, "silence (its weight kept, its output nothing), block (the others' weights grow), force (all its own)")
        ->delimiter(',')
        ->capture_default_str();
    command->add_option("--threads", options->threads, "workers (0 = one per processor)")->capture_default_str();
    command->add_option("--scoring", options->scoring, "exact, or starts-with as the upstream script scores")->capture_default_str();
    add_model_options(*command, options->model);
    command->callback([&line, options] { line.command = *options; });
}

}  // namespace r2t2::cli
