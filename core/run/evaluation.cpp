#include "core/run/evaluation.h"

#include <chrono>
#include <mutex>

#include "core/run/parallel.h"

namespace r2t2 {

namespace {

class Runner {
public:
    Runner(const EvaluationContext& context, const std::vector<SampleSetPtr>& sets, const EvaluationOptions& options,
           OutcomeRecorder* recorder, const CancelToken& cancel)
        : context_(context), sets_(sets), options_(options), recorder_(recorder), cancel_(cancel) {}

    Result<Evaluation> run(const ProgressCallback& progress);

private:
    struct Place {
        std::size_t set = 0;
        std::size_t index = 0;
    };
    [[nodiscard]] Status collect_earlier();
    [[nodiscard]] bool work(Place place, ProgressGate& gate);
    [[nodiscard]] bool keep(Place place, SampleOutcome outcome, const SampleRun* run);

    const EvaluationContext& context_;
    const std::vector<SampleSetPtr>& sets_;
    const EvaluationOptions& options_;
    OutcomeRecorder* recorder_;
    const CancelToken& cancel_;

    std::mutex mutex_;
    Evaluation evaluation_;
    std::vector<Place> left_;
    std::optional<Error> failure_;  ///< of the recorder
};

Status Runner::collect_earlier() {
    for (std::size_t s = 0; s < sets_.size(); ++s) {
        SetOutcome set{sets_[s]->name(), std::vector<SampleOutcome>(sets_[s]->size()), sets_[s]->problems()};
        evaluation_.errors += static_cast<std::int64_t>(set.problems.size());
        for (std::size_t i = 0; i < set.samples.size(); ++i) {
            set.samples[i].id = sets_[s]->id(i);
            if (recorder_ != nullptr) {
                Result<std::optional<SampleOutcome>> earlier = recorder_->earlier(set.name, i, set.samples[i].id);
                if (!earlier) {
                    return earlier.error();
                }
                if (*earlier) {
                    set.samples[i] = std::move(**earlier);
                    set.samples[i].resumed = true;
                    evaluation_.errors += set.samples[i].error ? 1 : 0;
                    ++evaluation_.done;
                    continue;
                }
            }
            left_.push_back({s, i});
        }
        evaluation_.sets.push_back(std::move(set));
    }
    return {};
}

bool Runner::keep(Place place, SampleOutcome outcome, const SampleRun* run) {
    const std::lock_guard lock(mutex_);
    const std::string& set = evaluation_.sets[place.set].name;
    if (recorder_ != nullptr) {
        const Status kept = outcome.error ? recorder_->record_error(set, place.index, outcome.id, *outcome.error)
                                          : recorder_->record(set, place.index, *run, outcome);
        if (!kept) {
            failure_ = kept.error();
            return false;
        }
    }
    outcome.done = true;
    evaluation_.errors += outcome.error ? 1 : 0;
    ++evaluation_.done;
    evaluation_.sets[place.set].samples[place.index] = std::move(outcome);
    evaluation_.too_many_errors = options_.max_errors >= 0 && evaluation_.errors > options_.max_errors;
    return !evaluation_.too_many_errors;
}

bool Runner::work(Place place, ProgressGate& gate) {
    const SampleSet& set = *sets_[place.set];
    SampleOutcome outcome;
    outcome.id = set.id(place.index);
    std::optional<SampleRun> done;
    Result<RunSample> sample = set.get(place.index, context_.model->info());
    if (sample) {
        Result<SampleRun> run = run_sample(context_, std::move(*sample), set.name(), place.index, cancel_);
        if (run) {
            done = std::move(*run);
        } else {
            outcome.error = run.error();
        }
    } else {
        outcome.error = sample.error();
    }
    if (outcome.error && outcome.error->kind == ErrorKind::Cancelled) {
        return false;
    }
    if (outcome.error) {
        outcome.error = outcome.error->inside(set.name() + ": sample " + outcome.id);
    } else {
        outcome.prepare_seconds = done->prepare_seconds;
        for (const Trajectory& trajectory : done->trajectories) {
            outcome.methods.push_back(method_outcome(trajectory));
        }
    }
    const bool go_on = keep(place, std::move(outcome), done ? &*done : nullptr);
    gate.advance(set.name());
    return go_on;
}

Result<Evaluation> Runner::run(const ProgressCallback& progress) {
    const auto start = std::chrono::steady_clock::now();
    R2T2_TRY(collect_earlier());
    evaluation_.too_many_errors = options_.max_errors >= 0 && evaluation_.errors > options_.max_errors;
    if (!evaluation_.too_many_errors) {
        const auto done = static_cast<std::size_t>(evaluation_.done);
        ProgressGate gate(progress, "evaluate", left_.size() + done, done);
        parallel_for(left_.size(), options_.threads, cancel_, [&](std::size_t i) { return work(left_[i], gate); });
    }
    if (failure_) {
        return *failure_;
    }
    evaluation_.interrupted = cancel_.cancelled();
    evaluation_.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    return std::move(evaluation_);
}

}  // namespace

bool MethodOutcome::operator==(const MethodOutcome& other) const {
    return method == other.method && correct == other.correct && answer == other.answer &&
           confidence == other.confidence && passes.forward == other.passes.forward &&
           passes.backward == other.passes.backward && kept_base == other.kept_base;
}

MethodOutcome method_outcome(const Trajectory& trajectory) {
    MethodOutcome outcome;
    outcome.method = trajectory.method;
    for (const TrajectoryStep& step : trajectory.steps) {
        outcome.correct.push_back(step.correct);
    }
    if (trajectory.result().answer) {
        outcome.answer = trajectory.result().answer->text;
        outcome.confidence = trajectory.result().answer->confidence;
    }
    outcome.seconds = trajectory.seconds;
    outcome.passes = trajectory.passes;
    outcome.kept_base = uses_neighbours(trajectory.method) && trajectory.neighbourhood.empty();
    return outcome;
}

Result<Evaluation> evaluate(const EvaluationContext& context, const std::vector<SampleSetPtr>& sets,
                            const EvaluationOptions& options, OutcomeRecorder* recorder,
                            const ProgressCallback& progress, const CancelToken& cancel) {
    R2T2_TRY(check_context(context));
    if (sets.empty()) {
        return invalid_input("evaluation", "sets", "none", "at least one evaluation set");
    }
    return Runner(context, sets, options, recorder, cancel).run(progress);
}

}  // namespace r2t2
