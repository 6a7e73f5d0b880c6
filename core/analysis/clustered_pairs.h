// Paired right-or-wrong results of samples that belong together: rotations of one question, questions about one picture.
//
// What belongs together is drawn and flipped together; a sample alone is a cluster of one. Results do not depend on the order of the clusters,
// and exchanging A and B changes signs only.
// Sources: cluster bootstrap (Davison and Hinkley 1997, 3.8); sign-flip (randomisation) test of paired differences (Fisher 1935, section 21).
// Thread rule: pure functions.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/analysis/statistics.h"

namespace r2t2 {

struct PairedCluster {
    std::int64_t difference = 0;  ///< samples that B alone has right less those that A alone has
    std::int64_t size = 1;        ///< samples
    auto operator<=>(const PairedCluster&) const = default;
};

/// One sample under A and B.
struct PairedSample {
    std::size_t cluster = 0;  ///< its number
    bool a = false, b = false;  ///< right
};
/// The same by cluster, in the order of their numbers.
struct ClusteredPairs {
    std::vector<PairedCluster> difference, right_a, right_b;
    std::int64_t only_a = 0, only_b = 0;  ///< samples
    [[nodiscard]] std::int64_t clusters() const { return static_cast<std::int64_t>(difference.size()); }
};
[[nodiscard]] ClusteredPairs clustered_pairs(std::span<const PairedSample> samples);

/// Fewer than these cover less than they say: simulated 95 % intervals of 10 clusters hold the truth in about 89 %, of 100 in about 94 %.
inline constexpr std::int64_t kFewClusters = 20;

/// Two-sided p of "A and B are alike": every cluster's difference has either sign with equal chances. Exact, by convolution; for clusters of one
/// it is the exact McNemar test. Without a cluster that differs: 1.
[[nodiscard]] double sign_flip_test(std::span<const PairedCluster> clusters);

/// Holm's step-down correction (Holm 1979) of p values told together, in their order: the chance that any of them is as small where nothing differs
/// is at most what stands there. NaN is no test: it stays and counts for nothing.
[[nodiscard]] std::vector<double> holm_adjusted(std::span<const double> p);

/// Where an interval comes from.
enum class IntervalKind {
    Exact,      ///< the bootstrap's own distribution, without drawing: clusters of one size
    Bootstrap,  ///< drawn
    Score       ///< all clusters differ alike (per sample), so that there is nothing to draw: Tango's score interval with clusters for pairs
};

/// "exact bootstrap", "bootstrap", "score": the spelling in JSON.
[[nodiscard]] const char* interval_name(IntervalKind kind);

struct ClusteredEstimate {
    Estimate difference;  ///< B - A per sample, percentile interval; NaN without clusters
    IntervalKind kind = IntervalKind::Exact;
};
[[nodiscard]] ClusteredEstimate clustered_difference(std::span<const PairedCluster> clusters, const BootstrapOptions& options = {});

/// Of the difference B - A per sample, linearised for clusters of different sizes: sqrt(C / (C - 1) sum_c (d_c - D n_c)^2) / N (Cochran 1977, 6.4).
/// NaN for fewer than two clusters.
[[nodiscard]] double clustered_standard_error(std::span<const PairedCluster> clusters);

/// Of a share `right` of samples in clusters (`difference` counts those that are right, 0 .. size). Clusters of one: Wilson's interval. Where all
/// clusters agree, or are all alike, Wilson's with clusters for trials.
[[nodiscard]] Interval clustered_share(std::span<const PairedCluster> clusters, const BootstrapOptions& options = {});

}  // namespace r2t2
