#include <CLI/CLI.hpp>

#include "app/cli/option_values.h"
#include "app/cli/options.h"
#include "core/routing/method_table.h"

namespace r2t2::cli {

namespace {

/// "base, mode-finding (mf), ..."
std::string method_names() {
    std::string names;
    for (const Method method : all_methods()) {
        const MethodRow& row = method_row(method);
        const std::string alias = row.alias;
        names += (names.empty() ? "" : ", ") + std::string(row.name) + (alias.empty() ? "" : " (" + alias + ")");
    }
    return names;
}

/// What evaluate and demo have and tune has not: it chooses on validation data, among methods under study, from a session.
void add_evaluations_own(CLI::App& app, EvaluateOptions& options) {
    app.add_option("--split", options.split, "bundled sets come from this split: test (default), or validation to choose settings on; of a "
                                             "benchmark one of its own (r2t2 data list)");
    app.add_option("--methods", options.methods, method_names() + "; default: all but rivals of other work, which a demo has too (r2t2 methods)")->delimiter(',');
    app.add_option("--variant", options.variants,
                   "METHOD,NAME=VALUE,...: the method once more, with these parameters of its own, e.g. kernel-regression,reference-routing=refined,mixing=none; "
                   "given again, several. Without --methods base, variants and controls are run");
    app.add_flag("--no-controls", options.no_controls, "leave the controls out");
    app.add_option("--shard", options.shard, "INDEX/COUNT: this part of the samples only, e.g. 0/4; r2t2 merge joins the sessions");
    app.add_flag("--no-session", options.no_session, "write no session");
}

void add_common(CLI::App& app, EvaluateOptions& options) {
    app.add_option("--samples", options.samples, "samples of each bundled set")->capture_default_str();
    app.add_option("--sweep", options.sweep,
                   "NAME=VALUE,VALUE,...: every method under study that has the parameter (r2t2 methods) under every value, e.g. "
                   "num-neighbors=1,3,5; given again, every combination");
    app.add_option("--threads", options.threads, "workers (0 = one per processor)")->capture_default_str();
    app.add_option("--side-by-side", options.side_by_side, "samples whose model calls are merged, per worker")->capture_default_str();
    app.add_option("--max-errors", options.max_errors, "stop after more bad samples than this, with exit code 3; so many are no reason for it (-1 = never stop; exit code 3 if there was one)")
        ->capture_default_str();
    app.add_option("--cache-mb", options.cache_mb, "memory for prepared references (0 = 256, or an eighth of the weights where that is more)")->capture_default_str();
    app.add_option("--scoring", options.scoring, "exact, or starts-with as the upstream script scores")->capture_default_str();
    app.add_option("--session", options.session, "SQLite file (default: a new one among the user's data)");
    app.add_flag("--resume", options.resume, "go on with the last evaluation of --session: finished samples are not run again; model, reference set, precision "
                                               "and device are the run's own unless stated, and so are sets, methods and parameters unless --eval is "
                                               "stated (then all must be as they were)");
    app.add_option("--run", options.run, "with --resume: not the last evaluation but the one that this run is of");
    app.add_option("--report", options.report, "write the JSON report to this file as well");
    add_model_options(app, options.model);
    add_reference_options(app, options.reference);
    add_method_options(app, options.method);
}

}  // namespace

void add_evaluate(CLI::App& app, CommandLine& line) {
    CLI::App* command = app.add_subcommand("evaluate", "run every method and control over evaluation sets");
    auto options = std::make_shared<EvaluateOptions>();
    command->add_option("--eval", options->sets, "data set file (JSON), or bundled set: G-dim, K-noise, O-small ..., all; with --data benchmarks "
                                                  "(r2t2 data list). Several apart by commas; a path that is there as a whole is taken whole");
    command->add_option("--data", options->data.directory, "folder with the benchmarks of --eval in their official layout");
    add_data_options(*command, options->data);
    add_evaluations_own(*command, *options);
    add_common(*command, *options);
    command->callback([&line, options, command] {
        options->stated = stated_options(*command);
        options->sets = split_names(options->sets);
        line.command = *options;
    });
}

void add_demo(CLI::App& app, CommandLine& line) {
    CLI::App* command = app.add_subcommand("demo", "the bundled model on held-out sets of the bundled world, all methods and controls");
    auto options = std::make_shared<EvaluateOptions>();
    options->kind = "demo";
    options->sets = {"G-dim", "G-noise", "K-clutter", "K-noise", "O-dim", "O-clutter", "O-small", "O-noise"};
    command->add_option("--eval", options->sets, "bundled sets, or all")->delimiter(',')->capture_default_str();
    add_evaluations_own(*command, *options);
    add_common(*command, *options);
    command->callback([&line, options, command] {
        options->stated = stated_options(*command);
        line.command = *options;
    });
}

void add_tune(CLI::App& app, CommandLine& line) {
    CLI::App* command = app.add_subcommand("tune", "run a grid of parameters on validation data and write the rerouting.json that the one-standard-error rule chooses");
    auto options = std::make_shared<TuneOptions>();
    EvaluateOptions& evaluate = options->evaluate;
    evaluate.kind = "tune";
    evaluate.no_controls = true;
    command->add_option("--eval", evaluate.sets, "data set file (JSON), or bundled set, or all (default); with --data benchmarks. Several apart by commas");
    command->add_option("--split", evaluate.split, "bundled sets come from this split: validation (default); of a benchmark one of its own (r2t2 data list)");
    command->add_option("--data", evaluate.data.directory, "folder with the benchmarks of --eval in their official layout");
    command->add_option("--methods", evaluate.methods, "methods under study (r2t2 methods); default: all of them. Where several use a parameter it has one value: " +
                                                           to_string(kLeadingMethod) + " chooses first")->delimiter(',');
    command->add_option("--out", options->output, "the chosen parameters; beside a checkpoint, as rerouting.json, they are its own")->capture_default_str();
    command->add_option("--table", options->table, "every setting with its numbers, chosen or why not, as JSON (default: beside --out, as NAME.tuning.json)");
    command->add_flag("--force", options->force, "replace files that are there");
    command->add_flag("--allow-test", options->allow_test, "data of a test split too, which is refused otherwise: what is chosen on it cannot be reported on it");
    add_data_options(*command, evaluate.data);
    add_common(*command, evaluate);
    command->callback([&line, options, command] {
        options->evaluate.stated = stated_options(*command);
        options->evaluate.sets = split_names(options->evaluate.sets);
        line.command = *options;
    });
}

}  // namespace r2t2::cli
