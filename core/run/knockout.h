// Knock-outs: what an answer owes to an expert, by taking the expert away. Cause, where a weight is correlation only.
//
//   silence  its weight is kept, its output is nothing (the token that passes by it passes on)
//   block    its weight is nothing, the others' grow in proportion
//   force    its weight is 1, the others' nothing
// of one mixer, or of all at once, under the model's own routing. Silence is ModelInput::loudness, the others offsets of kFarOffset on the gate logits,
// which are a weight of 0 or 1 to the last bit of a float.
// Over a set: the change of the truth's loss and of right answers, with intervals and tests by clusters of samples (Cochran 1977, 6.4; sign
// flips), corrected by Holm for all that were tried together. Units: loss in nats, shares 0 .. 1. Thread rule: call from one thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/analysis/clustered_pairs.h"
#include "core/base/cancel.h"
#include "core/base/progress.h"
#include "core/model/engine.h"
#include "core/results/sample_clusters.h"
#include "core/run/sample_set.h"
#include "core/scoring/scoring.h"

namespace r2t2 {

enum class KnockKind { Silence, Block, Force };
[[nodiscard]] std::string to_string(KnockKind kind);
[[nodiscard]] Result<KnockKind> parse_knock_kind(const std::string& text);

struct Knock {
    KnockKind kind = KnockKind::Silence;
    std::optional<std::size_t> mixer;  ///< none: all of them
    std::size_t expert = 0;            ///< column of the routing space
    bool operator==(const Knock&) const = default;
};
/// Every expert in every mixer, then in all at once (where there are several), for each kind.
[[nodiscard]] std::vector<Knock> all_knocks(const RoutingSpace& space, const std::vector<KnockKind>& kinds);
/// "mixer 1", "all mixers".
[[nodiscard]] std::string mixer_text(const Knock& knock);

inline constexpr double kFarOffset = 200.0;  ///< exp(-200) is no float32
inline constexpr double kNoChange = 1e-6;    ///< nats: less is the order of sums, and counts as nothing (or it would be significant where nothing else happens)

/// One sample under one knock, or as it is.
struct KnockedSample {
    std::string answer;
    double confidence = 0.0;
    std::optional<double> loss;  ///< of the truth, where it is known
    std::optional<bool> right;
};
struct SampleKnocks {
    KnockedSample base;
    std::vector<KnockedSample> knocked;  ///< one a knock
};
/// Errors: the sample's, the model's, Cancelled.
[[nodiscard]] Result<SampleKnocks> knock_sample(const Model& model, const RunSample& sample, const std::vector<Knock>& knocks, ScoringRule scoring,
                                                const CancelToken& cancel);

struct KnockEffect {
    Knock knock;
    Estimate loss;               ///< mean change, 95 %; NaN without two clusters
    double loss_p = 1.0;         ///< two-sided, Student's t over clusters
    double loss_holm = 1.0;      ///< corrected for all effects of the report
    Estimate right;              ///< change of the share of right answers, 95 %
    IntervalKind right_kind = IntervalKind::Exact;
    double right_p = 1.0;        ///< sign flips of clusters
    double right_holm = 1.0;
    std::int64_t changed = 0;    ///< answers that are others than before
    std::int64_t lost = 0, won = 0;  ///< right before only, right after only
};

struct KnockoutOptions {
    std::vector<KnockKind> kinds = {KnockKind::Silence, KnockKind::Block, KnockKind::Force};
    ScoringRule scoring = ScoringRule::Exact;
    int threads = 0;
};

struct KnockoutReport {
    std::vector<std::string> sets;
    std::int64_t samples = 0;   ///< that were run and have a truth: all numbers are of these
    std::int64_t clusters = 0;
    std::int64_t without_truth = 0;
    std::vector<Error> problems;  ///< samples that are in no number
    double base_loss = 0.0, base_right = 0.0;  ///< means
    std::vector<KnockEffect> effects;
    double seconds = 0.0;
};

/// Errors: no sample with a truth, Cancelled (looked at once a sample).
[[nodiscard]] Result<KnockoutReport> run_knockout(const Model& model, const std::vector<SampleSetPtr>& sets, const KnockoutOptions& options,
                                                  const ProgressCallback& progress, const CancelToken& cancel);

/// Mean change of loss over samples in clusters and its 95 % interval: linearised standard error, Student's t with C - 1 degrees of freedom; `p`
/// of "no change". All changes alike: no width, p 1 where they are 0, else 0. Fewer than two clusters: NaN.
struct MeanChange {
    Estimate change;
    double p = 1.0;
};
[[nodiscard]] MeanChange clustered_mean_change(const std::vector<double>& changes, const std::vector<std::size_t>& clusters);

}  // namespace r2t2
