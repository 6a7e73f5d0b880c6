#include <CLI/CLI.hpp>

#include "app/cli/options.h"

namespace r2t2::cli {

void add_facts(CLI::App& app, CommandLine& line) {
    CLI::App* command = app.add_subcommand(
        "facts", "what classical vision sees in pictures: regions, shapes, relations of place, printed text (built-in facts)");
    auto options = std::make_shared<FactsOptions>();
    command->add_option("images", options->images, "pictures: PNG, JPEG, BMP, WebP")->required();
    command->add_option("-o,--out", options->output, "folder for IMAGE.facts.json (default: beside each picture)");
    command->add_option("--overlay", options->overlays, "folder for IMAGE.facts.png: the facts drawn into the picture");
    command->add_flag("--show", options->show, "print what a model is told, write no facts");
    command->add_flag("--no-text", options->no_text, "do not read printed text");
    command->add_flag("--force", options->force, "replace facts files that something else has written");
    command->callback([&line, options] { line.command = *options; });
}

}  // namespace r2t2::cli
