// The evaluation runner: every sample of every set under every method, one kept result a sample.
//
// Each sample is read, prepared and searched for once. Groups of neighbouring samples run side by side in merged batches;
// results do not depend on the number of threads, on the order of work or on interruptions. A bad sample is recorded and skipped. Thread rule: call from one thread.
#pragma once

#include <functional>

#include "core/base/pause.h"
#include "core/results/sample_clusters.h"
#include "core/run/evaluation_context.h"

namespace r2t2 {

/// One method on one sample, reduced to what the tables need.
struct MethodOutcome {
    Method method = Method::Base;
    std::vector<std::optional<bool>> correct;  ///< per step, step 0 = native; nullopt: not answered or truth unknown
    std::string answer;                        ///< the last step's
    double confidence = 0.0;
    double seconds = 0.0;
    RoutedModel::Passes passes;
    bool kept_base = false;  ///< no neighbour in the ball: the base answer stands

    [[nodiscard]] std::optional<bool> right() const { return correct.empty() ? std::nullopt : correct.back(); }
    bool operator==(const MethodOutcome& other) const;  ///< all but the seconds
};

struct SampleOutcome {
    std::string id;
    bool done = false;
    bool resumed = false;                ///< from an earlier part of the run
    bool elsewhere = false;              ///< another shard's
    std::vector<MethodOutcome> methods;  ///< one per context.methods
    std::optional<Error> error;          ///< recorded instead of results
    ClusterKey cluster;                  ///< which samples it belongs to
    double prepare_seconds = 0.0;
};

struct SetOutcome {
    std::string name;
    std::vector<SampleOutcome> samples;  ///< in the set's order; those not reached are not `done`
    std::vector<Error> problems;         ///< records left out when the set was read (told by shard 0)
    std::map<std::string, std::int64_t> left_out;  ///< good records that are not of the set's task, by reason
};

struct Evaluation {
    std::vector<SetOutcome> sets;
    std::int64_t done = 0;
    std::int64_t errors = 0;       ///< bad samples and records left out
    bool interrupted = false;      ///< cancelled by the user
    bool too_many_errors = false;  ///< more than max_errors
    double seconds = 0.0;          ///< wall clock of the sample loop
};

/// Where results go as they come. Called under a lock, one sample at a time, in any order.
class OutcomeRecorder {
public:
    virtual ~OutcomeRecorder() = default;
    /// What is already there of this sample.
    [[nodiscard]] virtual Result<std::optional<SampleOutcome>> earlier(const std::string& set, std::size_t index,
                                                                       const std::string& id) = 0;
    /// One committed row.
    [[nodiscard]] virtual Status record(const std::string& set, std::size_t index, const SampleRun& run,
                                        const SampleOutcome& outcome) = 0;
    [[nodiscard]] virtual Status record_error(const std::string& set, std::size_t index, const std::string& id,
                                              const Error& error) = 0;
};

/// Part `index` of `count` equal parts of an evaluation, for several machines: every count-th group of samples.
struct Shard {
    std::size_t index = 0;
    std::size_t count = 1;
    /// `group`: of side_by_side neighbouring samples, counted over all sets.
    [[nodiscard]] bool has_group(std::size_t group) const { return group % count == index; }
    bool operator==(const Shard&) const = default;
};
inline constexpr std::size_t kMostShards = 10000;
/// "2/4" = the third of four. Error: not of this form, index not below count.
[[nodiscard]] Result<Shard> parse_shard(const std::string& text);
[[nodiscard]] std::string to_string(const Shard& shard);

struct EvaluationOptions {
    int threads = 0;               ///< 0 = as many as the machine has
    std::int64_t max_errors = -1;  ///< stop after more bad samples than this; -1 = never
    Shard shard{};
    const PauseSwitch* pause = nullptr;  ///< looked at between groups of samples: those in hand are finished
    /// Every sample that is done, those of an earlier part first. Called under the recorder's lock.
    std::function<void(std::size_t set, std::size_t index, const SampleOutcome& outcome)> on_outcome{};
};

[[nodiscard]] MethodOutcome method_outcome(const Trajectory& trajectory);

/// Looks at the token once a step of a method; a cancelled run returns what is done. `recorder` may be null.
/// Errors: bad options or parameters, a recorder that fails (the run cannot keep its promises then).
[[nodiscard]] Result<Evaluation> evaluate(const EvaluationContext& context, const std::vector<SampleSetPtr>& sets,
                                          const EvaluationOptions& options, OutcomeRecorder* recorder,
                                          const ProgressCallback& progress, const CancelToken& cancel);

}  // namespace r2t2
