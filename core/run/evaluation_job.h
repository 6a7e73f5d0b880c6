// One evaluation from a plan to a report and a session: what `r2t2 evaluate` and the benchmark page both call.
//
// Thread rule: call from one thread; it blocks. Hooks are called on worker threads, one at a time.
#pragma once

#include <optional>

#include "core/run/evaluation_report.h"
#include "core/run/evaluation_session.h"
#include "core/run/open_reference.h"

namespace r2t2 {

/// What to run on a model and a reference set that are open.
struct EvaluationPlan {
    SampleChoice data;                  ///< what the sets were opened by
    std::vector<MethodParams> methods;  ///< base first: method_list(), then swept()
    std::vector<SweepAxis> sweep;       ///< what they were spread over, for tables
    ScoringRule scoring = ScoringRule::Exact;
    std::uint64_t seed = 1;             ///< random neighbours and controls
    int threads = 0;                    ///< 0 = as many as the machine has
    std::size_t side_by_side = 4;
    std::int64_t max_errors = -1;
    Shard shard;
    std::filesystem::path session;      ///< empty: nothing is kept
    bool resume = false;                ///< go on with an evaluation of the session
    RunClaimPtr claim;                  ///< on that evaluation; null: the last that was asked to do the same
    bool own_candidates = false;        ///< the samples are those that the reference set was drawn from: that some are references is no news
    GroundSource source;                ///< how the ground was opened; kept with the run
    std::string command;                ///< the command line that does the same
};

struct EvaluationHooks {
    ProgressCallback progress;
    CancelToken cancel;
    const PauseSwitch* pause = nullptr;
    /// Before the first sample: the numbers of the session's runs, one per method (none without a session), and
    /// which samples are references too.
    std::function<void(const std::vector<std::int64_t>& runs, const ReferenceOverlap& overlap)> on_start;
    std::function<void(std::size_t set, std::size_t index, const SampleOutcome& outcome)> on_outcome;
};

struct EvaluationRun {
    EvaluationReport report;
    Evaluation evaluation;
    std::vector<std::int64_t> runs;  ///< of the session, one per method
    bool last_evaluation = true;     ///< of the session, when this ended
};

/// A model and its reference set as a plan needs them.
struct EvaluationGround {
    std::shared_ptr<const Model> model;
    ReferenceSetPtr reference;
    std::string reference_name;
};

/// What an evaluation of the session (that of `run`, else the last) was asked to do, for going on with it: `resume`, `session`,
/// `claim` and `source` are set, threads, max_errors and command are the defaults. Errors: the session's; no evaluation there; one
/// of an older program that did not keep what is needed; another program is writing it.
[[nodiscard]] Result<EvaluationPlan> plan_of_session(const std::filesystem::path& session, std::optional<std::int64_t> run = {});

/// What an evaluation of the session (that of `run`, else the last) stands on; defaults where there are no runs. With `run` its
/// evaluation is claimed. Errors: the session's; no such run; another program is writing it.
struct ResumedGround {
    GroundSource source;
    RunClaimPtr claim;
};
[[nodiscard]] Result<ResumedGround> ground_of_session(const std::filesystem::path& session, std::optional<std::int64_t> run);

/// The command that goes on with it, as a shell reads it: "r2t2 evaluate --resume --session 'my runs.sqlite'".
[[nodiscard]] std::string resume_command(const std::filesystem::path& session, const EvaluationRun& run);

/// Where `plan` resumes, there is an evaluation (the claimed one) that it can go on with, as far as that is known before a reference set is
/// opened: the model with its precision, samples, methods, parameters, seed. To be asked before anything is computed.
[[nodiscard]] Status check_resumable(const EvaluationPlan& plan, const std::shared_ptr<const Model>& model, const std::vector<SampleSetPtr>& sets);

/// Methods, controls and ranges that can be checked before anything is computed. Errors as check_context.
[[nodiscard]] Status check_plan(const EvaluationPlan& plan, const EvaluationGround& ground);

/// Fits the controls (a resumed run takes those it was begun with), runs, writes the session. Errors as their parts.
/// A run that was interrupted or stopped for bad samples is a report that says so; its session can be resumed.
[[nodiscard]] Result<EvaluationRun> run_evaluation(const EvaluationPlan& plan, const EvaluationGround& ground,
                                                   const std::vector<SampleSetPtr>& sets, const EvaluationHooks& hooks);

}  // namespace r2t2
