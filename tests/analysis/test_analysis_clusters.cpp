// Samples that belong together: tests and intervals against enumeration, against theory and in simulations.
#include <QtTest>
#include <algorithm>
#include <cmath>
#include <vector>

#include "core/analysis/clustered_pairs.h"
#include "core/base/random.h"

using namespace r2t2;

namespace {

using Clusters = std::vector<PairedCluster>;

bool near(double a, double b, double tolerance) { return std::abs(a - b) <= tolerance; }

Clusters random_clusters(RandomStream& random, int count, int largest) {
    Clusters out;
    for (int i = 0; i < count; ++i) {
        const std::int64_t size = 1 + random.below(largest);
        out.push_back({random.below(2 * size + 1) - size, size});
    }
    return out;
}

std::int64_t sum(const Clusters& clusters) {
    std::int64_t out = 0;
    for (const PairedCluster& each : clusters) {
        out += each.difference;
    }
    return out;
}

/// Every assignment of signs.
double enumerated_p(const Clusters& clusters) {
    const std::int64_t seen = std::abs(sum(clusters));
    std::int64_t beyond = 0;
    for (std::uint64_t signs = 0; signs < (1ULL << clusters.size()); ++signs) {
        std::int64_t total = 0;
        for (std::size_t i = 0; i < clusters.size(); ++i) {
            total += (signs >> i & 1) != 0 ? clusters[i].difference : -clusters[i].difference;
        }
        beyond += std::abs(total) >= seen ? 1 : 0;
    }
    return static_cast<double>(beyond) / static_cast<double>(1ULL << clusters.size());
}

/// Every resample of n clusters, n^n of them, sorted.
std::vector<double> enumerated_sums(const Clusters& clusters) {
    std::vector<double> out{0.0};
    for (std::size_t draw = 0; draw < clusters.size(); ++draw) {
        std::vector<double> next;
        for (const double so_far : out) {
            for (const PairedCluster& each : clusters) {
                next.push_back(so_far + static_cast<double>(each.difference));
            }
        }
        out = std::move(next);
    }
    std::sort(out.begin(), out.end());
    return out;
}

/// Pictures with three to six questions each: B gains `gain` on average, by the picture.
Clusters planted(RandomStream& random, int count, double gain) {
    Clusters out;
    for (int i = 0; i < count; ++i) {
        const std::int64_t size = 3 + random.below(4);
        const double leaning = random.uniform();  // what the questions of a picture have in common
        PairedCluster cluster{0, size};
        for (std::int64_t q = 0; q < size; ++q) {
            const bool a = random.chance(0.2 + 0.6 * leaning - gain / 2.0), b = random.chance(0.8 - 0.6 * leaning + gain / 2.0);
            cluster.difference += (b ? 1 : 0) - (a ? 1 : 0);
        }
        out.push_back(cluster);
    }
    return out;
}

}  // namespace

class TestAnalysisClusters final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    /// Eight rows that B alone has right are no eight witnesses where they are two questions with four rotations.
    void rotations_are_one_witness() {
        QCOMPARE(sign_flip_test(Clusters(8, {1, 1})), 2.0 / 256.0);
        QCOMPARE(sign_flip_test(Clusters(2, {4, 4})), 0.5);
        QCOMPARE(sign_flip_test(Clusters(1, {7, 9})), 1.0);
        QCOMPARE(sign_flip_test(Clusters{}), 1.0);
        QCOMPARE(sign_flip_test(Clusters(5, {0, 4})), 1.0);
    }
    void alone_it_is_mcnemar() {
        for (const auto& [a, b] : {std::pair{0, 5}, {3, 1}, {20, 60}, {400, 500}}) {
            Clusters clusters(static_cast<std::size_t>(a), {-1, 1});
            clusters.insert(clusters.end(), static_cast<std::size_t>(b), {1, 1});
            clusters.insert(clusters.end(), 30, {0, 1});
            QCOMPARE(sign_flip_test(clusters), mcnemar_exact(a, b));
        }
    }
    void flips_are_those_of_an_enumeration() {
        RandomStream random(3);
        for (int repetition = 0; repetition < 60; ++repetition) {
            const Clusters clusters = random_clusters(random, 1 + static_cast<int>(random.below(14)), 5);
            QVERIFY2(near(sign_flip_test(clusters), enumerated_p(clusters), 1e-12), qPrintable(QString::number(enumerated_p(clusters))));
        }
    }
    /// Many clusters: against the normal limit.
    void flips_of_thousands() {
        RandomStream random(4);
        Clusters clusters = random_clusters(random, 20'000, 4);
        double squares = 0.0;
        for (const PairedCluster& each : clusters) {
            squares += static_cast<double>(each.difference * each.difference);
        }
        const double z = (static_cast<double>(std::abs(sum(clusters))) - 1.0) / std::sqrt(squares);  // sums lie two apart
        QVERIFY(near(sign_flip_test(clusters), std::erfc(z / std::sqrt(2.0)), 1e-3));
    }
    void exact_intervals_are_those_of_an_enumeration() {
        RandomStream random(5);
        for (int repetition = 0; repetition < 40; ++repetition) {
            Clusters clusters;
            const std::int64_t size = 1 + random.below(4);
            for (int i = 0; i < 6; ++i) {
                clusters.push_back({random.below(2 * size + 1) - size, size});
            }
            const ClusteredEstimate estimate = clustered_difference(clusters);
            if (estimate.kind == IntervalKind::Score) {
                continue;
            }
            QCOMPARE(estimate.kind, IntervalKind::Exact);
            // 46,656. P(Z > sqrt(6 / 5) 2.5706), 2.5706 being Student's t of five degrees, is 0.0024318: the tails hold 113.46 each
            const std::vector<double> sums = enumerated_sums(clusters);
            QVERIFY(near(estimate.difference.low, sums[113] / static_cast<double>(6 * size), 1e-12));
            QVERIFY(near(estimate.difference.high, sums[sums.size() - 114] / static_cast<double>(6 * size), 1e-12));
        }
    }
    void order_does_not_matter_and_exchange_changes_signs() {
        RandomStream random(6);
        for (const int largest : {1, 6}) {
            Clusters clusters = random_clusters(random, 40, largest);
            const ClusteredEstimate first = clustered_difference(clusters, kToldBootstrap);
            QCOMPARE(first.kind, largest == 1 ? IntervalKind::Exact : IntervalKind::Bootstrap);
            random.shuffle(clusters);
            const ClusteredEstimate second = clustered_difference(clusters, kToldBootstrap);
            QCOMPARE(second.difference.low, first.difference.low);
            QCOMPARE(second.difference.high, first.difference.high);
            for (PairedCluster& each : clusters) {
                each.difference = -each.difference;
            }
            const ClusteredEstimate exchanged = clustered_difference(clusters, kToldBootstrap);
            QCOMPARE(exchanged.difference.low, -first.difference.high);
            QCOMPARE(exchanged.difference.high, -first.difference.low);
            QCOMPARE(exchanged.difference.value, -first.difference.value);
        }
    }
    void alike_ones_have_a_score_interval() {
        const ClusteredEstimate alone = clustered_difference(Clusters(7, {1, 1}));
        const ClusteredEstimate fours = clustered_difference(Clusters(7, {4, 4})), half = clustered_difference(Clusters(7, {2, 4}));
        QVERIFY(alone.kind == IntervalKind::Score && fours.kind == IntervalKind::Score && half.kind == IntervalKind::Score);
        QVERIFY(near(fours.difference.low, alone.difference.low, 1e-9));  // seven witnesses, not twenty-eight
        const double unseen = wilson_interval(0, 7).high;  // so much may be of -1, or of 1, instead of a half
        QVERIFY(near(half.difference.low, 0.5 * (1.0 - unseen) - unseen, 1e-12) && near(half.difference.high, 0.5 * (1.0 - unseen) + unseen, 1e-12));
        QVERIFY(half.difference.value == 0.5);
        QVERIFY(std::isnan(clustered_difference({}).difference.value));
    }
    /// Of different sizes too: a drawn interval would be a point, as if nothing were left to doubt.
    void alike_ones_of_any_size_have_a_score_interval() {
        const ClusteredEstimate none = clustered_difference(Clusters{{0, 4}, {0, 3}, {0, 4}, {0, 2}, {0, 4}, {0, 1}});
        QCOMPARE(none.kind, IntervalKind::Score);
        QVERIFY(near(none.difference.high, paired_score_interval(0, 0, 6).high, 1e-9));
        const ClusteredEstimate all = clustered_difference(Clusters{{4, 4}, {3, 3}, {2, 2}, {1, 1}, {2, 2}, {5, 5}}), half = clustered_difference(Clusters{{-2, 4}, {-1, 2}, {-3, 6}, {-1, 2}, {-1, 2}, {-4, 8}});
        QVERIFY(all.kind == IntervalKind::Score && half.kind == IntervalKind::Score);
        QVERIFY(near(all.difference.low, paired_score_interval(0, 6, 6).low, 1e-9));
        QVERIFY(near(half.difference.value, -0.5, 1e-12) && half.difference.low < -0.5 && half.difference.high > -0.5);
        const Interval share = clustered_share(Clusters{{2, 4}, {1, 2}, {2, 4}, {3, 6}});
        QVERIFY(near(share.low, wilson_interval(2, 4).low, 1e-12));
    }
    /// However few there are and however they differ alike: who sees a larger difference has no interval that ends lower. One photograph with five
    /// questions, 4 of 5 -> 5 of 5, had +20 [-11.7, +20] beside no difference with 0 [-79.3, +79.3].
    void intervals_of_alike_ones_go_with_their_difference() {
        for (std::size_t count = 1; count <= 40; ++count) {
            Estimate below{-1.0, -1.0, -1.0};
            for (std::int64_t difference = -10; difference <= 10; ++difference) {
                const Estimate here = clustered_difference(Clusters(count, {difference, 10})).difference;
                QVERIFY2(-1.0 - 1e-12 <= here.low && here.low <= here.value + 1e-12 && here.value <= here.high + 1e-12 && here.high <= 1.0 + 1e-12, qPrintable(QString::number(count)));
                QVERIFY2(here.low >= below.low - 1e-12 && here.high >= below.high - 1e-12, qPrintable(QStringLiteral("%1: %2").arg(count).arg(difference)));
                QVERIFY(count > 5 || here.high - here.low > 0.7);
                below = here;
            }
        }
        const ClusteredEstimate photograph = clustered_difference(Clusters{{1, 5}});
        QVERIFY(photograph.kind == IntervalKind::Bounded && photograph.difference.low < -0.8 && photograph.difference.high > 0.9);
    }
    /// 2,000 simulations each of pictures whose questions lean together, and of rotations that change as one.
    void intervals_of_few_clusters_cover() {
        for (const int count : {1, 3, 5, 6, 10, 19}) {
            int pictures = 0, rotations = 0;
            for (int s = 0; s < 2000; ++s) {
                auto random = RandomStream::fork(11, "few", static_cast<std::uint64_t>(100 * s + count));
                const BootstrapOptions options{0.95, 400, static_cast<std::uint64_t>(s)};
                const Estimate leaning = clustered_difference(planted(random, count, 0.1), options).difference;
                pictures += leaning.low <= 0.1 && 0.1 <= leaning.high ? 1 : 0;
                Clusters fours;
                for (int i = 0; i < count; ++i) {
                    const double u = random.uniform();
                    fours.push_back({u < 0.05 ? -4 : u < 0.25 ? 4 : 0, 4});
                }
                const Estimate together = clustered_difference(fours, options).difference;
                rotations += together.low <= 0.15 && 0.15 <= together.high ? 1 : 0;
            }
            const QString seen = QStringLiteral("%1 clusters: %2, %3 of 2000").arg(count).arg(pictures).arg(rotations);
            qInfo("%s", qPrintable(seen));
            QVERIFY2(pictures >= (count < kLeastClusters ? 1900 : 1800), qPrintable(seen));
            QVERIFY2(rotations >= (count < kLeastClusters ? 1900 : 1760), qPrintable(seen));
        }
    }
    /// Fractions: soft accuracy by tenths and thirds is exact, whatever the unit they are written in.
    void flips_of_fractions() {
        const Clusters tenths = {{3, 1}, {-1, 1}, {9, 1}, {6, 1}, {-3, 1}, {10, 1}, {2, 1}};
        Clusters units = tenths;
        for (PairedCluster& each : units) {
            each = {each.difference * (kWorthUnits / 10), kWorthUnits};
        }
        QCOMPARE(sign_flip_test(units), enumerated_p(tenths));
        QCOMPARE(sign_flip_test(units), sign_flip_test(tenths));
        Clusters apart = {{840, 2520}, {-630, 2520}, {1764, 2520}, {2520, 2520}, {360, 2520}, {-1, 2520}};
        QCOMPARE(sign_flip_test(apart), enumerated_p(apart));
    }
    /// Of 600 different ones the distribution is exact, of 800 it is the normal limit: there is no step between them.
    void flips_of_hundreds_of_fractions() {
        for (const int count : {500, 600, 800, 5000}) {
            RandomStream random(12);
            Clusters clusters;
            double squares = 0.0;
            for (int i = 0; i < count; ++i) {
                clusters.push_back({random.below(2 * kWorthUnits + 1) - kWorthUnits + (i % 8 == 0 ? 500 : 0), kWorthUnits});
                squares += static_cast<double>(clusters.back().difference) * static_cast<double>(clusters.back().difference);
            }
            const double z = static_cast<double>(std::abs(sum(clusters))) / std::sqrt(squares), p = std::erfc(z / std::sqrt(2.0));
            QVERIFY2(near(sign_flip_test(clusters), p, 2e-3 * p), qPrintable(QStringLiteral("%1: %2, %3").arg(count).arg(sign_flip_test(clusters)).arg(p)));
        }
        Clusters clusters;
        RandomStream random(13);
        for (int i = 0; i < 5000; ++i) {
            clusters.push_back({random.below(2 * kWorthUnits + 1) - kWorthUnits, kWorthUnits});
        }
        const ClusteredEstimate estimate = clustered_difference(clusters, {0.95, 200, 1});
        QVERIFY(estimate.kind == IntervalKind::Bootstrap && estimate.difference.low <= estimate.difference.value && estimate.difference.value <= estimate.difference.high);
    }
    /// The procedure by hand: 4 x 0.005, 3 x 0.01, 2 x 0.03, and 0.04 is no less than the one before it.
    void holm() {
        const std::vector<double> adjusted = holm_adjusted(std::vector<double>{0.01, 0.04, std::nan(""), 0.03, 0.005});
        QVERIFY(near(adjusted[0], 0.03, 1e-15) && near(adjusted[1], 0.06, 1e-15) && near(adjusted[3], 0.06, 1e-15) && near(adjusted[4], 0.02, 1e-15));
        QVERIFY(std::isnan(adjusted[2]));
        QCOMPARE(holm_adjusted(std::vector<double>{0.7, 0.9}), (std::vector<double>{1.0, 1.0}));
        QCOMPARE(holm_adjusted(std::vector<double>{0.2}), std::vector<double>{0.2});
        QVERIFY(holm_adjusted({}).empty());
    }
    /// Six tests without a difference, told together: the smallest p of them is below 0.05 much oftener than Holm's.
    void holm_holds_the_level() {
        int raw = 0, corrected = 0;
        for (int s = 0; s < 1000; ++s) {
            auto random = RandomStream::fork(9, "holm", static_cast<std::uint64_t>(s));
            std::vector<double> p;
            for (int set = 0; set < 6; ++set) {
                p.push_back(sign_flip_test(planted(random, 60, 0.0)));
            }
            const std::vector<double> adjusted = holm_adjusted(p);
            raw += *std::min_element(p.begin(), p.end()) <= 0.05 ? 1 : 0;
            corrected += *std::min_element(adjusted.begin(), adjusted.end()) <= 0.05 ? 1 : 0;
        }
        QVERIFY2(raw > 180 && corrected <= 65, qPrintable(QStringLiteral("%1, %2 of 1000").arg(raw).arg(corrected)));
    }
    void shares() {
        const Interval plain = clustered_share(Clusters{{1, 1}, {0, 1}, {1, 1}, {1, 1}});
        QCOMPARE(plain.low, wilson_interval(3, 4).low);
        const Interval together = clustered_share(Clusters(3, {4, 4}));
        QCOMPARE(together.low, wilson_interval(3, 3).low);
        const Interval apart = clustered_share(Clusters(12, {1, 1}));
        QVERIFY(together.low < apart.low);
        QCOMPARE(clustered_share(Clusters{}).high, 1.0);
    }
    /// Alone it is the bootstrap over samples; what is drawn together leaves fewer units and a wider interval; copies of every sample leave it as it is.
    void the_gap_is_drawn_by_clusters() {
        RandomStream random(8);
        std::vector<double> base, method, oracle;
        std::vector<std::size_t> alone, fours;
        for (std::size_t i = 0; i < 120; ++i) {
            const bool wrong = i / 4 % 2 == 0;
            base.push_back(wrong ? 0.0 : 1.0);
            method.push_back(wrong && i / 4 % 4 == 0 ? 1.0 : base.back());
            oracle.push_back(wrong && i / 4 % 6 != 2 ? 1.0 : base.back());
            alone.push_back(i);
            fours.push_back(i / 4);
        }
        const GapClosed plain = gap_closed(base, method, oracle, kToldBootstrap), same = gap_closed(base, method, oracle, alone, kToldBootstrap);
        QCOMPARE(same.share.low, plain.share.low);
        QCOMPARE(same.share.high, plain.share.high);
        const GapClosed together = gap_closed(base, method, oracle, fours, kToldBootstrap);
        QCOMPARE(together.share.value, plain.share.value);
        QVERIFY(together.share.high - together.share.low > 1.5 * (plain.share.high - plain.share.low));
        std::vector<double> one_base, one_method, one_oracle;  // one sample for every four that are alike
        for (std::size_t i = 0; i < 120; i += 4) {
            one_base.push_back(base[i]);
            one_method.push_back(method[i]);
            one_oracle.push_back(oracle[i]);
        }
        QCOMPARE(gap_closed(one_base, one_method, one_oracle, kToldBootstrap).share.low, together.share.low);
    }
    /// 2,000 simulations with 100 planted clusters: the interval of clusters covers what it says, one that takes every question for itself covers less.
    void a_clustered_interval_covers() {
        constexpr double kGain = 0.1;
        constexpr int kSimulations = 2000;
        int clustered = 0, plain = 0, rejected = 0;
        for (int s = 0; s < kSimulations; ++s) {
            auto random = RandomStream::fork(7, "coverage", static_cast<std::uint64_t>(s));
            const Clusters clusters = planted(random, 100, kGain);
            const Estimate together = clustered_difference(clusters, {0.95, 400, static_cast<std::uint64_t>(s)}).difference;
            clustered += together.low <= kGain && kGain <= together.high ? 1 : 0;
            Clusters alone;
            for (const PairedCluster& each : clusters) {
                for (std::int64_t q = 0; q < each.size; ++q) {
                    alone.push_back({q < std::abs(each.difference) ? (each.difference < 0 ? -1 : 1) : 0, 1});
                }
            }
            const Estimate apart = clustered_difference(alone).difference;
            plain += apart.low <= kGain && kGain <= apart.high ? 1 : 0;
            auto without = RandomStream::fork(8, "level", static_cast<std::uint64_t>(s));
            rejected += sign_flip_test(planted(without, 100, 0.0)) <= 0.05 ? 1 : 0;
        }
        const double share = 100.0 * clustered / kSimulations, taken_apart = 100.0 * plain / kSimulations, level = 100.0 * rejected / kSimulations;
        qInfo("clustered %.1f %%, plain %.1f %%, sign flips reject %.1f %% without a difference", share, taken_apart, level);
        QVERIFY(share >= 93.0 && share <= 97.0);
        QVERIFY(taken_apart < 90.0);
        QVERIFY(level >= 3.5 && level <= 6.5);
    }
};

QTEST_APPLESS_MAIN(TestAnalysisClusters)
#include "test_analysis_clusters.moc"
