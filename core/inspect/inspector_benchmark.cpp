// OpenedInspector::benchmark: the runner on the model and the reference set that are open.
#include "core/inspect/opened_inspector.h"
#include "core/inspect/request_command.h"
#include "core/miniature/world.h"
#include "core/run/evaluation_job.h"
#include "core/run/places.h"

namespace r2t2 {

namespace {

Result<EvaluationPlan> plan_of(const BenchmarkRequest& request, const InspectorOptions& options) {
    if (request.resume) {
        Result<EvaluationPlan> plan = plan_of_session(request.session, request.run);
        if (plan) {
            plan->threads = request.threads;
            plan->max_errors = request.max_errors;
        }
        return plan;
    }
    EvaluationPlan plan;
    Result<std::vector<MethodParams>> methods = swept(method_list(request.params, request.methods), request.sweep);
    if (!methods) {
        return methods.error();
    }
    plan.data = {request.sets, request.split, request.params.seed, request.samples, {request.data.string(), request.limit, false, false}};
    plan.methods = std::move(*methods);
    plan.source.model = options.model.string();
    plan.source.reference.path = options.reference;
    plan.sweep = request.sweep;
    plan.seed = request.params.seed;
    plan.threads = request.threads;
    plan.max_errors = request.max_errors;
    plan.session = request.session;
    plan.command = benchmark_command(options, request);
    if (plan.session.empty()) {
        Result<std::filesystem::path> fresh = new_session_path("evaluate");
        if (!fresh) {
            return fresh.error();
        }
        plan.session = std::move(*fresh);
    }
    return plan;
}

/// What a run that goes on stands on: what is open where that is it, else opened for this run alone.
Result<EvaluationGround> ground_to_resume(const EvaluationPlan& plan, const std::vector<SampleSetPtr>& sets, const InspectorOptions& options, EvaluationGround open,
                                          const BenchmarkHooks& hooks) {
    const GroundSource& source = plan.source;
    if (source.model_identity.empty()) {
        return open;  // from before it was kept
    }
    GroundSource here;
    here.model = options.model.string();
    here.reference.path = options.reference;
    here = here.absolute();
    const ModelInfo& info = open.model->info();
    const bool same_model = info.identity == source.model_identity && info.precision == source.precision && info.device == source.device &&
                            info.beams == source.beams && info.max_new_tokens == source.max_new_tokens;
    if (!same_model) {
        const Result<Precision> precision = parse_precision(source.precision);
        if (!precision) {
            return precision.error();
        }
        ModelOptions wanted;
        wanted.precision = *precision;
        wanted.device = source.device;
        wanted.beams = source.beams;
        wanted.max_new_tokens = source.max_new_tokens;
        wanted.intra_op_threads = options.threads;
        Result<std::shared_ptr<const Model>> model = open_model(source.model.empty() ? bundled_model_directory() : std::filesystem::path(source.model),
                                                                wanted, hooks.progress, hooks.cancel);
        if (!model) {
            return model.error();
        }
        open.model = std::move(*model);
    }
    R2T2_TRY(check_resumable(plan, open.model, sets));
    const ReferenceSource usual;
    const ReferenceSource& reference = source.reference;
    const bool same_reference = same_model && reference.path == here.reference.path && reference.candidates == usual.candidates &&
                                reference.seed == usual.seed && reference.embedding == usual.embedding;
    if (!same_reference) {
        Result<OpenedReference> opened = open_reference(reference, open.model, hooks.progress, hooks.cancel);
        if (!opened) {
            return opened.error();
        }
        open.reference = std::move(opened->set);
        open.reference_name = opened->name;
    }
    return open;
}

BenchmarkStart start_of(const EvaluationPlan& plan, const std::vector<SampleSetPtr>& sets, const std::vector<std::int64_t>& runs, const ReferenceOverlap& overlap) {
    BenchmarkStart start{plan.session, runs, plan.methods, variant_labels(plan.methods), {}, 0, overlap.shared.empty() ? std::string() : overlap.text() + "; none is its own neighbour"};
    for (const SampleSetPtr& set : sets) {
        start.sets.push_back(set->name());
        start.total += static_cast<std::int64_t>(set->size());
        for (const Error& problem : set->problems()) {
            start.unread.push_back({set->name(), problem});
        }
    }
    return start;
}

/// "models/other, bf16 on cuda, 2 beams"
std::string model_words(const ModelInfo& info) {
    return info.directory + ", " + info.precision + " on " + info.device + (info.beams > 1 ? ", " + std::to_string(info.beams) + " beams" : std::string());
}

BenchmarkSample sample_of(std::size_t set, const SampleOutcome& outcome) {
    BenchmarkSample sample;
    sample.set = set;
    sample.key = outcome.id;
    sample.failed = outcome.error.has_value();
    sample.error = outcome.error ? outcome.error->message() : std::string();
    sample.earlier = outcome.resumed;
    for (const MethodOutcome& method : outcome.methods) {
        sample.correct.push_back(method.correct);
        sample.forward_passes += method.passes.forward;
        sample.backward_passes += method.passes.backward;
    }
    return sample;
}

}  // namespace

std::vector<std::string> OpenedInspector::set_names(const std::string& split) const {
    return info_.miniature ? world_set_names(default_world(), split) : std::vector<std::string>();
}

Result<BenchmarkEnd> OpenedInspector::benchmark(const BenchmarkRequest& request, const BenchmarkHooks& hooks) const {
    Result<EvaluationPlan> plan = plan_of(request, options_);
    if (!plan) {
        return plan.error();
    }
    const Result<std::vector<SampleSetPtr>> sets = open_sample_sets(plan->data, hooks.progress, hooks.cancel);
    if (!sets) {
        return sets.error();
    }
    EvaluationGround ground{model_, reference_, info_.reference_name};
    if (request.resume) {
        Result<EvaluationGround> own = ground_to_resume(*plan, *sets, options_, std::move(ground), hooks);
        if (!own) {
            return own.error();
        }
        ground = std::move(*own);
    }
    R2T2_TRY(check_plan(*plan, ground));
    EvaluationHooks inner{hooks.progress, hooks.cancel, hooks.pause, {}, {}};
    inner.on_start = [&](const std::vector<std::int64_t>& runs, const ReferenceOverlap& overlap) {
        if (hooks.on_start) {
            BenchmarkStart start = start_of(*plan, *sets, runs, overlap);
            if (ground.reference->store().content_hash() != info_.reference_hash) {
                start.own_references = {plan->source.reference.path, ground.reference->size()};
            }
            if (ground.model != model_) {
                start.own_model = model_words(ground.model->info());
            }
            hooks.on_start(start);
        }
    };
    inner.on_outcome = [&](std::size_t set, std::size_t, const SampleOutcome& outcome) {
        if (hooks.on_sample) {
            hooks.on_sample(sample_of(set, outcome));
        }
    };
    const Result<EvaluationRun> run = run_evaluation(*plan, ground, *sets, inner);
    if (!run) {
        return run.error();
    }
    return BenchmarkEnd{plan->session, run->evaluation.interrupted, run->evaluation.too_many_errors, run->evaluation.done,
                        run->evaluation.errors, run->evaluation.seconds, report_text(run->report)};
}

}  // namespace r2t2
