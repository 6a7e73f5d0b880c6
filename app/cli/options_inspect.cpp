#include <CLI/CLI.hpp>

#include "app/cli/options.h"

namespace r2t2::cli {

void add_inspect(CLI::App& app, CommandLine& line) {
    CLI::App* command = app.add_subcommand("inspect", "one picture, one question: every step of every method");
    auto options = std::make_shared<InspectOptions>();
    command->add_option("image", options->image, "picture: PNG, JPEG, BMP, WebP");
    command->add_option("-q,--question", options->question, "what is asked");
    command->add_option("-a,--answer", options->answer, "the truth: needed by the oracle, used for right and wrong");
    command->add_option("--facts", options->facts, "JSON of auxiliary facts (segments, detections, relations, OCR); auto = IMAGE.facts.json if it is there, else "
                        "built-in facts (the miniature: none); built-in; none")
        ->capture_default_str();
    command->add_option("--instruction", options->instruction, "put in front of the question in the prompt; a sample has its own");
    command->add_option("--sample", options->sample, "a sample instead of a picture: G-dim/12 of the bundled world; with --session: SET/KEY that is stored "
                        "there. --question asks it something else");
    command->add_option("--session", options->session, "a session: its sample is run again as it was (prompt, picture, methods with their parameters and "
                        "seed, model, precision, device, references) and set against what is stored; what has changed since is said. What is stated replaces the run's own");
    command->add_option("--run", options->run, "with --session: this run alone, with base beside it (default: every run of the last evaluation that has the sample)");
    command->add_option("--methods", options->methods, "default: all but the controls; upper bounds (oracle) where the answer is known")
        ->delimiter(',');
    command->add_option("--leave-out", options->left_out, "references that must not be neighbours, by their number (the column \"reference\", \"index\" of --json)")
        ->delimiter(',');
    add_model_options(*command, options->model);
    add_reference_options(*command, options->reference);
    add_method_options(*command, options->method);
    command->callback([&line, options, command] {
        options->stated = stated_options(*command);
        line.command = *options;
    });
}

}  // namespace r2t2::cli
