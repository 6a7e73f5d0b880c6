// What leaves a session, and what comes from elsewhere: export, compare, score.
#include <CLI/CLI.hpp>

#include "app/cli/options.h"

namespace r2t2::cli {

void add_export(CLI::App& app, CommandLine& line) {
    CLI::App* command = app.add_subcommand("export", "a session as JSON lines (as evaluation harnesses log samples), JSON, CSV and LaTeX");
    auto options = std::make_shared<ExportOptions>();
    command->add_option("session", options->session, "session file")->required();
    command->add_option("-o,--out", options->output, "folder; made if it is not there")->required();
    command->add_option("--run", options->runs, "numbers of the runs (default: all)")->delimiter(',');
    command->callback([&line, options] { line.command = *options; });
}

void add_compare(CLI::App& app, CommandLine& line) {
    CLI::App* command = app.add_subcommand("compare", "two runs on the same samples: who is right where, interval and test of B - A");
    auto options = std::make_shared<CompareOptions>();
    command->add_option("a", options->a, "session A")->required();
    command->add_option("b", options->b, "session B; may be the same file")->required();
    command->add_option("--run-a", options->run_a, "run of A (default: the last; of one file the last but one)");
    command->add_option("--run-b", options->run_b, "run of B (default: the last)");
    command->add_option("--list", options->list, "print the samples of one cell: set/key, answer of A, answer of B, truth")
        ->check(CLI::IsMember({"only-a", "only-b", "both", "neither"}));
    command->callback([&line, options] { line.command = *options; });
}

void add_score(CLI::App& app, CommandLine& line) {
    CLI::App* command = app.add_subcommand("score", "score predictions of another program (JSON lines or a JSON array)");
    auto options = std::make_shared<ScoreOptions>();
    command->add_option("files", options->files, "files with a prediction and a truth a record, each scored by itself")->required();
    command->add_option("--rule", options->rule, "exact, or starts-with as the upstream script scores; records of our exports are scored by the rule beside them, those of a benchmark with another metric (ANLS, VQA, ChartQA, MathVista) by that where exact is asked for")
        ->check(CLI::IsMember({"exact", "starts-with"}))->capture_default_str();
    command->callback([&line, options] { line.command = *options; });
}

}  // namespace r2t2::cli
