// The studio's way to a model, without its window: open_studio MODEL REFERENCE opens both through libr2t2_inspector and prints what they
// are and what the model answers. For loading_races.py. Exit codes as r2t2's: 1, or 2 for bad input.
#include <cstdio>

#include "core/inspect/inspector.h"

using namespace r2t2;

namespace {

int fail(const Error& error) {
    std::fprintf(stderr, "%s\n", error.message().c_str());
    return error.kind == ErrorKind::InvalidInput || error.kind == ErrorKind::NotFound || error.kind == ErrorKind::Unsupported ? 2 : 1;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 3) {
        std::fprintf(stderr, "open_studio MODEL REFERENCE\n");
        return 2;
    }
    const Result<InspectorModule*> module = load_inspector();
    if (!module) {
        return fail(module.error());
    }
    InspectorOptions options;
    options.model = argv[1];
    options.reference = argv[2];
    const Result<InspectorPtr> inspector = (*module)->open(options, {}, {});
    if (!inspector) {
        return fail(inspector.error());
    }
    const Result<std::vector<SampleListPtr>> lists = (*inspector)->open_samples("G-dim", 4);
    if (!lists) {
        return fail(lists.error());
    }
    InspectRequest request;
    request.list = lists->front();
    request.index = 3;
    request.methods = {(*inspector)->info().defaults};
    request.methods.front().method = Method::Base;
    const Result<InspectionPtr> inspection = (*inspector)->inspect(request, {}, {});
    if (!inspection) {
        return fail(inspection.error());
    }
    const TrajectoryStep& base = (*inspection)->trajectories().front().base();
    std::printf("%s %s", (*inspector)->info().model_hash.c_str(), (*inspector)->info().reference_hash.c_str());
    for (const double weight : base.weights.values()) {
        std::printf(" %.17g", weight);
    }
    std::printf(" %.17g %s\n", base.answer ? base.answer->confidence : 0.0, base.answer ? base.answer->text.c_str() : "");
    return 0;
}
