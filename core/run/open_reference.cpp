#include "core/run/open_reference.h"

#include <cstdio>

#include "core/base/path_text.h"
#include "core/base/path_there.h"
#include "core/base/log.h"
#include "core/base/sha256.h"
#include "core/reference/published_json.h"
#include "core/run/places.h"
#include "core/run/reference_builder.h"

namespace r2t2 {

namespace {

std::string build_line(const ReferenceBuild& build) {
    char text[200];
    std::snprintf(text, sizeof text, "reference set: %zu of %zu kept, %zu answered wrongly, %zu contradictory, %zu bad, %.1f s",
                  build.store.size(), build.tried, build.wrong, build.contradictory_left_out(), build.problems.size(), build.seconds);
    return text;
}

Result<OpenedReference> assemble(std::shared_ptr<const Model> model, ReferenceStore store, SampleSetPtr samples,
                                 std::size_t cache_bytes, std::string name, std::vector<Error> problems,
                                 QuestionEmbedderPtr embedder, std::vector<SurfaceTables> surfaces = {}) {
    Result<ReferenceSetPtr> set =
        ReferenceSet::create(std::move(model), std::move(store), std::move(samples), cache_bytes, std::move(embedder), std::move(surfaces));
    if (!set) {
        return set.error().inside(name);
    }
    return OpenedReference{std::move(*set), std::move(name), std::move(problems), {}, {}, {}};
}

/// The tables beside a set that this model can use; of files that are damaged or of other records `warnings` say so. Those of another precision
/// lie there for another day.
std::vector<SurfaceTables> surfaces_beside(const std::string& path, const ReferenceStore& store, const ModelInfo& model, std::vector<std::string>& warnings) {
    std::vector<SurfaceTables> out;
    for (const std::filesystem::path& file : surface_files(path)) {
        Result<SurfaceTables> tables = SurfaceTables::load(file, store);
        if (tables.ok() && tables->key().precision != model.precision) {
            continue;
        }
        const Status serves = tables.ok() ? check_surfaces(*tables, model) : Status(tables.error());
        if (serves.ok()) {
            out.push_back(std::move(*tables));
        } else {
            warnings.push_back("response surfaces are of no use: " + serves.error().message());
        }
    }
    return out;
}

Result<OpenedReference> open_store(const std::string& path, std::shared_ptr<const Model> model, const ReferenceSource& source) {
    Result<ReferenceStore> store = ReferenceStore::load(path);
    if (!store) {
        return store.error();
    }
    std::string embedding = source.embedding;
    if (const auto noted = store->origin().notes.find(kEmbeddingSourceNote); embedding.empty() && noted != store->origin().notes.end()) {
        embedding = path_of_text(noted->second).string();
    }
    Result<QuestionEmbedderPtr> embedder = open_question_embedder(embedding);
    if (!embedder) {
        return embedder.error().inside(path);
    }
    Result<SampleSetPtr> samples = open_source(store->origin().notes);
    if (!samples) {
        return samples.error().inside(path);
    }
    const bool unknown = store->origin().model_identity.empty() && !store->origin().model_hash.empty() && !model->info().identity.empty();
    std::vector<std::string> no_use;
    std::vector<SurfaceTables> surfaces = surfaces_beside(path, *store, model->info(), no_use);
    Result<OpenedReference> opened =
        assemble(std::move(model), std::move(*store), std::move(*samples), source.cache_bytes, path, {}, std::move(*embedder), std::move(surfaces));
    if (opened) {
        opened->warnings = std::move(no_use);
    }
    if (const std::size_t unseen = opened ? opened->set->store().without_picture_hash() : 0; unseen > 0) {
        opened->remarks.push_back(path + ": " + std::to_string(unseen) + " of " + std::to_string(opened->set->store().size()) +
                                   " records have no hash of their picture: a sample that has the same picture under another path is not known as theirs "
                                   "and may become its own neighbour");
    }
    if (const std::size_t known = opened ? opened->set->store().with_asked() : 0; opened && !opened->set->samples()->generated() && known < opened->set->size()) {
        opened->warnings.push_back(path + ": " + std::to_string(opened->set->size() - known) + " of " + std::to_string(opened->set->size()) +
                                   " records do not say with which instruction, options, scoring key and facts they were asked: whether those of " +
                                   opened->set->samples()->name() + " are the same today is not known (r2t2 reference build makes a set that says so)");
    }
    for (const ContradictoryRecords& each : opened ? contradictions_of(opened->set->store()) : std::vector<ContradictoryRecords>()) {
        if (each.fate == Fate::Kept) {  // what its making left out is nobody's neighbour
            opened->remarks.push_back(path + ": " + each.text());
        }
    }
    if (opened && unknown) {
        opened->warnings.push_back(path + ": says only which weights it was built with. They are the same; whether config.json and tokenizer.model "
                                          "are is not known (r2t2 reference build makes one that says so)");
    }
    return opened;
}

Result<OpenedReference> build_from(SampleSetPtr samples, std::shared_ptr<const Model> model, bool trust_file,
                                   const ReferenceSource& source, const std::string& name,
                                   const std::filesystem::path& keep_in, const ProgressCallback& progress,
                                   const CancelToken& cancel) {
    Result<QuestionEmbedderPtr> embedder = open_question_embedder(source.embedding);
    if (!embedder) {
        return embedder.error();
    }
    ReferenceBuildOptions options;
    options.threads = source.threads;
    options.trust_file = trust_file;
    if (trust_file) {
        Result<std::map<std::string, ReferenceRecord>> stated = stated_records(source.path, model->routing_space());
        if (!stated) {
            return stated.error();
        }
        options.stated = std::move(*stated);
    }
    options.embedder = *embedder;
    Result<ReferenceBuild> build = build_reference(*model, *samples, options, progress, cancel);
    if (!build) {
        return build.error();
    }
    const std::string line = build_line(*build);
    const std::vector<ContradictoryRecords> contradictory = build->contradictory;
    const std::vector<std::string> changed = build->changed;
    const Status kept = keep_in.empty() ? Status() : build->store.save(keep_in.string());
    Result<OpenedReference> opened = assemble(std::move(model), std::move(build->store), std::move(samples),
                                              source.cache_bytes, name, std::move(build->problems), std::move(*embedder));
    if (opened) {
        opened->built = line;
        for (const ContradictoryRecords& each : contradictory) {
            opened->remarks.push_back(name + ": " + each.text());
        }
        if (!changed.empty()) {
            opened->warnings.push_back(name + ": " + changed_text(changed));
        }
        if (!kept) {
            opened->warnings.push_back("the reference set was not kept: " + kept.error().message());
        }
    }
    return opened;
}

Result<OpenedReference> open_bundled(const ReferenceSource& source, std::shared_ptr<const Model> model,
                                     const ProgressCallback& progress, const CancelToken& cancel) {
    const Result<QuestionEmbedderPtr> embedder = open_question_embedder(source.embedding);
    if (!embedder) {
        return embedder.error();
    }
    Sha256 identity;
    identity.update(embedder_content(embedder->get()));
    const ModelInfo& info = model->info();
    const std::string& precision = info.precision;  // native routing and embeddings are the rounded model's own
    const std::string what = "-world-" + std::to_string(source.seed) + "-" + std::to_string(source.candidates) +
                             (*embedder ? "-" + identity.hex().substr(0, 12) : "") + (precision == "fp32" ? "" : "-" + precision) +
                             (info.beams == 1 ? "" : "-beams-" + std::to_string(info.beams)) +
                             (info.max_new_tokens == 16 ? "" : "-tokens-" + std::to_string(info.max_new_tokens));
    // Former programs named folders by the weights alone; what lies there has to say, or to let one guess, whose it is.
    const std::string former = info.weights_hash.substr(0, 16) + what;
    const Result<std::filesystem::path> cache = cache_directory();
    const auto in_cache = [&cache](const std::string& folder) { return cache ? *cache / "references" / folder : std::filesystem::path(); };
    const std::filesystem::path kept = in_cache((info.identity.empty() ? info.weights_hash : info.identity).substr(0, 16) + what);  // empty: it is not kept
    const std::string name = "the bundled world (" + std::to_string(source.candidates) + " candidates)";
    std::vector<std::string> warnings;
    std::error_code code;
    // The set of the bundled model comes with it; those of other models and sizes are kept where they were built.
    for (const std::filesystem::path& place : {resources_directory() / "references" / former, kept, in_cache(former)}) {
        if (place.empty() || !std::filesystem::exists(place / "records.json", code)) {
            continue;
        }
        Result<OpenedReference> opened = open_store(place.string(), model, source);
        if (opened) {
            opened->name = name;
            return opened;
        }
        warnings.push_back("a kept reference set is of no use: " + opened.error().message());
    }
    if (!kept.empty()) {
        std::filesystem::create_directories(kept.parent_path(), code);
    }
    Result<SampleSetPtr> samples = world_samples(default_world(), "reference", source.seed, source.candidates);
    if (!samples) {
        return samples.error();
    }
    Result<OpenedReference> built =
        build_from(std::move(*samples), std::move(model), false, source, name, kept, progress, cancel);
    if (built) {
        built->warnings.insert(built->warnings.begin(), warnings.begin(), warnings.end());
        if (!cache) {
            built->warnings.push_back("the reference set was not kept: " + cache.error().message());
        }
    }
    return built;
}

}  // namespace

GroundSource GroundSource::absolute() const {
    const auto whole = [](const std::string& path) {
        std::error_code code;
        const std::filesystem::path found = std::filesystem::absolute(path, code);
        return path.empty() || code ? path : found.lexically_normal().string();
    };
    GroundSource out = *this;
    out.model = whole(model);
    out.reference.path = whole(reference.path);
    out.reference.embedding = reference.embedding == "model" ? reference.embedding : whole(reference.embedding);
    return out;
}

Result<std::shared_ptr<const Model>> open_model(const std::filesystem::path& directory, const ModelOptions& options,
                                                const ProgressCallback& progress, const CancelToken& cancel) {
    std::error_code code;
    const std::string allowed = "a directory with config.json, model.safetensors and tokenizer.model";
    R2T2_TRY(check_there(directory, "model directory", allowed));
    if (!std::filesystem::is_directory(directory, code)) {
        return Error{ErrorKind::NotFound, directory.string(), "model directory", "a file", allowed};
    }
    const Result<EngineModule*> engine = load_engine();
    if (!engine) {
        return engine.error();
    }
    Result<std::shared_ptr<const Model>> model = (*engine)->open_model(directory, options, progress, cancel);
    for (const std::string& remark : model ? (*model)->info().remarks : std::vector<std::string>()) {
        log_warning("model", remark);
    }
    return model;
}

Result<OpenedReference> open_reference(const ReferenceSource& source, std::shared_ptr<const Model> model,
                                       const ProgressCallback& progress, const CancelToken& cancel) {
    if (source.path.empty()) {
        return open_bundled(source, std::move(model), progress, cancel);
    }
    std::error_code code;
    if (std::filesystem::is_directory(source.path, code)) {
        return open_store(source.path, std::move(model), source);
    }
    R2T2_TRY(check_there(source.path, "reference set", "a store directory or a JSON file"));
    Result<SampleSetPtr> samples = open_dataset_samples(source.path);
    if (!samples) {
        return samples.error();
    }
    return build_from(std::move(*samples), std::move(model), true, source, source.path, {}, progress, cancel);
}

Result<std::map<std::string, ReferenceRecord>> stated_records(const std::string& path, const RoutingSpace& space) {
    Result<PublishedImport> import = import_published_json(path, space);
    if (!import) {
        return import.error();
    }
    std::map<std::string, ReferenceRecord> out;
    for (ReferenceRecord& record : import->records) {
        std::string id = record.id;
        out.emplace(std::move(id), std::move(record));
    }
    return out;
}

}  // namespace r2t2
