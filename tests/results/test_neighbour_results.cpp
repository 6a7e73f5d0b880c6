// The neighbours of stored runs: the same numbers as from the samples read one by one; damaged rows are left out and counted.
#include <QtTest>
#include <cmath>

#include "core/results/neighbour_results.h"
#include "core/session/sqlite.h"
#include "tests/session/session_samples.h"

using namespace r2t2;
using namespace r2t2::session_samples;

class TestNeighbourResults final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() {
        folder_ = std::make_unique<QTemporaryDir>();
        path_ = folder_->filePath(QStringLiteral("neighbours.r2t2")).toStdString();
        auto session = SessionWriter::create(path_).value();
        QVERIFY(session.begin_run(run_info()).ok());
        for (int i = 0; i < 12; ++i) {
            Trajectory one = trajectory(i, {i % 2 == 0, i % 3 == 0}, i % 2 == 0 ? 1 : 2);
            for (std::size_t n = 0; n < one.neighbourhood.neighbours.size(); ++n) {
                one.neighbourhood.neighbours[n].distance += 0.01 * i;
            }
            QVERIFY(session.write_sample(1, sample_info(i), one, [](std::size_t index) {
                ReferenceName name = reference_name(index);
                name.answer = std::to_string(index % 3);
                return name;
            }).ok());
        }
    }

    void agree_with_the_samples_one_by_one() {
        auto reader = SessionReader::open(path_);
        const auto results = neighbour_results(*reader, 1);
        QVERIFY(results.ok());
        QCOMPARE(results->damaged, std::int64_t{0});
        QCOMPARE(results->report.all.samples, std::int64_t{12});
        std::array<std::int64_t, kOutcomeCount> counted{};
        double nearest = 0.0, same = 0.0;
        for (const SampleRow& row : *reader->samples(1)) {
            const auto sample = reader->sample(row.id);
            ++counted[static_cast<std::size_t>(outcome_of(*row.native_correct, *row.final_correct))];
            nearest += sample->trajectory.neighbourhood.neighbours.front().distance / 12.0;
            for (std::size_t n = 0; n < sample->neighbours.size(); ++n) {
                same += sample->neighbours[n].answer == row.info.ground_truth ? sample->trajectory.neighbourhood.neighbours[n].weight / 12.0 : 0.0;
            }
        }
        for (std::size_t i = 0; i < kOutcomeCount; ++i) {
            QCOMPARE(results->report.by_outcome[i].samples, counted[i]);
        }
        QVERIFY(std::abs(results->report.all.nearest.value - nearest) < 1e-12);
        QVERIFY(std::abs(results->report.all.same_label.value - same) < 1e-12);
        QVERIFY(same > 0.0 && same < 1.0);
        QVERIFY(std::isnan(results->report.all.routing_distance.value));  // every third reference is known by name only
    }

    void routing_distance_is_zero_where_the_neighbours_stand_on_the_sample() {
        auto session = SessionWriter::open(path_).value();
        const auto run = session.begin_run(run_info());
        for (int i = 0; i < 2; ++i) {
            const Trajectory one = trajectory(i, {true, true});
            QVERIFY(session.write_sample(*run, sample_info(i), one, [&](std::size_t index) {
                ReferenceName name{"refs", std::to_string(index)};
                name.routing = one.steps[0].weights;
                return name;
            }).ok());
        }
        auto reader = SessionReader::open(path_);
        const auto results = neighbour_results(*reader, *run);
        QVERIFY(std::abs(results->report.all.routing_distance.value) < 1e-12);
        QVERIFY(std::isnan(results->report.all.same_label.value));  // no labels are known
    }

    void a_damaged_row_is_left_out_and_counted() {
        auto database = sqlite::Database::open(path_, sqlite::OpenMode::Write);
        QVERIFY(database->execute("UPDATE neighbours SET weight = 0.9 WHERE sample_id = 3 AND rank = 1", "change a row").ok());
        QVERIFY(database->execute("UPDATE samples SET outcome = 'RR' WHERE id = 5", "change a row").ok());
        auto reader = SessionReader::open(path_);
        const auto results = neighbour_results(*reader, 1);
        QVERIFY(results.ok());
        QCOMPARE(results->damaged, std::int64_t{2});
        QCOMPARE(results->report.all.samples, std::int64_t{10});
    }

    void a_run_that_is_not_there_and_a_cancelled_one_are_told() {
        auto reader = SessionReader::open(path_);
        QVERIFY(neighbour_results(*reader, 9).error().kind == ErrorKind::NotFound);
        const CancelToken cancel = CancelToken::create();
        cancel.cancel();
        QVERIFY(neighbour_results(*reader, 1, cancel).error().kind == ErrorKind::Cancelled);
    }

private:
    std::unique_ptr<QTemporaryDir> folder_;
    std::string path_;
};

QTEST_APPLESS_MAIN(TestNeighbourResults)
#include "test_neighbour_results.moc"
