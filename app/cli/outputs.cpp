#include "app/cli/outputs.h"

#include <filesystem>

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

/// Where sessions go that got no name.
Status check_session_folder() {
    const Result<fs::path> data = data_directory();
    return data.ok() ? check_output_folder(*data / "sessions") : Status(data.error());
}

bool is_drawing(const fs::path& path) {
    const std::string ending = path.extension().string();
    return ending == ".svg" || ending == ".pdf" || ending == ".png" || ending == ".csv" || ending == ".tsv";
}

struct Outputs {
    Status operator()(const std::monostate&) const { return {}; }
    Status operator()(const EvaluateOptions& options) const {
        if (!options.report.empty()) {
            R2T2_TRY(named("--report", check_output_file(options.report)));
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
        if (!options.session.empty()) {
            R2T2_TRY(named("--session", check_database_place(options.session)));
        }
        return named("--out", options.action == Action::Export ? check_output_file(options.output) : check_output_folder(options.output));
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
        return named("--out", folder ? check_output_folder(options.output) : check_output_file(options.output));
    }
    Status operator()(const ExportOptions& options) const { return named("--out", check_output_folder(options.output)); }
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
