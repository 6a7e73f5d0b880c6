#include "core/run/evaluation_context.h"

#include <algorithm>
#include <chrono>
#include <map>

#include "core/base/random.h"
#include "core/routing/reaching_model.h"
#include "core/run/reference_builder.h"

namespace r2t2 {

namespace {

/// Searched once a sample and rule of who is kept, used by every method with that rule.
struct TaskSpaceView {
    std::vector<std::size_t> excluded;  ///< the sample itself, its duplicates, those left out, those the rule does not keep
    std::vector<Candidate> nearest;
    std::vector<Candidate> all;  ///< only where random neighbours are wanted
};

/// What the methods with this rule have to find.
struct TaskSpaceNeed {
    std::size_t most = 0;
    double epsilon = 0.0;
    bool random = false;
};

/// Which references a method looks among.
struct Among {
    Keep keep = Keep::BaseRight;
    std::size_t size = 0;  ///< MethodParams::reference_size

    auto operator<=>(const Among&) const = default;
};
Among among_of(const MethodParams& params) { return {keep_of(params), params.reference_size}; }

/// References that the rule keeps, in an order drawn by the seed. A record's place follows from its name and the seed alone, so that the order is the
/// same whatever else is in the set.
std::vector<std::size_t> drawn_order(const EvaluationContext& context, Keep keep, const std::string& purpose) {
    const ReferenceSet& reference = *context.reference;
    const std::vector<std::size_t>& wrong = reference.left_out_by(keep);
    std::vector<std::pair<std::uint64_t, std::size_t>> drawn;
    for (std::size_t i = 0; i < reference.size(); ++i) {
        if (!std::binary_search(wrong.begin(), wrong.end(), i)) {
            const ReferenceRecord& record = reference.store().records()[i];
            drawn.emplace_back(RandomStream::fork(context.seed, purpose + "/" + record.set + "/" + record.id).next(), i);
        }
    }
    std::sort(drawn.begin(), drawn.end());
    std::vector<std::size_t> out;
    for (const auto& [place, index] : drawn) {
        out.push_back(index);
    }
    return out;
}

/// Those that the rule keeps but the draw does not; a smaller draw is part of a larger one.
std::vector<std::size_t> not_drawn(const EvaluationContext& context, const Among& among) {
    if (among.size == 0 || among.size >= context.reference->kept_by(among.keep)) {
        return {};
    }
    std::vector<std::size_t> order = drawn_order(context, among.keep, "reference size");
    order.erase(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(among.size));
    return order;
}

/// Whose routing, loss and label a neighbour has: its own, or where they are shuffled those of the next in a drawn order.
class Says {
public:
    Says(const EvaluationContext& context, const MethodParams& params) {
        if (params.neighbour_choice == NeighbourChoice::Shuffled && uses_neighbours(params) && !is_control(params.method)) {
            order_ = drawn_order(context, keep_of(params), "shuffled references");
        }
    }
    [[nodiscard]] std::size_t of(std::size_t neighbour) const {
        const auto place = std::find(order_.begin(), order_.end(), neighbour);
        return place == order_.end() ? neighbour : place + 1 == order_.end() ? order_.front() : *(place + 1);
    }

private:
    std::vector<std::size_t> order_;
};

TaskSpaceNeed need_of(const EvaluationContext& context, const Among& among) {
    TaskSpaceNeed need;
    for (const MethodParams& params : context.methods) {
        if (among_of(params) != among || !uses_neighbours(params)) {
            continue;
        }
        if (params.epsilon) {
            need.epsilon = std::max(need.epsilon, *params.epsilon);
        } else {
            need.most = std::max(need.most, neighbours_wanted(params));
        }
        need.random = need.random || draws_neighbours(params);
    }
    return need;
}

Result<TaskSpaceView> search_task_space(const EvaluationContext& context, const Among& among, const std::vector<float>& query,
                                        std::vector<std::size_t> excluded) {
    const ReferenceSet& reference = *context.reference;
    const std::vector<std::size_t>& by_rule = reference.left_out_by(among.keep);
    excluded.insert(excluded.end(), by_rule.begin(), by_rule.end());
    const std::vector<std::size_t> by_draw = not_drawn(context, among);
    excluded.insert(excluded.end(), by_draw.begin(), by_draw.end());
    std::sort(excluded.begin(), excluded.end());
    excluded.erase(std::unique(excluded.begin(), excluded.end()), excluded.end());
    TaskSpaceView view;
    view.excluded = std::move(excluded);
    const TaskSpaceNeed need = need_of(context, among);
    const ReferenceSearch::Exclude exclude = exclude_indices(view.excluded);
    if (need.most > 0) {
        Result<std::vector<Candidate>> found = reference.search().nearest(query, need.most, exclude);
        if (!found) {
            return found.error();
        }
        view.nearest = std::move(*found);
    }
    if (need.epsilon > 0.0) {
        Result<std::vector<Candidate>> found = reference.search().ball(query, need.epsilon, exclude);
        if (!found) {
            return found.error();
        }
        if (found->size() > view.nearest.size()) {  // both are ordered by similarity: one begins with the other
            view.nearest = std::move(*found);
        }
    }
    if (need.random) {
        Result<std::vector<Candidate>> found = reference.search().nearest(query, reference.size() - view.excluded.size(), exclude);
        if (!found) {
            return found.error();
        }
        view.all = std::move(*found);
    }
    return view;
}

/// One a rule that a method has.
using TaskSpaceViews = std::map<Among, TaskSpaceView>;

Result<TaskSpaceViews> search_task_space(const EvaluationContext& context, const RunSample& sample, const std::string& set_name) {
    const ReferenceSet& reference = *context.reference;
    const Result<std::vector<float>> query = reference.embed(sample, set_name);
    if (!query) {
        return query.error();
    }
    std::vector<std::size_t> excluded = reference.store().same_samples({set_name, sample.image_path, sample.pixels_hash, sample.question});
    excluded.insert(excluded.end(), context.left_out.begin(), context.left_out.end());
    TaskSpaceViews views;
    for (const MethodParams& params : context.methods) {
        const Among among = among_of(params);
        if (views.contains(among)) {
            continue;
        }
        Result<TaskSpaceView> view = search_task_space(context, among, *query, excluded);
        if (!view) {
            return view.error();
        }
        views.emplace(among, std::move(*view));
    }
    return views;
}

/// As many random neighbours as the method would have had near ones.
Result<Neighbourhood> neighbourhood_of(const EvaluationContext& context, const MethodParams& params,
                                       const TaskSpaceView& view, const std::string& set_name, std::size_t index) {
    if (draws_neighbours(params)) {
        const auto inside = [&](const Candidate& near) { return 1.0 - near.similarity <= *params.epsilon; };
        const std::size_t k = params.epsilon ? std::min(static_cast<std::size_t>(std::count_if(view.nearest.begin(), view.nearest.end(), inside)),
                                                        context.max_neighbours)
                                             : neighbours_wanted(params);
        if (k == 0) {
            return Neighbourhood{};
        }
        const std::uint64_t number = RandomStream::fork(context.seed, "random neighbours/" + set_name, index).next();
        return random_neighbours(view.all, k, params.kernel, context.seed, number);
    }
    return params.epsilon ? ball_neighbours(view.nearest, *params.epsilon, params.kernel, context.max_neighbours)
                          : nearest_neighbours(view.nearest, neighbours_wanted(params), params.kernel);
}

Status add_references(const EvaluationContext& context, const MethodParams& params, RerouteInput& input) {
    const std::span<const RoutingMatrix> routings = context.reference->routings(params.granularity, params.reference_routing);
    const Says says(context, params);
    for (const Neighbour& neighbour : input.neighbourhood.neighbours) {
        const std::size_t whose = says.of(neighbour.index);
        ReferenceSample reference;
        if (needs_routings(params)) {
            reference.routing = routings[whose];
        }
        if (needs_surfaces(params)) {
            Result<SurfaceSamplePtr> surface = context.reference->surface(whose, params.mode);
            if (!surface) {
                return surface.error();
            }
            reference.surface = std::move(*surface);
        } else if (neighbour_need(params) != NeighbourNeed::Routing) {
            Result<PreparedSamplePtr> prepared = context.reference->prepared(whose);
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
    if (uses_neighbours(params)) {
        Result<Neighbourhood> neighbourhood = neighbourhood_of(context, params, view, set_name, index);
        if (!neighbourhood) {
            return neighbourhood.error();
        }
        input.neighbourhood = std::move(*neighbourhood);
        R2T2_TRY(add_references(context, params, input));
    }
    const MethodRow& row = method_row(params.method);
    if (neighbour_need(params) == NeighbourNeed::ReferenceRoutings) {
        input.routing_points = context.reference->routings(params.granularity, params.reference_routing);
        input.excluded = view.excluded;
    }
    if (row.constant != ConstantNeed::None) {
        input.constant = context.controls.constant(row.constant);
    }
    return input;
}

Status add_tuned_gates(const Model& model, const ModelInput& sample, RerouteInput& input) {
    Result<std::shared_ptr<const Model>> tuned = model.tuned_gates();
    if (!tuned) {
        return tuned.error();
    }
    Result<PreparedSamplePtr> prepared = (*tuned)->prepare(sample);
    if (!prepared) {
        return prepared.error();
    }
    input.tuned = {std::move(*tuned), std::move(*prepared)};
    return {};
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
    Result<TaskSpaceViews> views = search_task_space(context, sample, set_name);
    if (!views) {
        return views.error();
    }
    ReadySample ready;
    RerouteInput shared;
    shared.sample = *prepared;
    if (std::any_of(context.methods.begin(), context.methods.end(), [](const MethodParams& params) { return method_row(params.method).tuned_gates; })) {
        R2T2_TRY(add_tuned_gates(*context.model, sample.input, shared));
    }
    for (const MethodParams& params : context.methods) {
        Result<RerouteInput> input = input_of(context, params, views->at(among_of(params)), set_name, index, shared);
        if (!input) {
            return input.error().inside(to_string(params.method));
        }
        ready.inputs.push_back(std::move(*input));
    }
    ready.sample = std::move(sample);
    ready.nearest = std::move(views->begin()->second.nearest);  // by the paper's rule where a method has it
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

namespace {

/// What these parameters ask of the reference set is there.
Status check_reference(const ReferenceSet& reference, const MethodParams& params) {
    const NeighbourNeed need = neighbour_need(params);
    if (need == NeighbourNeed::None) {
        return {};
    }
    const Keep keep = keep_of(params);
    const bool by_routing = need == NeighbourNeed::ReferenceRoutings || needs_routings(params);
    const bool refined = keep == Keep::RefinedRight || (by_routing && params.reference_routing == ReferenceRouting::Refined);
    if (refined && !reference.store().is_refined()) {
        const bool routing = by_routing && params.reference_routing == ReferenceRouting::Refined;
        return invalid_input("options", routing ? "--reference-routing" : "--keep", routing ? "refined" : to_string(keep),
                             std::string(routing ? "native" : "base-right") + ": this reference set has no refined routings (r2t2 reference refine makes them)");
    }
    if (needs_surfaces(params)) {
        if (const Result<SurfaceFormPtr> form = reference.surface_form(params.mode); !form) {
            return form.error();
        }
        if (!reaches_everything(params)) {
            return invalid_input("options", "response surfaces", "together with --critical-mixers, --core-experts or --tokens",
                                 "one of the two: tables are of the losses where every mixer, expert and token is re-routed");
        }
        if (params.granularity == Granularity::PerMixer && need != NeighbourNeed::Surfaces) {
            return invalid_input("options", "--neighbour-loss", "surface, together with --granularity per-mixer",
                                 "one of the two: a routing of its own for every mixer has too many free numbers for a table");
        }
    }
    const std::size_t all_kept = reference.kept_by(keep);
    if (params.reference_size > all_kept) {
        return invalid_input("options", "--reference-size", std::to_string(params.reference_size), "0 (all) to " + std::to_string(all_kept) + ", the references that are " + to_string(keep));
    }
    const std::size_t kept = params.reference_size > 0 ? params.reference_size : all_kept;
    const std::string of_how_many =
        std::to_string(kept) + (params.reference_size > 0 ? std::string(", as --reference-size says") : kept == reference.size() ? std::string(", the size of the reference set")
                                                         : ", those of " + std::to_string(reference.size()) + " references that are " + to_string(keep));
    if (by_routing && reference.routings(params.granularity, params.reference_routing).empty()) {
        return invalid_input("options", "--granularity", "per-mixer",
                             "shared: this reference set has no " + std::string(params.reference_routing == ReferenceRouting::Refined ? "refined " : "") + "routing weights per mixer");
    }
    if (uses_neighbours(params) && !params.epsilon && neighbours_wanted(params) > kept) {
        return invalid_input("options", "--num-neighbors", std::to_string(neighbours_wanted(params)), "1 to " + of_how_many);
    }
    if (need == NeighbourNeed::ReferenceRoutings && params.routing_k > kept) {
        return invalid_input("options", "--routing-neighbors", std::to_string(params.routing_k), "0 (all) to " + of_how_many);
    }
    return {};
}

}  // namespace

Status check_method(const ReferenceSet& reference, const MethodParams& params) {
    R2T2_TRY(validate(params));
    if (method_row(params.method).tuned_gates) {
        if (const auto tuned = reference.model().tuned_gates(); !tuned) {
            return tuned.error();
        }
    }
    return check_reference(reference, params);
}

bool is_ready(const ReferenceSet& reference, const MethodParams& params) {
    if (method_row(params.method).tuned_gates) {
        return reference.model().tuned_gates().ok();
    }
    return neighbour_need(params) != NeighbourNeed::Surfaces || reference.surfaces(params.mode) != nullptr;
}

std::string leave_out_unready(const ReferenceSet& reference, std::vector<MethodParams>& methods) {
    std::map<std::string, std::string> why;
    std::erase_if(methods, [&](const MethodParams& params) {
        const bool out = !is_ready(reference, params);
        if (out) {
            why[to_string(params.method)] = method_row(params.method).tuned_gates
                                                ? reference.model().tuned_gates().error().message()
                                                : "this reference set has no response surfaces (r2t2 reference surfaces makes them; where --methods names it they are made as they are asked for)";
        }
        return out;
    });
    std::string text;
    for (const auto& [name, reason] : why) {
        text += (text.empty() ? "" : "; ") + name + " is left out: " + reason;
    }
    return text;
}

Status check_context(const EvaluationContext& context) {
    for (const MethodParams& params : context.methods) {
        R2T2_TRY(check_method(*context.reference, params));
    }
    return {};
}

MethodParams evaluation_params(MethodParams params) {
    const bool stops = params.stop_change || (params.stop_margin && uses_parameter(params.method, *find_parameter("stop-margin")));
    if (only_ends_answered(params.method) && !stops) {
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
