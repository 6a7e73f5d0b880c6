// A benchmark's own score from stored answers: worked out by hand; what does not hold is left out and counted.
#include <QtTest>
#include <filesystem>

#include "core/results/result_table.h"
#include "core/session/sqlite.h"
#include "tests/session/benchmark_samples.h"

using namespace r2t2;
using namespace r2t2::session_samples;

class TestBenchmarkResults final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() {
        folder_ = std::make_unique<QTemporaryDir>();
        path_ = folder_->filePath(QStringLiteral("benchmarks.r2t2")).toStdString();
        auto session = SessionWriter::create(path_).value();
        QVERIFY(fill_benchmarks(session).ok());
    }

    void by_hand() {
        auto reader = SessionReader::open(path_);
        const auto results = benchmark_results(*reader, 1);
        QVERIFY(results.ok());
        QCOMPARE(results->damaged, std::int64_t{0});
        QCOMPARE(results->sets.size(), std::size_t{2});  // the plain set is none
        const BenchmarkResult& doc = results->sets[0];
        QCOMPARE(doc.benchmark, std::string("DocVQA"));
        QCOMPARE(doc.native.front(), (NamedNumber{"ANLS", 0.8, "", 1, 1.0}));
        QCOMPARE(doc.result.front(), (NamedNumber{"ANLS", 1.0, "", 1, 1.0}));
        const BenchmarkResult* mme = benchmark_of(results->sets, "MME-P");
        QVERIFY(mme != nullptr);
        QCOMPARE(mme->native.front(), (NamedNumber{"MME-P", 125.0, "points", 4, 200.0, 0, 9}));
        QCOMPARE(mme->result.front(), (NamedNumber{"MME-P", 200.0, "points", 4, 200.0, 0, 9}));
        QCOMPARE(mme->native[3], (NamedNumber{"count acc+", 50.0, "%", 2, 100.0}));
        QVERIFY(benchmark_of(results->sets, "colour") == nullptr);
    }

    void a_sample_comes_back_with_its_key() {
        auto reader = SessionReader::open(path_);
        const auto stored = reader->sample(1, {"DocVQA", "d5"});
        QVERIFY(stored.ok());
        QCOMPARE(stored->row.info, docvqa_sample(5, "hallo"));
        QVERIFY(!reader->sample(1, sample_info(6).id)->row.info.scoring);
        QVERIFY(reader->verify()->empty());
    }

    void in_the_table() {
        {
            auto session = SessionWriter::open(path_).value();
            QVERIFY(fill_benchmarks(session, "base", false).ok());
        }
        auto reader = SessionReader::open(path_);
        std::vector<RunResults> runs;
        for (const std::int64_t id : {1, 2}) {
            runs.push_back(run_results(*reader, id).value());
        }
        const ResultTable table = result_table(runs);
        QCOMPARE(table.sets, (std::vector<std::string>{"DocVQA", "MME-P", "count"}));
        QCOMPARE(table.rows[0].sets[1].headline(), 200.0);
        QCOMPARE(table.rows[0].sets[1].benchmark_native.front().value, 125.0);
        QCOMPARE(table.rows[1].sets[1].headline(), 125.0);
        QCOMPARE(table.rows[0].sets[2].headline(), 0.0);  // percent right: "1" for "0"
        QVERIFY(table.rows[0].sets[2].benchmark.empty() && table.rows[0].overall.benchmark.empty());
        QCOMPARE(table.rows[0].overall.headline(), 100.0 * 5.0 / 6.0);
    }

    /// A picture whose two questions both failed.
    void a_group_that_failed_is_counted() {
        const std::string path = folder_->filePath(QStringLiteral("failed.r2t2")).toStdString();
        auto session = SessionWriter::create(path).value();
        QVERIFY(fill_benchmarks(session).ok());
        for (const int number : {21, 22}) {
            QVERIFY(session.record_error(1, mme_sample(number, 20, "yes"), invalid_input("20.png", "image", "0 bytes", "a picture")).ok());
        }
        auto reader = SessionReader::open(path);
        const auto results = benchmark_results(*reader, 1);
        const BenchmarkResult* mme = benchmark_of(results->sets, "MME-P");
        QCOMPARE(mme->result.front(), (NamedNumber{"MME-P", 200.0, "points", 4, 200.0, 1, 9}));
        QCOMPARE(mme->native.front().incomplete, std::int64_t{1});
    }

    /// Records that could not be read: of their keys only the group is known. Nothing scores by such a key.
    void a_group_that_was_skipped_is_counted() {
        const std::string path = folder_->filePath(QStringLiteral("skipped.r2t2")).toStdString();
        auto session = SessionWriter::create(path).value();
        QVERIFY(fill_benchmarks(session).ok());
        for (const int number : {21, 22}) {
            SampleInfo lost = mme_sample(number, 20, "yes");
            lost.scoring = R"({"benchmark":"MME-P","rule":"yes-no","group":"count/20","group_size":2,"category":"count"})";
            QVERIFY(session.record_error(1, lost, invalid_input("20.txt", "image", "no file", "a picture")).ok());
        }
        auto reader = SessionReader::open(path);
        const auto results = benchmark_results(*reader, 1);
        QCOMPARE(results->damaged, std::int64_t{0});
        QCOMPARE(benchmark_of(results->sets, "MME-P")->result.front(), (NamedNumber{"MME-P", 200.0, "points", 4, 200.0, 1, 9}));
    }

    void what_does_not_hold_is_left_out_and_counted() {
        {
            auto session = SessionWriter::open(path_).value();
            SampleInfo bad = mme_sample(9, 3, "yes");
            bad.scoring = R"({"benchmark":"MME-P","rule":"fuzzy","answers":["yes"]})";
            QVERIFY(session.write_sample(1, bad, trajectory(9, {true, true}), reference_name).ok());
            QVERIFY(session.record_error(1, mme_sample(10, 3, "yes"), invalid_input("10.png", "image", "0 bytes", "a picture")).ok());
        }
        {
            auto database = sqlite::Database::open(path_, sqlite::OpenMode::Write);
            QVERIFY(database->execute("UPDATE samples SET scoring = replace(scoring, 'hallo', 'hello') WHERE sample_key = 'd5'").ok());
        }
        auto reader = SessionReader::open(path_);
        const auto results = benchmark_results(*reader, 1);
        QVERIFY(results.ok());
        QCOMPARE(results->damaged, std::int64_t{2});  // the rule nobody knows, and the row that was changed by hand
        QCOMPARE(results->sets.size(), std::size_t{1});
        QCOMPARE(results->sets.front().result.front().value, 200.0);
    }

    void an_older_session_has_none() {
        const std::string old = folder_->filePath(QStringLiteral("old.r2t2")).toStdString();
        std::filesystem::copy_file(R2T2_TEST_DATA "/session/version3.r2t2", old);
        auto reader = SessionReader::open(old);
        const auto results = benchmark_results(*reader, 2);
        QVERIFY(results.ok());
        QVERIFY(results->sets.empty());
        QVERIFY(run_results(*reader, 2)->benchmarks.empty());
    }

private:
    std::unique_ptr<QTemporaryDir> folder_;
    std::string path_;
};

QTEST_GUILESS_MAIN(TestBenchmarkResults)
#include "test_benchmark_results.moc"
