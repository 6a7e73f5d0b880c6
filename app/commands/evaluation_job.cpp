#include "app/commands/evaluation_job.h"

#include <algorithm>

#include "app/commands/choices.h"
#include "core/run/evaluation_session.h"
#include "core/run/places.h"

namespace r2t2::cli {

namespace {

Status check_options(const EvaluateOptions& options) {
    R2T2_TRY(check_range("--samples", options.samples, 1, 1'000'000));
    R2T2_TRY(check_range("--threads", options.threads, 0, 1024));
    R2T2_TRY(check_range("--side-by-side", options.side_by_side, 1, 64));
    R2T2_TRY(check_range("--max-errors", options.max_errors, -1, 1'000'000'000));
    R2T2_TRY(check_range("--cache-mb", options.cache_mb, 1, 1 << 20));
    if (options.scoring != "exact" && options.scoring != "starts-with") {
        return invalid_input("options", "--scoring", "\"" + options.scoring + "\"", "exact, starts-with");
    }
    if (options.resume && options.session.empty()) {
        return invalid_input("options", "--resume", "no --session", "--session FILE of the run to go on with");
    }
    if (options.no_session && !options.session.empty()) {
        return invalid_input("options", "--no-session", "together with --session", "one of the two");
    }
    return {};
}

/// Base, what was asked for, and the controls.
Result<std::vector<Method>> wanted_methods(const EvaluateOptions& options) {
    Result<std::vector<Method>> named = parse_methods(options.methods);
    if (!named) {
        return named;
    }
    std::vector<Method> methods;
    for (const Method method : all_methods()) {
        const bool wanted = named->empty() || std::find(named->begin(), named->end(), method) != named->end();
        if (wanted && !(options.no_controls && is_control(method))) {
            methods.push_back(method);
        }
    }
    return methods;
}

struct Job {
    EvaluationContext context;
    std::vector<SampleSetPtr> sets;
    std::string reference_name;
};

Result<Job> open_job(const EvaluateOptions& options, Console& console, const CancelToken& cancel) {
    R2T2_TRY(check_options(options));
    const Result<std::vector<Method>> methods = wanted_methods(options);
    if (!methods) {
        return methods.error();
    }
    const std::filesystem::path directory =
        options.model.directory.empty() ? bundled_model_directory() : std::filesystem::path(options.model.directory);
    const Result<MethodParams> params = method_params(options.method, directory);
    if (!params) {
        return params.error();
    }
    Job job;
    Result<std::vector<SampleSetPtr>> sets = open_sample_sets(
        options.sets, options.split, static_cast<std::uint64_t>(options.method.seed), static_cast<std::size_t>(options.samples));
    if (!sets) {
        return sets.error();
    }
    job.sets = std::move(*sets);
    Result<std::shared_ptr<const Model>> model = open_model(options.model);
    if (!model) {
        return model.error();
    }
    Result<OpenedReference> reference =
        open_reference(options.reference, *model, static_cast<int>(options.threads),
                       static_cast<std::size_t>(options.cache_mb) << 20, console, cancel);
    if (!reference) {
        return reference.error();
    }
    job.reference_name = reference->name;
    job.context.model = std::move(*model);
    job.context.reference = std::move(reference->set);
    job.context.methods = method_list(*params, *methods);
    for (MethodParams& each : job.context.methods) {  // an upper bound and a control: their end says all
        if (each.method == Method::Oracle || each.method == Method::RandomNeighbours) {
            each.answer_steps = false;
            each.final_objective = false;
        }
    }
    job.context.side_by_side = static_cast<std::size_t>(options.side_by_side);
    job.context.seed = params->seed;
    job.context.scoring = options.scoring == "exact" ? ScoringRule::Exact : ScoringRule::StartsWith;
    R2T2_TRY(check_context(job.context));
    return job;
}

Status add_controls(const EvaluateOptions& options, EvaluationContext& context, Console& console,
                    const CancelToken& cancel) {
    ControlOptions controls;
    controls.threads = static_cast<int>(options.threads);
    controls.fit.mode = context.methods.front().mode;
    controls.fit.granularity = context.methods.front().granularity;
    controls.fit.seed = context.seed;
    Result<ControlConstants> constants = fit_controls(context, controls, console.progress(), cancel);
    if (!constants) {
        return constants.error();
    }
    context.controls = std::move(*constants);
    return {};
}

Result<std::unique_ptr<SessionRecorder>> open_session(const EvaluateOptions& options, const Provenance& provenance,
                                                      const Job& job) {
    if (options.no_session) {
        return std::unique_ptr<SessionRecorder>();
    }
    std::filesystem::path path = options.session;
    if (path.empty()) {
        Result<std::filesystem::path> fresh = new_session_path(options.demo ? "demo" : "evaluate");
        if (!fresh) {
            return fresh.error();
        }
        path = std::move(*fresh);
    }
    return options.resume ? SessionRecorder::resume(path, provenance, job.context, job.sets)
                          : SessionRecorder::begin(path, provenance, job.context, job.sets);
}

}  // namespace

Result<EvaluationRun> evaluation_job(const EvaluateOptions& options, const std::string& program, Console& console,
                                     const CancelToken& cancel) {
    const auto start = std::chrono::steady_clock::now();
    Result<Job> job = open_job(options, console, cancel);
    if (!job) {
        return job.error();
    }
    R2T2_TRY(add_controls(options, job->context, console, cancel));
    Provenance provenance = provenance_of(job->context);
    provenance.reference_name = job->reference_name;
    provenance.command = program;
    provenance.versions = {{"r2t2", R2T2_VERSION}, {"compiler", __VERSION__}};
    if (const Result<EngineModule*> engine = load_engine()) {  // open already: the model came from it
        const EngineVersions versions = (*engine)->versions();
        provenance.versions.insert({{"torch", versions.torch}, {"blas", versions.blas}, {"cuda", versions.cuda}});
    }
    Result<std::unique_ptr<SessionRecorder>> session = open_session(options, provenance, *job);
    if (!session) {
        return session.error();
    }
    EvaluationOptions running;
    running.threads = static_cast<int>(options.threads);
    running.max_errors = options.max_errors;
    Result<Evaluation> evaluation =
        evaluate(job->context, job->sets, running, session->get(), console.progress(), cancel);
    console.end_progress();
    if (!evaluation) {
        return evaluation.error();
    }
    if (*session) {
        provenance.session_path = (*session)->path().string();
        R2T2_TRY((*session)->finish(*evaluation));
    }
    EvaluationReport report = make_report(*evaluation, std::move(provenance));
    report.total_seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    return EvaluationRun{std::move(report), std::move(*evaluation)};
}

}  // namespace r2t2::cli
