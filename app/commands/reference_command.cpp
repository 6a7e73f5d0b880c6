// r2t2 reference build, info, import, export (refine: reference_refine.cpp)
#include <cstdio>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>

#include "app/commands/choices.h"
#include "app/commands/commands.h"
#include "app/commands/reference_made.h"
#include "core/base/path_there.h"
#include "core/base/quoted_name.h"
#include "core/dataset/json_reader.h"
#include "core/reference/health_report.h"
#include "core/reference/published_json.h"
#include "core/reference/surface_tables.h"
#include "core/run/evaluation_overlap.h"
#include "core/run/reference_builder.h"
#include "core/vision/facts_json.h"

namespace r2t2::cli {

namespace {

using Json = nlohmann::ordered_json;

Result<SampleSetPtr> samples_of(const ReferenceOptions& options, Console& console) {
    const auto seed = static_cast<std::uint64_t>(options.reference.seed);
    if (!options.from.empty()) {
        if (options.data.directory.empty() || !options.input.empty()) {
            return invalid_input("options", "--from", options.data.directory.empty() ? "without --data" : "together with a data set file",
                                 "--from NAME --data FOLDER, or a data set file, or bundled");
        }
        const Result<BenchmarkChoice> choice = benchmark_choice(options.data);
        if (!choice) {
            return choice.error();
        }
        return open_benchmark_samples(options.from, options.split, seed, *choice, console.progress(), interrupt_token());
    }
    R2T2_TRY(check_benchmark_options(options.data, "--from"));
    if (!options.data.directory.empty() || !options.split.empty()) {
        return invalid_input("options", options.split.empty() ? "--data" : "--split", "without --from", "together with it: it is of benchmarks");
    }
    if (options.input == "bundled") {
        return world_samples(default_world(), "reference", seed, static_cast<std::size_t>(options.reference.candidates));
    }
    if (options.input.empty()) {
        return invalid_input("options", "input", "nothing", "a data set file, bundled, or --from NAME --data FOLDER");
    }
    return open_dataset_samples(options.input);
}

/// What a set is built of.
struct BuildGround {
    std::shared_ptr<const Model> model;
    SampleSetPtr samples;
    ReferenceBuildOptions building;
};

Result<BuildGround> open_build(const ReferenceOptions& options, bool trust_file, Console& console) {
    R2T2_TRY(check_range("--threads", options.threads, 0, 1024));
    R2T2_TRY(check_range("--samples", options.reference.candidates, 1, 1'000'000));
    R2T2_TRY(check_range("--seed", options.reference.seed, 0, std::numeric_limits<std::int64_t>::max()));
    BuildGround out;
    Result<SampleSetPtr> samples = samples_of(options, console);
    if (!samples) {
        return samples.error();
    }
    out.samples = std::move(*samples);
    Result<std::shared_ptr<const Model>> model = open_model(options.model, console);
    if (!model) {
        return model.error();
    }
    out.model = std::move(*model);
    out.building.threads = static_cast<int>(options.threads);
    out.building.trust_file = trust_file;
    if (trust_file) {
        Result<std::map<std::string, ReferenceRecord>> stated = stated_records(options.input, out.model->routing_space());
        if (!stated) {
            return stated.error();
        }
        out.building.stated = std::move(*stated);
    }
    out.building.contradictory = options.keep_contradictory ? Contradictory::Kept : Contradictory::LeftOut;
    Result<QuestionEmbedderPtr> embedder = open_question_embedder(options.reference.embedding);
    if (!embedder) {
        return embedder.error();
    }
    out.building.embedder = std::move(*embedder);
    return out;
}

int build_or_import(const ReferenceOptions& options, const std::string& program, Console& console) {
    Result<FolderClaim> taken = claim_output(options);
    if (!taken) {
        return console.fail(taken.error());
    }
    const std::optional<FolderClaim> claim(std::move(*taken));
    const Result<BuildGround> ground = open_build(options, options.action == ReferenceOptions::Action::Import, console);
    if (!ground) {
        return console.fail(ground.error());
    }
    Result<ReferenceBuild> built = build_reference(*ground->model, *ground->samples, ground->building, console.progress(), interrupt_token());
    if (!built) {
        return console.fail(built.error());
    }
    if (options.refine) {
        std::map<std::string, std::string> notes = built->store.origin().notes;
        const Result<ReferenceSetPtr> reference = ReferenceSet::create(ground->model, std::move(built->store), ground->samples, 0, ground->building.embedder);
        return reference ? refine_candidates(options, claim, {ground->model, *reference, ground->samples->name()}, ground->samples, std::move(notes), program, console)
                         : console.fail(reference.error());
    }
    if (const Status saved = built->store.save(options.output, *claim); !saved) {
        return console.fail(saved.error());
    }
    return tell_built(options.output, *built, console);
}

enum class Pictures {
    AsStated,  ///< what is known of them stands in the file
    Opened     ///< of a JSON file: hashed as an evaluation does that opens it
};

/// A store, or the published JSON with its bad records reported and counted in `skipped`.
Result<ReferenceStore> read_store(const std::string& path, Pictures pictures, Console& console, std::size_t& skipped) {
    std::error_code code;
    R2T2_TRY(check_there(path, "reference set", "a store directory or a JSON file"));
    if (std::filesystem::is_directory(path, code)) {
        return ReferenceStore::load(path);
    }
    ReferenceOrigin origin;
    origin.space = RoutingSpace::moai(0);  // as many mixers as the file says
    origin.notes["source"] = path;
    Result<PublishedImport> imported = import_published_json(path, origin.space);
    if (!imported) {
        return imported.error();
    }
    skipped = imported->problems.size();
    origin.space = imported->space;
    console.skipped(imported->problems);
    if (pictures == Pictures::Opened) {
        R2T2_TRY(add_picture_hashes(imported->records, std::filesystem::path(path).parent_path(), interrupt_token()));
    }
    return ReferenceStore::create(std::move(origin), std::move(imported->records));
}

/// What --eval names: a data set file, of which no picture need be there, or bundled sets.
Result<std::vector<SampleSetPtr>> evaluation_of(const std::string& named, Console& console) {
    std::error_code code;
    if (!std::filesystem::exists(named, code)) {
        SampleChoice choice;
        choice.sets = {named};
        return open_sample_sets(choice, console.progress(), interrupt_token());
    }
    JsonReaderOptions reading;
    reading.images_must_exist = false;
    Result<Dataset> dataset = read_dataset_json(named, reading, interrupt_token());
    if (!dataset) {
        return dataset.error();
    }
    return std::vector<SampleSetPtr>{dataset_samples(std::move(*dataset))};
}

/// The set's tables of losses. Files that are damaged or of other records are named, and counted.
Json surfaces_beside(const std::string& path, const ReferenceStore& store, Console& console, std::size_t& damaged) {
    Json out = Json::array();
    for (const std::filesystem::path& file : surface_files(path)) {
        const Result<SurfaceTables> tables = SurfaceTables::load(file, store);
        if (!tables) {
            console.lacking("response surfaces are of no use: " + tables.error().message());
            ++damaged;
            continue;
        }
        Json one = {{"file", file.filename().string()}, {"mode", to_string(tables->key().mode)}, {"form", tables->key().form}, {"precision", tables->key().precision},
                    {"nodes", tables->form()->nodes().size()}, {"hash", tables->hash()}, {"text", tables->text()}};
        if (const std::optional<SurfaceAccuracy>& accuracy = tables->accuracy()) {
            one["checked"] = {{"references", accuracy->references}, {"points", accuracy->points}, {"loss_rms", accuracy->loss_rms}, {"gradient_cosine", accuracy->gradient_cosine}};
        }
        out.push_back(std::move(one));
    }
    return out;
}

std::string surface_lines(const Json& surfaces) {
    std::string out;
    for (const Json& each : surfaces) {
        out += "response surfaces (" + each["precision"].get<std::string>() + "): " + each["text"].get<std::string>() + "\n";
    }
    return out;
}

int info(const ReferenceOptions& options, Console& console) {
    std::size_t skipped = 0;
    const Result<ReferenceStore> store =
        read_store(options.input, options.evaluation.empty() ? Pictures::AsStated : Pictures::Opened, console, skipped);
    if (!store) {
        return console.fail(store.error());
    }
    HealthOptions health;
    std::size_t skipped_samples = 0;
    if (!options.evaluation.empty()) {
        const Result<std::vector<SampleSetPtr>> sets = evaluation_of(options.evaluation, console);
        if (!sets) {
            return console.fail(sets.error());
        }
        for (const SampleSetPtr& set : *sets) {
            skipped_samples += set->problems().size();
            console.skipped(set->problems());
        }
        Result<ReferenceOverlap> overlap = evaluation_overlap(*store, *sets, {}, console.progress(), interrupt_token());
        console.end_progress();
        if (!overlap) {
            return console.fail(overlap.error());
        }
        health.overlap = std::move(*overlap);
    }
    const Result<HealthReport> report = check_health(*store, health, interrupt_token());
    if (!report) {
        return console.fail(report.error());
    }
    std::size_t damaged = 0;
    const Json surfaces = surfaces_beside(options.input, *store, console, damaged);
    if (console.options().json) {
        Json out = Json::parse(report->json());
        if (!surfaces.empty()) {
            out["surfaces"] = surfaces;
        }
        console.data(out.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
    } else {
        console.data(report->text() + surface_lines(surfaces));
    }
    return skipped + skipped_samples + damaged == 0 && !report->holds_contradictions() ? kExitOk : kExitBadSamples;
}

/// Of every record what is said of its sample's picture: a data set has it beside the picture or in its own record, neither of which the set keeps.
/// Generated samples have no files that an import could find. Errors: the data set's, a picture's.
Result<std::vector<std::string>> facts_of(const ReferenceStore& store) {
    const Result<SampleSetPtr> samples = open_source(store.origin().notes);
    if (!samples) {
        return samples.error();
    }
    std::vector<std::string> facts;
    if ((*samples)->generated()) {
        return facts;
    }
    std::map<std::string, std::size_t> places;
    for (std::size_t i = 0; i < (*samples)->size(); ++i) {
        places.emplace((*samples)->id(i), i);
    }
    for (const ReferenceRecord& record : store.records()) {
        const auto place = places.find(record.id);
        if (place == places.end()) {
            return invalid_input("reference " + record.id, "id", "not in " + (*samples)->name(), "the data set that the reference set was built from");
        }
        const Result<SamplePicture> picture = (*samples)->picture(place->second);
        if (!picture) {
            return picture.error().inside("reference " + record.id);
        }
        facts.push_back(picture->facts ? facts_to_json(*picture->facts) : std::string());
    }
    return facts;
}

int export_json(const ReferenceOptions& options, Console& console) {
    std::size_t skipped = 0;
    const Result<ReferenceStore> store = read_store(options.input, Pictures::AsStated, console, skipped);
    if (!store) {
        return console.fail(store.error());
    }
    Result<std::vector<std::string>> facts = std::vector<std::string>();
    if (std::error_code code; options.extended && std::filesystem::is_directory(options.input, code)) {
        facts = facts_of(*store);
        if (!facts) {
            console.lacking("what the models of the pictures found is not exported (an import says which records it changes): " + facts.error().message());
            ++skipped;
        }
    }
    const Status written = export_published_json(options.output, store->records(), store->origin().space,
                                                 {.extended = options.extended, .facts = facts ? std::span<const std::string>(*facts) : std::span<const std::string>()});
    if (!written) {
        return console.fail(written.error());
    }
    console.note(std::to_string(store->size()) + " records written to " + options.output);
    return skipped == 0 ? kExitOk : kExitBadSamples;
}

}  // namespace

int run_reference(const ReferenceOptions& options, const std::string& program, Console& console) {
    switch (options.action) {
        case ReferenceOptions::Action::Build:
        case ReferenceOptions::Action::Import:
            return build_or_import(options, program, console);
        case ReferenceOptions::Action::Refine:
            return refine_reference(options, program, console);
        case ReferenceOptions::Action::Surfaces:
            return make_surfaces(options, console);
        case ReferenceOptions::Action::Gates:
            return make_gates(options, console);
        case ReferenceOptions::Action::Info:
            return info(options, console);
        case ReferenceOptions::Action::Export:
            return export_json(options, console);
    }
    return kExitUsage;
}

}  // namespace r2t2::cli
