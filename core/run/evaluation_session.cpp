#include "core/run/evaluation_session.h"

#include <algorithm>
#include <map>

#include "core/base/log.h"
#include "core/results/finished_samples.h"
#include "core/run/evaluation_run_info.h"
#include "core/run/parallel.h"
#include "core/run/portable_place.h"
#include "core/run/stored_data.h"
#include "core/run/stored_evaluation.h"
#include "core/run/stored_pictures.h"
#include "core/run/stored_prints.h"
#include "core/scoring/scoring_version.h"
#include "core/scoring/stored_key.h"
#include "core/session/session.h"

namespace r2t2 {

namespace {

std::string benchmark_of_set(const SampleSet& set) {
    const std::map<std::string, std::string> origin = set.origin();
    const auto found = origin.find("benchmark");
    return found == origin.end() ? std::string() : found->second;
}

class Recorder final : public SessionRecorder {
public:
    Recorder(std::filesystem::path path, SessionWriter writer, const EvaluationContext& context)
        : path_(std::move(path)), writer_(std::move(writer)), context_(context) {}

    Status add_run(std::int64_t run) {
        runs_.push_back(run);
        Result<std::set<SampleKey>> there = writer_.finished_keys(run);
        if (!there) {
            return there.error();
        }
        there_.push_back(std::move(*there));
        Result<std::set<SampleKey>> done = writer_.finished_keys(run, false);  // bad samples are tried again
        if (!done) {
            return done.error();
        }
        done_.push_back(std::move(*done));
        return {};
    }
    Status begin_runs(const Provenance& provenance, const std::vector<SampleSetPtr>& sets);
    /// Nothing is written before all that is stored of the runs was read.
    Status resume_runs(const std::vector<StoredRun>& stored, const std::vector<MendedData>& mended, SessionReader& reader, const Provenance& provenance,
                       const std::vector<SampleSetPtr>& sets, const ProgressCallback& progress, const CancelToken& cancel);
    Status record_problems(const Provenance& provenance, const std::vector<SampleSetPtr>& sets);
    void set_claim(RunClaimPtr claim) { claim_ = std::move(claim); }

    [[nodiscard]] const std::filesystem::path& path() const override { return path_; }
    [[nodiscard]] const std::vector<std::int64_t>& runs() const override { return runs_; }
    [[nodiscard]] double seconds() const override { return writer_.seconds_spent(); }
    [[nodiscard]] Result<std::optional<SampleOutcome>> earlier(const std::string& set, std::size_t index,
                                                               const std::string& id) override;
    [[nodiscard]] Status record(const std::string& set, std::size_t index, const SampleRun& run,
                                const SampleOutcome& outcome) override;
    [[nodiscard]] Status record_error(const std::string& set, std::size_t index, const std::string& id,
                                      const Error& error) override;
    [[nodiscard]] Status finish(const Evaluation& evaluation) override;

private:
    Status write_error(const SampleKey& id, const std::optional<StoredKey>& key, const Error& error);
    Status read_stored(std::int64_t run, SessionReader& reader, ProgressGate& gate, const CancelToken& cancel);
    Status store_mended(const std::vector<StoredRun>& stored, const std::vector<MendedData>& mended, const RunInfo& wanted);

    std::filesystem::path path_;
    RunClaimPtr claim_;  ///< as long as this writes
    SessionWriter writer_;
    std::vector<std::map<SampleKey, MethodOutcome>> stored_;  ///< of each run, only when resuming: what it has finished
    std::map<SampleKey, ClusterKey> belonging_;               ///< likewise, of its samples
    StoredPictures pictures_;                                 ///< likewise
    const EvaluationContext& context_;
    std::vector<std::int64_t> runs_;          ///< one a method
    std::vector<std::set<SampleKey>> done_;   ///< of each run, when it was opened
    std::vector<std::set<SampleKey>> there_;  ///< likewise, those that failed too
    std::map<std::string, SampleSetPtr> sets_;
};

Status Recorder::begin_runs(const Provenance& provenance, const std::vector<SampleSetPtr>& sets) {
    const auto settle = [&](std::int64_t first, std::vector<RunInfo>& infos) -> Status {
        const Result<std::string> name = free_evaluation_name(path_, first);
        if (!name) {
            return name.error();
        }
        for (std::size_t m = 0; m < context_.methods.size(); ++m) {
            infos.push_back(evaluation_run_info(context_, provenance, m, sets, *name));
        }
        Result<RunClaimPtr> claim = RunClaim::take(path_, first);
        if (!claim) {
            return claim.error();
        }
        claim_ = std::move(*claim);
        return {};
    };
    const Result<std::vector<std::int64_t>> runs = writer_.begin_runs(std::vector<RunInfo>(), settle);
    if (!runs) {
        return runs.error();
    }
    for (const std::int64_t run : *runs) {
        R2T2_TRY(add_run(run));
    }
    return record_problems(provenance, sets);
}

Status Recorder::record_problems(const Provenance& provenance, const std::vector<SampleSetPtr>& sets) {
    for (const SampleSetPtr& set : sets) {
        sets_[set->name()] = set;
        for (std::size_t p = 0; p < (provenance.shard.index == 0 ? set->problems().size() : 0); ++p) {
            const Error& problem = set->problems()[p];
            const std::optional<AnswerKey> lost = set->lost(p);
            // An older program took the place as it is, this machine's folders and all: its row is written again, not a second one.
            const bool as_before = !there_.empty() && there_.front().count({set->name(), problem.where}) > 0;
            R2T2_TRY(write_error({set->name(), as_before ? problem.where : portable_text(problem.where, *set)},
                                 lost ? std::optional(StoredKey{benchmark_of_set(*set), *lost}) : std::nullopt, portable(problem, *set)));
        }
    }
    return {};
}

/// Every finished sample, whole. A row that does not hold is named before anything is written: a run that was stored as finished stays so.
Status Recorder::read_stored(std::int64_t run, SessionReader& reader, ProgressGate& gate, const CancelToken& cancel) {
    std::map<SampleKey, MethodOutcome>& outcomes = stored_.emplace_back();
    return read_finished(reader, path_.string(), run, [&](const SampleRow& row, const StoredSample* sample) -> Status {
        if (cancel.cancelled()) {
            return cancelled();
        }
        if (sample != nullptr) {
            outcomes[row.info.id] = method_outcome(sample->trajectory);
            belonging_.try_emplace(row.info.id, cluster_key(row.info));
            pictures_.add(row.info);
        }
        gate.advance("run " + std::to_string(run));
        return {};
    });
}

/// From here on the runs are of the data as they are now: what is answered is the same in both.
Status Recorder::store_mended(const std::vector<StoredRun>& stored, const std::vector<MendedData>& mended, const RunInfo& wanted) {
    std::vector<RunData> changed;
    for (std::size_t m = 0; m < stored.size(); ++m) {
        if (mended[m].differs) {
            RunInfo info = with_data_of(stored[m].info, wanted);
            changed.push_back({stored[m].id, std::move(info.data_hash), std::move(info.config), mended[m].gone});
        }
    }
    if (changed.empty()) {
        return {};
    }
    tell_mended_data(mended, path_.string());
    return writer_.set_data(changed);
}

Status Recorder::resume_runs(const std::vector<StoredRun>& stored, const std::vector<MendedData>& mended, SessionReader& reader, const Provenance& provenance,
                             const std::vector<SampleSetPtr>& sets, const ProgressCallback& progress, const CancelToken& cancel) {
    const RunInfo wanted = evaluation_run_info(context_, provenance, 0, sets, {});
    warn_of_unknown_model(stored.front().info, wanted, path_.string());
    warn_of_unknown_data(stored.front().info, wanted, path_.string());
    warn_of_other_recommendation(stored.front().info, wanted, path_.string());
    std::int64_t total = 0;
    for (const StoredRun& run : stored) {
        total += run.samples;
    }
    ProgressGate gate(progress, "read stored samples", static_cast<std::size_t>(total));
    for (const StoredRun& run : stored) {
        R2T2_TRY(add_run(run.id));
        R2T2_TRY(read_stored(run.id, reader, gate, cancel));
    }
    if (!std::all_of(stored.begin(), stored.end(), [](const StoredRun& run) { return keeps_prints(run.info); })) {
        R2T2_TRY(pictures_.check(path_.string(), sets, context_.model->info(), progress, cancel));
    }
    const Result<OrphanRows> orphans = writer_.resume_runs(runs_);
    if (!orphans) {
        return orphans.error();
    }
    if (orphans->steps + orphans->neighbours > 0) {
        log_warning("session", path_.string() + ": " + std::to_string(orphans->steps) + " steps and " + std::to_string(orphans->neighbours) +
                                   " neighbours of samples whose rows are gone are removed; what the run lacks is run again");
    }
    R2T2_TRY(store_mended(stored, mended, wanted));
    return record_problems(provenance, sets);
}

Result<std::optional<SampleOutcome>> Recorder::earlier(const std::string& set, std::size_t, const std::string& id) {
    const SampleKey key{set, id};
    for (const std::set<SampleKey>& done : done_) {
        if (done.count(key) == 0) {
            return std::optional<SampleOutcome>();
        }
    }
    if (stored_.empty()) {
        return std::optional<SampleOutcome>();
    }
    SampleOutcome outcome;
    outcome.id = id;
    outcome.done = true;
    outcome.cluster = belonging_.at(key);
    for (const std::map<SampleKey, MethodOutcome>& stored : stored_) {
        outcome.methods.push_back(stored.at(key));
    }
    return std::optional<SampleOutcome>(std::move(outcome));
}

Status Recorder::record(const std::string& set, std::size_t, const SampleRun& run, const SampleOutcome& outcome) {
    SampleInfo info{{set, outcome.id}, run.sample.question, run.sample.image_path, std::nullopt};
    info.instruction = run.sample.input.instruction;
    info.suffix = run.sample.suffix;
    if (info.question.ends_with(run.sample.suffix)) {
        info.question.resize(info.question.size() - run.sample.suffix.size());
    } else {
        info.suffix = "";  // the question is all that was asked
    }
    info.scoring_version = kScoringVersion;
    if (!run.sample.input.image_key.empty()) {
        info.picture_hash = run.sample.input.image_key;
    }
    if (!run.sample.ground_truth.empty()) {
        info.ground_truth = run.sample.ground_truth;
    }
    if (run.sample.key) {
        info.scoring = stored_key_json({run.sample.benchmark, *run.sample.key});
    }
    const ReferenceNamer namer = [this](std::size_t index) {
        const ReferenceRecord& record = context_.reference->store().records()[index];
        return ReferenceName{record.set, record.id, record.routing, record.question, record.ground_truth, record.image_path};
    };
    std::vector<RunTrajectory> results;
    for (std::size_t m = 0; m < runs_.size(); ++m) {
        if (done_[m].count(info.id) == 0) {  // older programs wrote one method after the other
            results.push_back({runs_[m], &run.trajectories[m]});
        }
    }
    return writer_.write_sample(results, info, namer);
}

Status Recorder::record_error(const std::string& set, std::size_t index, const std::string& id, const Error& machines) {
    const auto known = sets_.find(set);
    const Error error = known == sets_.end() ? machines : portable(machines, *known->second);
    std::optional<StoredKey> stored;  // says whose group lacks it now
    if (known != sets_.end() && index < known->second->size() && known->second->id(index) == id) {
        if (const std::optional<AnswerKey> key = known->second->key(index)) {
            stored = {benchmark_of_set(*known->second), *key};
        }
    }
    return write_error({set, id}, stored, error);
}

Status Recorder::write_error(const SampleKey& id, const std::optional<StoredKey>& key, const Error& error) {
    for (std::size_t m = 0; m < runs_.size(); ++m) {
        SampleInfo info{id, {}, {}, std::nullopt};
        if (key) {
            info.scoring = stored_key_json(*key);
        }
        if (done_[m].count(info.id) == 0) {
            R2T2_TRY(writer_.record_error(runs_[m], info, error));
        }
    }
    return {};
}

Status Recorder::finish(const Evaluation& evaluation) {
    const RunState state = evaluation.interrupted       ? RunState::Cancelled
                           : evaluation.too_many_errors ? RunState::Failed
                                                        : RunState::Finished;
    for (const std::int64_t run : runs_) {
        R2T2_TRY(writer_.finish_run(run, state));
    }
    return {};
}

/// Of every run, what became of its data.
Result<std::vector<MendedData>> check_runs(const std::filesystem::path& path, const std::vector<StoredRun>& stored, const Provenance& provenance,
                                           const EvaluationContext& context, const std::vector<SampleSetPtr>& sets) {
    std::vector<MendedData> out;
    if (stored.size() != context.methods.size()) {
        return invalid_input(path.string(), "methods", std::to_string(context.methods.size()),
                             std::to_string(stored.size()) + ", as in the run that is resumed");
    }
    for (std::size_t m = 0; m < context.methods.size(); ++m) {
        const std::string where = path.string() + ": run " + std::to_string(stored[m].id);
        const RunInfo wanted = evaluation_run_info(context, provenance, m, sets, {});
        R2T2_TRY(check_same_run(stored[m].info, wanted, where));
        Result<MendedData> mended = check_stored_data(path, stored[m], wanted, sets, context.model->info(), {provenance.shard, context.side_by_side});
        if (!mended) {
            return mended.error();
        }
        out.push_back(std::move(*mended));
    }
    return out;
}

}  // namespace

Result<std::unique_ptr<SessionRecorder>> SessionRecorder::begin(const std::filesystem::path& path,
                                                                const Provenance& provenance,
                                                                const EvaluationContext& context,
                                                                const std::vector<SampleSetPtr>& sets) {
    Result<SessionWriter> writer = SessionWriter::open_or_create(path.string());
    if (!writer) {
        return writer.error();
    }
    auto recorder = std::make_unique<Recorder>(path, std::move(*writer), context);
    R2T2_TRY(recorder->begin_runs(provenance, sets));
    return std::unique_ptr<SessionRecorder>(std::move(recorder));
}

Result<RunClaimPtr> SessionRecorder::claim_same(const std::filesystem::path& path, const Provenance& provenance,
                                                const EvaluationContext& context, const std::vector<SampleSetPtr>& sets) {
    if (const Result<SessionWriter> writer = open_to_resume(path); !writer) {  // who may write plays back what a killed one left
        return writer.error();
    }
    const Result<std::vector<std::vector<StoredRun>>> evaluations = evaluations_to_resume(path);
    if (!evaluations) {
        return evaluations.error();
    }
    std::optional<Error> refused;
    for (auto each = evaluations->rbegin(); each != evaluations->rend(); ++each) {
        const Result<std::vector<MendedData>> same = check_runs(path, *each, provenance, context, sets);
        if (same) {
            return RunClaim::take(path, each->front().id);
        }
        refused = refused ? refused : std::optional(same.error());  // what differs from the last
    }
    return refused ? Result<RunClaimPtr>(*refused) : Result<RunClaimPtr>(RunClaimPtr());
}

Result<std::unique_ptr<SessionRecorder>> SessionRecorder::resume(const std::filesystem::path& path,
                                                                 const Provenance& provenance,
                                                                 const EvaluationContext& context,
                                                                 const std::vector<SampleSetPtr>& sets, RunClaimPtr claim,
                                                                 const ProgressCallback& progress, const CancelToken& cancel) {
    Result<SessionWriter> writer = open_to_resume(path);
    if (!writer) {
        return writer.error();
    }
    Result<SessionReader> reader = SessionReader::open(path.string());
    if (!reader) {
        return reader.error();
    }
    if (!claim) {
        Result<RunClaimPtr> same = claim_same(path, provenance, context, sets);
        if (!same) {
            return same.error();
        }
        if (*same == nullptr) {
            return begin(path, provenance, context, sets);
        }
        claim = std::move(*same);
    }
    const Result<std::vector<StoredRun>> runs = runs_to_resume(path, claim->first_run());
    if (!runs) {
        return runs.error();
    }
    const Result<std::vector<MendedData>> mended = check_runs(path, *runs, provenance, context, sets);
    if (!mended) {
        return mended.error();
    }
    auto recorder = std::make_unique<Recorder>(path, std::move(*writer), context);
    recorder->set_claim(std::move(claim));
    R2T2_TRY(recorder->resume_runs(*runs, *mended, *reader, provenance, sets, progress, cancel));
    return std::unique_ptr<SessionRecorder>(std::move(recorder));
}

}  // namespace r2t2
