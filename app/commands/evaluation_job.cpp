#include "app/commands/evaluation_job.h"

#include <algorithm>
#include <set>

#include "app/cli/outputs.h"
#include "app/commands/choices.h"
#include "core/checkpoint/rerouting_file.h"
#include "core/routing/parameter_table.h"
#include "core/run/places.h"

namespace r2t2::cli {

namespace {

/// What is of bundled sets alone does nothing where every set is a file.
Status check_bundled_options(const EvaluateOptions& options) {
    const std::string split = options.split.empty() ? "test" : options.split;
    for (const std::string& name : options.sets) {  // a slip in a name is no misuse of --samples
        R2T2_TRY(check_set_name(name, split));
    }
    const std::vector<std::string> bundled = world_set_names(default_world(), split);
    const bool any = std::any_of(options.sets.begin(), options.sets.end(), [&](const std::string& name) {
        return name == "all" || std::find(bundled.begin(), bundled.end(), name) != bundled.end();
    });
    for (const char* option : {"--split", "--samples"}) {
        if (!any && options.stated.count(option) > 0) {
            return invalid_input("options", option, "with data set files only", "together with bundled sets: of a file every sample is taken");
        }
    }
    return {};
}

Status check_options(const EvaluateOptions& options) {
    R2T2_TRY(check_range("--samples", options.samples, 1, 1'000'000));
    R2T2_TRY(check_range("--threads", options.threads, 0, 1024));
    R2T2_TRY(check_range("--side-by-side", options.side_by_side, 1, 64));
    R2T2_TRY(check_range("--max-errors", options.max_errors, -1, 1'000'000'000));
    R2T2_TRY(check_range("--cache-mb", options.cache_mb, 0, 1 << 20));
    if (options.scoring != "exact" && options.scoring != "starts-with") {
        return invalid_input("options", "--scoring", "\"" + options.scoring + "\"", "exact, starts-with");
    }
    if (options.resume && options.session.empty()) {
        return invalid_input("options", "--resume", "no --session", "--session FILE of the run to go on with");
    }
    if (options.sets.empty() && !options.resume) {
        return invalid_input("options", "--eval", "nothing", "data set files or bundled sets (all), or --resume --session FILE");
    }
    if (options.data.directory.empty() && !options.split.empty() && options.split != "test" && options.split != "validation") {
        return invalid_input("options", "--split", "\"" + options.split + "\"", "test, validation; other splits are of benchmarks, with --data");
    }
    if (options.data.directory.empty() && !options.sets.empty()) {
        R2T2_TRY(check_benchmark_options(options.data, "--data"));
        R2T2_TRY(check_bundled_options(options));
    }
    if (options.run && !options.resume) {
        return invalid_input("options", "--run", std::to_string(*options.run), "a run of the session, together with --resume");
    }
    if (options.no_session && !options.session.empty()) {
        return invalid_input("options", "--no-session", "together with --session", "one of the two");
    }
    return {};
}

/// Base, what was asked for, and the controls: with variants and nothing named these alone.
Result<std::vector<Method>> wanted_methods(const EvaluateOptions& options) {
    Result<std::vector<Method>> named = parse_methods(options.methods);
    if (!named) {
        return named;
    }
    std::vector<Method> methods;
    for (const Method method : all_methods()) {
        const bool of_default = options.variants.empty() ? runs_unnamed(method) || options.kind == "demo" : is_control(method);
        const bool wanted = named->empty() ? of_default : std::find(named->begin(), named->end(), method) != named->end();
        if (wanted && !(options.no_controls && is_control(method))) {
            methods.push_back(method);
        }
    }
    return methods;
}

/// What was asked for; of a demo that nobody asks for anything the checkpoint's own rows, where what was typed has not made one of them of the others.
Result<std::vector<MethodParams>> wanted_variants(const EvaluateOptions& options, const std::filesystem::path& model, const MethodParams& common, const std::vector<MethodParams>& listed) {
    std::vector<MethodParams> variants;
    for (const std::string& text : options.variants) {
        Result<MethodParams> variant = parse_variant(text, common);
        if (!variant) {
            return variant.error();
        }
        variants.push_back(std::move(*variant));
    }
    if (options.kind == "demo" && options.methods.empty() && options.sweep.empty() && variants.empty()) {
        Result<std::vector<MethodParams>> own = recommended_variants(model, common);
        if (!own) {
            return own;
        }
        std::erase_if(*own, [&listed](const MethodParams& each) { return std::find(listed.begin(), listed.end(), each) != listed.end(); });
        return own;
    }
    return variants;
}

struct Job {
    EvaluationPlan plan;
    EvaluationGround ground;
    std::vector<SampleSetPtr> sets;
};

/// What can be wrong without opening anything comes first.
Result<EvaluationPlan> plan_of(const EvaluateOptions& options) {
    const Result<std::vector<Method>> methods = wanted_methods(options);
    if (!methods) {
        return methods.error();
    }
    const std::string& own = options.parameters_of.empty() ? options.model.directory : options.parameters_of;
    const std::filesystem::path directory = own.empty() ? bundled_model_directory() : std::filesystem::path(own);
    const Result<MethodParams> params = method_params(options.method, directory);
    if (!params) {
        return params.error();
    }
    EvaluationPlan plan;
    for (const std::string& text : options.sweep) {
        Result<SweepAxis> axis = parse_sweep_axis(text);
        if (!axis) {
            return axis.error();
        }
        if (const std::string other = stated_beside(*find_parameter(axis->name), options.method.stated); !other.empty()) {
            return invalid_input("options", "--" + other, "together with --sweep " + axis->name, "one of the two: " + other + " replaces " + axis->name);
        }
        plan.sweep.push_back(std::move(*axis));
    }
    Result<std::vector<MethodParams>> list = swept(method_list(*params, *methods), plan.sweep);
    if (!list) {
        return list.error();
    }
    const Result<std::vector<MethodParams>> variants = wanted_variants(options, directory, *params, *list);
    if (!variants) {
        return variants.error();
    }
    list = with_variants(std::move(*list), *variants);
    if (!list) {
        return list.error();
    }
    plan.methods = std::move(*list);
    if (!options.shard.empty()) {
        const Result<Shard> shard = parse_shard(options.shard);
        if (!shard) {
            return shard.error();
        }
        plan.shard = *shard;
    }
    const Result<BenchmarkChoice> benchmark = benchmark_choice(options.data);
    if (!benchmark) {
        return benchmark.error();
    }
    const std::string split = options.split.empty() && options.data.directory.empty() ? "test" : options.split;
    plan.data = {options.sets, split, params->seed, static_cast<std::size_t>(options.samples), *benchmark};
    plan.scoring = options.scoring == "exact" ? ScoringRule::Exact : ScoringRule::StartsWith;
    plan.seed = params->seed;
    plan.side_by_side = static_cast<std::size_t>(options.side_by_side);
    plan.session = options.session;
    plan.resume = options.resume;
    return plan;
}

/// Typed, and what --sweep says of the same parameter is taken instead.
void warn_of_swept(const EvaluateOptions& options, const EvaluationPlan& plan, Console& console) {
    for (const SweepAxis& axis : plan.sweep) {
        if (options.stated.count("--" + axis.name) > 0) {
            console.lacking("--" + axis.name + " is not looked at: --sweep says which values are run");
        }
    }
}

/// Typed, but a run that goes on as it was does not look at it.
void warn_of_ignored(const EvaluateOptions& options, Console& console) {
    static const std::set<std::string> used = {"--resume", "--run", "--session", "--model", "--precision", "--device", "--beams", "--max-new-tokens",
                                               "--reference", "--reference-samples", "--reference-seed", "--embedding", "--threads", "--max-errors",
                                               "--cache-mb", "--report", "--out", "--table", "--force", "--allow-test", "--json", "--quiet", "--verbose", "--help"};
    std::string ignored;
    for (const std::string& option : options.stated) {
        ignored += used.count(option) == 0 ? (ignored.empty() ? "" : ", ") + option : "";
    }
    if (!ignored.empty()) {
        console.lacking("--resume without --eval keeps the run's own sets, methods and parameters: not looked at " + ignored);
    }
}

GroundSource ground_of(const EvaluateOptions& options) {
    GroundSource source;
    source.model = options.model.directory;
    source.precision = options.model.precision;
    source.device = options.model.device;
    source.beams = static_cast<int>(options.model.beams);
    source.max_new_tokens = static_cast<int>(options.model.max_new_tokens);
    source.reference = {options.reference.path, static_cast<std::size_t>(options.reference.candidates), static_cast<std::uint64_t>(options.reference.seed), 0, 0,
                        options.reference.embedding};
    return source;
}

Result<EvaluationPlan> plan_to_resume(EvaluateOptions& options, Console& console) {
    if (options.sets.empty()) {
        Result<EvaluationPlan> plan = plan_of_session(options.session, options.run);
        if (plan) {
            take_ground(plan->source, options.stated, options.model, options.reference);
            warn_of_ignored(options, console);
        }
        return plan;
    }
    Result<ResumedGround> there = ground_of_session(options.session, options.run);
    if (!there) {
        return there.error();
    }
    take_ground(there->source, options.stated, options.model, options.reference);
    Result<EvaluationPlan> plan = plan_of(options);
    if (plan) {
        plan->claim = std::move(there->claim);
    }
    return plan;
}

Result<Job> open_job(EvaluateOptions options, const std::string& program, Console& console, const CancelToken& cancel, const EvaluationChecks& checks) {
    Job job;
    R2T2_TRY(check_options(options));
    Result<EvaluationPlan> plan = options.resume ? plan_to_resume(options, console) : plan_of(options);
    if (!plan) {
        return plan.error();
    }
    job.plan = std::move(*plan);
    if (options.resume) {
        options.sets = job.plan.data.sets;
        options.data.directory = job.plan.data.benchmark.directory;
        R2T2_TRY(checks.outputs ? checks.outputs(options) : check_outputs(options));
    }
    warn_of_swept(options, job.plan, console);
    job.plan.source = ground_of(options);
    job.plan.threads = static_cast<int>(options.threads);
    job.plan.max_errors = options.max_errors;
    job.plan.command = program;
    Result<std::vector<SampleSetPtr>> sets = open_sample_sets(job.plan.data, console.progress(), cancel);
    if (!sets) {
        return sets.error();
    }
    job.sets = std::move(*sets);
    if (checks.sets) {
        R2T2_TRY(checks.sets(job.sets));
    }
    Result<std::shared_ptr<const Model>> model = open_model(options.model, console);
    if (!model) {
        return model.error();
    }
    R2T2_TRY(check_resumable(job.plan, *model, job.sets));
    Result<OpenedReference> reference =
        open_reference(options.reference, *model, static_cast<int>(options.threads),
                       static_cast<std::size_t>(options.cache_mb) << 20, console, cancel);
    if (!reference) {
        return reference.error();
    }
    job.ground = {std::move(*model), std::move(reference->set), reference->name};
    if (options.methods.empty() && !options.resume) {
        if (const std::string out = leave_out_unready(*job.ground.reference, job.plan.methods); !out.empty()) {
            console.note(out);
        }
    }
    R2T2_TRY(check_plan(job.plan, job.ground));
    if (job.plan.session.empty() && !options.no_session) {
        Result<std::filesystem::path> fresh = new_session_path(options.kind);
        if (!fresh) {
            return fresh.error();
        }
        job.plan.session = std::move(*fresh);
    }
    return job;
}

}  // namespace

Result<EvaluationRun> evaluation_job(const EvaluateOptions& options, const std::string& program, Console& console,
                                     const CancelToken& cancel, const EvaluationChecks& checks) {
    const auto start = std::chrono::steady_clock::now();
    const Result<Job> job = open_job(options, program, console, cancel, checks);
    if (!job) {
        return job.error();
    }
    EvaluationHooks hooks;
    hooks.progress = console.progress();
    hooks.cancel = cancel;
    Result<EvaluationRun> run = run_evaluation(job->plan, job->ground, job->sets, hooks);
    console.end_progress();
    if (run) {
        run->report.total_seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    }
    return run;
}

}  // namespace r2t2::cli
