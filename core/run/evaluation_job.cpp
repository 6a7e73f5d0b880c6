#include "core/run/evaluation_job.h"

#include <algorithm>
#include <chrono>
#include <limits>

#include "core/base/log.h"
#include "core/base/shell_word.h"
#include "core/run/embedding_ids.h"
#include "core/run/evaluation_overlap.h"
#include "core/run/evaluation_run_info.h"
#include "core/run/parallel.h"
#include "core/run/stored_evaluation.h"

namespace r2t2 {

namespace {

EvaluationContext context_of(const EvaluationPlan& plan, const EvaluationGround& ground) {
    EvaluationContext context;
    context.model = ground.model;
    context.reference = ground.reference;
    context.methods = plan.methods;
    for (MethodParams& each : context.methods) {
        each = evaluation_params(each);
    }
    context.side_by_side = plan.side_by_side;
    context.seed = plan.seed;
    context.scoring = plan.scoring;
    return context;
}

Status take_controls(const EvaluationPlan& plan, const EvaluationHooks& hooks, EvaluationContext& context) {
    if (plan.resume && plan.claim) {
        const Result<std::vector<StoredRun>> runs = runs_to_resume(plan.session, plan.claim->first_run());
        if (!runs) {
            return runs.error();
        }
        Result<ControlConstants> stored = stored_controls(*runs, plan.session);
        if (!stored) {
            return stored.error();
        }
        context.controls = std::move(*stored);
    }
    if (context.controls.serves(context.methods)) {
        return {};
    }
    ControlOptions controls;
    controls.threads = plan.threads;
    controls.fit.mode = context.methods.front().mode;
    controls.fit.granularity = context.methods.front().granularity;
    controls.fit.seed = context.seed;
    Result<ControlConstants> constants = fit_controls(context, controls, hooks.progress, hooks.cancel, hooks.pause);
    if (!constants) {
        return constants.error();
    }
    context.controls = std::move(*constants);
    return {};
}

Provenance provenance_of(const EvaluationPlan& plan, const EvaluationGround& ground, const EvaluationContext& context) {
    Provenance provenance = provenance_of(context);
    provenance.reference_name = ground.reference_name;
    provenance.command = plan.command;
    provenance.data = plan.data;
    provenance.sweep = plan.sweep;
    provenance.shard = plan.shard;
    provenance.session_path = plan.session.string();
    provenance.source = plan.source;
    provenance.versions = {{"r2t2", R2T2_VERSION}, {"compiler", __VERSION__}};
    provenance.versions.insert({{"precision", ground.model->info().precision}, {"device", ground.model->info().device}});
    if (const Result<EngineModule*> engine = load_engine()) {  // open already: the model came from it
        const EngineVersions versions = (*engine)->versions();
        provenance.versions.insert({{"torch", versions.torch}, {"blas", versions.blas}, {"cuda", versions.cuda}, {"processor", versions.processor}, {"kernels", versions.kernels}});
        provenance.versions["threads"] = std::to_string(worker_count(plan.threads, std::numeric_limits<std::size_t>::max()));
    }
    return provenance;
}

}  // namespace

Result<EvaluationPlan> plan_of_session(const std::filesystem::path& session, std::optional<std::int64_t> run) {
    if (const Result<SessionWriter> writer = open_to_resume(session); !writer) {  // who may write plays back what a killed one left
        return writer.error();
    }
    const Result<std::vector<StoredRun>> runs = runs_to_resume(session, run);
    if (!runs) {
        return runs.error();
    }
    Result<StoredEvaluation> stored = stored_evaluation(*runs, session);
    if (!stored) {
        return stored.error();
    }
    Result<RunClaimPtr> claim = RunClaim::take(session, runs->front().id);
    if (!claim) {
        return claim.error();
    }
    EvaluationPlan plan;
    plan.claim = std::move(*claim);
    plan.source = std::move(stored->source);
    plan.data = std::move(stored->data);
    plan.methods = std::move(stored->methods);
    plan.sweep = std::move(stored->sweep);
    plan.scoring = stored->scoring;
    plan.seed = stored->seed;
    plan.side_by_side = stored->side_by_side;
    plan.shard = stored->shard;
    plan.session = session;
    plan.resume = true;
    return plan;
}

Result<ResumedGround> ground_of_session(const std::filesystem::path& session, std::optional<std::int64_t> run) {
    if (const Result<SessionWriter> writer = open_to_resume(session); !writer) {  // who may write plays back what a killed one left
        return writer.error();
    }
    const Result<std::vector<StoredRun>> runs = runs_to_resume(session, run);
    if (!runs) {
        return runs.error();
    }
    ResumedGround out;
    if (runs->empty()) {
        return out;
    }
    out.source = stored_ground(runs->front().info);
    if (run) {
        Result<RunClaimPtr> claim = RunClaim::take(session, runs->front().id);
        if (!claim) {
            return claim.error();
        }
        out.claim = std::move(*claim);
    }
    return out;
}

std::string resume_command(const std::filesystem::path& session, const EvaluationRun& run) {
    const std::string path = session.string();
    return "r2t2 evaluate --resume --session " + shell_word(path.starts_with("-") ? "./" + path : path) +
           (run.last_evaluation || run.runs.empty() ? "" : " --run " + std::to_string(run.runs.front()));
}

Status check_resumable(const EvaluationPlan& plan, const std::shared_ptr<const Model>& model, const std::vector<SampleSetPtr>& sets) {
    if (!plan.resume) {
        return {};
    }
    Result<std::vector<std::vector<StoredRun>>> evaluations = evaluations_to_resume(plan.session);
    if (!evaluations) {
        return evaluations.error();
    }
    const EvaluationContext context = context_of(plan, {model, nullptr, {}});
    Provenance provenance = provenance_before_references(context);
    provenance.data = plan.data;
    provenance.sweep = plan.sweep;
    provenance.shard = plan.shard;
    provenance.source = plan.source;
    std::optional<Error> refused;
    for (auto each = evaluations->rbegin(); each != evaluations->rend(); ++each) {
        if (plan.claim && each->front().id != plan.claim->first_run()) {
            continue;
        }
        Status same;
        for (std::size_t m = 0; same && m < std::min(each->size(), context.methods.size()); ++m) {
            same = check_same_run((*each)[m].info, evaluation_run_info(context, provenance, m, sets, {}),
                                  plan.session.string() + ": run " + std::to_string((*each)[m].id), Compared::BeforeReferences);
        }
        if (same) {
            return {};
        }
        refused = refused ? refused : std::optional(same.error());  // what differs from the last
    }
    return refused ? Status(*refused) : Status();
}

Status check_plan(const EvaluationPlan& plan, const EvaluationGround& ground) { return check_context(context_of(plan, ground)); }

namespace {

/// How far the session came.
enum class Begun { NotYet, Tried, Yes };

Result<EvaluationRun> compute(const EvaluationPlan& asked, const EvaluationGround& ground, const std::vector<SampleSetPtr>& sets,
                              const EvaluationHooks& hooks, Begun& begun) {
    const auto start = std::chrono::steady_clock::now();
    EvaluationPlan plan = asked;
    EvaluationContext context = context_of(plan, ground);
    R2T2_TRY(check_context(context));
    const Result<std::vector<std::string>> remarks = check_embedding_ids(ground.reference->embedder(), ground.reference->store().records(), sets);
    if (!remarks) {
        return remarks.error();
    }
    for (const std::string& remark : *remarks) {
        log_warning("embedding", remark);
    }
    if (plan.resume && !plan.claim) {  // before anything is computed
        Result<RunClaimPtr> claim = SessionRecorder::claim_same(plan.session, provenance_of(plan, ground, context), context, sets);
        if (!claim) {
            return claim.error();
        }
        plan.claim = std::move(*claim);
    }
    Result<ReferenceOverlap> overlap =
        evaluation_overlap(ground.reference->store(), sets, {plan.threads, plan.shard, plan.side_by_side}, hooks.progress, hooks.cancel);
    if (!overlap) {
        return overlap.error();
    }
    if (!overlap->shared.empty() && !plan.own_candidates) {
        log_warning("references", overlap->text() + "; none is its own neighbour");
    }
    R2T2_TRY(take_controls(plan, hooks, context));
    Provenance provenance = provenance_of(plan, ground, context);
    provenance.overlap = std::move(*overlap);
    provenance.embedding_remarks = *remarks;
    Result<std::unique_ptr<SessionRecorder>> session = std::unique_ptr<SessionRecorder>();
    if (!plan.session.empty()) {
        begun = Begun::Tried;
        session = plan.resume ? SessionRecorder::resume(plan.session, provenance, context, sets, plan.claim, hooks.progress, hooks.cancel)
                              : SessionRecorder::begin(plan.session, provenance, context, sets);
        if (!session) {
            return session.error();
        }
        begun = Begun::Yes;
    }
    EvaluationRun out;
    out.runs = *session ? (*session)->runs() : std::vector<std::int64_t>();
    if (hooks.on_start) {
        hooks.on_start(out.runs, *provenance.overlap);
    }
    const EvaluationOptions options{plan.threads, plan.max_errors, plan.shard, hooks.pause, hooks.on_outcome};
    Result<Evaluation> evaluation = evaluate(context, sets, options, session->get(), hooks.progress, hooks.cancel);
    if (!evaluation) {
        return evaluation.error();
    }
    if (*session) {
        R2T2_TRY((*session)->finish(*evaluation));
        const Result<std::vector<StoredRun>> last = runs_to_resume(plan.session);
        out.last_evaluation = !last || last->empty() || last->front().id == out.runs.front();
    }
    out.evaluation = std::move(*evaluation);
    out.report = make_report(out.evaluation, std::move(provenance));
    add_benchmark_scores(out.evaluation, sets, out.report);
    out.report.session_seconds = *session ? (*session)->seconds() : 0.0;
    out.report.total_seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    return out;
}

/// Says that the run can be gone on with where that is so, and leaves no file without a run where none was.
Error after_failure(Error error, const std::filesystem::path& session, Begun begun, bool was_there) {
    if (begun == Begun::Yes && error.kind != ErrorKind::Cancelled) {
        const Result<std::vector<std::vector<StoredRun>>> runs = evaluations_to_resume(session);
        if (runs.ok() && !runs->empty()) {
            error.allowed += (error.allowed.empty() ? "" : "; ") + std::string("the run and what was finished of it are kept: r2t2 evaluate --resume --session ") +
                             shell_word(session.string()) + " goes on";
        }
    }
    if (begun == Begun::Tried && !was_there) {
        for (const char* end : {"", "-wal", "-shm", "-journal"}) {
            std::error_code ignored;
            std::filesystem::remove(session.string() + end, ignored);
        }
    }
    return error;
}

}  // namespace

Result<EvaluationRun> run_evaluation(const EvaluationPlan& plan, const EvaluationGround& ground, const std::vector<SampleSetPtr>& sets,
                                     const EvaluationHooks& hooks) {
    std::error_code code;
    const bool was_there = std::filesystem::exists(std::filesystem::symlink_status(plan.session, code));
    Begun begun = Begun::NotYet;
    Result<EvaluationRun> run = compute(plan, ground, sets, hooks, begun);
    return run ? std::move(run) : Result<EvaluationRun>(after_failure(run.error(), plan.session, begun, was_there));
}

}  // namespace r2t2
