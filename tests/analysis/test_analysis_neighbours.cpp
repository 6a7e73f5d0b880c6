// What the neighbours of samples are like, by outcome: against numbers worked out by hand.
#include <QtTest>
#include <cmath>

#include "core/analysis/neighbour_statistics.h"

using namespace r2t2;

namespace {

NeighbourSample sample(std::optional<Outcome> outcome, std::vector<double> distances, std::vector<double> weights,
                       std::vector<std::optional<bool>> same, std::optional<double> routing = 0.5) {
    NeighbourSample out{outcome, {}, std::move(same), routing};
    for (std::size_t i = 0; i < distances.size(); ++i) {
        out.neighbourhood.neighbours.push_back({i, distances[i], 0.0, 0.0, weights[i]});
    }
    return out;
}

const NeighbourStatistics& of(const NeighbourReport& report, Outcome outcome) { return report.by_outcome[static_cast<std::size_t>(outcome)]; }

}  // namespace

class TestAnalysisNeighbours final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void worked_by_hand() {
        const std::vector<NeighbourSample> samples = {sample(Outcome::WrongRight, {0.2, 0.6}, {0.75, 0.25}, {true, false}),
                                                      sample(Outcome::WrongRight, {0.4, 0.4}, {0.5, 0.5}, {true, true}, 1.5)};
        const NeighbourReport report = neighbour_statistics(samples);
        const NeighbourStatistics& mended = of(report, Outcome::WrongRight);
        QCOMPARE(mended.samples, std::int64_t{2});
        QCOMPARE(mended.neighbours.value, 2.0);
        QVERIFY(std::abs(mended.nearest.value - 0.3) < 1e-12);
        QVERIFY(std::abs(mended.distance.value - 0.35) < 1e-12);  // 0.3 and 0.4
        QVERIFY(std::abs(mended.effective.value - 0.5 * (1.6 + 2.0)) < 1e-12);
        QVERIFY(std::abs(mended.same_label.value - 0.875) < 1e-12);
        QVERIFY(std::abs(mended.routing_distance.value - 1.0) < 1e-12);
        const double half = student_t_quantile(0.975, 1.0) * 0.05;  // two values 0.1 apart: their mean's error is 0.05
        QVERIFY(std::abs(mended.distance.high - (0.35 + half)) < 1e-9 && mended.distance.low == std::max(0.0, 0.35 - half));
    }

    /// No mean of effective numbers is above the neighbours that there are, none of a share above 1, none of a distance below 0.
    void intervals_end_where_no_value_can_lie() {
        std::vector<NeighbourSample> samples;
        for (int i = 0; i < 40; ++i) {
            samples.push_back(i < 39 ? sample(Outcome::RightRight, {0.0, 0.0, 0.0}, {1.0 / 3, 1.0 / 3, 1.0 / 3}, {true, true, true}, 0.0)
                                     : sample(Outcome::RightRight, {0.4, 0.4, 0.4}, {0.8, 0.1, 0.1}, {true, true, false}, 0.3));
        }
        const NeighbourStatistics all = neighbour_statistics(samples).all;
        QVERIFY(all.effective.value < 3.0 && all.effective.low >= 1.0);
        QCOMPARE(all.effective.high, 3.0);
        QCOMPARE(all.neighbours.high, 3.0);
        QCOMPARE(all.same_label.high, 1.0);
        QCOMPARE(all.nearest.low, 0.0);
        QCOMPARE(all.distance.low, 0.0);
        QCOMPARE(all.routing_distance.low, 0.0);
    }

    void outcomes_are_kept_apart_and_add_up() {
        std::vector<NeighbourSample> samples;
        for (const auto& [outcome, distance] : {std::pair{Outcome::RightRight, 0.1}, std::pair{Outcome::RightWrong, 0.9}, std::pair{Outcome::WrongWrong, 0.5}}) {
            samples.push_back(sample(outcome, {distance}, {1.0}, {false}));
        }
        samples.push_back(sample(std::nullopt, {0.7}, {1.0}, {std::nullopt}));  // truth unknown
        samples.back().neighbourhood.uniform_fallback = true;
        samples.push_back(sample(Outcome::WrongRight, {}, {}, {}));  // base: no neighbours
        const NeighbourReport report = neighbour_statistics(samples);
        QCOMPARE(report.all.samples, std::int64_t{4});
        QCOMPARE(report.all.uniform, std::int64_t{1});
        QVERIFY(std::abs(report.all.nearest.value - 0.55) < 1e-12);
        QCOMPARE(of(report, Outcome::RightWrong).nearest.value, 0.9);
        QVERIFY(std::isnan(of(report, Outcome::RightWrong).nearest.low));  // one sample has no interval
        QCOMPARE(of(report, Outcome::WrongRight).samples, std::int64_t{0});
        QVERIFY(std::isnan(of(report, Outcome::WrongRight).distance.value));
    }

    void what_is_unknown_is_left_out_of_its_own_mean_only() {
        const std::vector<NeighbourSample> samples = {sample(Outcome::RightRight, {0.1, 0.2}, {0.5, 0.5}, {true, std::nullopt}, std::nullopt),
                                                      sample(Outcome::RightRight, {0.3, 0.4}, {0.5, 0.5}, {true, false}, 0.25)};
        const NeighbourReport report = neighbour_statistics(samples);
        QCOMPARE(report.all.same_label.value, 0.5);
        QCOMPARE(report.all.routing_distance.value, 0.25);
        QVERIFY(std::abs(report.all.nearest.value - 0.2) < 1e-12);
    }
};

QTEST_APPLESS_MAIN(TestAnalysisNeighbours)
#include "test_analysis_neighbours.moc"
