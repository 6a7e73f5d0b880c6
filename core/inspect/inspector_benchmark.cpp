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
        Result<EvaluationPlan> plan = plan_of_session(request.session);
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

BenchmarkStart start_of(const EvaluationPlan& plan, const std::vector<SampleSetPtr>& sets, const std::vector<std::int64_t>& runs) {
    BenchmarkStart start{plan.session, runs, plan.methods, variant_labels(plan.methods), {}, 0};
    for (const SampleSetPtr& set : sets) {
        start.sets.push_back(set->name());
        start.total += static_cast<std::int64_t>(set->size());
    }
    return start;
}

BenchmarkSample sample_of(std::size_t set, const SampleOutcome& outcome) {
    BenchmarkSample sample;
    sample.set = set;
    sample.key = outcome.id;
    sample.failed = outcome.error.has_value();
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
    const EvaluationGround ground{model_, reference_, info_.reference_name};
    R2T2_TRY(check_plan(*plan, ground));
    const Result<std::vector<SampleSetPtr>> sets = open_sample_sets(plan->data, hooks.progress, hooks.cancel);
    if (!sets) {
        return sets.error();
    }
    EvaluationHooks inner{hooks.progress, hooks.cancel, hooks.pause, {}, {}};
    inner.on_start = [&](const std::vector<std::int64_t>& runs) {
        if (hooks.on_start) {
            hooks.on_start(start_of(*plan, *sets, runs));
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
