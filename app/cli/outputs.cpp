#include "app/cli/outputs.h"

#include <array>
#include <filesystem>
#include <tuple>
#include <utility>
#include <vector>

#include "core/base/output_place.h"
#include "core/base/user_directories.h"

namespace r2t2::cli {

namespace {

namespace fs = std::filesystem;

Status named(const char* option, const Status& checked) {
    if (checked.ok()) {
        return checked;
    }
    Error error = checked.error();
    error.field = option;
    return error;
}

using Paths = std::vector<fs::path>;

/// What decides of a file: it can be written, it is no input of the command, and what is there may go.
Status check_file(const char* option, const std::string& file, const Paths& inputs, OutputKind kind) {
    R2T2_TRY(named(option, check_no_input(file, inputs)));
    R2T2_TRY(named(option, check_replaceable(file, kind)));
    return named(option, check_output_file(file));
}

Paths inputs_of(const ModelChoice& model, const ReferenceChoice& reference) { return {model.directory, reference.path, reference.embedding}; }

/// Where sessions go that got no name.
Status check_session_folder() {
    const Result<fs::path> data = data_directory();
    return data.ok() ? check_output_folder(*data / "sessions") : Status(data.error());
}

/// What an evaluation reads, but for the session that it goes on with.
Paths inputs_of(const EvaluateOptions& options) {
    Paths inputs = inputs_of(options.model, options.reference);
    inputs.insert(inputs.end(), options.sets.begin(), options.sets.end());
    inputs.emplace_back(options.data.directory);
    return inputs;
}

/// A file of an evaluation: what was read, and the session that is written beside it, stay.
Status check_evaluation_file(const char* option, const std::string& file, const EvaluateOptions& options, OutputKind kind) {
    if (file.empty()) {
        return {};
    }
    Paths inputs = inputs_of(options);
    inputs.emplace_back(options.session);
    R2T2_TRY(named(option, check_not_inside(file, options.data.directory)));
    return check_file(option, file, inputs, kind);
}

bool is_drawing(const fs::path& path) {
    const std::string ending = path.extension().string();
    return ending == ".svg" || ending == ".pdf" || ending == ".png" || ending == ".csv" || ending == ".tsv";
}

/// Pictures of one name in two folders have one name in a third, and a drawing may have the name of another picture.
Status check_facts_apart(const FactsOptions& options) {
    const Paths images(options.images.begin(), options.images.end());
    for (const auto& [option, folder, ending] : {std::tuple{"--out", options.output, ".facts.json"}, {"--overlay", options.overlays, ".facts.png"}}) {
        if (folder.empty()) {
            continue;
        }
        for (std::size_t i = 0; i < images.size(); ++i) {
            R2T2_TRY(named(option, check_no_input(fs::path(folder) / (images[i].filename().string() + ending), images)));
            for (std::size_t j = 0; j < i; ++j) {
                if (images[i].filename() == images[j].filename() && images[i].lexically_normal() != images[j].lexically_normal()) {
                    return invalid_input(images[i].string(), option, "the name of " + images[j].string(), "another folder for it: what is written of the two would have one name");
                }
            }
        }
    }
    return {};
}

struct Outputs {
    Status operator()(const std::monostate&) const { return {}; }
    Status operator()(const EvaluateOptions& options) const { return check_outputs(options); }
    Status operator()(const TuneOptions& options) const { return check_outputs(options); }
    Status operator()(const FactsOptions& options) const {
        for (const auto& [option, folder] : {std::pair{"--out", options.output}, {"--overlay", options.overlays}}) {
            if (!folder.empty()) {
                R2T2_TRY(named(option, check_output_folder(folder)));
            }
        }
        R2T2_TRY(check_facts_apart(options));
        std::error_code code;
        for (const std::string& image : options.images) {
            if (!options.show && options.output.empty() && fs::is_regular_file(image, code)) {
                R2T2_TRY(named("facts beside the picture", check_output_folder(fs::path(image).parent_path())));
            }
        }
        return {};
    }
    Status operator()(const ReferenceOptions& options) const {
        using Action = ReferenceOptions::Action;
        if (options.action == Action::Info) {
            return {};
        }
        if (options.action == Action::Surfaces) {
            return named("response surfaces in the reference set", check_output_folder(options.input));
        }
        Paths inputs = inputs_of(options.model, options.reference);
        inputs.emplace_back(options.input);
        inputs.emplace_back(options.data.directory);
        if (!options.session.empty()) {
            R2T2_TRY(named("--session", check_no_input(options.session, inputs)));
            R2T2_TRY(named("--session", check_database_place(options.session)));
        }
        if (options.action == Action::Gates) {
            R2T2_TRY(named("--out", check_no_input(options.output, inputs)));
            return named("--out", check_output_file(options.output));
        }
        if (options.action == Action::Export) {
            return check_file("--out", options.output, inputs, OutputKind::Json);
        }
        R2T2_TRY(named("--out", check_no_input(options.output, inputs)));
        R2T2_TRY(named("--out", check_reference_folder(options.output)));
        return named("--out", check_output_folder(options.output));
    }
    Status operator()(const MiniatureOptions& options) const {
        return options.action == MiniatureOptions::Action::Report ? Status() : named("--out", check_output_folder(options.output));
    }
    Status operator()(const MergeOptions& options) const {
        R2T2_TRY(named("--out", check_free_name(options.output)));
        for (const std::string& shard : options.sessions) {
            R2T2_TRY(check_apart(std::array{NamedOutput{"--out", options.output}}, shard));
        }
        return named("--out", check_database_place(options.output));
    }
    Status operator()(const FigureOptions& options) const {
        if (!is_drawing(options.output) || fs::is_directory(options.output)) {
            return named("--out", check_output_folder(options.output));  // which figures there are is known later
        }
        const std::string numbers = fs::path(options.output).replace_extension(".csv").string();  // stand beside the drawing
        R2T2_TRY(check_apart(std::array{NamedOutput{"--out", options.output}}, options.session));
        R2T2_TRY(named("--out", check_no_input(numbers, Paths{options.session, options.knockouts})));
        R2T2_TRY(named("--out", check_replaceable(numbers, OutputKind::Drawing)));
        return check_file("--out", options.output, {options.session, options.knockouts}, OutputKind::Drawing);
    }
    Status operator()(const ExportOptions& options) const { return named("--out", check_output_folder(options.output)); }  // its files: core/run/session_export.h
    Status operator()(const CheckpointOptions& options) const {
        return options.action == CheckpointOptions::Action::MakeRandom ? named("--out", check_new_folder(options.directory)) : Status();
    }
    // These print.
    Status operator()(const InspectOptions&) const { return {}; }
    Status operator()(const DoctorOptions&) const { return {}; }
    Status operator()(const VerifyOptions&) const { return {}; }
    Status operator()(const CompareOptions&) const { return {}; }
    Status operator()(const PowerOptions&) const { return {}; }
    Status operator()(const KnockoutCommand&) const { return {}; }
    Status operator()(const ScoreOptions&) const { return {}; }
    Status operator()(const DataOptions&) const { return {}; }
    Status operator()(const MethodsOptions&) const { return {}; }
};

}  // namespace

Status check_outputs(const EvaluateOptions& options) {
    if (!options.session.empty() && !options.resume) {
        R2T2_TRY(named("--session", check_no_input(options.session, inputs_of(options))));
    }
    R2T2_TRY(check_apart(std::array{NamedOutput{"--session", options.session}, NamedOutput{"--report", options.report}}, options.session));
    R2T2_TRY(check_evaluation_file("--report", options.report, options, OutputKind::Json));
    if (options.no_session || options.resume) {  // a session that is resumed is opened for writing first of all
        return {};
    }
    return options.session.empty() ? check_session_folder() : named("--session", check_database_place(options.session));
}

Status check_outputs(const TuneOptions& options) {
    const fs::path table = tuning_table(options);
    R2T2_TRY(check_outputs(options.evaluate));
    R2T2_TRY(check_apart(std::array{NamedOutput{"--session", options.evaluate.session}, NamedOutput{"--report", options.evaluate.report},
                                    NamedOutput{"--out", options.output}, NamedOutput{"--table", table}}, options.evaluate.session));
    for (const auto& [option, file] : {std::pair{"--out", fs::path(options.output)}, {"--table", table}}) {
        std::error_code code;
        if (!options.force && fs::symlink_status(file, code).type() != fs::file_type::not_found) {
            return invalid_input("options", option, file.string() + ", which is there", "a free name, or --force to replace it");
        }
    }
    R2T2_TRY(check_evaluation_file("--out", options.output, options.evaluate, OutputKind::Parameters));
    return check_evaluation_file("--table", table.string(), options.evaluate, OutputKind::Tuning);
}

fs::path tuning_table(const TuneOptions& options) {
    if (!options.table.empty()) {
        return options.table;
    }
    const fs::path out = options.output;
    return out.parent_path() / (out.stem().string() + ".tuning.json");
}

Status check_outputs(const CommandLine& line) { return std::visit(Outputs{}, line.command); }

}  // namespace r2t2::cli
