// The data sets of the paper in their official layouts: list, check, preview.
#include <CLI/CLI.hpp>

#include "app/cli/options.h"

namespace r2t2::cli {

namespace {

using Action = DataOptions::Action;

CLI::App* add_data_action(CLI::App& group, const char* name, const char* text, Action action, CommandLine& line,
                          const std::shared_ptr<DataOptions>& options) {
    CLI::App* command = group.add_subcommand(name, text);
    command->callback([&line, options, action] {
        options->action = action;
        line.command = *options;
    });
    if (action != Action::List) {
        command->add_option("name", options->name, "data set, as r2t2 data list names it")->required();
        command->add_option("folder", options->data.directory, "where it lies, in its official layout")->required();
        command->add_option("--split", options->split, "default: the first that r2t2 data list names");
        command->add_option("--seed", options->seed, "of the samples that --limit draws")->capture_default_str();
        command->add_flag("--no-images", options->no_images, "do not look for the pictures");
        add_data_options(*command, options->data);
    }
    return command;
}

}  // namespace

void add_data_options(CLI::App& app, DataChoice& choice) {
    app.add_option("--limit", choice.limit, "of benchmarks (--data): at most this many samples, drawn by the seed; questions that count "
                                            "together are drawn together (0 = all)")->capture_default_str();
    app.add_flag("--direct-answers", choice.direct_answers, "A-OKVQA: free answers instead of options");
    app.add_flag("--moai-parity", choice.moai_parity, "AI2D, TextVQA: prompts and scoring of MoAI's own scripts, oddities included");
}

void add_data(CLI::App& app, CommandLine& line) {
    CLI::App* group = app.add_subcommand("data", "the paper's data sets in their official layouts: list, check, preview");
    group->require_subcommand(1);
    auto options = std::make_shared<DataOptions>();
    add_data_action(*group, "list", "all eighteen: splits, files, scores, what stands in the way", Action::List, line, options);
    CLI::App* check = add_data_action(*group, "check", "read everything, every picture's header too, count it, name what is wrong (exit code 3 where something is)",
                                      Action::Check, line, options);
    check->add_flag("--pictures", options->pictures, "decode every picture, as an evaluation will, instead of looking at its header")->excludes("--no-images");
    CLI::App* preview = add_data_action(*group, "preview", "a few prompts with truth and scoring rule", Action::Preview, line, options);
    preview->add_option("--count", options->count, "samples")->capture_default_str();
}

}  // namespace r2t2::cli
