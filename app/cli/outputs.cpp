#include "app/cli/outputs.h"

#include <filesystem>
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

/// Two outputs under one name, neither of which need be there yet.
Status check_same_name(const fs::path& report, const fs::path& session) {
    std::error_code code;
    const bool same = !session.empty() && fs::weakly_canonical(fs::absolute(report, code), code) == fs::weakly_canonical(fs::absolute(session, code), code);
    return same ? Status(invalid_input(report.string(), "--report", "the session's own name", "another name: the session would be lost")) : Status();
}

bool is_drawing(const fs::path& path) {
    const std::string ending = path.extension().string();
    return ending == ".svg" || ending == ".pdf" || ending == ".png" || ending == ".csv" || ending == ".tsv";
}

struct Outputs {
    Status operator()(const std::monostate&) const { return {}; }
    Status operator()(const EvaluateOptions& options) const {
        Paths inputs = inputs_of(options.model, options.reference);
        inputs.insert(inputs.end(), options.sets.begin(), options.sets.end());
        inputs.emplace_back(options.data.directory);
        if (!options.session.empty() && !options.resume) {
            R2T2_TRY(named("--session", check_no_input(options.session, inputs)));
        }
        if (!options.report.empty()) {
            inputs.emplace_back(options.session);
            R2T2_TRY(check_same_name(options.report, options.session));
            R2T2_TRY(check_file("--report", options.report, inputs, OutputKind::Json));
        }
        if (options.no_session || options.resume) {  // a session that is resumed is opened for writing first of all
            return {};
        }
        return options.session.empty() ? check_session_folder() : named("--session", check_database_place(options.session));
    }
    Status operator()(const TuneOptions& options) const { return (*this)(options.evaluate); }  // its own files are named in one place, tune_command.cpp
    Status operator()(const FactsOptions& options) const {
        for (const auto& [option, folder] : {std::pair{"--out", options.output}, {"--overlay", options.overlays}}) {
            if (!folder.empty()) {
                R2T2_TRY(named(option, check_output_folder(folder)));
            }
        }
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
        Paths inputs = inputs_of(options.model, options.reference);
        inputs.emplace_back(options.input);
        inputs.emplace_back(options.data.directory);
        if (!options.session.empty()) {
            R2T2_TRY(named("--session", check_no_input(options.session, inputs)));
            R2T2_TRY(named("--session", check_database_place(options.session)));
        }
        if (options.action == Action::Export) {
            return check_file("--out", options.output, inputs, OutputKind::Json);
        }
        R2T2_TRY(named("--out", check_no_input(options.output, inputs)));
        return named("--out", check_output_folder(options.output));
    }
    Status operator()(const MiniatureOptions& options) const {
        return options.action == MiniatureOptions::Action::Report ? Status() : named("--out", check_output_folder(options.output));
    }
    Status operator()(const MergeOptions& options) const {
        R2T2_TRY(named("--out", check_free_name(options.output)));
        return named("--out", check_database_place(options.output));
    }
    Status operator()(const FigureOptions& options) const {
        const bool folder = !is_drawing(options.output) || fs::is_directory(options.output);
        return folder ? named("--out", check_output_folder(options.output)) : check_file("--out", options.output, {options.session}, OutputKind::Drawing);
    }
    Status operator()(const ExportOptions& options) const {
        for (const char* name : {"results.json", "accuracy.csv", "benchmarks.csv", "neighbours.csv", "table.tex"}) {  // what an export writes
            const Paths inputs = {options.session};
            R2T2_TRY(named("--out", check_no_input(fs::path(options.output) / name, inputs)));
        }
        return named("--out", check_output_folder(options.output));
    }
    Status operator()(const CheckpointOptions& options) const {
        return options.action == CheckpointOptions::Action::MakeRandom ? named("--out", check_new_folder(options.directory)) : Status();
    }
    // These print.
    Status operator()(const InspectOptions&) const { return {}; }
    Status operator()(const DoctorOptions&) const { return {}; }
    Status operator()(const VerifyOptions&) const { return {}; }
    Status operator()(const CompareOptions&) const { return {}; }
    Status operator()(const PowerOptions&) const { return {}; }
    Status operator()(const ScoreOptions&) const { return {}; }
    Status operator()(const DataOptions&) const { return {}; }
    Status operator()(const MethodsOptions&) const { return {}; }
};

}  // namespace

Status check_outputs(const CommandLine& line) { return std::visit(Outputs{}, line.command); }

}  // namespace r2t2::cli
