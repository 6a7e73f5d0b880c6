// r2t2 figure: the same figures as the desktop draws, without a display.
#include <QDir>
#include <QFileInfo>
#include <QFontDatabase>
#include <QFontInfo>
#include <QGuiApplication>
#include <QLoggingCategory>
#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "app/commands/console.h"
#include "core/base/output_place.h"
#include "core/base/quoted_name.h"
#include "core/inspect/inspector.h"
#include "core/results/run_config.h"
#include "core/results/run_coverage.h"
#include "ui/figures/figure_files.h"
#include "ui/figures/knockout_figure.h"
#include "ui/figures/session_figures.h"
#include "ui/models/plain_locale.h"
#include "ui/models/window_system.h"
#include "ui/paths/file_path.h"

namespace r2t2::cli {

namespace {

using ui::Figure;

constexpr double kSmallestMm = 10.0, kLargestMm = 1000.0, kSmallestPt = 3.0, kLargestPt = 72.0, kLargestDpi = 2400.0;

Status check_number(const char* option, double value, double low, double high) {
    if (!(value >= low && value <= high)) {
        return invalid_input("command line", option, std::to_string(value), std::to_string(low) + " to " + std::to_string(high));
    }
    return {};
}

bool is_published(const std::string& name) {
    const std::vector<ui::FigureKind>& kinds = ui::published_kinds();
    return std::any_of(kinds.begin(), kinds.end(), [&](const ui::FigureKind& kind) { return kind.name.toStdString() == name; });
}

bool is_about_knockouts(const std::string& name) {
    const std::vector<ui::FigureKind>& kinds = ui::knockout_kinds();
    return std::any_of(kinds.begin(), kinds.end(), [&](const ui::FigureKind& kind) { return kind.name.toStdString() == name; });
}

/// What is named; of a knock-out table alone all that is drawn of one.
std::vector<std::string> names_of(const FigureOptions& options) {
    std::vector<std::string> names = options.names;
    if (names.empty() && !options.all && !options.knockouts.empty()) {
        for (const ui::FigureKind& kind : ui::knockout_kinds()) {
            names.push_back(kind.name.toStdString());
        }
    }
    return names;
}

Result<std::map<std::string, std::string>> held(const std::vector<std::string>& all) {
    std::map<std::string, std::string> out;
    for (const std::string& each : all) {
        const std::size_t at = each.find('=');
        if (at == 0 || at == std::string::npos) {
            return invalid_input("command line", "--hold", each, "NAME=VALUE");
        }
        out[each.substr(0, at)] = each.substr(at + 1);
    }
    return out;
}

/// The inspector module is opened for the first picture, not before.
Result<SamplePicture> picture_of(const std::string& image_path) {
    const Result<InspectorModule*> module = load_inspector();
    return module ? (*module)->picture(image_path) : Result<SamplePicture>(module.error());
}

/// Of figures that need no session nothing of one is chosen.
Status check_published(const FigureOptions& options) {
    for (const auto& [option, given] : {std::pair{"--session", !options.session.empty()}, {"--run", options.run != 0}, {"--sample", !options.sample.empty()},
                                        {"--by-set", options.by_set}, {"--axes", !options.axes.empty()}, {"--hold", !options.hold.empty()}}) {
        if (given) {
            return invalid_input("command line", option, "together with figures that need no session only", "leaving it out");
        }
    }
    return {};
}

bool is_drawing(const std::string& suffix) { return suffix == "svg" || suffix == "pdf" || suffix == "png" || suffix == "csv" || suffix == "tsv"; }

std::string suffix_of(const std::string& path) {
    const std::string ending = std::filesystem::path(path).extension().string();
    return ending.empty() ? ending : ending.substr(1);
}

/// A file for one figure, else a folder: names and formats have to go with it.
Status check_output(const FigureOptions& options, bool one_file, bool folder_there) {
    const std::string suffix = suffix_of(options.output);
    if (!one_file && !folder_there && is_drawing(suffix)) {
        return invalid_input("command line", "--out", options.output + ", a file's name, for several figures", "a folder, or one figure");
    }
    for (const std::string& format : options.formats) {
        if (one_file && format != suffix) {
            return invalid_input("command line", "--format", format + ", but --out names a file that ends in ." + suffix,
                                 "a folder as --out, or a file's name with the ending that is wanted");
        }
    }
    return {};
}

Status check(const FigureOptions& options) {
    R2T2_TRY(check_number("--width-mm", options.width_mm, kSmallestMm, kLargestMm));
    R2T2_TRY(check_number("--height-mm", options.height_mm, 0.0, kLargestMm));
    R2T2_TRY(check_number("--font-pt", options.font_pt, kSmallestPt, kLargestPt));
    R2T2_TRY(check_number("--dpi", options.dpi, 30.0, kLargestDpi));
    const std::vector<std::string> names = names_of(options);
    const bool knockouts = std::any_of(names.begin(), names.end(), is_about_knockouts);
    if (knockouts && options.knockouts.empty()) {
        return invalid_input("command line", "--knockouts", "nothing", "what r2t2 knockout --eval SETS --json wrote");
    }
    if (!options.knockouts.empty() && !knockouts) {
        return invalid_input("command line", "--knockouts", "together with other figures only", "knockout-loss, knockout-right, or no name");
    }
    if (names.empty() && !options.all) {
        return invalid_input("command line", "figure", "no name", "names of figures, or --all");
    }
    const bool session_needed = options.all || !std::all_of(names.begin(), names.end(), [](const std::string& name) { return is_published(name) || is_about_knockouts(name); });
    if (session_needed && options.session.empty()) {
        return invalid_input("command line", "--session", "none", "a session file");
    }
    if (!session_needed) {
        R2T2_TRY(check_published(options));
    }
    for (const std::string& format : options.formats) {
        if (!is_drawing(format)) {
            return invalid_input("command line", "--format", format, "svg, pdf, png or csv");
        }
    }
    return {};
}

Status write(const Figure& figure, const QString& path, double dpi) {
    if (QFileInfo(path).suffix().toLower() == QLatin1String("png")) {
        return ui::save_png(figure, path, dpi / 96.0);
    }
    return ui::save_plot(figure, path);
}

struct Job {
    const FigureOptions& options;
    Console& console;
    std::set<std::string> left_out{};  ///< samples that some figure does without
    int lacking = kExitOk;              ///< exit code of runs that lack samples
    std::optional<FolderClaim> claim{};  ///< of a folder, from the first figure on

    /// The drawing, or one in every format, and the numbers.
    QStringList paths_of(const QString& name, bool one_file) const {
        const QString output = ui::path_text(options.output);
        QStringList paths;
        if (one_file) {
            paths << output;
            const QFileInfo info(output);
            if (info.suffix().toLower() != QLatin1String("csv")) {
                paths << info.dir().filePath(info.completeBaseName() + QStringLiteral(".csv"));  // the numbers beside it
            }
        } else {
            const std::vector<std::string> formats = options.formats.empty() ? std::vector<std::string>{"svg", "csv"} : options.formats;
            for (const std::string& format : formats) {
                paths << QDir(output).filePath(name + QLatin1Char('.') + QString::fromStdString(format));
            }
        }
        return paths;
    }

    /// What is there under the names of all that is to be drawn: figures are replaced, the session and files of others are not.
    Status check_there(const std::vector<std::string>& names, bool one_file) const {
        const std::vector<std::filesystem::path> inputs = {options.session, options.knockouts};
        for (const std::string& name : names) {
            for (const QString& path : paths_of(QString::fromStdString(name), one_file)) {
                for (const Status& there : {check_no_input(ui::file_path(path), inputs), check_replaceable(ui::file_path(path), OutputKind::Drawing)}) {
                    if (!there) {
                        Error error = there.error();
                        error.field = "--out";
                        return error;
                    }
                }
            }
        }
        return {};
    }

    Status save(Figure& figure, const QString& name, bool one_file) {
        figure.set_style({options.width_mm, options.height_mm, options.font_pt, QString::fromStdString(options.family)});
        const QStringList paths = paths_of(name, one_file);
        if (!one_file && !claim) {  // not before there is something to put into it
            Result<FolderClaim> taken = ui::claim_folder(ui::path_text(options.output));
            if (!taken.ok()) {
                return taken.error();
            }
            claim.emplace(std::move(*taken));
        }
        ui::remove_former(paths);
        for (const QString& path : paths) {
            R2T2_TRY(write(figure, path, options.dpi));
            console.data(printable(ui::file_path(path).string()) + "\n");
        }
        return {};
    }

    Status run() {
        R2T2_TRY(check(options));
        std::error_code code;
        const bool folder_there = std::filesystem::is_directory(options.output, code);
        const std::vector<std::string> wanted = each_once(names_of(options));
        const bool one_file = !options.all && wanted.size() == 1 && !folder_there && !suffix_of(options.output).empty();
        R2T2_TRY(check_output(options, one_file, folder_there));
        R2T2_TRY(check_there(wanted, one_file));
        if (draws(one_file)) {
            R2T2_TRY(ui::check_fonts());
            R2T2_TRY(ui::check_family(QString::fromStdString(options.family)));
            note_font();
        }
        std::optional<KnockoutTable> knockouts;
        if (!options.knockouts.empty()) {
            Result<KnockoutTable> table = read_knockout_table(options.knockouts);
            if (!table) {
                return table.error();
            }
            knockouts = std::move(*table);
        }
        std::vector<std::string> names;
        for (const std::string& name : wanted) {
            std::unique_ptr<Figure> figure = ui::published_figure(QString::fromStdString(name));
            if (!figure && knockouts) {
                figure = ui::knockout_figure(QString::fromStdString(name), *knockouts, ui::path_text(options.knockouts));
                lacking = figure && !knockouts->problems.empty() ? kExitBadSamples : lacking;
            }
            for (const QString& warning : figure ? figure->warnings() : QStringList()) {
                console.lacking(name + ": " + warning.toStdString());
            }
            if (figure) {
                R2T2_TRY(save(*figure, QString::fromStdString(name), one_file));
            } else {
                names.push_back(name);
            }
        }
        return names.empty() && !options.all ? Status() : run_on_session(std::move(names), one_file);
    }

    /// Numbers alone need no letters.
    bool draws(bool one_file) const {
        const auto is_table = [](const std::string& format) { return format == "csv" || format == "tsv"; };
        return one_file ? !is_table(suffix_of(options.output)) : options.formats.empty() || !std::all_of(options.formats.begin(), options.formats.end(), is_table);
    }

    std::vector<std::string> each_once(const std::vector<std::string>& typed) const {
        std::vector<std::string> out;
        for (const std::string& name : typed) {
            if (std::find(out.begin(), out.end(), name) == out.end()) {
                out.push_back(name);
            } else {
                console.note(name + " is named twice: drawn once");
            }
        }
        return out;
    }

    void note_font() const {
        const QString family = QString::fromStdString(options.family);
        if (!family.isEmpty() && !QFontDatabase::hasFamily(family)) {
            console.lacking("--font: there is no family \"" + options.family + "\" here: letters are of " + QFontInfo(QFont(family)).family().toStdString());
        }
    }

    Status run_on_session(std::vector<std::string> names, bool one_file) {
        auto session = SessionReader::open(options.session);
        if (!session) {
            return session.error();
        }
        const auto runs = session->runs();
        for (std::size_t i = 0; runs && i < runs->size(); ++i) {
            console.scored_by(options.session, (*runs)[i].id, (*runs)[i].scoring_version);
        }
        Result<ui::FigureRequest> request = request_for(*session);
        if (!request) {
            return request.error();
        }
        if (runs) {
            name_gone(*session, *runs);
        }
        if (options.all) {
            const auto kinds = ui::figures_of(*session, options.run);
            if (!kinds) {
                return kinds.error();
            }
            for (const ui::FigureKind& kind : *kinds) {
                names.push_back(kind.name.toStdString());
            }
        }
        R2T2_TRY(check_there(names, one_file));
        for (const LeftOut& sample : session->take_left_out()) {  // which figures there are depends on them
            left_out.insert(sample.text());
        }
        for (const std::string& name : names) {
            request->name = QString::fromStdString(name);
            auto figure = ui::make_figure(*request, *session, ui::path_text(options.session));
            if (!figure && options.all && figure.error().kind == ErrorKind::NotFound) {
                console.lacking(name + " is left out: " + figure.error().message());
                continue;
            }
            if (!figure) {
                return figure.error();
            }
            for (const QString& sample : (*figure)->left_out()) {
                left_out.insert(sample.toStdString());
            }
            for (const QString& warning : (*figure)->warnings()) {
                console.lacking(name + ": " + warning.toStdString());
            }
            R2T2_TRY(save(**figure, request->name, one_file));
        }
        return {};
    }

    /// Runs of the evaluation that is drawn.
    void name_gone(SessionReader& session, const std::vector<StoredRun>& runs) {
        const Result<std::int64_t> drawn = options.run > 0 ? Result<std::int64_t>(options.run) : ui::default_run(session);
        const auto at = std::find_if(runs.begin(), runs.end(), [&](const StoredRun& run) { return drawn && run.id == *drawn; });
        for (const StoredRun& run : runs) {
            if (at != runs.end() && (run.id == at->id || evaluation_name(run.info) == evaluation_name(at->info))) {
                lacking = std::max(lacking, console.gone(missing_samples(options.session, run)));
            }
        }
    }

    Result<ui::FigureRequest> request_for(SessionReader& session) const {
        ui::FigureRequest request;
        request.run = options.run;
        request.by_set = options.by_set;
        request.axes = options.axes;
        request.picture = picture_of;
        auto hold = held(options.hold);
        if (!hold) {
            return hold.error();
        }
        request.hold = std::move(*hold);
        if (!options.sample.empty()) {
            const Result<std::int64_t> run = options.run > 0 ? Result<std::int64_t>(options.run) : ui::default_run(session);
            if (!run) {
                return run.error();
            }
            Result<SampleKey> sample = ui::find_sample(session, *run, options.sample);
            if (!sample) {
                return sample.error();
            }
            request.sample = std::move(*sample);
        }
        return request;
    }
};

}  // namespace

}  // namespace r2t2::cli

extern "C" __attribute__((visibility("default"))) int r2t2_run_command(const r2t2::cli::CommandLine* line) {
    using namespace r2t2::cli;  // NOLINT: this function only composes
    Console console(line->output);
    qputenv("QT_QPA_PLATFORM", "offscreen");  // whatever is set: no display is needed, and others draw no letters
    QLoggingCategory::setFilterRules(QStringLiteral("default.warning=false"));  // Qt's own, about runtime directories
    int count = 1;
    char name[] = "r2t2";
    char* arguments[] = {name, nullptr};
    std::optional<r2t2::ui::StartingQt> starting(std::in_place, "r2t2");
    QGuiApplication application(count, arguments);
    starting.reset();
    r2t2::ui::use_plain_locale();
    const auto* options = std::get_if<FigureOptions>(&line->command);
    if (options == nullptr) {
        return kExitUsage;
    }
    Job job{*options, console};
    const r2t2::Status done = job.run();
    const int code = std::max(job.lacking, console.left_out(options->session, {job.left_out.begin(), job.left_out.end()}));
    return done ? code : console.fail(done.error());
}
