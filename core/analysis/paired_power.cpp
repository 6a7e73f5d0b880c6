#include "core/analysis/paired_power.h"

#include <algorithm>
#include <cmath>

#include "core/analysis/cluster_draws.h"

namespace r2t2 {

namespace {

double normal_share(double z) { return 0.5 * std::erfc(-z / std::sqrt(2.0)); }

/// P(X = k), X ~ Binomial(n, p), 0 < p < 1.
double binomial_mass(std::int64_t n, double p, std::int64_t k) {
    const double dn = static_cast<double>(n), dk = static_cast<double>(k);
    return std::exp(std::lgamma(dn + 1.0) - std::lgamma(dk + 1.0) - std::lgamma(dn - dk + 1.0) + dk * std::log(p) + (dn - dk) * std::log1p(-p));
}

/// P(X >= least).
double binomial_tail(std::int64_t n, double p, std::int64_t least) {
    if (least > n || p <= 0.0) {
        return least <= 0 ? 1.0 : 0.0;
    }
    if (least <= 0 || p >= 1.0) {
        return 1.0;
    }
    const double odds = p / (1.0 - p);
    const bool above = static_cast<double>(least) > static_cast<double>(n) * p;  // sum the side whose terms fall from its edge on
    std::int64_t k = above ? least : least - 1;
    double term = binomial_mass(n, p, k), sum = term;
    while (term > 1e-18 * sum && (above ? k < n : k > 0)) {
        term *= above ? odds * static_cast<double>(n - k) / static_cast<double>(k + 1) : static_cast<double>(k) / (odds * static_cast<double>(n - k + 1));
        sum += term;
        k += above ? 1 : -1;
    }
    return above ? sum : 1.0 - sum;
}

/// Of McNemar's exact test: over the number of discordant units, then over how many of them are mended.
double exact_power(std::int64_t units, const ExpectedChange& change, double level) {
    const double discordance = std::min(1.0, change.discordance());
    if (discordance <= 0.0) {
        return 0.0;
    }
    const double mended = change.mended / change.discordance();
    const double mean = static_cast<double>(units) * discordance;
    const double reach = 9.0 * std::sqrt(mean * (1.0 - discordance)) + 25.0;
    const auto first = static_cast<std::int64_t>(std::max(0.0, std::floor(mean - reach)));
    const auto last = std::min(units, static_cast<std::int64_t>(std::ceil(mean + reach)));
    double power = 0.0;
    std::int64_t least = first / 2;  // mended ones that are enough; it never falls while the units become more
    for (std::int64_t differ = first; differ <= last; ++differ) {
        while (least <= differ && (2 * least <= differ || mcnemar_exact(differ - least, least) > level)) {
            ++least;
        }
        if (least <= differ) {
            const double mass = discordance >= 1.0 ? (differ == units ? 1.0 : 0.0) : binomial_mass(units, discordance, differ);
            power += mass * binomial_tail(differ, mended, least);
        }
    }
    return std::min(1.0, power);
}

/// Sums of signed clusters have the variance sum of E[D^2] under the test's null, and their own around the mean. Half of the least step, which the
/// test's discreteness costs, is 1.
double normal_power(const PowerDesign& design, const ExpectedChange& change, double difference) {
    double variance = 0.0, flipped = 0.0, mean = 0.0;
    for (const ClusterGroup& group : design.clusters) {
        const double size = static_cast<double>(group.size), count = static_cast<double>(group.count);
        const double own = size * (change.discordance() - difference * difference) * (1.0 + (size - 1.0) * design.correlation);
        variance += count * own;
        flipped += count * (own + size * size * difference * difference);
        mean += count * size * difference;
    }
    if (variance <= 0.0) {
        return mean > 0.0 ? 1.0 : 0.0;
    }
    return normal_share((mean - 1.0 + normal_quantile(0.5 * design.level()) * std::sqrt(flipped)) / std::sqrt(variance));
}

bool all_alone(const PowerDesign& design) {
    return std::all_of(design.clusters.begin(), design.clusters.end(), [](const ClusterGroup& group) { return group.size == 1 || group.count == 0; });
}
bool one_size(const PowerDesign& design) {
    return std::all_of(design.clusters.begin(), design.clusters.end(), [&](const ClusterGroup& group) { return group.size == design.clusters.front().size; });
}

/// The least difference of [low, high] at which `power_at` reaches `power`, to a five-hundredth of itself. It does at `high`.
template <typename PowerAt>
double least_reaching(double low, double high, double power, PowerAt power_at) {
    while (high - low > 0.002 * high) {
        const double middle = 0.5 * (low + high);
        (power_at(middle) >= power ? high : low) = middle;
    }
    return high;
}

}  // namespace

std::vector<ClusterGroup> even_clusters(std::int64_t samples, std::int64_t clusters) {
    const std::int64_t size = samples / clusters, larger = samples % clusters;
    std::vector<ClusterGroup> out{{size, clusters - larger}};
    if (larger > 0) {
        out.push_back({size + 1, larger});
    }
    return out;
}

std::int64_t PowerDesign::samples() const {
    std::int64_t sum = 0;
    for (const ClusterGroup& group : clusters) {
        sum += group.size * group.count;
    }
    return sum;
}

std::int64_t PowerDesign::cluster_count() const {
    std::int64_t sum = 0;
    for (const ClusterGroup& group : clusters) {
        sum += group.count;
    }
    return sum;
}

double PowerDesign::effective_clusters() const {
    double squares = 0.0;
    for (const ClusterGroup& group : clusters) {
        squares += static_cast<double>(group.size) * static_cast<double>(group.size) * static_cast<double>(group.count);
    }
    const double all = static_cast<double>(samples());
    return squares > 0.0 ? all * all / squares : 0.0;
}

double PowerDesign::design_effect() const {
    const double effective = effective_clusters();
    return effective > 0.0 ? 1.0 + (static_cast<double>(samples()) / effective - 1.0) * correlation : 1.0;
}

std::int64_t PowerDesign::least_clusters() const {
    std::int64_t count = 1;
    while (std::ldexp(1.0, static_cast<int>(1 - count)) > level()) {
        ++count;
    }
    return count;
}

ExpectedChange expected_change(const PowerDesign& design, double difference) {
    const double held = design.discordance ? 0.5 * (*design.discordance - difference) : difference * design.harmed_per_mended / (1.0 - design.harmed_per_mended);
    const double room = std::min(design.base_right, 1.0 - design.base_right - difference);
    const double harmed = std::max(0.0, std::min(held, room));
    return {harmed, harmed + difference};
}

Power detection_power(const PowerDesign& design, double difference) {
    const ExpectedChange change = expected_change(design, difference);
    if (design.cluster_count() < design.least_clusters()) {
        return {0.0, PowerMethod::Exact};
    }
    if (all_alone(design) || (design.correlation >= 1.0 && one_size(design))) {
        return {exact_power(design.cluster_count(), change, design.level()), PowerMethod::Exact};
    }
    const ClusterDraws draws(design, change);
    if (draws.differing() > kManyDiffering) {
        return {normal_power(design, change, difference), PowerMethod::Normal};
    }
    return {draws.rejected_share(design.level(), kPowerRuns), PowerMethod::Simulated};
}

DetectableDifference smallest_difference(const PowerDesign& design, double power) {
    DetectableDifference out;
    const double most = 1.0 - design.base_right;
    if (design.cluster_count() < design.least_clusters()) {
        out.limit = PowerLimit::TooFewClusters;
        return out;
    }
    const auto told = [&](double difference) { return detection_power(design, difference).value; };
    if (most <= 0.0 || told(most) < power) {
        out.limit = PowerLimit::NoRoom;
        out.power = detection_power(design, std::max(0.0, most));
        out.change = expected_change(design, std::max(0.0, most));
        return out;
    }
    // The normal approximation says where to look: each look at the test itself may be 10,000 runs.
    const double guess = least_reaching(0.0, most, power, [&](double at) { return normal_power(design, expected_change(design, at), at); });
    double low = 0.8 * guess, high = std::min(most, 1.25 * guess);
    while (told(low) >= power) {
        high = low;
        low *= 0.5;
    }
    while (high < most && told(high) < power) {
        low = high;
        high = std::min(most, 1.5 * high);
    }
    out.difference = least_reaching(low, high, power, told);
    out.power = detection_power(design, *out.difference);
    out.change = expected_change(design, *out.difference);
    return out;
}

std::optional<double> intra_cluster_correlation(std::span<const PairedCluster> clusters, std::int64_t discordant) {
    double samples = 0.0, sum = 0.0, pairs = 0.0;
    for (const PairedCluster& each : clusters) {
        const double size = static_cast<double>(each.size);
        samples += size;
        sum += static_cast<double>(each.difference);
        pairs += size * (size - 1.0);
    }
    const double mean = samples > 0.0 ? sum / samples : 0.0;
    const double variance = samples > 0.0 ? static_cast<double>(discordant) / samples - mean * mean : 0.0;
    if (pairs <= 0.0 || variance <= 0.0) {
        return std::nullopt;
    }
    double products = -static_cast<double>(discordant);  // of two different samples: (sum of d)^2 less the sum of d^2
    for (const PairedCluster& each : clusters) {
        const double size = static_cast<double>(each.size), difference = static_cast<double>(each.difference);
        products += difference * difference - 2.0 * mean * (size - 1.0) * difference + size * (size - 1.0) * mean * mean;
    }
    return std::clamp(products / (pairs * variance), 0.0, 1.0);
}

}  // namespace r2t2
