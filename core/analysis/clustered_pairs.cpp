#include "core/analysis/clustered_pairs.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>
#include <optional>

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
bool stand_alone(std::span<const PairedCluster> clusters) {
    return std::all_of(clusters.begin(), clusters.end(), [](const PairedCluster& each) { return each.size == 1; });
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

/// What a percentile interval of `count` draws leaves out on either side so that it is as wide as Student's t would have it: less than half of
/// what is left of the confidence, since a bootstrap of few is too narrow (Hesterberg 2015).
double expanded_tail(double confidence, std::size_t count) {
    const double n = static_cast<double>(std::max<std::size_t>(count, 2));
    const double t = student_t_quantile(0.5 + 0.5 * confidence, n - 1.0);
    return 0.5 * std::erfc(std::sqrt(n / (n - 1.0)) * t / std::sqrt(2.0));
}

/// The least interval outside of which either side has at most `tail`: exchanging the signs exchanges its ends.
Interval quantiles(const Lattice& sums, double tail) {
    tail *= 1.0 + 1e-9;
    std::size_t low = 0, high = sums.mass.size() - 1;
    for (double left = sums.mass[low]; left <= tail && low < high; left += sums.mass[++low]) {
    }
    for (double right = sums.mass[high]; right <= tail && high > low; right += sums.mass[--high]) {
    }
    return {static_cast<double>(sums.first + static_cast<std::int64_t>(low)), static_cast<double>(sums.first + static_cast<std::int64_t>(high))};
}

/// What all differences are multiples of; 1 where nothing differs.
std::int64_t common_step(std::span<const PairedCluster> clusters) {
    std::int64_t step = 0;
    for (const PairedCluster& each : clusters) {
        step = std::gcd(step, each.difference);
    }
    return std::max<std::int64_t>(step, 1);
}

constexpr double kWidestLattice = 10'000.0;  ///< range of one draw times the root of their number: seconds of work at most

/// None: clusters of different sizes, or of too many different numbers.
std::optional<Interval> exact_interval(std::span<const PairedCluster> clusters, double confidence) {
    const auto [least, most] = std::minmax_element(clusters.begin(), clusters.end(), [](const PairedCluster& a, const PairedCluster& b) { return a.difference < b.difference; });
    const std::int64_t step = common_step(clusters), first = least->difference / step, range = most->difference / step - first;
    if (!one_size(clusters) || static_cast<double>(range) * std::sqrt(static_cast<double>(clusters.size())) > kWidestLattice) {
        return std::nullopt;
    }
    Lattice one{first, std::vector<double>(static_cast<std::size_t>(range + 1), 0.0)};
    for (const PairedCluster& each : clusters) {
        one.mass[static_cast<std::size_t>(each.difference / step - first)] += 1.0 / static_cast<double>(clusters.size());
    }
    const Interval sums = quantiles(times(std::move(one), static_cast<std::int64_t>(clusters.size())), expanded_tail(confidence, clusters.size()));
    const double samples = static_cast<double>(clusters.size()) * static_cast<double>(clusters.front().size) / static_cast<double>(step);
    return Interval{sums.low / samples, sums.high / samples};
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
    const double tail = expanded_tail(options.confidence, clusters.size());
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
    if (const std::optional<Interval> exact = exact_interval(clusters, options.confidence)) {
        return {{value, exact->low, exact->high}, IntervalKind::Exact};
    }
    // The same draws, whatever the order of the clusters is and whichever run is called A.
    std::vector<PairedCluster> sorted(clusters.begin(), clusters.end());
    std::sort(sorted.begin(), sorted.end());
    std::vector<PairedCluster> other = exchanged(sorted);
    if (difference < 0 || (difference == 0 && other < sorted)) {
        const Interval drawn = drawn_interval(other, options);
        return {{value, 0.0 - drawn.high, 0.0 - drawn.low}, IntervalKind::Bootstrap};  // no -0.0
    }
    const Interval drawn = drawn_interval(sorted, options);
    return {{value, drawn.low, drawn.high}, IntervalKind::Bootstrap};
}

/// Wilson's of a share that need not be a whole number of trials.
Interval wilson_of_share(double share, double trials, double confidence) {
    const double z = normal_quantile(0.5 + 0.5 * confidence), spread = z * z / trials;
    const double centre = (share + 0.5 * spread) / (1.0 + spread);
    const double half = std::sqrt(std::max(0.0, share * (1.0 - share)) * spread + 0.25 * spread * spread) / (1.0 + spread);
    return {std::max(0.0, centre - half), std::min(1.0, centre + half)};
}

/// Of the sum of numbers that have either sign with equal chances: symmetric about 0.
class SignedSum {
public:
    void add(std::int64_t by) {
        const auto wide = static_cast<std::size_t>(2 * by);
        next_.assign(mass_.size() + wide, 0.0);
        for (std::size_t i = 0; i < mass_.size(); ++i) {
            next_[i] += 0.5 * mass_[i];
        }
        for (std::size_t i = 0; i < mass_.size(); ++i) {
            next_[i + wide] += 0.5 * mass_[i];
        }
        std::size_t left_out = 0;
        while (2 * left_out + 1 < next_.size() && next_[left_out] < kNothing) {
            ++left_out;
        }
        mass_.assign(next_.begin() + static_cast<std::ptrdiff_t>(left_out), next_.end() - static_cast<std::ptrdiff_t>(left_out));
    }
    /// P(|sum| >= seen), seen > 0.
    [[nodiscard]] double beyond(std::int64_t seen) const {
        const std::int64_t end = static_cast<std::int64_t>(mass_.size()) / 2 - seen;  // the last that is as far below 0
        double p = 0.0;
        for (std::int64_t i = 0; i <= end; ++i) {  // from the smallest up
            p += mass_[static_cast<std::size_t>(i)];
        }
        return std::min(1.0, 2.0 * p);
    }

private:
    std::vector<double> mass_{1.0}, next_;  ///< of -(size - 1) / 2 .. (size - 1) / 2
};

constexpr double kMostSteps = 5e8;  ///< of a convolution

/// The differences but 0, in the coarsest unit that has them all.
std::vector<std::int64_t> in_whole_steps(std::span<const PairedCluster> clusters) {
    const std::int64_t step = common_step(clusters);
    std::vector<std::int64_t> out;
    for (const PairedCluster& each : clusters) {
        if (each.difference != 0) {
            out.push_back(each.difference / step);
        }
    }
    return out;
}

}  // namespace

const char* interval_name(IntervalKind kind) {
    switch (kind) {
        case IntervalKind::Exact:
            return "exact bootstrap";
        case IntervalKind::Bootstrap:
            return "bootstrap";
        case IntervalKind::Score:
            return "score";
        case IntervalKind::Bounded:
            break;
    }
    return "bounded mean";
}

const char* interval_mark(IntervalKind kind) { return kind == IntervalKind::Score ? "*" : kind == IntervalKind::Bounded ? "^" : ""; }

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
    std::vector<std::int64_t> differences = in_whole_steps(clusters);
    const std::int64_t sum = std::accumulate(differences.begin(), differences.end(), std::int64_t{0});
    const std::int64_t only_a = std::count_if(differences.begin(), differences.end(), [](std::int64_t by) { return by < 0; });
    for (std::int64_t& by : differences) {
        by = std::abs(by);
    }
    std::sort(differences.begin(), differences.end());  // the same sums, whatever the order of the clusters is
    if (differences.empty() || differences.front() == differences.back()) {
        return mcnemar_exact(only_a, static_cast<std::int64_t>(differences.size()) - only_a);
    }
    if (sum == 0) {
        return 1.0;
    }
    double squares = 0.0;
    for (const std::int64_t by : differences) {
        squares += static_cast<double>(by) * static_cast<double>(by);
    }
    const double deviation = std::sqrt(squares);
    if (26.0 * deviation * static_cast<double>(differences.size()) > kMostSteps) {  // a normal distribution is below kNothing 13 deviations out
        return std::erfc(static_cast<double>(std::abs(sum)) / deviation / std::sqrt(2.0));
    }
    SignedSum sums;
    for (const std::int64_t by : differences) {
        sums.add(by);
    }
    return sums.beyond(std::abs(sum));
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
    std::int64_t difference = 0, size = 0, only_a = 0, only_b = 0;
    for (const PairedCluster& each : clusters) {
        difference += each.difference;
        size += each.size;
        only_a += each.difference < 0 ? 1 : 0;
        only_b += each.difference > 0 ? 1 : 0;
    }
    const double value = static_cast<double>(difference) / static_cast<double>(size);
    const auto count = static_cast<std::int64_t>(clusters.size());
    if (stand_alone(clusters) && (count < kLeastClusters || all_alike(clusters))) {
        const Interval score = paired_score_interval(only_a, only_b, count, options.confidence);
        return {{value, score.low, score.high}, IntervalKind::Score};
    }
    if (count < kLeastClusters) {
        const Interval share = wilson_of_share(0.5 + 0.5 * value, static_cast<double>(count), options.confidence);
        return {{value, 2.0 * share.low - 1.0, 2.0 * share.high - 1.0}, IntervalKind::Bounded};
    }
    if (all_alike(clusters)) {
        const double unseen = wilson_interval(0, count, options.confidence).high;
        return {{value, value - unseen * (1.0 + value), value + unseen * (1.0 - value)}, IntervalKind::Score};
    }
    return resampled(clusters, options);
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
    if (all_alike(clusters) || count < kLeastClusters) {  // as many trials as clusters
        return wilson_of_share(static_cast<double>(right) / static_cast<double>(samples), static_cast<double>(count), options.confidence);
    }
    const Estimate drawn = resampled(clusters, options).difference;
    return {drawn.low, drawn.high};
}

}  // namespace r2t2
