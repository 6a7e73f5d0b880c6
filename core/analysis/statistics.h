// Intervals and tests for accuracies and differences of accuracies.
//
// Scores are one number a sample (1 right, 0 wrong, or any real score); paired functions take the same samples in
// the same order. Everything random takes a seed and repeats exactly.
// An interval that the data cannot give (no samples, one seed) comes back as NaN; lengths that differ are our bug
// and assert. Thread rule: pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace r2t2 {

struct Interval {
    double low = 0.0;
    double high = 0.0;
};

/// A value with its confidence interval.
struct Estimate {
    double value = 0.0;
    double low = 0.0;
    double high = 0.0;
};

/// z with P(Z <= z) = p for a standard normal, p in (0, 1).
[[nodiscard]] double normal_quantile(double p);
/// P(T <= t) of Student's t with `degrees` > 0 degrees of freedom.
[[nodiscard]] double student_t_cdf(double t, double degrees);
/// t with P(T <= t) = p, p in (0, 1). Two-sided 95 % of three seeds: student_t_quantile(0.975, 2) = 4.3027.
[[nodiscard]] double student_t_quantile(double p, double degrees);

/// Wilson's score interval of a share (Wilson 1927). No trials: [0, 1].
[[nodiscard]] Interval wilson_interval(std::int64_t successes, std::int64_t trials, double confidence = 0.95);

/// Exact two-sided McNemar test: of the discordant pairs, `only_a` right by A alone and `only_b` by B alone, under
/// "either is equally likely". p = min(1, 2 P(X <= min)), X ~ Binomial(only_a + only_b, 1/2). No pairs: 1.
[[nodiscard]] double mcnemar_exact(std::int64_t only_a, std::int64_t only_b);

/// Score interval of a difference of paired shares, B - A, of `pairs` of which `only_a` and `only_b` are discordant (Tango 1998). It says
/// something where a bootstrap has nothing to draw from: no discordant pair, or all of them alike. No pairs: [-1, 1].
[[nodiscard]] Interval paired_score_interval(std::int64_t only_a, std::int64_t only_b, std::int64_t pairs, double confidence = 0.95);

/// Mean with a t interval. One value: NaN bounds. Used for means over training seeds.
[[nodiscard]] Estimate mean_interval(std::span<const double> values, double confidence = 0.95);
/// The same of values that lie in `range`: the interval is cut there, since no mean lies outside.
[[nodiscard]] Estimate mean_interval_in(std::span<const double> values, const Interval& range, double confidence = 0.95);

struct BootstrapOptions {
    double confidence = 0.95;
    std::int64_t resamples = 10'000;
    std::uint64_t seed = 1;
};
/// Of every share of the gap that is told of an evaluation, on the command line as in the window: one session, one interval.
inline constexpr BootstrapOptions kToldBootstrap{0.95, 2000, 1};

/// Mean of differences[seed][sample] over seeds of per-seed means, where the same samples recur under every seed: seeds and samples are crossed, and the
/// bootstrap draws both with replacement, the same samples for all drawn seeds (Owen 2007, "The pigeonhole bootstrap"; it errs to the wide side).
/// NaN: the sample has no value under that seed. Rows of one length; seeds without a value are left out. No value at all: NaN.
[[nodiscard]] Estimate crossed_bootstrap(const std::vector<std::vector<double>>& differences,
                                         const BootstrapOptions& options = {});

/// (method - base) / (oracle - base) with a percentile bootstrap over samples, or over clusters of them. Source: rerouting, "Analysis". The order
/// of the samples does not matter: a session keeps them as they were finished.
struct GapClosed {
    Estimate share;              ///< NaN where the oracle is not above the base
    std::int64_t undefined = 0;  ///< resamples without a gap (oracle <= base), left out of the interval
    /// There is a gap, but fewer than kLeastShareWithGap of the resamples have one: the bounds are NaN.
    [[nodiscard]] bool too_few() const { return share.value == share.value && share.low != share.low; }
};
/// What is left of the resamples would be an interval under the condition that the gap was drawn: below this share none is given.
/// A gap of one sample is drawn in 63 % of the resamples, of two in 86 %, of three in 95 %, of four in 98 %.
inline constexpr double kLeastShareWithGap = 0.95;
[[nodiscard]] GapClosed gap_closed(std::span<const double> base, std::span<const double> method,
                                   std::span<const double> oracle, const BootstrapOptions& options = {});
/// `clusters`: of every sample the number of the cluster that it is drawn with.
[[nodiscard]] GapClosed gap_closed(std::span<const double> base, std::span<const double> method, std::span<const double> oracle,
                                   std::span<const std::size_t> clusters, const BootstrapOptions& options = {});

/// Value at quantile q in [0, 1] of a sorted list, interpolated linearly between order statistics.
[[nodiscard]] double sorted_quantile(std::span<const double> sorted, double q);

}  // namespace r2t2
