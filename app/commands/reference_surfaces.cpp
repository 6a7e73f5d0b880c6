// r2t2 reference surfaces: tables of losses, written into the set's own folder.
#include <filesystem>
#include <limits>
#include <nlohmann/json.hpp>

#include "app/commands/choices.h"
#include "app/commands/commands.h"
#include "app/commands/reference_made.h"
#include "core/base/path_text.h"
#include "core/base/path_there.h"
#include "core/base/quoted_name.h"
#include "core/run/open_reference.h"
#include "core/run/surface_builder.h"

namespace r2t2::cli {

namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

Result<SurfaceOptions> surface_options(const ReferenceOptions& options) {
    R2T2_TRY(check_range("--threads", options.threads, 0, 1024));
    R2T2_TRY(check_range("--checked", options.checked, 0, 1'000'000));
    R2T2_TRY(check_range("--points", options.checked_points, 0, 10'000));
    R2T2_TRY(check_range("--seed", options.draw, 0, std::numeric_limits<std::int64_t>::max()));
    const Result<RoutingMode> mode = parse_routing_mode(options.mode);
    if (!mode) {
        return mode.error();
    }
    std::error_code code;
    R2T2_TRY(check_there(options.input, "reference set", "a store directory"));
    if (!fs::is_directory(options.input, code)) {
        return invalid_input(options.input, "reference set", "a file", "a store directory, which the tables are written into (r2t2 reference import makes one of a JSON file)");
    }
    SurfaceOptions out;
    out.form = options.form.empty() ? kSurfaceForm : options.form;
    out.mode = *mode;
    out.threads = static_cast<int>(options.threads);
    out.checked_references = static_cast<std::size_t>(options.checked);
    out.checked_points = static_cast<std::size_t>(options.checked_points);
    out.seed = static_cast<std::uint64_t>(options.draw);
    return out;
}

Json json_of(const SurfaceTables& tables, const std::string& directory) {
    Json out = {{"directory", path_text(directory)}, {"file", surface_file_name(tables.key().mode, tables.key().precision)}, {"form", tables.key().form},
                {"mode", to_string(tables.key().mode)}, {"precision", tables.key().precision}, {"records", tables.records()},
                {"nodes", tables.form()->nodes().size()}, {"hash", tables.hash()}};
    if (const std::optional<SurfaceAccuracy>& accuracy = tables.accuracy()) {
        out["checked"] = {{"references", accuracy->references}, {"points", accuracy->points}, {"loss_rms", accuracy->loss_rms}, {"loss_median", accuracy->loss_median},
                          {"loss_95", accuracy->loss_95}, {"loss_most", accuracy->loss_most}, {"loss_spread", accuracy->loss_spread},
                          {"gradient_cosine", accuracy->gradient_cosine}, {"gradient_relative", accuracy->gradient_relative}};
    }
    return out;
}

}  // namespace

int make_surfaces(const ReferenceOptions& options, Console& console) {
    const Result<SurfaceOptions> wanted = surface_options(options);
    if (!wanted) {
        return console.fail(wanted.error());
    }
    const Result<FolderClaim> claim = FolderClaim::take(options.input);
    if (!claim) {
        return console.fail(claim.error());
    }
    const Result<std::shared_ptr<const Model>> model = open_model(options.model, console);
    if (!model) {
        return console.fail(model.error());
    }
    ReferenceSource source;
    source.path = options.input;
    const Result<OpenedReference> opened = open_reference(source, *model, console.progress(), interrupt_token());
    if (!opened) {
        return console.fail(opened.error());
    }
    const std::string& precision = (*model)->info().precision;
    const fs::path rows = rows_of(options.input, *wanted, precision);
    std::error_code code;
    if (opened->set->surfaces(wanted->mode) != nullptr && !options.force && !fs::exists(rows, code)) {
        return console.fail(invalid_input(options.input, "response surfaces", opened->set->surfaces(wanted->mode)->text() + ", there already", "--force to make them again"));
    }
    const Result<SurfaceTables> tables = build_surfaces(*opened->set, *wanted, rows, console.progress(), interrupt_token());
    console.end_progress();
    if (!tables) {
        if (tables.error().kind == ErrorKind::Cancelled) {
            console.note("interrupted: the same command goes on with " + rows.string());
        }
        return console.fail(tables.error());
    }
    if (const Status saved = tables->save(options.input); !saved) {
        return console.fail(saved.error());
    }
    fs::remove(rows, code);
    console.data(console.options().json ? json_of(*tables, options.input).dump(2, ' ', false, Json::error_handler_t::replace) + "\n"
                                        : printable(options.input) + ": response surfaces of " + std::to_string(tables->records()) + " references: " + tables->text() + "; hash " +
                                              tables->hash() + "\n");
    return kExitOk;
}

}  // namespace r2t2::cli
