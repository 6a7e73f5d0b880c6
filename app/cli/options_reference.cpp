#include <CLI/CLI.hpp>

#include "app/cli/options.h"
#include "core/checkpoint/safetensors.h"
#include "core/routing/surface_form.h"

namespace r2t2::cli {

namespace {

using Action = ReferenceOptions::Action;

CLI::App* add_action(CLI::App& app, const char* name, const char* text, Action action, CommandLine& line,
                     const std::shared_ptr<ReferenceOptions>& options) {
    CLI::App* command = app.add_subcommand(name, text);
    command->callback([&line, options, action, command] {
        options->action = action;
        options->stated = stated_options(*command);
        line.command = *options;
    });
    return command;
}

std::string surface_form_list() {
    std::string out;
    for (const std::string& name : surface_forms()) {
        out += (out.empty() ? "" : ", ") + name;
    }
    return out;
}

void add_force_flag(CLI::App& command, ReferenceOptions& options) {
    command.add_flag("--force", options.force, "replace a reference set that is there");
}

}  // namespace

void add_reference(CLI::App& app, CommandLine& line) {
    CLI::App* group = app.add_subcommand("reference", "reference sets: build, refine, surfaces, gates, info, import, export");
    group->require_subcommand(1);
    auto options = std::make_shared<ReferenceOptions>();

    CLI::App* build = add_action(*group, "build", "run the base model over a data set, keep what it answers rightly",
                                 Action::Build, line, options);
    build->add_option("input", options->input, "data set (JSON), or \"bundled\" for the bundled world");
    build->add_option("--from", options->from, "instead: a benchmark or reference set by name (r2t2 data list)");
    build->add_option("--data", options->data.directory, "its folder, in the official layout");
    build->add_option("--split", options->split, "its split (default: the first that r2t2 data list names)");
    add_data_options(*build, options->data);
    build->add_option("-o,--out", options->output, "store directory")->required();
    add_force_flag(*build, *options);
    build->add_option("--samples", options->reference.candidates, "bundled world: candidates")->capture_default_str();
    build->add_option("--seed", options->reference.seed, "of the bundled world, or of the samples that --limit draws")->capture_default_str();
    build->add_option("--threads", options->threads, "workers (0 = one per processor)")->capture_default_str();
    build->add_flag("--refine", options->refine, "and refine it (r2t2 reference refine), by the model's own parameters");
    add_embedding_option(*build, options->reference);
    add_model_options(*build, options->model);

    CLI::App* refine = add_action(*group, "refine", "descend on every candidate's own label, keep what is right before or after: references with a refined routing",
                                  Action::Refine, line, options);
    refine->add_option("input", options->input, "store directory, JSON file, or \"bundled\"")->required();
    refine->add_option("-o,--out", options->output, "store directory of the refined set")->required();
    add_force_flag(*refine, *options);
    refine->add_flag("--per-mixer", options->per_mixer, "a refined routing for every mixer too: a second descent");
    refine->add_option("--shard", options->shard, "I/N: this part of the candidates only; nothing is built, the sessions are merged (r2t2 merge)")->capture_default_str();
    refine->add_option("--session", options->session, "the descents' session, kept; one that is there is gone on with (default: beside --out, removed in the end)");
    refine->add_option("--samples", options->reference.candidates, "bundled world: candidates")->capture_default_str();
    refine->add_option("--seed", options->reference.seed, "of the bundled world")->capture_default_str();
    refine->add_option("--threads", options->threads, "workers (0 = one per processor)")->capture_default_str();
    add_embedding_option(*refine, options->reference);
    add_parameter_options(*refine, options->descent, Method::Oracle);
    add_model_options(*refine, options->model);

    CLI::App* surfaces = add_action(*group, "surfaces", "of every reference its losses at a few routings, kept in the set: methods then ask these and not the model",
                                    Action::Surfaces, line, options);
    surfaces->add_option("input", options->input, "store directory: the tables are written into it")->required();
    surfaces->add_option("--form", options->form, "what lies between the nodes: " + surface_form_list() + " (default: " + std::string(kSurfaceForm) + ")");
    surfaces->add_option("--mode", options->mode, "of the routings: offset or fixed")->capture_default_str();
    surfaces->add_option("--checked", options->checked, "references that they are held against the model on, at fresh routings (0: none)")->capture_default_str();
    surfaces->add_option("--points", options->checked_points, "fresh routings of each")->capture_default_str();
    surfaces->add_option("--seed", options->draw, "draws both")->capture_default_str();
    surfaces->add_option("--threads", options->threads, "workers (0 = one per processor)")->capture_default_str();
    add_force_flag(*surfaces, *options);
    add_model_options(*surfaces, options->model);

    CLI::App* gates = add_action(*group, "gates", "the model's gates, and nothing else of it, trained on every reference's label: what the method tuned-gates runs with, to compare with",
                                 Action::Gates, line, options);
    gates->add_option("input", options->input, "store directory, JSON file, or \"bundled\"")->required();
    gates->add_option("-o,--out", options->output, "safetensors file; " + std::string(kTunedGatesFile) + " beside the checkpoint is the one that is used")->required();
    gates->add_option("--epochs", options->epochs, "over the references; the one whose held-out loss is least is kept")->capture_default_str();
    gates->add_option("--batch", options->batch, "references a step")->capture_default_str();
    gates->add_option("--rate", options->rate, "learning rate of AdamW, falling to 0 along a cosine")->capture_default_str();
    gates->add_option("--held-out", options->held_out, "share of the references that the epoch is chosen on")->capture_default_str();
    gates->add_option("--seed", options->draw, "draws those, and the order of the others")->capture_default_str();
    add_force_flag(*gates, *options);
    add_model_options(*gates, options->model);

    CLI::App* info = add_action(*group, "info", "what is in a reference set, and whether its weights can be a model's",
                                Action::Info, line, options);
    info->add_option("input", options->input, "store directory or JSON file")->required();
    info->add_option("--eval", options->evaluation, "data set (JSON) or bundled set to look for leakage into: samples with a reference's question and picture, by its content or, where that is not known, its path");

    CLI::App* import_ = add_action(*group, "import", "published JSON to a store: pictures are found, prepared and embedded",
                                   Action::Import, line, options);
    import_->add_option("input", options->input, "JSON file")->required();
    import_->add_option("-o,--out", options->output, "store directory")->required();
    add_force_flag(*import_, *options);
    import_->add_flag("--keep-contradictory", options->keep_contradictory, "keep records that call a wrong answer right, or have another truth than a twin, with a mark (default: left out)");
    import_->add_option("--threads", options->threads, "workers (0 = one per processor)")->capture_default_str();
    add_embedding_option(*import_, options->reference);
    add_model_options(*import_, options->model);

    CLI::App* export_ = add_action(*group, "export", "store to the published JSON", Action::Export, line, options);
    export_->add_option("input", options->input, "store directory")->required();
    export_->add_option("-o,--out", options->output, "JSON file")->required();
    export_->add_flag("--extended", options->extended, "add set, tags, options where they decide, picture hash, weights per mixer, refined routings, facts, and hashes of what samples are asked with");
}

}  // namespace r2t2::cli
