#include "core/analysis/clustered_pairs.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "core/base/random.h"

namespace r2t2 {

namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kNothing = 1e-40;  ///< what is less likely is left out at both ends of a distribution

/// A distribution over whole numbers `first`, first + 1, ...
struct Lattice {
    std::int64_t first = 0;
    std::vector<double> mass{1.0};

    void trim() {
        std::size_t begin = 0, end = mass.size();
        while (begin + 1 < end && mass[begin] < kNothing) {
            ++begin;
        }
        while (end > begin + 1 && mass[end - 1] < kNothing) {
            --end;
        }
        mass = std::vector<double>(mass.begin() + static_cast<std::ptrdiff_t>(begin), mass.begin() + static_cast<std::ptrdiff_t>(end));
        first += static_cast<std::int64_t>(begin);
    }
};

Lattice sum_of(const Lattice& a, const Lattice& b) {
    Lattice out{a.first + b.first, std::vector<double>(a.mass.size() + b.mass.size() - 1, 0.0)};
    for (std::size_t i = 0; i < a.mass.size(); ++i) {
        if (a.mass[i] > 0.0) {
            for (std::size_t j = 0; j < b.mass.size(); ++j) {
                out.mass[i + j] += a.mass[i] * b.mass[j];
            }
        }
    }
    out.trim();
    return out;
}

/// Of the sum of `count` independent draws.
Lattice times(Lattice one, std::int64_t count) {
    Lattice out;
    for (; count > 0; count /= 2) {
        if (count % 2 == 1) {
            out = sum_of(out, one);
        }
        if (count > 1) {
            one = sum_of(one, one);
        }
    }
    return out;
}

/// Per sample: then any draw of them has the same mean, whatever their sizes are.
bool all_alike(std::span<const PairedCluster> clusters) {
    const PairedCluster& first = clusters.front();
    return std::all_of(clusters.begin(), clusters.end(), [&](const PairedCluster& each) { return each.difference * first.size == first.difference * each.size; });
}
bool one_size(std::span<const PairedCluster> clusters) {
    return std::all_of(clusters.begin(), clusters.end(), [&](const PairedCluster& each) { return each.size == clusters.front().size; });
}

std::vector<PairedCluster> exchanged(std::vector<PairedCluster> clusters) {
    for (PairedCluster& each : clusters) {
        each.difference = -each.difference;
    }
    std::sort(clusters.begin(), clusters.end());
    return clusters;
}

/// The least interval outside of which either side has at most half of what is left of the confidence: exchanging the signs exchanges its ends.
Interval quantiles(const Lattice& sums, double confidence) {
    const double tail = 0.5 * (1.0 - confidence) * (1.0 + 1e-9);
    std::size_t low = 0, high = sums.mass.size() - 1;
    for (double left = sums.mass[low]; left <= tail && low < high; left += sums.mass[++low]) {
    }
    for (double right = sums.mass[high]; right <= tail && high > low; right += sums.mass[--high]) {
    }
    return {static_cast<double>(sums.first + static_cast<std::int64_t>(low)), static_cast<double>(sums.first + static_cast<std::int64_t>(high))};
}

Interval exact_interval(std::span<const PairedCluster> clusters, double confidence) {
    const auto [least, most] = std::minmax_element(clusters.begin(), clusters.end(), [](const PairedCluster& a, const PairedCluster& b) { return a.difference < b.difference; });
    Lattice one{least->difference, std::vector<double>(static_cast<std::size_t>(most->difference - least->difference + 1), 0.0)};
    for (const PairedCluster& each : clusters) {
        one.mass[static_cast<std::size_t>(each.difference - one.first)] += 1.0 / static_cast<double>(clusters.size());
    }
    const Interval sums = quantiles(times(std::move(one), static_cast<std::int64_t>(clusters.size())), confidence);
    const double samples = static_cast<double>(clusters.size()) * static_cast<double>(clusters.front().size);
    return {sums.low / samples, sums.high / samples};
}

Interval drawn_interval(const std::vector<PairedCluster>& clusters, const BootstrapOptions& options) {
    auto random = RandomStream::fork(options.seed, "clustered bootstrap");
    std::vector<double> draws(static_cast<std::size_t>(options.resamples));
    for (double& value : draws) {
        std::int64_t difference = 0, size = 0;
        for (std::size_t i = 0; i < clusters.size(); ++i) {
            const PairedCluster& drawn = clusters[static_cast<std::size_t>(random.below(static_cast<std::int64_t>(clusters.size())))];
            difference += drawn.difference;
            size += drawn.size;
        }
        value = static_cast<double>(difference) / static_cast<double>(size);
    }
    std::sort(draws.begin(), draws.end());
    const double tail = 0.5 * (1.0 - options.confidence);
    return {sorted_quantile(draws, tail), sorted_quantile(draws, 1.0 - tail)};
}

/// Percentiles of sum(difference) / sum(size) over drawn clusters.
ClusteredEstimate resampled(std::span<const PairedCluster> clusters, const BootstrapOptions& options) {
    std::int64_t difference = 0, size = 0;
    for (const PairedCluster& each : clusters) {
        difference += each.difference;
        size += each.size;
    }
    const double value = static_cast<double>(difference) / static_cast<double>(size);
    if (one_size(clusters)) {
        const Interval exact = exact_interval(clusters, options.confidence);
        return {{value, exact.low, exact.high}, IntervalKind::Exact};
    }
    // The same draws, whatever the order of the clusters is and whichever run is called A.
    std::vector<PairedCluster> sorted(clusters.begin(), clusters.end());
    std::sort(sorted.begin(), sorted.end());
    std::vector<PairedCluster> other = exchanged(sorted);
    if (difference < 0 || (difference == 0 && other < sorted)) {
        const Interval drawn = drawn_interval(other, options);
        return {{value, -drawn.high, -drawn.low}, IntervalKind::Bootstrap};
    }
    const Interval drawn = drawn_interval(sorted, options);
    return {{value, drawn.low, drawn.high}, IntervalKind::Bootstrap};
}

}  // namespace

const char* interval_name(IntervalKind kind) { return kind == IntervalKind::Exact ? "exact bootstrap" : kind == IntervalKind::Bootstrap ? "bootstrap" : "score"; }

ClusteredPairs clustered_pairs(std::span<const PairedSample> samples) {
    struct Together {
        std::int64_t a = 0, b = 0, size = 0;
    };
    std::map<std::size_t, Together> found;
    ClusteredPairs out;
    for (const PairedSample& sample : samples) {
        Together& cluster = found[sample.cluster];
        ++cluster.size;
        cluster.a += sample.a ? 1 : 0;
        cluster.b += sample.b ? 1 : 0;
        out.only_a += sample.a && !sample.b ? 1 : 0;
        out.only_b += sample.b && !sample.a ? 1 : 0;
    }
    for (const auto& [number, cluster] : found) {
        out.difference.push_back({cluster.b - cluster.a, cluster.size});
        out.right_a.push_back({cluster.a, cluster.size});
        out.right_b.push_back({cluster.b, cluster.size});
    }
    return out;
}

double sign_flip_test(std::span<const PairedCluster> clusters) {
    std::map<std::int64_t, std::int64_t> counts;  // clusters that differ by so much, in either direction
    std::int64_t sum = 0, only_a = 0, only_b = 0;
    for (const PairedCluster& each : clusters) {
        sum += each.difference;
        only_a += each.difference < 0 ? 1 : 0;
        only_b += each.difference > 0 ? 1 : 0;
        if (each.difference != 0) {
            ++counts[std::abs(each.difference)];
        }
    }
    if (counts.size() < 2) {
        return mcnemar_exact(only_a, only_b);
    }
    Lattice sums;
    for (const auto& [by, count] : counts) {
        Lattice one{-by, std::vector<double>(static_cast<std::size_t>(2 * by + 1), 0.0)};
        one.mass.front() = one.mass.back() = 0.5;
        sums = sum_of(sums, times(std::move(one), count));
    }
    double p = 0.0;
    for (std::size_t i = 0; i < sums.mass.size(); ++i) {
        p += std::abs(sums.first + static_cast<std::int64_t>(i)) >= std::abs(sum) ? sums.mass[i] : 0.0;
    }
    return std::min(1.0, p);
}

std::vector<double> holm_adjusted(std::span<const double> p) {
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < p.size(); ++i) {
        if (!std::isnan(p[i])) {
            order.push_back(i);
        }
    }
    std::sort(order.begin(), order.end(), [p](std::size_t a, std::size_t b) { return p[a] < p[b]; });
    std::vector<double> out(p.begin(), p.end());
    double above = 0.0;  // none is less than one before it
    for (std::size_t rank = 0; rank < order.size(); ++rank) {
        above = std::max(above, std::min(1.0, static_cast<double>(order.size() - rank) * p[order[rank]]));
        out[order[rank]] = above;
    }
    return out;
}

ClusteredEstimate clustered_difference(std::span<const PairedCluster> clusters, const BootstrapOptions& options) {
    if (clusters.empty()) {
        return {{kNaN, kNaN, kNaN}, IntervalKind::Exact};
    }
    const PairedCluster& first = clusters.front();
    if (!all_alike(clusters)) {
        return resampled(clusters, options);
    }
    const auto count = static_cast<std::int64_t>(clusters.size());
    const double part = first.difference == 0 ? 1.0 : std::abs(static_cast<double>(first.difference)) / static_cast<double>(first.size);
    const Interval score = paired_score_interval(first.difference < 0 ? count : 0, first.difference > 0 ? count : 0, count, options.confidence);
    return {{static_cast<double>(first.difference) / static_cast<double>(first.size), part * score.low, part * score.high}, IntervalKind::Score};
}

double clustered_standard_error(std::span<const PairedCluster> clusters) {
    if (clusters.size() < 2) {
        return kNaN;
    }
    double difference = 0.0, samples = 0.0, squares = 0.0;
    for (const PairedCluster& each : clusters) {
        difference += static_cast<double>(each.difference);
        samples += static_cast<double>(each.size);
    }
    for (const PairedCluster& each : clusters) {
        const double off = static_cast<double>(each.difference) - difference / samples * static_cast<double>(each.size);
        squares += off * off;
    }
    const auto count = static_cast<double>(clusters.size());
    return std::sqrt(count / (count - 1.0) * squares) / samples;
}

Interval clustered_share(std::span<const PairedCluster> clusters, const BootstrapOptions& options) {
    std::int64_t right = 0, samples = 0;
    for (const PairedCluster& each : clusters) {
        right += each.difference;
        samples += each.size;
    }
    const auto count = static_cast<std::int64_t>(clusters.size());
    if (count == samples) {
        return wilson_interval(right, samples, options.confidence);
    }
    if (right == 0 || right == samples) {
        return wilson_interval(right == 0 ? 0 : count, count, options.confidence);
    }
    if (all_alike(clusters)) {  // as many trials as clusters; their share of right ones, to the nearest
        const double share = static_cast<double>(right) / static_cast<double>(samples);
        return wilson_interval(std::llround(share * static_cast<double>(count)), count, options.confidence);
    }
    const Estimate drawn = resampled(clusters, options).difference;
    return {drawn.low, drawn.high};
}

}  // namespace r2t2
