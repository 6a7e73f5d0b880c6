#include <QtTest>
#include <array>
#include <cmath>

#include "core/analysis/clustered_pairs.h"
#include "core/analysis/statistics.h"
#include "core/base/random.h"

using namespace r2t2;

namespace {

bool near(double a, double b, double tolerance) {
    return std::abs(a - b) <= tolerance;
}

}  // namespace

/// B - A of samples that stand alone.
Estimate difference_of(const std::vector<double>& a, const std::vector<double>& b, const BootstrapOptions& options = {}) {
    std::vector<PairedCluster> pairs;
    for (std::size_t i = 0; i < a.size(); ++i) {
        pairs.push_back({std::llround(b[i] - a[i]), 1});
    }
    return clustered_difference(pairs, options).difference;
}

class TestAnalysisStatistics : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void quantiles();
    void wilson_data();
    void wilson();
    void mcnemar_data();
    void mcnemar();
    void mcnemar_has_no_digits_that_are_not_there();
    void mean_over_seeds();
    void the_difference_matches_theory();
    void the_difference_repeats();
    void paired_scores_without_discordant_pairs();
    void seeds_are_drawn_too();
    void samples_recur_under_every_seed();
    void gap();
    void gap_without_gap();
    void gap_of_few_samples();
    void the_order_of_samples_does_not_matter();
    void intervals_end_where_values_end();
    void coverage();
};

// Printed tables of the normal and of Student's t.
void TestAnalysisStatistics::quantiles() {
    QVERIFY(near(normal_quantile(0.975), 1.959963984540054, 1e-13));
    QVERIFY(near(normal_quantile(0.5), 0.0, 1e-15));
    QVERIFY(near(normal_quantile(1e-10), -6.361340902404056, 1e-9));
    QVERIFY(near(student_t_quantile(0.975, 1), 12.70620473617471, 1e-9));
    QVERIFY(near(student_t_quantile(0.975, 2), 4.302652729749464, 1e-11));
    QVERIFY(near(student_t_quantile(0.975, 10), 2.228138851986274, 1e-11));
    QVERIFY(near(student_t_quantile(0.95, 30), 1.697260886593957, 1e-11));
    QVERIFY(near(student_t_quantile(0.025, 2), -4.302652729749464, 1e-11));
    QVERIFY(near(student_t_quantile(0.975, 1e6), 1.9599663, 1e-6));
    QVERIFY(near(student_t_cdf(1.0, 1.0), 0.75, 1e-14));
    QCOMPARE(sorted_quantile(std::vector<double>{1, 2, 3, 5}, 0.5), 2.5);
}

// Newcombe, Statistics in Medicine 17 (1998), table I, method 3.
void TestAnalysisStatistics::wilson_data() {
    QTest::addColumn<int>("successes");
    QTest::addColumn<int>("trials");
    QTest::addColumn<double>("low");
    QTest::addColumn<double>("high");
    QTest::newRow("81/263") << 81 << 263 << 0.2553 << 0.3662;
    QTest::newRow("15/148") << 15 << 148 << 0.0624 << 0.1605;
    QTest::newRow("0/20") << 0 << 20 << 0.0 << 0.1611;
    QTest::newRow("1/29") << 1 << 29 << 0.0061 << 0.1718;
    QTest::newRow("20/20") << 20 << 20 << 0.8389 << 1.0;
    QTest::newRow("none") << 0 << 0 << 0.0 << 1.0;
}

void TestAnalysisStatistics::wilson() {
    QFETCH(int, successes);
    QFETCH(int, trials);
    QFETCH(double, low);
    QFETCH(double, high);
    const Interval interval = wilson_interval(successes, trials);
    QVERIFY2(near(interval.low, low, 5e-5), qPrintable(QString::number(interval.low)));
    QVERIFY2(near(interval.high, high, 5e-5), qPrintable(QString::number(interval.high)));
}

// Sums of exact fractions (2 * sum C(n, i) / 2^n); 121 against 59 is the marriage example of many textbooks.
void TestAnalysisStatistics::mcnemar_data() {
    QTest::addColumn<qint64>("only_a");
    QTest::addColumn<qint64>("only_b");
    QTest::addColumn<double>("p");
    QTest::newRow("none") << qint64{0} << qint64{0} << 1.0;
    QTest::newRow("one") << qint64{1} << qint64{0} << 1.0;
    QTest::newRow("equal") << qint64{5} << qint64{5} << 1.0;
    QTest::newRow("6:16") << qint64{6} << qint64{16} << 0.052478790283203125;
    QTest::newRow("2:10") << qint64{2} << qint64{10} << 0.03857421875;
    QTest::newRow("0:6") << qint64{0} << qint64{6} << 0.03125;
    QTest::newRow("121:59") << qint64{121} << qint64{59} << 4.434449263755176e-06;
    QTest::newRow("40:10") << qint64{40} << qint64{10} << 2.3861331676755526e-05;
    QTest::newRow("100:103") << qint64{100} << qint64{103} << 0.8884106489509469;
    QTest::newRow("400:520") << qint64{400} << qint64{520} << 8.549170923883778e-05;
    QTest::newRow("5000:5300") << qint64{5000} << qint64{5300} << 0.003215819673645239;
    QTest::newRow("beyond doubles") << qint64{0} << qint64{2000} << 0.0;
}

void TestAnalysisStatistics::mcnemar() {
    QFETCH(qint64, only_a);
    QFETCH(qint64, only_b);
    QFETCH(double, p);
    QVERIFY2(near(mcnemar_exact(only_a, only_b), p, 1e-10 * p),
             qPrintable(QString::number(mcnemar_exact(only_a, only_b), 'g', 17)));
    QCOMPARE(mcnemar_exact(only_a, only_b), mcnemar_exact(only_b, only_a));
}

/// Sums of n choose k over 2^n have few digits: 0.21875, not 0.21875000000000017.
void TestAnalysisStatistics::mcnemar_has_no_digits_that_are_not_there() {
    QVERIFY(mcnemar_exact(6, 2) == 0.2890625 && mcnemar_exact(2, 5) == 0.453125 && mcnemar_exact(0, 11) == 0.0009765625);
    QVERIFY(mcnemar_exact(0, 5) == 0.0625 && mcnemar_exact(1, 0) == 1.0 && mcnemar_exact(8, 3) == 0.2265625);
    QVERIFY(mcnemar_exact(0, 62) == std::ldexp(1.0, -61) && mcnemar_exact(0, 40) == std::ldexp(1.0, -39));
    // 62 pairs are the last that are summed exactly: the next are as near.
    QVERIFY(mcnemar_exact(20, 42) < mcnemar_exact(20, 41) && mcnemar_exact(20, 43) < mcnemar_exact(20, 42));
}

void TestAnalysisStatistics::mean_over_seeds() {
    const std::vector<double> seeds = {8.0, 10.0, 12.0};  // sd 2, half width 4.302653 * 2 / sqrt(3)
    const Estimate estimate = mean_interval(seeds);
    QCOMPARE(estimate.value, 10.0);
    QVERIFY(near(estimate.high, 14.968275, 1e-5));
    QVERIFY(near(estimate.low, 5.031725, 1e-5));
    QVERIFY(std::isnan(mean_interval(std::vector<double>{1.0}).low));
    QVERIFY(std::isnan(mean_interval({}).value));
}

void TestAnalysisStatistics::the_difference_matches_theory() {
    std::vector<double> a(400, 0.0);
    std::vector<double> b(400, 0.0);
    for (std::size_t i = 0; i < 400; ++i) {
        a[i] = i < 200 ? 1.0 : 0.0;
        b[i] = i < 180 || i >= 340 ? 1.0 : 0.0;  // 20 lost, 60 won: +10 points
    }
    const Estimate estimate = difference_of(a, b);
    // standard error of the mean difference: sqrt((80/400 - 0.1^2) / 400)
    const double error = std::sqrt((0.2 - 0.01) / 400.0);
    QVERIFY(near(estimate.value, 0.1, 1e-12));
    QVERIFY(near(estimate.low, 0.1 - 1.96 * error, 0.004));
    QVERIFY(near(estimate.high, 0.1 + 1.96 * error, 0.004));
    QVERIFY(std::isnan(difference_of({}, {}).value));
}

/// Against what the statistic is in closed form at its ends, and its symmetry.
void TestAnalysisStatistics::paired_scores_without_discordant_pairs() {
    const double z2 = normal_quantile(0.975) * normal_quantile(0.975);
    for (const double n : {1.0, 5.0, 100.0}) {
        const auto pairs = static_cast<std::int64_t>(n);
        const Interval none = paired_score_interval(0, 0, pairs), all = paired_score_interval(0, pairs, pairs);
        QVERIFY(near(none.high, z2 / (n + z2), 1e-9) && near(none.low, -z2 / (n + z2), 1e-9));
        QVERIFY(near(all.low, (n - z2) / (n + z2), 1e-9));
        QCOMPARE(all.high, 1.0);
        QVERIFY(near(paired_score_interval(pairs, 0, pairs).high, -all.low, 1e-9));
        QCOMPARE(paired_score_interval(pairs, 0, pairs).low, -1.0);
    }
    const Interval some = paired_score_interval(20, 60, 400);  // +10 points, as the bootstrap above has them
    const double error = std::sqrt((0.2 - 0.01) / 400.0);
    QVERIFY(near(some.low, 0.1 - 1.96 * error, 0.003) && near(some.high, 0.1 + 1.96 * error, 0.003));
    const Interval swapped = paired_score_interval(60, 20, 400);
    QVERIFY(near(some.low, -swapped.high, 1e-9) && near(some.high, -swapped.low, 1e-9));
    QCOMPARE(paired_score_interval(0, 0, 0).low, -1.0);
}

void TestAnalysisStatistics::the_difference_repeats() {
    const std::vector<double> a = {0, 1, 0, 1, 1, 0, 0, 1};
    const std::vector<double> b = {1, 1, 0, 1, 0, 1, 1, 1};
    const Estimate first = difference_of(a, b, {.seed = 7});
    const Estimate second = difference_of(a, b, {.seed = 7});
    QCOMPARE(first.low, second.low);
    QCOMPARE(first.high, second.high);
}

void TestAnalysisStatistics::seeds_are_drawn_too() {
    std::vector<std::vector<double>> differences;
    std::vector<double> zero;
    std::vector<double> flat;
    for (const double shift : {0.0, 0.1, 0.2}) {
        std::vector<double> seed;
        for (int i = 0; i < 200; ++i) {
            seed.push_back(shift + (i % 2 == 0 ? 0.3 : -0.3));
        }
        flat.insert(flat.end(), seed.begin(), seed.end());
        differences.push_back(std::move(seed));
    }
    zero.assign(flat.size(), 0.0);
    const BootstrapOptions options{.resamples = 4000};
    const Estimate both = crossed_bootstrap(differences, options);
    for (double& value : flat) {
        value *= 10.0;  // whole numbers
    }
    const Estimate samples_only = difference_of(zero, flat, options);
    QVERIFY(near(both.value, 0.1, 1e-12));
    // sd of the mean of 3 seeds drawn from {0, .1, .2} is .0471; samples alone, as if those of every seed were others, give .0128
    QVERIFY(both.high - both.low > 2.5 * 0.1 * (samples_only.high - samples_only.low));
    differences.push_back(std::vector<double>(200, std::nan("")));
    QVERIFY(near(crossed_bootstrap(differences, options).value, 0.1, 1e-12));
    QVERIFY(std::isnan(crossed_bootstrap({}).value));
}

/// What samples have in common under all seeds is no smaller for there being more seeds: ten seeds of 100 samples whose own difference is most of it.
void TestAnalysisStatistics::samples_recur_under_every_seed() {
    constexpr int runs = 300, seeds = 10, samples = 100;
    constexpr double truth = 0.05;
    int covered = 0, covered_by_plain = 0;
    for (int run = 0; run < runs; ++run) {
        RandomStream random = RandomStream::fork(static_cast<std::uint64_t>(run), "crossed seeds");
        std::vector<double> own(samples);
        for (double& value : own) {
            value = 0.4 * random.normal();
        }
        std::vector<std::vector<double>> differences;
        std::vector<double> all;
        for (int seed = 0; seed < seeds; ++seed) {
            const double of_seed = 0.02 * random.normal();
            differences.emplace_back();
            for (const double value : own) {
                differences.back().push_back(truth + of_seed + value + 0.2 * random.normal());
            }
            all.insert(all.end(), differences.back().begin(), differences.back().end());
        }
        const Estimate crossed = crossed_bootstrap(differences, {0.95, 400, 1});
        covered += crossed.low <= truth && truth <= crossed.high ? 1 : 0;
        const Estimate plain = mean_interval(all);
        covered_by_plain += plain.low <= truth && truth <= plain.high ? 1 : 0;
    }
    QVERIFY2(covered >= 0.91 * runs && covered <= 0.995 * runs, qPrintable(QString::number(covered)));
    QVERIFY2(covered_by_plain < 0.6 * runs, qPrintable(QString::number(covered_by_plain)));
}

void TestAnalysisStatistics::gap() {
    std::vector<double> base(200, 0.0);
    std::vector<double> method(200, 0.0);
    std::vector<double> oracle(200, 0.0);
    for (std::size_t i = 0; i < 200; ++i) {
        base[i] = i < 100 ? 1.0 : 0.0;
        method[i] = i < 120 ? 1.0 : 0.0;
        oracle[i] = i < 140 ? 1.0 : 0.0;
    }
    const GapClosed closed = gap_closed(base, method, oracle);
    QCOMPARE(closed.share.value, 0.5);
    QCOMPARE(closed.undefined, std::int64_t{0});
    // 20 of 40 discordant samples: binomial with n about 40, sd sqrt(.25 / 40) = .079
    QVERIFY(near(closed.share.low, 0.5 - 1.96 * 0.079, 0.02));
    QVERIFY(near(closed.share.high, 0.5 + 1.96 * 0.079, 0.02));
}

void TestAnalysisStatistics::gap_without_gap() {
    const std::vector<double> same = {1, 0, 1};
    QVERIFY(std::isnan(gap_closed(same, same, same).share.value));
    const std::vector<double> oracle = {1, 1, 1};
    QVERIFY(gap_closed(same, same, oracle).undefined > 0);  // resamples that miss the one sample with a gap
}

/// A session keeps its samples as they were finished, a running evaluation as they were asked for: both tell the same interval.
void TestAnalysisStatistics::the_order_of_samples_does_not_matter() {
    std::vector<std::array<double, 3>> samples;  // base, method, oracle
    for (int i = 0; i < 300; ++i) {
        samples.push_back({i % 3 == 0 ? 0.0 : 1.0, i % 5 == 0 ? 0.0 : 1.0, i % 11 == 0 ? 0.0 : 1.0});
    }
    const auto column = [&samples](std::size_t which) {
        std::vector<double> out;
        for (const auto& sample : samples) {
            out.push_back(sample[which]);
        }
        return out;
    };
    const GapClosed gap = gap_closed(column(0), column(1), column(2), kToldBootstrap);
    const Estimate difference = difference_of(column(0), column(1), kToldBootstrap);
    for (int order = 1; order < 4; ++order) {
        auto random = RandomStream::fork(static_cast<std::uint64_t>(order), "order");
        for (std::size_t i = samples.size(); i-- > 1;) {
            std::swap(samples[i], samples[static_cast<std::size_t>(random.uniform() * static_cast<double>(i + 1))]);
        }
        const GapClosed other = gap_closed(column(0), column(1), column(2), kToldBootstrap);
        QCOMPARE(other.share.low, gap.share.low);
        QCOMPARE(other.share.high, gap.share.high);
        QCOMPARE(other.undefined, gap.undefined);
        QCOMPARE(difference_of(column(0), column(1), kToldBootstrap).low, difference.low);
        QCOMPARE(difference_of(column(0), column(1), kToldBootstrap).high, difference.high);
    }
}

/// A gap of one, two, ... samples of 60: the interval is there only where nearly every resample has a gap, whatever closed it.
void TestAnalysisStatistics::gap_of_few_samples() {
    for (const int mended : {1, 2, 3, 4, 10, 60}) {
        std::vector<double> base(60, 0.0), method(60, 0.0), oracle(60, 0.0);
        for (int i = 0; i < mended; ++i) {
            oracle[static_cast<std::size_t>(i)] = 1.0;
            method[static_cast<std::size_t>(i)] = i == 0 ? 1.0 : 0.0;
        }
        for (const std::int64_t resamples : {1000, 10'000}) {
            const GapClosed closed = gap_closed(base, method, oracle, {0.95, resamples, 1});
            QVERIFY(near(closed.share.value, 1.0 / mended, 1e-12));
            // (1 - mended / 60)^60 of the resamples miss all of them.
            const double missed = std::pow(1.0 - mended / 60.0, 60.0);
            QVERIFY(near(static_cast<double>(closed.undefined) / static_cast<double>(resamples), missed, 0.03));
            QCOMPARE(closed.too_few(), missed > 0.06 || (mended == 3 && closed.undefined > resamples / 20));
            QCOMPARE(closed.too_few(), std::isnan(closed.share.low) && std::isnan(closed.share.high));
        }
        QVERIFY(gap_closed(base, base, oracle, {0.95, 1000, 1}).too_few() == (mended < 3 || gap_closed(base, base, oracle, {0.95, 1000, 1}).undefined > 50));
    }
    const std::vector<double> same = {1, 0, 1};
    QVERIFY(!gap_closed(same, same, same).too_few());  // there is none at all
}

/// No mean of shares lies below 0, none of changes of a weight beyond 1: 2 samples gave -6 .. 6.
void TestAnalysisStatistics::intervals_end_where_values_end() {
    const std::vector<double> shares = {0.0, 0.0, 0.07};
    QVERIFY(mean_interval(shares).low < 0.0);
    const Estimate cut = mean_interval_in(shares, {0.0, 1.0});
    QCOMPARE(cut.low, 0.0);
    QCOMPARE(cut.high, mean_interval(shares).high);
    QCOMPARE(cut.value, mean_interval(shares).value);
    const std::vector<double> changes = {0.4, -0.5};
    QVERIFY(mean_interval(changes).high > 5.0);
    QCOMPARE(mean_interval_in(changes, {-1.0, 1.0}).high, 1.0);
    QCOMPARE(mean_interval_in(changes, {-1.0, 1.0}).low, -1.0);
    const std::vector<double> one = {0.3};
    QVERIFY(std::isnan(mean_interval_in(one, {0.0, 1.0}).low) && std::isnan(mean_interval_in({}, {0.0, 1.0}).value));
}

// The 95 % interval holds the truth in about 95 of 100 repetitions.
void TestAnalysisStatistics::coverage() {
    RandomStream random(11);
    int held = 0;
    for (int repetition = 0; repetition < 300; ++repetition) {
        std::vector<double> a;
        std::vector<double> b;
        for (int i = 0; i < 150; ++i) {
            a.push_back(random.chance(0.6) ? 1.0 : 0.0);
            b.push_back(random.chance(0.7) ? 1.0 : 0.0);
        }
        const Estimate estimate =
            difference_of(a, b, {.resamples = 500, .seed = static_cast<std::uint64_t>(repetition)});
        held += estimate.low <= 0.1 && 0.1 <= estimate.high ? 1 : 0;
    }
    QVERIFY2(held >= 270 && held <= 297, qPrintable(QString::number(held)));
}

QTEST_APPLESS_MAIN(TestAnalysisStatistics)
#include "test_analysis_statistics.moc"
