#include <CLI/CLI.hpp>

#include "app/cli/options.h"

namespace r2t2::cli {

void add_power(CLI::App& app, CommandLine& line) {
    CLI::App* command = app.add_subcommand("power", "before a run: the smallest difference that it can detect (docs/statistics.md)");
    auto options = std::make_shared<PowerOptions>();
    command->add_option("--samples", options->samples, "samples of the run; needed without --session, else those of its run");
    command->add_option("--clusters", options->clusters, "of samples that belong together: rotations of a question, questions about a picture (default: every sample alone)");
    command->add_option("--icc", options->correlation, "intra-cluster correlation of a sample's change, 0 .. 1 (default: 1, the worst)");
    command->add_option("--base", options->base, "share of right answers of the base, 0 .. 1 (default: 0.5)");
    command->add_option("--harmed-per-mended", options->ratio, "harmed samples for every mended one, 0 .. less than 1 (default: 0.25)");
    command->add_option("--discordance", options->discordance, "share of samples that change sides, 0 .. 1, whatever the difference; instead of --harmed-per-mended");
    command->add_option("--session", options->session, "take what is not stated from a stored run: its clusters, their correlation, its base and discordance");
    command->add_option("--run", options->run, "with --session: the run (default: the last); its changes are those against its own native answers");
    command->add_option("--against", options->against, "with --session: changes against this run's answers instead");
    command->add_option("--power", options->power, "chance to find it, more than half of the level and less than 1")->capture_default_str();
    command->add_option("--alpha", options->alpha, "two-sided level, of all comparisons together, more than 0 and less than 1")->capture_default_str();
    command->add_option("--comparisons", options->comparisons, "methods x sets that will be told together, corrected by Holm")->capture_default_str();
    command->add_option("--difference", options->difference, "also the power to find this one, 0 .. 1");
    command->callback([&line, options] { line.command = *options; });
}

}  // namespace r2t2::cli
