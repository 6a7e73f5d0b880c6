#include <CLI/CLI.hpp>

#include "app/cli/options.h"

namespace r2t2::cli {

void add_methods(CLI::App& app, CommandLine& line) {
    CLI::App* command = app.add_subcommand("methods", "what there is to re-route with: methods, their parameters, what these are set to");
    auto options = std::make_shared<MethodsOptions>();
    command->add_option("name", options->name, "a method or a parameter; default: all");
    command->add_flag("--markdown", options->markdown, "tables for documents");
    command->add_option("--model", options->model, "checkpoint directory: values of its rerouting.json (default: the paper's)")->group("Model");
    add_parameter_options(*command, options->method);
    command->callback([&line, options] { line.command = *options; });
}

}  // namespace r2t2::cli
