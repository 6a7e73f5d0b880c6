#include <CLI/CLI.hpp>

#include "app/cli/options.h"

namespace r2t2::cli {

void add_figure(CLI::App& app, CommandLine& line) {
    CLI::App* command = app.add_subcommand("figure", "paper-ready figures of a session, with their numbers");
    auto options = std::make_shared<FigureOptions>();
    command->add_option("names", options->names,
                        "accuracy-transitions, accuracy-per-step, expert-shift-flow, expert-shift-matrix, weight-change, radar, "
                        "ablation-curves, ablation-map, neighbourhood-map, case-card; published-transitions, "
                        "published-ablations, knockout-loss and knockout-right need no session");
    command->add_flag("--all", options->all, "every figure that the session gives");
    command->add_option("--session", options->session, "session file");
    command->add_option("--knockouts", options->knockouts, "what r2t2 knockout --eval SETS --json wrote, for knockout-loss and knockout-right (both where none is named)");
    command->add_option("--run", options->run, "number of the run, for figures of one run (default: the last NGD run)");
    command->add_option("--sample", options->sample, "SET/KEY, or the KEY alone where one set has it, for figures of one sample (default: the first that was mended, else the first with steps)");
    command->add_flag("--by-set", options->by_set, "sweeps: a panel for every set as well");
    command->add_option("--axes", options->axes, "sweeps: one or two parameters, the first along x (default: the first two)")->delimiter(',');
    command->add_option("--hold", options->hold, "sweeps: NAME=VALUE of parameters that are not drawn (default: the best run's)")->delimiter(',');
    command->add_option("--out", options->output, "file (svg, pdf, png, csv), or folder for several")->required();
    command->add_option("--format", options->formats, "in a folder: svg, pdf, png, csv (default: svg and csv)")->delimiter(',');
    command->add_option("--width-mm", options->width_mm, "width on paper: 82 one column, 170 two")->capture_default_str();
    command->add_option("--height-mm", options->height_mm, "0: the figure's own")->capture_default_str();
    command->add_option("--font-pt", options->font_pt, "size of letters")->capture_default_str();
    command->add_option("--font", options->family, "family of letters");
    command->add_option("--dpi", options->dpi, "of PNG")->capture_default_str();
    command->callback([&line, options] { line.command = *options; });
}

}  // namespace r2t2::cli
