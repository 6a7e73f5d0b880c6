#include "core/run/evaluation.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <mutex>

#include "core/run/lockstep_model.h"
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
    /// Neighbouring samples of one set that run side by side. Groups do not depend on what is done already, so that
    /// an interrupted run gives the same bits as one that was not.
    struct Group {
        std::size_t set = 0;
        std::size_t first = 0;
        std::size_t count = 0;
    };
    [[nodiscard]] Status collect_earlier();
    [[nodiscard]] bool ours(std::size_t index);
    void make_groups();
    void tell(Place place) const;
    [[nodiscard]] bool work(const Group& group, ProgressGate& gate);
    [[nodiscard]] Result<SampleRun> run_one(const RoutedModel& model, Result<ReadySample>& ready) const;
    [[nodiscard]] bool close(Place place, const Result<SampleRun>& run);
    [[nodiscard]] bool keep(Place place, SampleOutcome outcome, const SampleRun* run);

    const EvaluationContext& context_;
    const std::vector<SampleSetPtr>& sets_;
    const EvaluationOptions& options_;
    OutcomeRecorder* recorder_;
    const CancelToken& cancel_;

    std::mutex mutex_;
    Evaluation evaluation_;
    std::vector<std::vector<bool>> missing_;  ///< by set and sample
    std::vector<Group> groups_;
    std::size_t all_groups_ = 0;  ///< of every shard, so far
    std::optional<Error> failure_;  ///< of the recorder
};

/// Shards take turns by groups, counted through all sets.
bool Runner::ours(std::size_t index) {
    const std::size_t size = std::max<std::size_t>(context_.side_by_side, 1);
    return options_.shard.has_group(all_groups_ + index / size);
}

void Runner::tell(Place place) const {
    if (options_.on_outcome) {
        options_.on_outcome(place.set, place.index, evaluation_.sets[place.set].samples[place.index]);
    }
}

Status Runner::collect_earlier() {
    const std::size_t group = std::max<std::size_t>(context_.side_by_side, 1);
    for (std::size_t s = 0; s < sets_.size(); ++s) {
        SetOutcome set{sets_[s]->name(), std::vector<SampleOutcome>(sets_[s]->size()), {}, {}};
        if (options_.shard.index == 0) {
            set.problems = sets_[s]->problems();
        }
        set.left_out = sets_[s]->left_out();
        evaluation_.errors += static_cast<std::int64_t>(set.problems.size());
        missing_.emplace_back(set.samples.size(), false);
        for (std::size_t i = 0; i < set.samples.size(); ++i) {
            set.samples[i].id = sets_[s]->id(i);
            set.samples[i].elsewhere = !ours(i);
            if (set.samples[i].elsewhere) {
                continue;
            }
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
            missing_[s][i] = true;
        }
        all_groups_ += (set.samples.size() + group - 1) / group;
        evaluation_.sets.push_back(std::move(set));
        for (std::size_t i = 0; i < evaluation_.sets[s].samples.size(); ++i) {
            if (evaluation_.sets[s].samples[i].done) {
                tell({s, i});
            }
        }
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
    tell(place);
    evaluation_.too_many_errors = options_.max_errors >= 0 && evaluation_.errors > options_.max_errors;
    return !evaluation_.too_many_errors;
}

void Runner::make_groups() {
    const std::size_t size = std::max<std::size_t>(context_.side_by_side, 1);
    for (std::size_t s = 0; s < missing_.size(); ++s) {
        for (std::size_t first = 0; first < missing_[s].size(); first += size) {
            const std::size_t count = std::min(size, missing_[s].size() - first);
            const auto begin = missing_[s].begin() + static_cast<std::ptrdiff_t>(first);
            if (std::find(begin, begin + static_cast<std::ptrdiff_t>(count), true) != begin + static_cast<std::ptrdiff_t>(count)) {
                groups_.push_back({s, first, count});
            }
        }
    }
}

/// Where a sample went wrong; an error of `ready` passes through.
Result<SampleRun> Runner::run_one(const RoutedModel& model, Result<ReadySample>& ready) const {
    if (!ready) {
        return ready.error();
    }
    return run_methods(context_, model, std::move(*ready), cancel_);
}

bool Runner::work(const Group& group, ProgressGate& gate) {
    if (options_.pause != nullptr) {
        options_.pause->wait(cancel_);
    }
    const SampleSet& set = *sets_[group.set];
    std::vector<Result<ReadySample>> ready;
    for (std::size_t i = group.first; i < group.first + group.count; ++i) {
        if (cancel_.cancelled()) {
            return false;
        }
        Result<RunSample> sample = set.get(i, context_.model->info());
        ready.push_back(sample ? make_ready(context_, std::move(*sample), set.name(), i)
                               : Result<ReadySample>(sample.error()));
    }
    std::vector<Result<SampleRun>> runs(group.count, Result<SampleRun>(cancelled()));
    run_in_lockstep(*context_.model, group.count,
                    [&](const RoutedModel& model, std::size_t i) { runs[i] = run_one(model, ready[i]); });
    bool go_on = true;
    for (std::size_t i = 0; i < group.count && go_on; ++i) {
        if (missing_[group.set][group.first + i]) {
            go_on = close({group.set, group.first + i}, runs[i]);
            gate.advance(set.name());
        }
    }
    return go_on;
}

/// Keeps what a sample came to; false: stop.
bool Runner::close(Place place, const Result<SampleRun>& run) {
    const SampleSet& set = *sets_[place.set];
    SampleOutcome outcome;
    outcome.id = set.id(place.index);
    if (!run) {
        if (run.error().kind == ErrorKind::Cancelled) {
            return false;
        }
        outcome.error = run.error().inside(set.name() + ": sample " + outcome.id);
        return keep(place, std::move(outcome), nullptr);
    }
    outcome.prepare_seconds = run->prepare_seconds;
    outcome.cluster = cluster_key(set.name(), run->sample.key ? run->sample.key->group : std::string(), run->sample.input.image_key, run->sample.image_path);
    for (const Trajectory& trajectory : run->trajectories) {
        outcome.methods.push_back(method_outcome(trajectory));
    }
    return keep(place, std::move(outcome), &*run);
}

Result<Evaluation> Runner::run(const ProgressCallback& progress) {
    const auto start = std::chrono::steady_clock::now();
    R2T2_TRY(collect_earlier());
    evaluation_.too_many_errors = options_.max_errors >= 0 && evaluation_.errors > options_.max_errors;
    if (!evaluation_.too_many_errors) {
        make_groups();
        std::size_t total = 0;
        for (const SetOutcome& set : evaluation_.sets) {
            total += static_cast<std::size_t>(std::count_if(set.samples.begin(), set.samples.end(),
                                                            [](const SampleOutcome& sample) { return !sample.elsewhere; }));
        }
        ProgressGate gate(progress, "evaluate", total, static_cast<std::size_t>(evaluation_.done));
        parallel_for(groups_.size(), options_.threads, cancel_, [&](std::size_t i) {
            context_.model->work_side_by_side(true);
            return work(groups_[i], gate);
        });
        context_.model->work_side_by_side(false);
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
    outcome.kept_base = trajectory.neighbourhood.empty() && method_row(trajectory.method).neighbours != NeighbourNeed::None;
    return outcome;
}

Result<Shard> parse_shard(const std::string& text) {
    Shard shard;
    const char* end = text.data() + text.size();
    const auto index = std::from_chars(text.data(), end, shard.index);
    if (index.ec == std::errc() && index.ptr != end && *index.ptr == '/') {
        const auto count = std::from_chars(index.ptr + 1, end, shard.count);
        if (count.ec == std::errc() && count.ptr == end && shard.index < shard.count && shard.count <= kMostShards) {
            return shard;
        }
    }
    return invalid_input("options", "--shard", "\"" + text + "\"",
                         "INDEX/COUNT with INDEX from 0 below COUNT and COUNT up to " + std::to_string(kMostShards) + ": 0/4, 1/4, 2/4, 3/4");
}

std::string to_string(const Shard& shard) { return std::to_string(shard.index) + "/" + std::to_string(shard.count); }

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
