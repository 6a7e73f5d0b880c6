#include "core/run/evaluation_context.h"

#include <algorithm>
#include <chrono>

#include "core/base/random.h"
#include "core/run/reference_builder.h"

namespace r2t2 {

namespace {

/// Searched once a sample, used by every method.
struct TaskSpaceView {
    std::vector<std::size_t> excluded;  ///< the sample itself, its duplicates, those left out
    std::vector<Candidate> nearest;
    std::vector<Candidate> all;  ///< only where random neighbours are wanted
};

Result<TaskSpaceView> search_task_space(const EvaluationContext& context, const RunSample& sample,
                                        const std::string& set_name) {
    const ReferenceSet& reference = *context.reference;
    const Result<std::vector<float>> query = reference.embed(sample, set_name);
    if (!query) {
        return query.error();
    }
    TaskSpaceView view;
    view.excluded = reference.store().same_samples({set_name, sample.image_path, sample.pixels_hash, sample.question});
    view.excluded.insert(view.excluded.end(), context.left_out.begin(), context.left_out.end());
    std::size_t most = 0;
    double epsilon = 0.0;
    bool random = false;
    for (const MethodParams& params : context.methods) {
        if (uses_neighbours(params.method)) {
            if (params.epsilon) {
                epsilon = std::max(epsilon, *params.epsilon);
            } else {
                most = std::max(most, params.k);
            }
            random = random || method_row(params.method).neighbours == NeighbourNeed::RandomLabelled;
        }
    }
    const ReferenceSearch::Exclude exclude = exclude_indices(view.excluded);
    if (most > 0) {
        Result<std::vector<Candidate>> found = reference.search().nearest(*query, most, exclude);
        if (!found) {
            return found.error();
        }
        view.nearest = std::move(*found);
    }
    if (epsilon > 0.0) {
        Result<std::vector<Candidate>> found = reference.search().ball(*query, epsilon, exclude);
        if (!found) {
            return found.error();
        }
        if (found->size() > view.nearest.size()) {  // both are ordered by similarity: one begins with the other
            view.nearest = std::move(*found);
        }
    }
    if (random) {
        Result<std::vector<Candidate>> found =
            reference.search().nearest(*query, reference.size() - view.excluded.size(), exclude);
        if (!found) {
            return found.error();
        }
        view.all = std::move(*found);
    }
    return view;
}

/// As many random neighbours as the method would have had near ones.
Result<Neighbourhood> neighbourhood_of(const EvaluationContext& context, const MethodParams& params,
                                       const TaskSpaceView& view, const std::string& set_name, std::size_t index) {
    if (method_row(params.method).neighbours == NeighbourNeed::RandomLabelled) {
        const auto inside = [&](const Candidate& near) { return 1.0 - near.similarity <= *params.epsilon; };
        const std::size_t k = params.epsilon ? std::min(static_cast<std::size_t>(std::count_if(view.nearest.begin(), view.nearest.end(), inside)),
                                                        context.max_neighbours)
                                             : params.k;
        if (k == 0) {
            return Neighbourhood{};
        }
        const std::uint64_t number = RandomStream::fork(context.seed, "random neighbours/" + set_name, index).next();
        return random_neighbours(view.all, k, params.kernel, context.seed, number);
    }
    return params.epsilon ? ball_neighbours(view.nearest, *params.epsilon, params.kernel, context.max_neighbours)
                          : nearest_neighbours(view.nearest, params.k, params.kernel);
}

Status add_references(const EvaluationContext& context, const MethodParams& params, RerouteInput& input) {
    const std::span<const RoutingMatrix> routings = context.reference->routings(params.granularity);
    for (const Neighbour& neighbour : input.neighbourhood.neighbours) {
        ReferenceSample reference;
        if (method_row(params.method).neighbours == NeighbourNeed::Routing) {
            reference.routing = routings[neighbour.index];
        } else {
            Result<PreparedSamplePtr> prepared = context.reference->prepared(neighbour.index);
            if (!prepared) {
                return prepared.error();
            }
            reference.prepared = std::move(*prepared);
        }
        input.references.push_back(std::move(reference));
    }
    return {};
}

Result<RerouteInput> input_of(const EvaluationContext& context, const MethodParams& params, const TaskSpaceView& view,
                              const std::string& set_name, std::size_t index, RerouteInput input) {
    if (uses_neighbours(params.method)) {
        Result<Neighbourhood> neighbourhood = neighbourhood_of(context, params, view, set_name, index);
        if (!neighbourhood) {
            return neighbourhood.error();
        }
        input.neighbourhood = std::move(*neighbourhood);
        R2T2_TRY(add_references(context, params, input));
    }
    const MethodRow& row = method_row(params.method);
    if (row.neighbours == NeighbourNeed::ReferenceRoutings) {
        input.routing_points = context.reference->routings(params.granularity);
        input.excluded = view.excluded;
    }
    if (row.constant != ConstantNeed::None) {
        input.constant = context.controls.constant(row.constant);
    }
    return input;
}

}  // namespace

bool ControlConstants::serves(const std::vector<MethodParams>& methods) const {
    return std::all_of(methods.begin(), methods.end(), [this](const MethodParams& params) {
        const ConstantNeed need = method_row(params.method).constant;
        return need == ConstantNeed::None || !constant(need).empty();
    });
}

Result<ReadySample> make_ready(const EvaluationContext& context, RunSample sample, const std::string& set_name,
                               std::size_t index) {
    const auto start = std::chrono::steady_clock::now();
    const Result<PreparedSamplePtr> prepared = context.model->prepare(sample.input);
    if (!prepared) {
        return prepared.error();
    }
    Result<TaskSpaceView> view = search_task_space(context, sample, set_name);
    if (!view) {
        return view.error();
    }
    ReadySample ready;
    RerouteInput shared;
    shared.sample = *prepared;
    for (const MethodParams& params : context.methods) {
        Result<RerouteInput> input = input_of(context, params, *view, set_name, index, shared);
        if (!input) {
            return input.error().inside(to_string(params.method));
        }
        ready.inputs.push_back(std::move(*input));
    }
    ready.sample = std::move(sample);
    ready.nearest = std::move(view->nearest);
    ready.prepare_seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    return ready;
}

Result<SampleRun> run_methods(const EvaluationContext& context, const RoutedModel& model, ReadySample ready,
                              const CancelToken& cancel) {
    SampleRun run;
    run.sample = std::move(ready.sample);
    run.nearest = std::move(ready.nearest);
    run.prepare_seconds = ready.prepare_seconds;
    std::optional<Answer> base_answer;
    for (std::size_t m = 0; m < context.methods.size(); ++m) {
        RerouteInput& input = ready.inputs[m];
        if (!run.sample.ground_truth.empty()) {
            input.scorer = [&sample = run.sample, rule = context.scoring](const Answer& answer) {
                return sample.key ? score(answer.text, *sample.key).correct
                                  : score_answer(answer.text, sample.ground_truth, rule, sample.options).correct;
            };
        }
        input.base_answer = base_answer;
        Result<Trajectory> trajectory = reroute(model, input, context.methods[m], cancel);
        if (!trajectory) {
            return trajectory.error().kind == ErrorKind::Cancelled
                       ? trajectory.error()
                       : trajectory.error().inside(to_string(context.methods[m].method));
        }
        if (!base_answer) {
            base_answer = trajectory->base().answer;
        }
        run.trajectories.push_back(std::move(*trajectory));
    }
    return run;
}

Result<SampleRun> run_sample(const EvaluationContext& context, RunSample sample, const std::string& set_name,
                             std::size_t index, const CancelToken& cancel) {
    Result<ReadySample> ready = make_ready(context, std::move(sample), set_name, index);
    if (!ready) {
        return ready.error();
    }
    return run_methods(context, *context.model, std::move(*ready), cancel);
}

Status check_context(const EvaluationContext& context) {
    const std::size_t references = context.reference->size();
    for (const MethodParams& params : context.methods) {
        R2T2_TRY(validate(params));
        if (uses_neighbours(params.method) && !params.epsilon && params.k > references) {
            return invalid_input("options", "--num-neighbors", std::to_string(params.k),
                                 "1 to " + std::to_string(references) + ", the size of the reference set");
        }
        const NeighbourNeed need = method_row(params.method).neighbours;
        if (need == NeighbourNeed::ReferenceRoutings && params.routing_k > references) {
            return invalid_input("options", "--routing-neighbors", std::to_string(params.routing_k),
                                 "0 (all) to " + std::to_string(references) + ", the size of the reference set");
        }
        if ((need == NeighbourNeed::ReferenceRoutings || need == NeighbourNeed::Routing) &&
            context.reference->routings(params.granularity).empty()) {
            return invalid_input("options", "--granularity", "per-mixer",
                                 "shared: this reference set has no routing weights per mixer");
        }
    }
    return {};
}

MethodParams evaluation_params(MethodParams params) {
    if (only_ends_answered(params.method)) {
        params.answer_steps = false;
        params.final_objective = false;
    }
    return params;
}

std::vector<MethodParams> method_list(const MethodParams& common, const std::vector<Method>& methods) {
    std::vector<MethodParams> list;
    for (const Method method : all_methods()) {
        if (method != Method::Base && std::find(methods.begin(), methods.end(), method) == methods.end()) {
            continue;
        }
        MethodParams params = common;
        params.method = method;
        params.mode = method_row(method).forced_mode.value_or(params.mode);
        list.push_back(std::move(params));
    }
    return list;
}

}  // namespace r2t2
