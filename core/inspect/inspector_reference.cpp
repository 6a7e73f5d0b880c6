// OpenedInspector::build_reference: the builder on the model that is open. Declared in inspector.h.
#include <algorithm>
#include <chrono>

#include "core/checkpoint/rerouting_file.h"
#include "core/inspect/opened_inspector.h"
#include "core/inspect/request_command.h"
#include "core/reference/refined_counts.h"
#include "core/run/places.h"

namespace r2t2 {

namespace {

constexpr std::uint64_t kSeed = 1;  ///< the command line's, where none is stated

/// A folder that holds something else must not fill up with a store's files.
Status check_output(const std::filesystem::path& output) {
    std::error_code code;
    if (output.empty()) {
        return invalid_input("reference set", "folder", "nothing", "a folder to write it into");
    }
    if (!std::filesystem::exists(output, code)) {
        return {};
    }
    if (!std::filesystem::is_directory(output, code)) {
        return invalid_input(output.string(), "folder", "a file", "a folder that is new, empty or a reference set");
    }
    if (!std::filesystem::is_empty(output, code) && !std::filesystem::exists(output / "records.json", code)) {
        return invalid_input(output.string(), "folder", "a folder with other files", "a folder that is new, empty or a reference set");
    }
    return {};
}

ReferenceEnd end_of(const ReferenceBuild& built, const ReferenceRequest& request) {
    ReferenceEnd end;
    end.output = request.output;
    end.hash = built.store.content_hash();
    end.tried = static_cast<std::int64_t>(built.tried);
    end.kept = static_cast<std::int64_t>(built.store.size());
    end.wrong = static_cast<std::int64_t>(built.wrong);
    end.bad = static_cast<std::int64_t>(built.problems.size());
    end.contradictory = static_cast<std::int64_t>(built.contradictory_left_out());
    end.problems.assign(built.problems.begin(), built.problems.begin() + static_cast<std::ptrdiff_t>(std::min(built.problems.size(), ReferenceEnd::kListed)));
    if (request.refine == Refine::Yes) {
        const RefinedCounts counts = refined_counts(built.store.records());
        const auto number = [](std::size_t count) { return static_cast<std::int64_t>(count); };
        end.refined = {number(counts.right_before), number(counts.right_after), number(counts.mended), number(counts.harmed)};
    }
    return end;
}

}  // namespace

Result<ReferenceEnd> OpenedInspector::build_reference(const ReferenceRequest& request, const ProgressCallback& progress,
                                                      const CancelToken& cancel) const {
    const auto began = std::chrono::steady_clock::now();
    R2T2_TRY(check_output(request.output));
    const Result<FolderClaim> claim = FolderClaim::make(request.output);
    if (!claim) {
        return claim.error();
    }
    const Result<ReferenceBuild> built = request.data ? built_from(request, progress, cancel)
                                                      : refined(request, {model_, reference_, info_.reference_name}, reference_->samples(),
                                                                reference_->store().origin().notes, progress, cancel);
    if (!built) {
        return built.error();
    }
    R2T2_TRY(built->store.save(request.output.string(), *claim));
    if (request.refine == Refine::Yes) {
        remove_descents(descents_of(request.output));
    }
    ReferenceEnd end = end_of(*built, request);
    end.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();  // descents too
    return end;
}

Result<ReferenceBuild> OpenedInspector::built_from(const ReferenceRequest& request, const ProgressCallback& progress, const CancelToken& cancel) const {
    const BenchmarkChoice choice{request.data->folder.string(), request.data->limit, false, false};
    const Result<SampleSetPtr> samples =
        open_benchmark_samples(request.data->name, request.data->split, request.data->seed, choice, progress, cancel);
    if (!samples) {
        return samples.error();
    }
    ReferenceBuildOptions building;
    building.threads = request.threads;
    Result<ReferenceBuild> built = r2t2::build_reference(*model_, **samples, building, progress, cancel);
    if (!built || request.refine == Refine::No) {
        return built;
    }
    std::map<std::string, std::string> notes = built->store.origin().notes;
    const Result<ReferenceSetPtr> reference = ReferenceSet::create(model_, std::move(built->store), *samples, 0, nullptr);
    if (!reference) {
        return reference.error();
    }
    return refined(request, {model_, *reference, (*samples)->name()}, *samples, std::move(notes), progress, cancel);
}

Result<ReferenceBuild> OpenedInspector::refined(const ReferenceRequest& request, const EvaluationGround& ground, const SampleSetPtr& candidates,
                                                std::map<std::string, std::string> notes, const ProgressCallback& progress, const CancelToken& cancel) const {
    if (request.refine == Refine::No) {
        return invalid_input("reference set", "data", "none, and no refining", "a data set to build it from, or the open references refined");
    }
    RefineOptions options;
    R2T2_TRY(apply_recommended(options_.model.empty() ? bundled_model_directory() : std::filesystem::path(options_.model), options.descent));
    options.descent.seed = kSeed;
    options.threads = request.threads;
    options.session = descents_of(request.output);
    options.source.model = options_.model;
    options.source.precision = options_.precision;
    options.source.device = options_.device;
    options.source.reference.path = options_.reference;
    options.command = reference_command(options_, request);
    options.build.threads = request.threads;
    options.build.notes = std::move(notes);
    options.build.embedder = ground.reference->embedder_ptr();
    const SampleChoice choice{{candidates->name()}, "reference", request.data ? request.data->seed : kSeed, candidates->size(), {}};
    const Result<Evaluation> descents = descend_on_candidates(ground, candidates, choice, options, progress, cancel);
    if (!descents) {
        return descents.error();
    }
    return descents->interrupted ? Result<ReferenceBuild>(cancelled()) : collect_refined(ground, candidates, options, progress, cancel);
}

}  // namespace r2t2
