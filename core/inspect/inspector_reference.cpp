// OpenedInspector::build_reference: the builder on the model that is open. Declared in inspector.h.
#include <algorithm>

#include "core/inspect/opened_inspector.h"
#include "core/run/reference_builder.h"

namespace r2t2 {

namespace {

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

}  // namespace

Result<ReferenceEnd> OpenedInspector::build_reference(const ReferenceRequest& request, const ProgressCallback& progress,
                                                      const CancelToken& cancel) const {
    R2T2_TRY(check_output(request.output));
    const BenchmarkChoice choice{request.data.folder.string(), request.data.limit, false, false};
    const Result<SampleSetPtr> samples =
        open_benchmark_samples(request.data.name, request.data.split, request.data.seed, choice, progress, cancel);
    if (!samples) {
        return samples.error();
    }
    ReferenceBuildOptions building;
    building.threads = request.threads;
    Result<ReferenceBuild> built = r2t2::build_reference(*model_, **samples, building, progress, cancel);
    if (!built) {
        return built.error();
    }
    R2T2_TRY(built->store.save(request.output.string()));
    ReferenceEnd end;
    end.output = request.output;
    end.hash = built->store.content_hash();
    end.tried = static_cast<std::int64_t>(built->tried);
    end.kept = static_cast<std::int64_t>(built->store.size());
    end.wrong = static_cast<std::int64_t>(built->wrong);
    end.bad = static_cast<std::int64_t>(built->problems.size());
    end.problems.assign(built->problems.begin(), built->problems.begin() + static_cast<std::ptrdiff_t>(std::min(built->problems.size(), ReferenceEnd::kListed)));
    end.seconds = built->seconds;
    return end;
}

}  // namespace r2t2
