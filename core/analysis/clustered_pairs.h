// Paired right-or-wrong results of samples that belong together: rotations of one question, questions about one picture.
//
// What belongs together is drawn and flipped together; a sample alone is a cluster of one. Results do not depend on the order of the clusters,
// and exchanging A and B changes signs only.
// Sources: cluster bootstrap (Davison and Hinkley 1997, 3.8), its percentiles taken further out where clusters are few (Hesterberg 2015, "expanded
// percentile interval"); sign-flip (randomisation) test of paired differences (Fisher 1935, section 21).
// Thread rule: pure functions.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/analysis/statistics.h"

namespace r2t2 {

struct PairedCluster {
    std::int64_t difference = 0;  ///< samples that B alone has right less those that A alone has; of fractions their sum, B less A, in kWorthUnits
    std::int64_t size = 1;        ///< samples; of fractions samples * kWorthUnits
    auto operator<=>(const PairedCluster&) const = default;
};

/// A sample's worth in whole numbers: every fraction of tenths, thirds, sevenths ... is one exactly, others to 1/5040.
inline constexpr std::int64_t kWorthUnits = 2520;

/// One sample under A and B.
struct PairedSample {
    std::size_t cluster = 0;  ///< its number
    bool a = false, b = false;  ///< right
};
/// The same by cluster, in the order of their numbers; of fractions `right_a`, `right_b` are what the answers are worth.
struct ClusteredPairs {
    std::vector<PairedCluster> difference, right_a, right_b;
    std::int64_t only_a = 0, only_b = 0;  ///< samples
    [[nodiscard]] std::int64_t clusters() const { return static_cast<std::int64_t>(difference.size()); }
};
[[nodiscard]] ClusteredPairs clustered_pairs(std::span<const PairedSample> samples);

/// Fewer than these may cover less than they say: simulated 95 % intervals of 6 to 19 clusters hold the truth in 89 % to 97 %.
inline constexpr std::int64_t kFewClusters = 20;
/// Of fewer no test of their signs can be below 0.05 (2^-4 is 0.0625), and a bootstrap of them holds the truth in as little as 58 %.
inline constexpr std::int64_t kLeastClusters = 6;

/// Two-sided p of "A and B are alike": every cluster's difference has either sign with equal chances. Exact, by convolution; for clusters of one
/// it is the exact McNemar test. Without a cluster that differs: 1. Of more than some 600
/// that differ by fractions of many sizes it is the normal limit, which a p of 0.05 there is within 0.1 % of.
[[nodiscard]] double sign_flip_test(std::span<const PairedCluster> clusters);

/// Holm's step-down correction (Holm 1979) of p values told together, in their order: the chance that any of them is as small where nothing differs
/// is at most what stands there. NaN is no test: it stays and counts for nothing.
[[nodiscard]] std::vector<double> holm_adjusted(std::span<const double> p);

/// Where an interval comes from.
enum class IntervalKind {
    Exact,      ///< the bootstrap's own distribution, without drawing: clusters of one size
    Bootstrap,  ///< drawn
    Score,      ///< all clusters differ alike (per sample), so that there is nothing to draw, or fewer than kLeastClusters samples that stand alone:
                ///< Tango's score interval, with clusters for pairs; see clustered_difference
    Bounded     ///< fewer than kLeastClusters clusters: what a mean of so few numbers between -1 and 1 can be (conservative)
};

/// "exact bootstrap", "bootstrap", "score", "bounded mean": the spelling in JSON.
[[nodiscard]] const char* interval_name(IntervalKind kind);
/// Behind it in a text: "*" a score interval, "^" a bounded mean, else nothing.
[[nodiscard]] const char* interval_mark(IntervalKind kind);

struct ClusteredEstimate {
    Estimate difference;  ///< B - A per sample; NaN without clusters
    IntervalKind kind = IntervalKind::Exact;
};
/// Score interval of `count` clusters that all differ by v: that as much as q of them differ by -1 or by 1 instead is not seen in so few, q = z^2 / (count + z^2)
/// (Wilson's of none): [v - q (1 + v), v + q (1 - v)], which is Tango's for v = -1, 0, 1. Bounded: Wilson's interval of the share (1 + v) / 2 with
/// clusters for trials, since no variance is larger.
[[nodiscard]] ClusteredEstimate clustered_difference(std::span<const PairedCluster> clusters, const BootstrapOptions& options = {});

/// Of the difference B - A per sample, linearised for clusters of different sizes: sqrt(C / (C - 1) sum_c (d_c - D n_c)^2) / N (Cochran 1977, 6.4).
/// NaN for fewer than two clusters.
[[nodiscard]] double clustered_standard_error(std::span<const PairedCluster> clusters);

/// Of a share `right` of samples in clusters (`difference` counts those that are right, 0 .. size). Clusters of one: Wilson's interval. Where all
/// clusters agree, are all alike, or are fewer than kLeastClusters, Wilson's with clusters for trials.
[[nodiscard]] Interval clustered_share(std::span<const PairedCluster> clusters, const BootstrapOptions& options = {});

}  // namespace r2t2
