// The smallest difference that a run can detect: against enumeration, and against runs that are drawn another way and judged by the test itself.
#include <QtTest>
#include <cmath>
#include <vector>

#include "core/analysis/cluster_draws.h"
#include "core/analysis/paired_power.h"
#include "core/base/random.h"

using namespace r2t2;

namespace {

bool near(double a, double b, double tolerance) { return std::abs(a - b) <= tolerance; }

int one_change(RandomStream& random, const ExpectedChange& change) {
    const double at = random.uniform();
    return at < change.mended ? 1 : at < change.discordance() ? -1 : 0;
}

struct Drawn {
    PairedCluster cluster;
    std::int64_t discordant = 0;
};

/// Polya's urn, sample by sample: the form that paired_power.h assumes, without its sums.
Drawn from_urn(RandomStream& random, const ExpectedChange& change, double correlation, std::int64_t size) {
    const double total = (1.0 - correlation) / correlation;
    double mended = 0.0, harmed = 0.0;
    for (std::int64_t i = 0; i < size; ++i) {
        const double at = random.uniform() * (total + static_cast<double>(i));
        if (at < change.mended * total + mended) {
            ++mended;
        } else if (at < change.discordance() * total + mended + harmed) {
            ++harmed;
        }
    }
    return {{static_cast<std::int64_t>(mended - harmed), size}, static_cast<std::int64_t>(mended + harmed)};
}

/// Another form with the same correlation: every sample takes what its cluster has in common with the chance sqrt(correlation), else its own.
Drawn from_common_cause(RandomStream& random, const ExpectedChange& change, double correlation, std::int64_t size) {
    Drawn out{{0, size}, 0};
    const int common = one_change(random, change);
    for (std::int64_t i = 0; i < size; ++i) {
        const int own = random.chance(std::sqrt(correlation)) ? common : one_change(random, change);
        out.cluster.difference += own;
        out.discordant += own * own;
    }
    return out;
}

enum class Form { Urn, CommonCause };

/// Share of simulated runs that the program's test rejects.
double simulated(const PowerDesign& design, double difference, Form form, int runs) {
    const ExpectedChange change = expected_change(design, difference);
    int rejected = 0;
    for (int run = 0; run < runs; ++run) {
        auto random = RandomStream::fork(77, "planted", static_cast<std::uint64_t>(run));
        std::vector<PairedCluster> clusters;
        for (const ClusterGroup& group : design.clusters) {
            for (std::int64_t i = 0; i < group.count; ++i) {
                const bool urn = form == Form::Urn && design.correlation > 0.0;
                clusters.push_back((urn ? from_urn(random, change, design.correlation, group.size) : from_common_cause(random, change, design.correlation, group.size)).cluster);
            }
        }
        rejected += sign_flip_test(clusters) <= design.level() ? 1 : 0;
    }
    return static_cast<double>(rejected) / runs;
}

PowerDesign design_of(std::vector<ClusterGroup> clusters, double correlation, double base, std::optional<double> discordance, double ratio = 0.25) {
    return {std::move(clusters), correlation, base, discordance, ratio, 0.05, 1};
}

}  // namespace

class TestAnalysisPower final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    /// Every outcome of twelve samples alone: trinomial chances times McNemar's verdict.
    void alone_it_is_an_enumeration() {
        for (const double difference : {0.1, 0.3, 0.45}) {
            PowerDesign design = design_of({{1, 12}}, 1.0, 0.4, 0.5);
            const ExpectedChange change = expected_change(design, difference);
            double power = 0.0;
            for (int mended = 0; mended <= 12; ++mended) {
                for (int harmed = 0; mended + harmed <= 12; ++harmed) {
                    const double chance = std::exp(std::lgamma(13.0) - std::lgamma(mended + 1.0) - std::lgamma(harmed + 1.0) - std::lgamma(13.0 - mended - harmed)) *
                                          std::pow(change.mended, mended) * std::pow(change.harmed, harmed) * std::pow(1.0 - change.discordance(), 12 - mended - harmed);
                    power += mended > harmed && mcnemar_exact(harmed, mended) <= 0.05 ? chance : 0.0;
                }
            }
            const Power told = detection_power(design, difference);
            QVERIFY2(near(told.value, power, 1e-12), qPrintable(QStringLiteral("%1, enumerated %2").arg(told.value).arg(power)));
            QCOMPARE(told.method, PowerMethod::Exact);
        }
    }
    /// 2,500 simulated runs a setting, judged by the program's own test: 78 to 82 % of them reject at the difference that `power` names.
    void eighty_percent_are_eighty_percent_data() {
        QTest::addColumn<std::vector<ClusterGroup>>("clusters");
        QTest::addColumn<double>("correlation");
        QTest::addColumn<double>("base");
        QTest::addColumn<double>("discordance");  // below 0: the ratio is held
        QTest::addColumn<int>("comparisons");
        QTest::addColumn<int>("method");
        QTest::addColumn<bool>("common_cause");  // many clusters: the form does not matter
        const auto exact = static_cast<int>(PowerMethod::Exact), drawn = static_cast<int>(PowerMethod::Simulated), normal = static_cast<int>(PowerMethod::Normal);
        using Clusters = std::vector<ClusterGroup>;
        QTest::newRow("1,600 alone, one harmed for four mended") << Clusters{{1, 1600}} << 1.0 << 0.7 << -1.0 << 1 << exact << true;
        QTest::newRow("200 alone, discordance 30 %") << Clusters{{1, 200}} << 1.0 << 0.6 << 0.3 << 1 << exact << true;
        QTest::newRow("40 alone") << Clusters{{1, 40}} << 1.0 << 0.5 << -1.0 << 1 << exact << true;
        QTest::newRow("1,600 alone, 24 comparisons") << Clusters{{1, 1600}} << 1.0 << 0.7 << -1.0 << 24 << exact << true;
        QTest::newRow("100 clusters of 4") << Clusters{{4, 100}} << 0.3 << 0.6 << 0.3 << 1 << drawn << true;
        QTest::newRow("100 clusters of 4, few change") << Clusters{{4, 100}} << 0.3 << 0.6 << -1.0 << 1 << drawn << true;
        QTest::newRow("100 clusters of 4, uncorrelated") << Clusters{{4, 100}} << 0.0 << 0.6 << 0.3 << 1 << drawn << true;
        QTest::newRow("100 clusters of 4, 6 comparisons") << Clusters{{4, 100}} << 0.3 << 0.6 << 0.3 << 6 << drawn << true;
        QTest::newRow("100 clusters of 3 to 6") << Clusters{{3, 25}, {4, 25}, {5, 25}, {6, 25}} << 0.5 << 0.6 << 0.4 << 1 << drawn << false;
        QTest::newRow("30 clusters of 8") << Clusters{{8, 30}} << 0.4 << 0.6 << 0.3 << 1 << drawn << false;
        QTest::newRow("12 clusters of 6") << Clusters{{6, 12}} << 0.3 << 0.5 << 0.4 << 1 << drawn << false;
        QTest::newRow("1,000 clusters of 4") << Clusters{{4, 1000}} << 0.3 << 0.6 << 0.3 << 1 << normal << true;
    }
    void eighty_percent_are_eighty_percent() {
        QFETCH(std::vector<ClusterGroup>, clusters);
        QFETCH(double, correlation);
        QFETCH(double, base);
        QFETCH(double, discordance);
        QFETCH(int, comparisons);
        QFETCH(int, method);
        QFETCH(bool, common_cause);
        PowerDesign design = design_of(clusters, correlation, base, discordance < 0.0 ? std::nullopt : std::optional(discordance));
        design.comparisons = comparisons;
        const DetectableDifference found = smallest_difference(design);
        QVERIFY(found.difference && found.limit == PowerLimit::None);
        QCOMPARE(static_cast<int>(found.power.method), method);
        for (const Form form : {Form::Urn, Form::CommonCause}) {
            if (form == Form::Urn ? correlation < 1.0 : common_cause) {
                const double rejected = simulated(design, *found.difference, form, 2500);
                QVERIFY2(rejected >= 0.78 && rejected <= 0.82, qPrintable(QStringLiteral("%1 at %2").arg(rejected).arg(*found.difference)));
            }
        }
        QVERIFY(simulated(design, 0.7 * *found.difference, Form::CommonCause, 400) < 0.72);
    }
    /// Six comparisons told together, one with a difference: Holm's p of that one, in simulations.
    void holm_finds_it_as_often_as_told() {
        PowerDesign design = design_of({{1, 300}}, 1.0, 0.6, std::nullopt);
        design.comparisons = 6;
        const DetectableDifference found = smallest_difference(design);
        int rejected = 0;
        for (int run = 0; run < 4000; ++run) {
            auto random = RandomStream::fork(78, "holm", static_cast<std::uint64_t>(run));
            std::vector<double> p;
            for (int comparison = 0; comparison < 6; ++comparison) {
                ExpectedChange change = found.change;
                if (comparison > 0) {
                    change = {0.5 * change.discordance(), 0.5 * change.discordance()};
                }
                std::vector<PairedCluster> alone;
                for (int i = 0; i < 300; ++i) {
                    alone.push_back({one_change(random, change), 1});
                }
                p.push_back(sign_flip_test(alone));
            }
            rejected += holm_adjusted(p).front() <= 0.05 ? 1 : 0;
        }
        QVERIFY2(rejected >= 3120 && rejected <= 3280, qPrintable(QString::number(rejected)));
    }
    void a_clusters_counts_have_the_variance_that_is_said() {
        const ExpectedChange change{0.1, 0.25};
        for (const double correlation : {0.0, 0.2, 0.7, 1.0}) {
            for (const std::int64_t size : {1, 2, 5, 40}) {
                const std::vector<double> masses = cluster_masses(size, change, correlation);
                double all = 0.0, mean = 0.0, squares = 0.0;
                for (std::size_t i = 0; i < masses.size(); ++i) {
                    const double value = static_cast<double>(i) - static_cast<double>(size);
                    all += masses[i];
                    mean += value * masses[i];
                    squares += value * value * masses[i];
                }
                const double s = static_cast<double>(size);
                QVERIFY(near(all, 1.0, 1e-12) && near(mean, s * 0.15, 1e-11));
                QVERIFY(near(squares - mean * mean, s * (0.35 - 0.0225) * (1.0 + (s - 1.0) * correlation), 1e-9 * s * s));
            }
        }
        const std::vector<double> certain = cluster_masses(3, {0.0, 0.5}, 0.4);  // nobody is harmed
        QVERIFY(certain[0] == 0.0 && certain[1] == 0.0 && certain[2] == 0.0 && certain[6] > 0.0);
    }
    void the_correlation_that_was_planted_is_found() {
        const ExpectedChange change{0.1, 0.2};
        for (const double planted : {0.05, 0.3, 0.8}) {
            for (const Form form : {Form::Urn, Form::CommonCause}) {
                RandomStream random(11);
                std::vector<PairedCluster> clusters;
                std::int64_t discordant = 0;
                for (int i = 0; i < 20'000; ++i) {
                    const std::int64_t size = 1 + random.below(6);
                    const Drawn drawn = form == Form::Urn ? from_urn(random, change, planted, size) : from_common_cause(random, change, planted, size);
                    clusters.push_back(drawn.cluster);
                    discordant += drawn.discordant;
                }
                const std::optional<double> found = intra_cluster_correlation(clusters, discordant);
                QVERIFY2(found && near(*found, planted, 0.02), qPrintable(QString::number(found.value_or(-1.0))));
            }
        }
        QVERIFY(!intra_cluster_correlation(std::vector<PairedCluster>(9, {1, 1}), 9));  // all alone
        QVERIFY(!intra_cluster_correlation(std::vector<PairedCluster>(9, {0, 4}), 0));  // nothing changed
        QCOMPARE(*intra_cluster_correlation(std::vector<PairedCluster>{{4, 4}, {0, 4}, {-4, 4}, {0, 4}}, 8), 1.0);
    }
    /// Five clusters have no p below 2 / 2^5 = 0.0625, however large the difference.
    void too_few_clusters_say_nothing() {
        PowerDesign design = design_of({{50, 5}}, 0.2, 0.5, std::nullopt);
        QCOMPARE(design.least_clusters(), std::int64_t{6});
        QCOMPARE(smallest_difference(design).limit, PowerLimit::TooFewClusters);
        QCOMPARE(detection_power(design, 0.5).value, 0.0);
        design.clusters = {{50, 6}};
        QVERIFY(smallest_difference(design).difference.has_value());
        design.comparisons = 10;
        QCOMPARE(design.least_clusters(), std::int64_t{9});
        QVERIFY(smallest_difference(design).limit == PowerLimit::TooFewClusters && !smallest_difference(design).difference);
        design.clusters = {{60, 1}, {1, 200}};  // one picture weighs more than all others
        QVERIFY(design.effective_clusters() < static_cast<double>(kFewClusters));
    }
    void no_room_to_mend() {
        const DetectableDifference found = smallest_difference(design_of({{1, 100}}, 1.0, 0.96, std::nullopt));
        QVERIFY(found.limit == PowerLimit::NoRoom && !found.difference);
        QVERIFY(found.power.value > 0.0 && found.power.value < 0.8);
        QVERIFY(near(found.change.mended, 0.04, 1e-12) && near(found.change.harmed, 0.0, 1e-12));
        QCOMPARE(smallest_difference(design_of({{1, 100}}, 1.0, 1.0, std::nullopt)).limit, PowerLimit::NoRoom);
    }
    /// What is held, and where it gives way.
    void changes_that_go_with_a_difference() {
        const ExpectedChange ratio = expected_change(design_of({{1, 10}}, 1.0, 0.5, std::nullopt, 0.5), 0.1);
        QVERIFY(near(ratio.mended, 0.2, 1e-12) && near(ratio.harmed, 0.1, 1e-12));
        const ExpectedChange held = expected_change(design_of({{1, 10}}, 1.0, 0.5, 0.3), 0.1);
        QVERIFY(near(held.mended, 0.2, 1e-12) && near(held.harmed, 0.1, 1e-12));
        const ExpectedChange beyond = expected_change(design_of({{1, 10}}, 1.0, 0.5, 0.05), 0.1);
        QVERIFY(near(beyond.mended, 0.1, 1e-12) && beyond.harmed == 0.0);
        const ExpectedChange full = expected_change(design_of({{1, 10}}, 1.0, 0.8, 0.9), 0.15);
        QVERIFY(near(full.mended, 0.2, 1e-12) && near(full.harmed, 0.05, 1e-12));
    }
    void more_samples_find_less_and_more_in_common_find_more() {
        const auto smallest = [](const PowerDesign& design) { return *smallest_difference(design).difference; };
        const PowerDesign design = design_of({{4, 60}}, 0.3, 0.6, 0.3);
        PowerDesign more = design, alike = design, sure = design, many = design;
        more.clusters = {{4, 240}};
        alike.correlation = 0.8;
        many.comparisons = 8;
        QVERIFY(near(smallest(design) / smallest(more), 2.0, 0.25));
        QVERIFY(smallest(alike) > 1.2 * smallest(design) && smallest(many) > 1.1 * smallest(design));
        QVERIFY(*smallest_difference(sure, 0.95).difference > 1.15 * smallest(design));
        QVERIFY(near(design.design_effect(), 1.9, 1e-12));
        QCOMPARE(even_clusters(10, 4), (std::vector<ClusterGroup>{{2, 2}, {3, 2}}));
        QCOMPARE(smallest(design), smallest(design));
    }
};

QTEST_APPLESS_MAIN(TestAnalysisPower)
#include "test_analysis_power.moc"
