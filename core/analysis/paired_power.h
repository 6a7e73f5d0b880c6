// Before a run: how large a paired difference has to be for sign_flip_test to find it, and how likely it finds one of a given size.
//
// A sample is mended (+1), harmed (-1) or neither (0). Of a difference delta = mended - harmed the discordance psi = mended + harmed follows from
// what is held: their ratio, or psi itself. Samples of a cluster change alike: their counts of mended, harmed and other ones are
// Dirichlet-multinomial (Mosimann 1962), whose intra-cluster correlation is the same for every pair. A cluster of s then has the variance
// s (psi - delta^2) (1 + (s - 1) correlation): that of a paired binary difference (Miettinen 1968, Connor 1987) times the design effect
// (Kish 1965). The power is that of the test itself, not of a textbook's: see PowerMethod. Right answers are shares, 0 .. 1.
// Thread rule: pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "core/analysis/clustered_pairs.h"

namespace r2t2 {

struct ClusterGroup {
    std::int64_t size = 1;   ///< samples of each
    std::int64_t count = 0;  ///< clusters
    bool operator==(const ClusterGroup&) const = default;
};

/// `samples` in `clusters` of sizes as equal as can be. 0 < clusters <= samples.
[[nodiscard]] std::vector<ClusterGroup> even_clusters(std::int64_t samples, std::int64_t clusters);

/// What is expected of a run.
struct PowerDesign {
    std::vector<ClusterGroup> clusters;
    double correlation = 1.0;           ///< of two samples of one cluster, 0 .. 1; nothing where every sample stands alone
    double base_right = 0.5;            ///< 0 .. 1
    std::optional<double> discordance;  ///< held where it is known, 0 .. 1; else the ratio is
    double harmed_per_mended = 0.25;    ///< 0 .. less than 1
    double alpha = 0.05;                ///< two-sided, of all comparisons together
    std::int64_t comparisons = 1;       ///< told together, by Holm: what alone differs has to have p <= alpha / comparisons

    [[nodiscard]] std::int64_t samples() const;
    [[nodiscard]] std::int64_t cluster_count() const;
    [[nodiscard]] double level() const { return alpha / static_cast<double>(comparisons); }
    /// 1 + (mean size, weighted by size, - 1) correlation.
    [[nodiscard]] double design_effect() const;
    /// As many of one size would say as much about a share if a cluster's samples were all alike: samples^2 / (sum of size^2). With fewer than
    /// kFewClusters the power leans on the form that is assumed for a cluster's counts.
    [[nodiscard]] double effective_clusters() const;
    /// With fewer clusters no p reaches level(): 2^(1 - clusters) is the least.
    [[nodiscard]] std::int64_t least_clusters() const;
};

/// Shares of all samples that a difference goes with. What is held gives way where base_right leaves no room: no more can be mended than are
/// wrong, none less than no sample harmed.
struct ExpectedChange {
    double harmed = 0.0;
    double mended = 0.0;
    [[nodiscard]] double discordance() const { return harmed + mended; }
};
/// `difference`: 0 .. 1 - base_right.
[[nodiscard]] ExpectedChange expected_change(const PowerDesign& design, double difference);

enum class PowerMethod {
    Exact,      ///< sum over what can come (every sample alone, or all of a cluster alike)
    Simulated,  ///< share of kPowerRuns drawn runs that sign_flip_test rejects; standard error 0.4 points at 80 %
    Normal      ///< more than kManyDiffering clusters are expected to differ
};
inline constexpr std::int64_t kPowerRuns = 10'000;
inline constexpr double kManyDiffering = 400.0;

struct Power {
    double value = 0.0;  ///< chance of p <= level() with more mended than harmed
    PowerMethod method = PowerMethod::Exact;
};
/// Of a true `difference`, 0 .. 1 - base_right. The same design has the same power: draws are seeded.
[[nodiscard]] Power detection_power(const PowerDesign& design, double difference);

enum class PowerLimit {
    None,
    TooFewClusters,  ///< fewer than least_clusters(): nothing can be found, however large
    NoRoom           ///< not even with every wrong answer mended
};
struct DetectableDifference {
    std::optional<double> difference;  ///< the smallest that is found with the power asked for; none: see `limit`
    PowerLimit limit = PowerLimit::None;
    Power power;            ///< there; of NoRoom: of the largest difference that there is
    ExpectedChange change;  ///< there
};
/// `power`: more than level() / 2, less than 1.
[[nodiscard]] DetectableDifference smallest_difference(const PowerDesign& design, double power = 0.8);

/// Of a sample's change, from clusters that were seen: the mean product of two samples of a cluster, less the mean's, over the variance; cut at
/// 0 and 1. None: no cluster has two samples, or nothing changed. `discordant`: samples that changed.
[[nodiscard]] std::optional<double> intra_cluster_correlation(std::span<const PairedCluster> clusters, std::int64_t discordant);

}  // namespace r2t2
