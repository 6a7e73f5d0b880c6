#include "core/run/reference_refiner.h"

#include <map>

#include "core/routing/method_params_json.h"
#include "core/run/stored_evaluation.h"
#include "core/session/session_reader.h"

namespace r2t2 {

namespace {

EvaluationPlan plan_of(const SampleChoice& choice, const RefineOptions& options) {
    EvaluationPlan plan;
    plan.data = choice;
    MethodParams shared = options.descent;
    shared.granularity = Granularity::Shared;
    plan.methods = method_list(shared, {Method::Oracle});
    if (options.per_mixer) {
        MethodParams per_mixer = plan.methods.back();
        per_mixer.granularity = Granularity::PerMixer;
        plan.methods.push_back(per_mixer);
    }
    plan.scoring = options.build.scoring;
    plan.threads = options.threads;
    plan.side_by_side = options.side_by_side;
    plan.shard = options.shard;
    plan.session = options.session;
    std::error_code code;
    plan.resume = std::filesystem::exists(options.session, code);
    plan.own_candidates = true;
    plan.source = options.source;
    plan.command = options.command;
    return plan;
}

/// Where the descents of one granularity ended.
struct Ends {
    const StoredRun* shared = nullptr;
    const StoredRun* per_mixer = nullptr;
};

/// The oracle's runs of the last evaluation.
Result<Ends> oracle_runs(const std::vector<StoredRun>& runs, const std::string& where) {
    Ends ends;
    for (const StoredRun& run : runs) {
        if (run.info.method == to_string(Method::Oracle)) {
            (ends.shared == nullptr ? ends.shared : ends.per_mixer) = &run;
        }
    }
    if (ends.shared == nullptr) {
        return invalid_input(where, "runs", "no oracle among them", "a session that r2t2 reference refine wrote");
    }
    return ends;
}

using ByKey = std::map<std::string, std::int64_t>;  ///< a candidate's id: its row

Result<ByKey> rows_by_key(SessionReader& session, const StoredRun& run) {
    const Result<std::vector<SampleRow>> rows = session.samples(run.id);
    if (!rows) {
        return rows.error();
    }
    ByKey out;
    for (const SampleRow& row : *rows) {
        out[row.info.id.key] = row.id;
    }
    return out;
}

Result<std::optional<RefinedCandidate>> candidate_of(SessionReader& session, std::int64_t row, RoutingMode& mode) {
    const Result<StoredSample> stored = session.sample(row);
    if (!stored) {
        return stored.error();
    }
    if (!stored->row.error.empty()) {
        return std::optional<RefinedCandidate>();
    }
    const TrajectoryStep& base = stored->trajectory.base();
    const TrajectoryStep& end = stored->trajectory.result();
    mode = stored->trajectory.mode;
    RefinedCandidate out;
    out.base_answer = base.answer ? base.answer->text : std::string();
    out.base_right = base.correct.value_or(false);
    out.refined.routing = end.weights;
    out.refined.is_correct = end.correct.value_or(false);
    return std::optional(std::move(out));
}

}  // namespace

Result<Evaluation> descend_on_candidates(const EvaluationGround& ground, const SampleSetPtr& candidates, const SampleChoice& choice,
                                         const RefineOptions& options, const ProgressCallback& progress, const CancelToken& cancel) {
    EvaluationHooks hooks;
    hooks.progress = progress;
    hooks.cancel = cancel;
    Result<EvaluationRun> run = run_evaluation(plan_of(choice, options), ground, {candidates}, hooks);
    if (!run) {
        return run.error();
    }
    return std::move(run->evaluation);
}

Result<ReferenceBuild> collect_refined(const EvaluationGround& ground, const SampleSetPtr& candidates, const RefineOptions& options,
                                       const ProgressCallback& progress, const CancelToken& cancel) {
    const std::string where = options.session.string();
    const Result<std::vector<StoredRun>> runs = runs_to_resume(options.session);
    if (!runs) {
        return runs.error();
    }
    const Result<Ends> ends = oracle_runs(*runs, where);
    if (!ends) {
        return ends.error();
    }
    Result<SessionReader> session = SessionReader::open(where);
    if (!session) {
        return session.error();
    }
    const Result<ByKey> shared = rows_by_key(*session, *ends->shared);
    if (!shared) {
        return shared.error();
    }
    const Result<ByKey> per_mixer = ends->per_mixer ? rows_by_key(*session, *ends->per_mixer) : Result<ByKey>(ByKey());
    if (!per_mixer) {
        return per_mixer.error();
    }
    ReferenceBuildOptions build = options.build;
    build.notes[kRefinedByNote] = to_string(Method::Oracle);
    build.notes[kRefinedWithNote] = method_params_json(evaluation_params(method_list(options.descent, {Method::Oracle}).back()));
    const ReferenceStore& native = ground.reference->store();
    build.native = &native;
    std::map<std::string, const ReferenceRecord*> known;  // what the set says of its own records stands, whatever this machine's last digits say
    for (const ReferenceRecord& record : native.records()) {
        known.emplace(record.id, &record);
    }
    std::vector<Error> failed;
    std::size_t missing = 0;
    for (std::size_t i = 0; i < candidates->size(); ++i) {
        const std::string id = candidates->id(i);
        const auto row = shared->find(id);
        if (row == shared->end()) {
            ++missing;
            continue;
        }
        Result<std::optional<RefinedCandidate>> candidate = candidate_of(*session, row->second, build.refined_mode);
        if (!candidate) {
            return candidate.error().inside(where);
        }
        if (!*candidate) {
            failed.push_back(invalid_input(candidates->name() + ": sample " + id, "descent", "it failed, as the session says", "a sample that can be read and run"));
        } else if (const auto rows = per_mixer->find(id); rows != per_mixer->end()) {
            const Result<StoredSample> end = session->sample(rows->second);
            if (!end) {
                return end.error().inside(where);
            }
            (*candidate)->refined.routing_per_mixer = end->trajectory.result().weights;
        }
        if (const auto record = known.find(id); *candidate && record != known.end()) {
            (*candidate)->base_right = record->second->is_correct;
            (*candidate)->base_answer = record->second->model_answer;
        }
        build.refined.push_back(std::move(*candidate));
    }
    if (missing > 0) {
        return invalid_input(where, "samples", std::to_string(candidates->size() - missing) + " of " + std::to_string(candidates->size()) + " candidates",
                             "all of them: the other shards' sessions, merged (r2t2 merge)");
    }
    Result<ReferenceBuild> built = build_reference(*ground.model, *candidates, build, progress, cancel);
    if (built) {
        built->problems.insert(built->problems.end(), failed.begin(), failed.end());
    }
    return built;
}

std::filesystem::path descents_of(const std::filesystem::path& output) { return output.string() + ".descents.sqlite"; }

void remove_descents(const std::filesystem::path& session) {
    std::error_code code;
    for (const char* suffix : {"", "-wal", "-shm"}) {
        std::filesystem::remove(session.string() + suffix, code);
    }
}

}  // namespace r2t2
