// Which runs of a session may stand beside one another: two evaluations of other sets in one session, sweeps, runs that name no
// evaluation, a run that answered nothing.
#include <QtTest>

#include "core/results/made_together.h"
#include "core/results/result_table.h"
#include "core/results/session_compare.h"
#include "tests/session/session_samples.h"

using namespace r2t2;

namespace {

struct Run {
    Method method;
    const char* evaluation;  ///< "": names none
    const char* set;
    int neighbours = 5;
    int samples = 4;
    const char* data = "bb";
};

std::vector<std::int64_t> ids(const std::vector<StoredRun>& runs) {
    std::vector<std::int64_t> out;
    for (const StoredRun& run : runs) {
        out.push_back(run.id);
    }
    return out;
}

std::vector<std::int64_t> ids(const std::vector<RunResults>& runs) {
    std::vector<std::int64_t> out;
    for (const RunResults& run : runs) {
        out.push_back(run.run.id);
    }
    return out;
}

using Ids = std::vector<std::int64_t>;

}  // namespace

class TestMadeTogether final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void evaluations_do_not_mix();
    void the_chosen_run_is_shown();
    void of_a_sweep_the_nearest();
    void unnamed_runs_need_the_same_samples();
    void comparisons_say_what_is_in_one_only();

private:
    QTemporaryDir folder_;
    std::string path_;
};

void TestMadeTogether::initTestCase() {
    path_ = folder_.filePath(QStringLiteral("two.r2t2")).toStdString();
    auto session = SessionWriter::create(path_);
    const std::vector<Run> runs = {
        {Method::Base, "evaluation 1", "G-dim"},                                                                        // 1
        {Method::KernelRegression, "evaluation 1", "G-dim"},                                                            // 2
        {Method::Ngd, "evaluation 1", "G-dim"},                                                                         // 3
        {Method::Oracle, "evaluation 1", "G-dim"},                                                                      // 4
        {Method::Base, "evaluation 5", "O-dim", 5, 6},                                                                  // 5
        {Method::Ngd, "evaluation 5", "O-dim", 5, 6},                                                                   // 6
        {Method::Ngd, "evaluation 5", "O-dim", 3, 6},                                                                   // 7
        {Method::KernelRegression, "evaluation 5", "O-dim", 5, 6},                                                      // 8
        {Method::KernelRegression, "evaluation 5", "O-dim", 3, 6},                                                      // 9
        {Method::OwnMean, "evaluation 5", "O-dim", 5, 6},                                                               // 10
        {Method::ModeFinding, "evaluation 5", "O-dim", 5, 0},                                                           // 11: answered nothing
        {Method::Base, "", "G-dim"},                                                                                    // 12
        {Method::Ngd, "", "G-dim"},                                                                                     // 13
        {Method::Oracle, "", "G-noise"},                                                                                // 14: other samples
        {Method::Oracle, "", "G-dim", 5, 4, "other"},                                                                   // 15: other data
        {Method::Oracle, "", "G-dim", 5, 3},                                                                            // 16: fewer samples
    };
    for (const Run& run : runs) {
        RunInfo info = session_samples::run_info();
        info.method = to_string(run.method);
        info.data_hash = run.data;
        const std::string name = std::string(run.evaluation).empty() ? "" : R"("evaluation": ")" + std::string(run.evaluation) + R"(", )";
        info.config = "{" + name + R"("parameters": {"num_neighbors": )" + std::to_string(run.neighbours) + R"(, "kernel": "gaussian"}})";
        const auto id = session->begin_run(info);
        QVERIFY(id.ok());
        for (int i = 0; i < run.samples; ++i) {
            SampleInfo sample = session_samples::sample_info(i);
            sample.id.set = run.set;
            Trajectory path = session_samples::trajectory(i, {false, i % 2 == 0});
            path.method = run.method;
            QVERIFY(session->write_sample(*id, sample, path).ok());
        }
        QVERIFY(session->finish_run(*id, RunState::Finished).ok());
    }
}

void TestMadeTogether::evaluations_do_not_mix() {
    auto session = SessionReader::open(path_);
    QCOMPARE(ids(*made_together(*session, 3)), (Ids{1, 2, 3, 4}));
    QCOMPARE(ids(*made_together(*session, 8)), (Ids{5, 6, 7, 8, 9, 10, 11}));
    for (const std::int64_t run : {1, 2, 3, 4}) {
        const auto shown = one_of_each_method(*session, run);
        QCOMPARE(ids(*shown), (Ids{1, 2, 3, 4}));
        QCOMPARE(sets_of(*shown), std::vector<std::string>{"G-dim"});
        QCOMPARE(result_table(*evaluation_results(*session, run)).rows.size(), std::size_t{4});
    }
    QVERIFY(!made_together(*session, 77).ok() && !one_of_each_method(*session, 77).ok());
}

void TestMadeTogether::the_chosen_run_is_shown() {
    auto session = SessionReader::open(path_);
    QCOMPARE(ids(*one_of_each_method(*session, 6)), (Ids{5, 6, 8}));
    QCOMPARE(ids(*one_of_each_method(*session, 7)), (Ids{5, 7, 9}));
    QCOMPARE(ids(*one_of_each_method(*session, 10)), (Ids{5, 6, 8, 10}));  // a control stands there only when it was asked for
    QCOMPARE(ids(*one_of_each_method(*session, 11)), (Ids{5, 6, 8}));      // nothing was answered: no line of it
}

void TestMadeTogether::of_a_sweep_the_nearest() {
    auto session = SessionReader::open(path_);
    QCOMPARE(ids(*one_of_each_method(*session, 8)), (Ids{5, 6, 8}));  // k 5 beside k 5
    QCOMPARE(ids(*one_of_each_method(*session, 9)), (Ids{5, 7, 9}));  // k 3 beside k 3
}

void TestMadeTogether::unnamed_runs_need_the_same_samples() {
    auto session = SessionReader::open(path_);
    QCOMPARE(ids(*made_together(*session, 13)), (Ids{12, 13}));
    QCOMPARE(ids(*made_together(*session, 14)), (Ids{14}));
    QCOMPARE(ids(*made_together(*session, 15)), (Ids{15}));
    QCOMPARE(ids(*made_together(*session, 16)), (Ids{16}));
}

void TestMadeTogether::comparisons_say_what_is_in_one_only() {
    const auto none = compare_sessions({path_, 3}, {path_, 6});
    QCOMPARE(none->overall.scored(), std::int64_t{0});
    QCOMPARE(unpaired_note(*none), std::string("4 samples are in A only and 6 in B only: they are in no number."));
    const auto part = compare_sessions({path_, 13}, {path_, 16});
    QCOMPARE(part->overall.scored(), std::int64_t{3});
    QCOMPARE(unpaired_note(*part), std::string("1 sample is in A only: it is in no number."));
    QVERIFY(unpaired_note(*compare_sessions({path_, 12}, {path_, 13})).empty());
}

QTEST_MAIN(TestMadeTogether)
#include "test_made_together.moc"
