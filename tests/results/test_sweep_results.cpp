// Sweeps: which runs belong together, what their cells scored, what is held while two parameters are drawn.
#include <QtTest>

#include "core/results/run_config.h"
#include "core/results/sweep_results.h"
#include "core/routing/method_params_json.h"
#include "core/routing/parameter_table.h"
#include "tests/session/sweep_samples.h"

using namespace r2t2;
using session_samples::SweepRun;

namespace {

struct Stored {
    QTemporaryDir folder;
    std::string path = folder.filePath(QStringLiteral("sweep.r2t2")).toStdString();
    SessionWriter session = SessionWriter::create(path).value();

    [[nodiscard]] std::vector<Sweep> read() const {
        auto reader = SessionReader::open(path);
        auto all = sweeps(*reader).value();
        for (Sweep& sweep : all) {
            if (!read_scores(*reader, sweep).ok()) {
                return {};
            }
        }
        return all;
    }
};

SweepRun run_of(const std::string& evaluation, std::map<std::string, std::string> parameters, std::vector<int> right, int samples = 20) {
    return {evaluation, "ngd", std::move(parameters), std::move(right), samples};
}

}  // namespace

class TestSweepResults final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void cells_are_what_the_runs_scored();
    void only_runs_made_together();
    void numbers_ascend_words_stay();
    void one_number_is_one_value();
    void a_run_that_was_done_again_counts_once();
    void part_of_the_samples_is_not_best();
    void an_interrupted_sweep_has_no_best();
    void axes_are_named();
    void third_axis_is_held();
};

void TestSweepResults::cells_are_what_the_runs_scored() {
    Stored stored;
    QVERIFY(session_samples::write_grid_sweep(stored.session));
    const std::vector<Sweep> all = stored.read();
    QCOMPARE(all.size(), std::size_t{1});
    const Sweep& sweep = all[0];
    QCOMPARE(sweep.axes.size(), std::size_t{2});
    QCOMPARE(sweep.axes[0].parameter, std::string("num_neighbors"));
    QCOMPARE(sweep.axes[0].values, (std::vector<std::string>{"3", "5", "10", "20"}));
    QCOMPARE(sweep.axes[1].values, (std::vector<std::string>{"5", "10", "20"}));
    QCOMPARE(sweep.sets, (std::vector<std::string>{"A", "B"}));
    QCOMPARE(sweep.cells.size(), std::size_t{11});
    QVERIFY(sweep.find(std::vector<std::size_t>{3, 2}) == nullptr);
    const SweepCell* cell = sweep.find(std::vector<std::size_t>{1, 1});  // k 5, 10 steps: 18 and 12 of 20
    QVERIFY(cell != nullptr);
    QCOMPARE(cell->sets[0].accuracy.value, 90.0);
    QCOMPARE(cell->sets[1].accuracy.value, 60.0);
    QCOMPARE(cell->overall.accuracy.value, 75.0);
    QCOMPARE(cell->overall.scored, std::int64_t{40});
    QCOMPARE(cell->base.accuracy.value, 40.0);
    const Interval wilson = wilson_interval(30, 40);
    QCOMPARE(cell->overall.accuracy.low, 100.0 * wilson.low);
    QCOMPARE(cell->overall.accuracy.high, 100.0 * wilson.high);
    QCOMPARE(sweep.best(), cell);
}

/// Case: a column with "5.0" beside "5": the runs stored one number in two ways, and are one cell.
void TestSweepResults::one_number_is_one_value() {
    Stored stored;
    for (const auto& [rate, steps] : {std::pair("5", "1"), std::pair("5.0", "2"), std::pair("0.5", "1"), std::pair("0.50", "2")}) {
        QVERIFY(session_samples::write_sweep_run(stored.session, run_of("evaluation 1", {{"initial_lr", rate}, {"num_steps", steps}}, {10})) > 0);
    }
    const std::vector<Sweep> all = stored.read();
    QCOMPARE(all.size(), std::size_t{1});
    QCOMPARE(all[0].axes[0].values, (std::vector<std::string>{"0.5", "5"}));
    QCOMPARE(all[0].axes[1].values, (std::vector<std::string>{"1", "2"}));
    QCOMPARE(all[0].cells.size(), std::size_t{4});
}

void TestSweepResults::only_runs_made_together() {
    Stored stored;
    for (const auto& [evaluation, k] : {std::pair("evaluation 1", "3"), std::pair("evaluation 1", "5"), std::pair("evaluation 3", "10")}) {
        QVERIFY(session_samples::write_sweep_run(stored.session, run_of(evaluation, {{"num_neighbors", k}}, {10})) > 0);
    }
    for (const char* k : {"3", "5"}) {  // the base depends on nothing
        SweepRun base = run_of("evaluation 1", {{"num_neighbors", k}}, {8});
        base.method = "base";
        QVERIFY(session_samples::write_sweep_run(stored.session, base) > 0);
    }
    RunInfo broken = session_samples::run_info();
    broken.config = "{\"parameters\": 3}";  // of another program
    QVERIFY(stored.session.begin_run(broken).ok());
    const std::vector<Sweep> all = stored.read();
    QCOMPARE(all.size(), std::size_t{1});
    QCOMPARE(all[0].evaluation, std::string("evaluation 1"));
    QCOMPARE(all[0].axes[0].values, (std::vector<std::string>{"3", "5"}));
}

void TestSweepResults::numbers_ascend_words_stay() {
    Stored stored;
    for (const auto& [kernel, rate] : {std::pair("\"polynomial\"", "1.0"), std::pair("\"gaussian\"", "1e-05"), std::pair("\"linear\"", "0.4"), std::pair("\"gaussian\"", "null")}) {
        QVERIFY(session_samples::write_sweep_run(stored.session, run_of("e", {{"kernel", kernel}, {"initial_lr", rate}}, {10})) > 0);
    }
    const std::vector<Sweep> all = stored.read();
    QCOMPARE(all.size(), std::size_t{1});
    QCOMPARE(all[0].axes[0].parameter, std::string("initial_lr"));
    QCOMPARE(all[0].axes[0].values, (std::vector<std::string>{"null", "1e-05", "0.4", "1"}));
    QCOMPARE(all[0].axes[1].values, (std::vector<std::string>{"polynomial", "gaussian", "linear"}));
    QCOMPARE(*all[0].axes[0].find("1"), std::size_t{3});
    QVERIFY(!all[0].axes[0].find("2"));
}

void TestSweepResults::a_run_that_was_done_again_counts_once() {
    Stored stored;
    for (const auto& [k, right, samples] : {std::tuple("3", 10, 20), std::tuple("5", 10, 20), std::tuple("3", 15, 20), std::tuple("3", 0, 0)}) {
        QVERIFY(session_samples::write_sweep_run(stored.session, run_of("e", {{"num_neighbors", k}}, {right}, samples)) > 0);
    }
    const std::vector<Sweep> all = stored.read();
    QCOMPARE(all[0].cells.size(), std::size_t{2});
    QCOMPARE(all[0].find(std::vector<std::size_t>{0})->overall.accuracy.value, 75.0);  // the third run; the fourth scored nothing
}

void TestSweepResults::part_of_the_samples_is_not_best() {
    Stored stored;
    for (const auto& [k, right, samples] : {std::tuple("3", 10, 20), std::tuple("5", 5, 5)}) {
        QVERIFY(session_samples::write_sweep_run(stored.session, run_of("e", {{"num_neighbors", k}}, {right}, samples)) > 0);
    }
    const Sweep sweep = stored.read()[0];
    QCOMPARE(sweep.find(std::vector<std::size_t>{1})->overall.accuracy.value, 100.0);
    QVERIFY(!sweep.complete(*sweep.find(std::vector<std::size_t>{1})));
    QCOMPARE(sweep.best(), sweep.find(std::vector<std::size_t>{0}));
}

/// Every run of an interrupted sweep has scored the same 96 of 200: none is complete, none is the best.
void TestSweepResults::an_interrupted_sweep_has_no_best() {
    Stored stored;
    for (const char* k : {"3", "5"}) {
        SweepRun run = run_of("e", {{"num_neighbors", k}}, {10}, 12);
        RunInfo info = session_samples::run_info();
        info.config = session_samples::sweep_config(run);
        info.config.insert(info.config.size() - 1, R"(, "planned": {"A": 20})");
        const auto id = stored.session.begin_run(info);
        for (int i = 0; i < run.samples; ++i) {
            SampleInfo sample = session_samples::sample_info(i);
            sample.id.set = "A";
            QVERIFY(stored.session.write_sample(*id, sample, session_samples::trajectory(i, {i < 8, i < 10})).ok());
        }
        QVERIFY(stored.session.finish_run(*id, RunState::Cancelled).ok());
    }
    const Sweep sweep = stored.read()[0];
    QVERIFY(!sweep.complete(sweep.cells[0]) && !sweep.complete(sweep.cells[1]));
    QVERIFY(sweep.best() == nullptr && sweep.leading() == &sweep.cells[0]);
    QCOMPARE(sweep.incomplete_text(), std::string("2 of 2 runs are incomplete, the least has 12 of 20 samples"));
    QVERIFY(slice(sweep).ok());
}

void TestSweepResults::axes_are_named() {
    Stored stored;
    QVERIFY(session_samples::write_grid_sweep(stored.session));
    const Sweep sweep = stored.read()[0];
    const auto turned = slice(sweep, {"steps", "num-neighbors"});
    QVERIFY(turned.ok());
    QCOMPARE(turned->x, std::size_t{1});
    QCOMPARE(*turned->other, std::size_t{0});
    QCOMPARE(turned->cell(sweep, 1, 1), sweep.best());
    const auto held = slice(sweep, {}, {{"k", "10"}});
    QVERIFY(held.ok() && !held->other);
    QCOMPARE(held->x, std::size_t{1});
    QCOMPARE(held->cell(sweep, 0), sweep.find(std::vector<std::size_t>{2, 0}));
    QVERIFY(slice(sweep, {"kernel"}).error().message().find("num_neighbors, num_steps") != std::string::npos);
    QVERIFY(slice(sweep, {}, {{"k", "4"}}).error().message().find("3, 5, 10, 20") != std::string::npos);
    QVERIFY(!slice(sweep, {"k", "k"}).ok());
    QVERIFY(!slice(sweep, {"k"}, {{"k", "5"}}).ok());
    QVERIFY(!slice(sweep, {}, {{"k", "5"}, {"steps", "5"}}).ok());
}

void TestSweepResults::third_axis_is_held() {
    Stored stored;
    for (const char* k : {"3", "5"}) {
        for (const char* steps : {"5", "10"}) {
            for (const char* rate : {"0.1", "0.4", "1.0"}) {
                const int right = std::string(rate) == "0.4" && std::string(k) == "5" ? 18 : 12;
                QVERIFY(session_samples::write_sweep_run(stored.session, run_of("e", {{"num_neighbors", k}, {"num_steps", steps}, {"initial_lr", rate}}, {right})) > 0);
            }
        }
    }
    const Sweep sweep = stored.read()[0];
    QCOMPARE(sweep.axes.size(), std::size_t{3});
    const auto best = slice(sweep, {"k", "steps"});
    QCOMPARE(best->cell(sweep, 1, 0)->overall.accuracy.value, 90.0);  // rate 0.4
    const auto held = slice(sweep, {"k", "steps"}, {{"initial-lr", "1"}});
    QCOMPARE(held->cell(sweep, 1, 0)->overall.accuracy.value, 60.0);
}

QTEST_GUILESS_MAIN(TestSweepResults)
#include "test_sweep_results.moc"
