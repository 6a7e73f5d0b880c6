// Knock-outs over a set: planted experts with and without an effect, clusters, corrections, samples that fail.
#include <QTest>

#include <cmath>

#include "core/run/knockout.h"
#include "tests/run/formula_model.h"

using namespace r2t2;

namespace {

KnockoutReport report_of(const std::vector<SampleSetPtr>& sets, KnockoutOptions options = {}) {
    options.threads = options.threads == 0 ? 1 : options.threads;
    return run_knockout(FormulaModel(), sets, options, {}, {}).value();
}

const KnockEffect& effect(const KnockoutReport& report, KnockKind kind, std::optional<std::size_t> mixer, std::size_t expert) {
    return *std::find_if(report.effects.begin(), report.effects.end(), [&](const KnockEffect& each) { return each.knock == Knock{kind, mixer, expert}; });
}

}  // namespace

class TestRunKnockout : public QObject {
    Q_OBJECT

private Q_SLOTS:
    /// The formula's loss and answer are the image experts' weights: the language experts are planted without an effect, and so are all outputs.
    void planted_experts() {
        const KnockoutReport report = report_of({std::make_shared<FormulaSet>("set", 200)});
        QCOMPARE(report.samples, std::int64_t{200});
        QCOMPARE(report.clusters, std::int64_t{200});
        QCOMPARE(report.effects.size(), std::size_t{3 * 3 * 6});
        for (const KnockEffect& each : report.effects) {
            if (each.knock.kind == KnockKind::Silence || each.knock.expert >= 3) {
                QCOMPARE(each.loss.value, 0.0);
                QCOMPARE(each.loss_p, 1.0);
                QCOMPARE(each.loss_holm, 1.0);
                QCOMPARE(each.right.value, 0.0);
                QCOMPARE(each.changed, std::int64_t{0});
            }
        }
        for (std::size_t expert = 0; expert < 3; ++expert) {
            const KnockEffect& blocked = effect(report, KnockKind::Block, std::nullopt, expert);
            QVERIFY(blocked.loss.value > 1.0 && blocked.loss_holm < 1e-6);  // a third of the truths name it
            QVERIFY(blocked.loss.low > 0.0 && blocked.loss.low < blocked.loss.value && blocked.loss.value < blocked.loss.high);
            QVERIFY(blocked.changed > 0 && blocked.lost > 0);
            QVERIFY(effect(report, KnockKind::Block, 0, expert).loss.value < blocked.loss.value);
            // Forced, everybody answers with it.
            const KnockEffect& forced = effect(report, KnockKind::Force, std::nullopt, expert);
            const double named = forced.right.value + report.base_right;
            QVERIFY(named > 0.2 && named < 0.5);
            QVERIFY(forced.loss_holm >= forced.loss_p && blocked.right_holm >= blocked.right_p);
        }
    }

    void the_same_whatever_the_threads() {
        const std::vector<SampleSetPtr> sets = {std::make_shared<FormulaSet>("first", 30), std::make_shared<FormulaSet>("second", 20)};
        KnockoutOptions many;
        many.threads = 3;
        const KnockoutReport one = report_of(sets), three = report_of(sets, many);
        for (std::size_t i = 0; i < one.effects.size(); ++i) {
            QCOMPARE(three.effects[i].loss.value, one.effects[i].loss.value);
            QCOMPARE(three.effects[i].right_p, one.effects[i].right_p);
        }
    }

    void samples_that_fail_are_in_no_number() {
        const KnockoutReport report = report_of({std::make_shared<FormulaSet>("set", 20, std::set<std::size_t>{3}, std::set<std::size_t>{5})});
        QCOMPARE(report.samples, std::int64_t{18});
        QCOMPARE(report.problems.size(), std::size_t{2});
        QVERIFY(report.problems[0].message().find("set/3") != std::string::npos);
        QVERIFY(!run_knockout(FormulaModel(), {std::make_shared<FormulaSet>("set", 1, std::set<std::size_t>{0})}, {}, {}, {}).ok());
        const CancelToken cancel = CancelToken::create();
        cancel.cancel();
        QCOMPARE(run_knockout(FormulaModel(), {std::make_shared<FormulaSet>("set", 5)}, {}, {}, cancel).error().kind, ErrorKind::Cancelled);
    }

    /// 2,000 simulations of 100 clusters whose samples share most of their change: the interval holds the truth as often as it says, one that takes
    /// every sample for itself does not.
    void intervals_of_clusters_cover() {
        RandomStream stream(7);
        int covered = 0, plain = 0, rejected = 0;
        constexpr int trials = 2000;
        for (int trial = 0; trial < trials; ++trial) {
            std::vector<double> changes;
            std::vector<std::size_t> clusters, alone;
            for (std::size_t c = 0; c < 100; ++c) {
                const double shared = stream.normal();
                const auto size = static_cast<std::size_t>(1 + stream.below(6));
                for (std::size_t s = 0; s < size; ++s) {
                    changes.push_back(0.3 + shared + 0.5 * stream.normal());
                    alone.push_back(clusters.size());
                    clusters.push_back(c);
                }
            }
            const MeanChange told = clustered_mean_change(changes, clusters), each = clustered_mean_change(changes, alone);
            covered += told.change.low <= 0.3 && 0.3 <= told.change.high ? 1 : 0;
            plain += each.change.low <= 0.3 && 0.3 <= each.change.high ? 1 : 0;
            std::vector<double> none = changes;
            for (double& change : none) {
                change -= 0.3;
            }
            rejected += clustered_mean_change(none, clusters).p < 0.05 ? 1 : 0;
        }
        QVERIFY2(covered > 0.93 * trials && covered < 0.97 * trials, qPrintable(QString::number(covered)));
        QVERIFY2(plain < 0.85 * trials, qPrintable(QString::number(plain)));
        QVERIFY2(rejected > 0.03 * trials && rejected < 0.07 * trials, qPrintable(QString::number(rejected)));
    }

    void changes_that_say_little() {
        const MeanChange alike = clustered_mean_change({0.0, 0.0, 0.0}, {0, 1, 2});
        QCOMPARE(alike.p, 1.0);
        QCOMPARE(alike.change.low, 0.0);
        const MeanChange one = clustered_mean_change({1.0, 2.0}, {0, 0});
        QCOMPARE(one.change.value, 1.5);
        QVERIFY(std::isnan(one.change.low) && std::isnan(one.p));
        // By hand: clusters of one, mean 2, standard error 1 / sqrt(3), t = 2 sqrt(3) with 2 degrees of freedom.
        const MeanChange three = clustered_mean_change({1.0, 2.0, 3.0}, {0, 1, 2});
        QVERIFY(std::abs(three.p - 2.0 * student_t_cdf(-2.0 * std::sqrt(3.0), 2.0)) < 1e-12);
        QVERIFY(std::abs(three.change.high - (2.0 + 4.302652729911275 / std::sqrt(3.0))) < 1e-6);
    }

    void names() {
        QCOMPARE(*parse_knock_kind("block"), KnockKind::Block);
        QVERIFY(parse_knock_kind("mute").error().allowed.find("silence") != std::string::npos);
        QCOMPARE(mixer_text({KnockKind::Force, 1, 0}), std::string("mixer 2"));
        RoutingSpace one = RoutingSpace::moai(1);
        QCOMPARE(all_knocks(one, {KnockKind::Force}).size(), std::size_t{6});  // "all" would be the same again
    }
};

QTEST_APPLESS_MAIN(TestRunKnockout)
#include "test_run_knockout.moc"
