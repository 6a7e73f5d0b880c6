#include "core/analysis/statistics.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>

#include "core/base/random.h"

namespace r2t2 {

namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

double mean(std::span<const double> values) {
    return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

/// Regularised incomplete beta I_x(a, b) by Lentz's continued fraction (Numerical Recipes 6.4).
double beta_fraction(double x, double a, double b) {
    constexpr double tiny = 1e-300;
    double c = 1.0;
    double d = 1.0 - (a + b) * x / (a + 1.0);
    d = 1.0 / (std::abs(d) < tiny ? tiny : d);
    double h = d;
    for (int m = 1; m <= 500; ++m) {
        const double even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        d = 1.0 + even * d;
        d = 1.0 / (std::abs(d) < tiny ? tiny : d);
        c = 1.0 + even / c;
        c = std::abs(c) < tiny ? tiny : c;
        h *= d * c;
        const double odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        d = 1.0 + odd * d;
        d = 1.0 / (std::abs(d) < tiny ? tiny : d);
        c = 1.0 + odd / c;
        c = std::abs(c) < tiny ? tiny : c;
        h *= d * c;
        if (std::abs(d * c - 1.0) < 1e-15) {
            break;
        }
    }
    return h;
}

double incomplete_beta(double x, double a, double b) {
    if (x <= 0.0) {
        return 0.0;
    }
    if (x >= 1.0) {
        return 1.0;
    }
    const double front =
        std::exp(std::lgamma(a + b) - std::lgamma(a) - std::lgamma(b) + a * std::log(x) + b * std::log1p(-x));
    return x < (a + 1.0) / (a + b + 2.0) ? front * beta_fraction(x, a, b) / a
                                         : 1.0 - front * beta_fraction(1.0 - x, b, a) / b;
}

/// Root of an increasing function in [low, high]; bisection to the last bit is fast enough here.
template <typename F>
double bisect(F f, double low, double high) {
    for (int i = 0; i < 400 && low < high; ++i) {
        const double middle = 0.5 * (low + high);
        if (middle == low || middle == high) {
            break;
        }
        (f(middle) < 0.0 ? low : high) = middle;
    }
    return 0.5 * (low + high);
}

Interval percentile_interval(std::vector<double>& draws, double confidence) {
    if (draws.empty()) {
        return {kNaN, kNaN};
    }
    std::sort(draws.begin(), draws.end());
    const double tail = 0.5 * (1.0 - confidence);
    return {sorted_quantile(draws, tail), sorted_quantile(draws, 1.0 - tail)};
}

std::size_t draw(RandomStream& random, std::size_t count) {
    return static_cast<std::size_t>(random.below(static_cast<std::int64_t>(count)));
}

}  // namespace

double normal_quantile(double p) {
    assert(p > 0.0 && p < 1.0);
    if (p > 0.5) {  // work in the lower tail, where erfc keeps its precision
        return -normal_quantile(1.0 - p);
    }
    return bisect([p](double z) { return 0.5 * std::erfc(-z / std::sqrt(2.0)) - p; }, -40.0, 0.0);
}

double student_t_cdf(double t, double degrees) {
    assert(degrees > 0.0);
    const double tail = 0.5 * incomplete_beta(degrees / (degrees + t * t), 0.5 * degrees, 0.5);
    return t > 0.0 ? 1.0 - tail : tail;
}

double student_t_quantile(double p, double degrees) {
    assert(p > 0.0 && p < 1.0);
    if (p > 0.5) {
        return -student_t_quantile(1.0 - p, degrees);
    }
    double low = -1.0;
    while (student_t_cdf(low, degrees) > p && low > -1e300) {
        low *= 2.0;
    }
    return bisect([p, degrees](double t) { return student_t_cdf(t, degrees) - p; }, low, 0.0);
}

Interval wilson_interval(std::int64_t successes, std::int64_t trials, double confidence) {
    assert(successes >= 0 && successes <= trials);
    if (trials == 0) {
        return {0.0, 1.0};
    }
    const double z = normal_quantile(0.5 + 0.5 * confidence);
    const double n = static_cast<double>(trials);
    const double share = static_cast<double>(successes) / n;
    const double scale = 1.0 / (1.0 + z * z / n);
    const double centre = scale * (share + z * z / (2.0 * n));
    const double half = scale * z * std::sqrt(share * (1.0 - share) / n + z * z / (4.0 * n * n));
    // At 0 and n the bound is exactly 0 and 1; do not leave a rounding error there.
    return {successes == 0 ? 0.0 : std::max(0.0, centre - half),
            successes == trials ? 1.0 : std::min(1.0, centre + half)};
}

namespace {

constexpr std::int64_t kExactPairs = 62;  ///< n choose k times n - k stays below 2^64

std::uint64_t binomial_next(std::uint64_t before, std::int64_t n, std::int64_t k) { return before * static_cast<std::uint64_t>(n - k + 1) / static_cast<std::uint64_t>(k); }

}  // namespace

double mcnemar_exact(std::int64_t only_a, std::int64_t only_b) {
    assert(only_a >= 0 && only_b >= 0);
    const std::int64_t n = only_a + only_b;
    const std::int64_t low = std::min(only_a, only_b);
    if (2 * low >= n) {
        return 1.0;
    }
    if (n <= kExactPairs) {
        std::uint64_t choices = 1, below = 1;  // n choose k, and the sum so far: every number is one exactly
        for (std::int64_t k = 1; k <= low; ++k) {
            choices = binomial_next(choices, n, k);
            below += choices;
        }
        return std::ldexp(static_cast<double>(below), static_cast<int>(1 - n));
    }
    // Terms grow up to `low` < n/2: sum from the largest down, relative to it, until they no longer count.
    const double dn = static_cast<double>(n);
    const double dk = static_cast<double>(low);
    const double largest =
        std::lgamma(dn + 1.0) - std::lgamma(dk + 1.0) - std::lgamma(dn - dk + 1.0) - dn * std::log(2.0);
    double sum = 1.0;
    double term = 1.0;
    for (std::int64_t k = low; k > 0; --k) {
        term *= static_cast<double>(k) / static_cast<double>(n - k + 1);
        sum += term;
        if (term < 1e-18 * sum) {
            break;
        }
    }
    return std::min(1.0, 2.0 * std::exp(largest) * sum);
}

Interval paired_score_interval(std::int64_t only_a, std::int64_t only_b, std::int64_t pairs, double confidence) {
    assert(only_a >= 0 && only_b >= 0 && only_a + only_b <= pairs);
    if (pairs == 0) {
        return {-1.0, 1.0};
    }
    const double n = static_cast<double>(pairs), a = static_cast<double>(only_a), b = static_cast<double>(only_b);
    const double z = normal_quantile(0.5 + 0.5 * confidence);
    // The squared statistic under "the difference is d", with the likeliest share of only-A pairs, times its variance and less z^2 of it.
    const auto beyond = [&](double d) {
        const double linear = -a - b + (2.0 * n - b + a) * d;
        const double share = (std::sqrt(std::max(0.0, linear * linear + 8.0 * n * a * d * (1.0 - d))) - linear) / (4.0 * n);
        const double variance = n * std::max(0.0, 2.0 * share + d * (1.0 - d));
        const double gap = b - a - n * d;
        return gap * gap - z * z * variance;
    };
    const double value = (b - a) / n;
    return {only_a == pairs ? -1.0 : bisect([&](double d) { return -beyond(d); }, -1.0, value),
            only_b == pairs ? 1.0 : bisect(beyond, value, 1.0)};
}

Estimate mean_interval(std::span<const double> values, double confidence) {
    if (values.empty()) {
        return {kNaN, kNaN, kNaN};
    }
    const double centre = mean(values);
    if (values.size() == 1) {
        return {centre, kNaN, kNaN};
    }
    const double n = static_cast<double>(values.size());
    double squares = 0.0;
    for (const double value : values) {
        squares += (value - centre) * (value - centre);
    }
    const double error = std::sqrt(squares / (n - 1.0) / n);
    const double half = student_t_quantile(0.5 + 0.5 * confidence, n - 1.0) * error;
    return {centre, centre - half, centre + half};
}

Estimate mean_interval_in(std::span<const double> values, const Interval& range, double confidence) {
    Estimate mean = mean_interval(values, confidence);
    if (!std::isnan(mean.low)) {  // NaN stays: std::clamp would compare with it
        mean.low = std::clamp(mean.low, range.low, range.high);
        mean.high = std::clamp(mean.high, range.low, range.high);
    }
    return mean;
}

double sorted_quantile(std::span<const double> sorted, double q) {
    assert(!sorted.empty());
    const double position = std::clamp(q, 0.0, 1.0) * static_cast<double>(sorted.size() - 1);
    const auto below = static_cast<std::size_t>(position);
    const std::size_t above = std::min(below + 1, sorted.size() - 1);
    return sorted[below] + (position - static_cast<double>(below)) * (sorted[above] - sorted[below]);
}

Estimate crossed_bootstrap(const std::vector<std::vector<double>>& differences, const BootstrapOptions& options) {
    std::vector<const std::vector<double>*> seeds;
    for (const std::vector<double>& seed : differences) {
        assert(seed.size() == differences.front().size());
        if (std::any_of(seed.begin(), seed.end(), [](double value) { return !std::isnan(value); })) {
            seeds.push_back(&seed);
        }
    }
    if (seeds.empty()) {
        return {kNaN, kNaN, kNaN};
    }
    const std::size_t samples = seeds.front()->size();
    const auto weighted_mean = [&](const std::vector<double>& values, const std::vector<double>& times) {
        double sum = 0.0, count = 0.0;
        for (std::size_t i = 0; i < samples; ++i) {
            if (!std::isnan(values[i])) {
                sum += times[i] * values[i];
                count += times[i];
            }
        }
        return sum / count;  // NaN where none of the seed's samples was drawn
    };
    auto random = RandomStream::fork(options.seed, "crossed bootstrap");
    std::vector<double> draws, times(samples, 1.0);
    double centre = 0.0;
    for (const std::vector<double>* seed : seeds) {
        centre += weighted_mean(*seed, times) / static_cast<double>(seeds.size());
    }
    for (std::int64_t r = 0; r < options.resamples; ++r) {
        std::fill(times.begin(), times.end(), 0.0);
        for (std::size_t i = 0; i < samples; ++i) {
            times[draw(random, samples)] += 1.0;
        }
        double sum = 0.0;
        for (std::size_t s = 0; s < seeds.size(); ++s) {
            sum += weighted_mean(*seeds[draw(random, seeds.size())], times);
        }
        if (!std::isnan(sum)) {
            draws.push_back(sum / static_cast<double>(seeds.size()));
        }
    }
    if (draws.empty()) {
        return {centre, kNaN, kNaN};
    }
    const Interval interval = percentile_interval(draws, options.confidence);
    return {centre, interval.low, interval.high};
}

GapClosed gap_closed(std::span<const double> base, std::span<const double> method, std::span<const double> oracle,
                     const BootstrapOptions& options) {
    std::vector<std::size_t> alone(base.size());
    std::iota(alone.begin(), alone.end(), std::size_t{0});
    return gap_closed(base, method, oracle, alone, options);
}

GapClosed gap_closed(std::span<const double> base, std::span<const double> method, std::span<const double> oracle,
                     std::span<const std::size_t> clusters, const BootstrapOptions& options) {
    assert(base.size() == method.size() && base.size() == oracle.size() && base.size() == clusters.size());
    GapClosed result;
    double gain = 0.0;
    double gap = 0.0;
    std::map<std::size_t, std::pair<double, double>> together;  // what each cluster gains, and could
    for (std::size_t i = 0; i < base.size(); ++i) {
        std::pair<double, double>& cluster = together[clusters[i]];
        cluster.first += method[i] - base[i];
        cluster.second += oracle[i] - base[i];
        gain += method[i] - base[i];
        gap += oracle[i] - base[i];
    }
    std::vector<std::pair<double, double>> samples;
    for (const auto& [number, cluster] : together) {
        samples.push_back(cluster);
    }
    const std::size_t n = samples.size();
    std::sort(samples.begin(), samples.end());  // the same samples in another order, as a session keeps them, have the same interval
    if (n == 0 || gap <= 0.0) {
        result.share = {kNaN, kNaN, kNaN};
        return result;
    }
    auto random = RandomStream::fork(options.seed, "gap closed");
    std::vector<double> draws;
    draws.reserve(static_cast<std::size_t>(options.resamples));
    for (std::int64_t r = 0; r < options.resamples; ++r) {
        double drawn_gain = 0.0;
        double drawn_gap = 0.0;
        for (std::size_t i = 0; i < n; ++i) {
            const auto& [sample_gain, sample_gap] = samples[draw(random, n)];
            drawn_gain += sample_gain;
            drawn_gap += sample_gap;
        }
        if (drawn_gap > 0.0) {
            draws.push_back(drawn_gain / drawn_gap);
        } else {
            ++result.undefined;
        }
    }
    const bool enough = static_cast<double>(draws.size()) >= kLeastShareWithGap * static_cast<double>(options.resamples);
    const Interval interval = enough ? percentile_interval(draws, options.confidence) : Interval{kNaN, kNaN};
    result.share = {gain / gap, interval.low, interval.high};
    return result;
}

}  // namespace r2t2
