// Reference sets by choice. Declared in choices.h.
#include <cstdio>
#include <limits>

#include "app/commands/choices.h"
#include "app/commands/places.h"
#include "core/base/log.h"
#include "core/run/reference_builder.h"

namespace r2t2::cli {

namespace {

void tell_build(const ReferenceBuild& build, Console& console) {
    char text[160];
    std::snprintf(text, sizeof text, "reference set: %zu of %zu kept, %zu answered wrongly, %zu bad, %.1f s",
                  build.store.size(), build.tried, build.wrong, build.problems.size(), build.seconds);
    console.note(text);
    for (std::size_t i = 0; i < build.problems.size() && i < 3; ++i) {
        console.warning(build.problems[i].message());
    }
    if (build.problems.size() > 3) {
        console.warning("... and " + std::to_string(build.problems.size() - 3) + " more bad records");
    }
}

Result<OpenedReference> assemble(std::shared_ptr<const Model> model, ReferenceStore store, SampleSetPtr samples,
                                 std::size_t cache_bytes, std::string name, std::vector<Error> problems) {
    Result<ReferenceSetPtr> set = ReferenceSet::create(std::move(model), std::move(store), std::move(samples), cache_bytes);
    if (!set) {
        return set.error().inside(name);
    }
    return OpenedReference{std::move(*set), std::move(name), std::move(problems)};
}

Result<OpenedReference> open_store(const std::string& path, std::shared_ptr<const Model> model, std::size_t cache_bytes) {
    Result<ReferenceStore> store = ReferenceStore::load(path);
    if (!store) {
        return store.error();
    }
    Result<SampleSetPtr> samples = open_source(store->origin().notes);
    if (!samples) {
        return samples.error().inside(path);
    }
    return assemble(std::move(model), std::move(*store), std::move(*samples), cache_bytes, path, {});
}

Result<OpenedReference> build_from(SampleSetPtr samples, std::shared_ptr<const Model> model, bool trust_file, int threads,
                                   std::size_t cache_bytes, const std::string& name, const std::string& keep_in,
                                   Console& console, const CancelToken& cancel) {
    ReferenceBuildOptions options;
    options.threads = threads;
    options.trust_file = trust_file;
    Result<ReferenceBuild> build = build_reference(*model, *samples, options, console.progress(), cancel);
    if (!build) {
        return build.error();
    }
    tell_build(*build, console);
    if (!keep_in.empty()) {
        if (const Status saved = build->store.save(keep_in); !saved) {
            console.warning("the reference set was not kept: " + saved.error().message());
        }
    }
    return assemble(std::move(model), std::move(build->store), std::move(samples), cache_bytes, name,
                    std::move(build->problems));
}

Result<OpenedReference> open_bundled(const ReferenceChoice& choice, std::shared_ptr<const Model> model, int threads,
                                     std::size_t cache_bytes, Console& console, const CancelToken& cancel) {
    R2T2_TRY(check_range("--reference-samples", choice.candidates, 1, 1'000'000));
    R2T2_TRY(check_range("--reference-seed", choice.seed, 0, std::numeric_limits<std::int64_t>::max()));
    const auto seed = static_cast<std::uint64_t>(choice.seed);
    const std::filesystem::path kept =
        cache_directory() / "references" /
        (model->info().weights_hash.substr(0, 16) + "-world-" + std::to_string(seed) + "-" + std::to_string(choice.candidates));
    const std::string name = "the bundled world (" + std::to_string(choice.candidates) + " candidates)";
    std::error_code code;
    if (std::filesystem::exists(kept / "records.json", code)) {
        Result<OpenedReference> opened = open_store(kept.string(), model, cache_bytes);
        if (opened) {
            opened->name = name;
            return opened;
        }
        console.warning("the kept reference set is built anew: " + opened.error().message());
    }
    std::filesystem::create_directories(kept.parent_path(), code);
    Result<SampleSetPtr> samples =
        world_samples(default_world(), "reference", seed, static_cast<std::size_t>(choice.candidates));
    if (!samples) {
        return samples.error();
    }
    return build_from(std::move(*samples), std::move(model), false, threads, cache_bytes, name, kept.string(), console, cancel);
}

}  // namespace

Result<OpenedReference> open_reference(const ReferenceChoice& choice, std::shared_ptr<const Model> model, int threads,
                                       std::size_t cache_bytes, Console& console, const CancelToken& cancel) {
    if (choice.path.empty()) {
        return open_bundled(choice, std::move(model), threads, cache_bytes, console, cancel);
    }
    std::error_code code;
    if (std::filesystem::is_directory(choice.path, code)) {
        return open_store(choice.path, std::move(model), cache_bytes);
    }
    if (!std::filesystem::exists(choice.path, code)) {
        return Error{ErrorKind::NotFound, choice.path, "--reference", "nothing", "a store directory or a JSON file"};
    }
    Result<SampleSetPtr> samples = open_dataset_samples(choice.path);
    if (!samples) {
        return samples.error();
    }
    return build_from(std::move(*samples), std::move(model), true, threads, cache_bytes, choice.path, {}, console, cancel);
}

}  // namespace r2t2::cli
