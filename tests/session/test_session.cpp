#include <QtTest>
#include <cmath>

#include "tests/session/session_files.h"

using namespace r2t2;
using namespace r2t2::session_samples;

class TestSession : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init();
    void round_trip();
    void round_trip_per_mixer();
    void base_answer_only();
    void prompts_and_counts();
    void correctness_and_rows();
    void views_by_hand();
    void steps_nobody_was_scored_at_have_no_rows();
    void views_that_count_patterns_count_samples();
    void no_sorting_and_no_table_where_an_index_will_do();
    void sample_twice_is_refused();
    void several_runs_at_once();
    void errors_are_replaced();
    void resume();
    void refuses_what_cannot_be_read_back();
    void two_writers();

private:
    QTemporaryDir directory_;
    std::string path_;
    int count_ = 0;
};

void TestSession::init() {
    path_ = directory_.filePath(QString::number(count_++) + ".r2t2").toStdString();
}

void TestSession::round_trip() {
    fill(path_);
    auto reader = SessionReader::open(path_);
    QVERIFY(reader.ok());
    const auto runs = reader->runs();
    QVERIFY(runs.ok());
    QCOMPARE(runs->size(), std::size_t{1});
    QVERIFY(runs->front().info == run_info());
    QVERIFY(runs->front().state == RunState::Finished);
    QCOMPARE(runs->front().samples, std::int64_t{8});
    QCOMPARE(runs->front().errors, std::int64_t{1});
    QVERIFY(runs->front().started.size() == 20 && runs->front().finished.size() == 20);
    const auto stored = reader->sample(1, {"set", "s3"});
    QVERIFY2(stored.ok(), stored.ok() ? "" : stored.error().message().c_str());
    QVERIFY(equal(stored->trajectory, trajectory(3, {false, true, true})));
    QCOMPARE(stored->neighbours.size(), std::size_t{5});
    for (std::size_t i = 0; i < 5; ++i) {
        QVERIFY(stored->neighbours[i] == reference_name(100 + i));
    }
    QVERIFY(stored->neighbours[1].routing.experts() == 6 && stored->neighbours[2].routing.empty());
    QCOMPARE(stored->row.info.question, sample_info(3).question);
    QVERIFY(stored->row.info.ground_truth == sample_info(3).ground_truth);
    QCOMPARE(stored->row.outcome, std::string("WR"));
    const auto failed = reader->sample(1, {"set", "s7"});
    QVERIFY(failed.ok());
    QVERIFY(failed->row.error.find("0 bytes") != std::string::npos);
    QVERIFY(failed->trajectory.steps.empty());
    QVERIFY(reader->sample(1, {"set", "nobody"}).error().kind == ErrorKind::NotFound);
    QVERIFY(reader->sample(99).error().kind == ErrorKind::NotFound);
    QVERIFY(reader->run(9).error().kind == ErrorKind::NotFound);
    QVERIFY(reader->verify()->empty());
}

void TestSession::round_trip_per_mixer() {
    auto session = SessionWriter::create(path_);
    const auto run = session->begin_run(run_info());
    const Trajectory original = trajectory(5, {false, true}, 2);
    QVERIFY(session->write_sample(*run, sample_info(5), original).ok());
    const auto stored = SessionReader::open(path_)->sample(1);
    QVERIFY(stored.ok());
    QVERIFY(equal(stored->trajectory, original));
    QCOMPARE(stored->neighbours[0].id, std::string("100"));  // no namer: the index
}

void TestSession::base_answer_only() {
    auto session = SessionWriter::create(path_);
    const auto run = session->begin_run(run_info());
    Trajectory only_base = trajectory(1, {true});
    only_base.neighbourhood = {};
    only_base.steps[0].correct.reset();
    only_base.steps[0].objective = std::nan("");
    SampleInfo sample = sample_info(1);
    sample.ground_truth.reset();
    QVERIFY(session->write_sample(*run, sample, only_base).ok());
    const auto stored = SessionReader::open(path_)->sample(1);
    QVERIFY(stored.ok());
    QVERIFY(!stored->row.info.ground_truth);
    QVERIFY(stored->row.outcome.empty());
    QVERIFY(!stored->trajectory.steps[0].objective);  // NaN is "not known"
    QVERIFY(stored->trajectory.neighbourhood.empty());
}

void TestSession::prompts_and_counts() {
    fill(path_);
    auto reader = SessionReader::open(path_);
    for (const std::int64_t number : {0, 1, 2, 3}) {
        SampleInfo expected = sample_info(static_cast<int>(number));
        expected.id.set = "set";
        const auto stored = reader->sample(number + 1);
        QVERIFY(stored.ok());
        QVERIFY(stored->row.info == expected);
        QCOMPARE(stored->row.neighbour_count, std::optional<std::int64_t>(5));
    }
    QCOMPARE(reader->samples(1)->at(7).neighbour_count, std::optional<std::int64_t>(0));  // it failed
    QCOMPARE(rows(path_, "SELECT IFNULL(prompt, '?') FROM v_prompts ORDER BY sample_id LIMIT 4", 1),
             (std::vector<std::string>{"?", "How many caf\u00e9s? 1\nBe brief.", "Answer with a number. How many caf\u00e9s? 2",
                                       "Answer with a number. How many caf\u00e9s? 3\nBe brief."}));
}

void TestSession::correctness_and_rows() {
    fill(path_);
    auto reader = SessionReader::open(path_);
    const auto correctness = reader->correctness(1);
    QVERIFY(correctness.ok());
    QCOMPARE(correctness->keys.size(), std::size_t{7});
    QCOMPARE(correctness->keys[4].key, std::string("s4"));
    QVERIFY((correctness->steps[4] == std::vector<std::optional<bool>>{false, true, false}));
    QVERIFY((correctness->steps[6] == std::vector<std::optional<bool>>{true}));
    const auto samples = reader->samples(1);
    QCOMPARE(samples->size(), std::size_t{8});
    QCOMPARE((*samples)[2].outcome, std::string("RW"));
    QCOMPARE((*samples)[2].final_answer, std::string("wrong"));
    QVERIFY(!(*samples)[7].error.empty());
    QVERIFY(reader->samples(3)->empty());
}

// The same numbers as core/analysis counts by hand; the seventh sample stopped early and stays right.
void TestSession::views_by_hand() {
    fill(path_);
    QCOMPARE(
        rows(path_, "SELECT step, scored, right_right, right_wrong, wrong_right, wrong_wrong FROM v_transitions", 6),
        (std::vector<std::string>{"0|7|4|0|0|3", "1|7|2|2|2|1", "2|7|3|1|1|2"}));
    QCOMPARE(rows(path_, "SELECT step, right_right, right_wrong, wrong_right, wrong_wrong FROM v_step_changes", 5),
             (std::vector<std::string>{"0|4|0|0|3", "1|2|2|2|1", "2|3|1|1|2"}));
    QCOMPARE(rows(path_, "SELECT step, scored, \"right\" FROM v_accuracy_per_step", 3),
             (std::vector<std::string>{"0|7|4", "1|7|4", "2|7|4"}));
    QCOMPARE(rows(path_, "SELECT percent_of_right_lost FROM v_transitions WHERE step = 2", 1),
             (std::vector<std::string>{"25.0"}));
    QCOMPARE(rows(path_, "SELECT sample_key FROM v_harmed", 1), (std::vector<std::string>{"s2"}));
    QCOMPARE(rows(path_, "SELECT sample_key FROM v_rescued", 1), (std::vector<std::string>{"s3"}));
    QCOMPARE(rows(path_, "SELECT sample_key FROM v_errors", 1), (std::vector<std::string>{"s7"}));
    QCOMPARE(rows(path_, "SELECT samples, errors, scored, native_right, final_right FROM v_runs", 5),
             (std::vector<std::string>{"8|1|7|4|4"}));
    QCOMPARE(rows(path_, "SELECT position, group_name, expert FROM v_experts", 3),
             (std::vector<std::string>{"0|image|img_aux", "1|image|img_lang", "2|image|img_self", "3|language|lang_aux",
                                       "4|language|lang_img", "5|language|lang_self"}));
    const auto weights =
        rows(path_, "SELECT expert, weight FROM v_weights WHERE sample_key = 's3' AND step = 1 ORDER BY expert", 2);
    QCOMPARE(weights.size(), std::size_t{6});
    const double stored = std::stod(weights[2].substr(weights[2].find('|') + 1));
    QVERIFY(weights[2].starts_with("img_self|"));
    QVERIFY(std::abs(stored - trajectory(3, {false, true, true}).steps[1].weights(0, 2)) < 1e-5);
}

// The oracle answers at its first and its last step: nothing is said of those between, neither 0 % nor 0 samples.
void TestSession::steps_nobody_was_scored_at_have_no_rows() {
    {
        auto session = SessionWriter::create(path_);
        const auto run = session->begin_run(run_info());
        for (int i = 0; i < 6; ++i) {
            Trajectory one = trajectory(i, {i % 2 == 0, false, false, i % 3 == 0});
            one.steps[1].correct.reset();
            one.steps[2].correct.reset();
            QVERIFY(session->write_sample(*run, sample_info(2 * i), one).ok());
        }
    }
    QCOMPARE(rows(path_, "SELECT step, scored, \"right\", accuracy FROM v_accuracy_per_step", 4),
             (std::vector<std::string>{"0|6|3|50.0", "3|6|2|33.3333333333333"}));
    QCOMPARE(rows(path_, "SELECT step, scored, right_right, right_wrong, wrong_right, wrong_wrong FROM v_transitions", 6),
             (std::vector<std::string>{"0|6|3|0|0|3", "3|6|1|2|1|2"}));
    QCOMPARE(rows(path_, "SELECT step, scored FROM v_step_changes", 2), (std::vector<std::string>{"0|6"}));  // 3: step 2 is not known
}

// Patterns times how many have them against every sample for itself: unknown answers, early ends, several sets and runs.
void TestSession::views_that_count_patterns_count_samples() {
    auto session = SessionWriter::create(path_);
    RandomStream random(11);
    for (int r = 0; r < 2; ++r) {
        const auto run = session->begin_run(run_info());
        for (int i = 0; i < 60; ++i) {
            Trajectory one = trajectory(i, std::vector<bool>(static_cast<std::size_t>(1 + random.below(5))));
            for (TrajectoryStep& step : one.steps) {
                const std::int64_t what = random.below(5);
                step.correct = what == 0 ? std::nullopt : std::optional(what < 3);
            }
            QVERIFY(session->write_sample(*run, sample_info(i), one).ok());
        }
    }
    const auto same = [this](const std::string& view, const std::string& columns, int count, const std::string& before) {
        const auto counted = rows(path_, "SELECT run_id, set_name, step, " + columns + " FROM " + view + " ORDER BY run_id, set_name, step", count);
        const auto one_by_one = rows(path_,
                                     "SELECT run_id, set_name, step, COUNT(" + before + " + correct), SUM(" + before + " = 1 AND correct = 1), SUM(" + before +
                                         " = 1 AND correct = 0), SUM(" + before + " = 0 AND correct = 1), SUM(" + before +
                                         " = 0 AND correct = 0) FROM v_step_outcomes GROUP BY run_id, set_name, step HAVING COUNT(" + before + " + correct) > 0 ORDER BY run_id, set_name, step",
                                     count);
        QCOMPARE(counted.size(), std::size_t{2 * 2 * 5});
        QCOMPARE(counted, one_by_one);
    };
    same("v_transitions", "scored, right_right, right_wrong, wrong_right, wrong_wrong", 8, "native_correct");
    same("v_step_changes", "scored, right_right, right_wrong, wrong_right, wrong_wrong", 8, "previous_correct");
    QCOMPARE(rows(path_, "SELECT * FROM v_accuracy_per_step ORDER BY 1, 2, 3", 6),
             rows(path_, "SELECT run_id, set_name, step, COUNT(correct), SUM(correct), 100.0 * SUM(correct) / COUNT(correct) FROM v_step_outcomes "
                         "GROUP BY 1, 2, 3 ORDER BY 1, 2, 3", 6));
}

void TestSession::no_sorting_and_no_table_where_an_index_will_do() {
    fill(path_);
    const auto plan = [this](const std::string& sql) {
        std::string steps;
        for (const std::string& step : rows(path_, "EXPLAIN QUERY PLAN " + sql, 4)) {
            steps += step.substr(step.rfind('|') + 1) + "\n";
        }
        return QString::fromStdString(steps);
    };
    QCOMPARE(plan("SELECT * FROM samples WHERE run_id = 1 ORDER BY id"), QString("SEARCH samples USING INDEX samples_of_run (run_id=?)\n"));
    QVERIFY(plan("SELECT COUNT(*) FROM samples WHERE run_id = 1 AND error IS NOT NULL").contains("samples_with_errors"));
    const QString transitions = plan("SELECT * FROM v_transitions WHERE run_id = 1");
    QVERIFY2(transitions.contains("COVERING INDEX samples_by_pattern") && !transitions.contains("samples_of_run"), qPrintable(transitions));
    QVERIFY(plan("SELECT * FROM v_harmed WHERE run_id = 1").contains("samples_by_pattern (run_id=? AND outcome=?)"));
}

void TestSession::sample_twice_is_refused() {
    fill(path_);
    auto session = SessionWriter::open(path_);
    SampleInfo sample = sample_info(0);
    sample.id.set = "set";
    const Status again = session->write_sample(1, sample, trajectory(9, {false, false}));
    QVERIFY(!again.ok());
    QVERIFY2(again.error().message().find("set/s0") != std::string::npos, again.error().message().c_str());
    QVERIFY(!session->record_error(1, sample, invalid_input("a", "b", "c", "d")).ok());
    QVERIFY(equal(SessionReader::open(path_)->sample(1)->trajectory, trajectory(0, {true, true, true})));
    // and the writer still works
    QVERIFY(session->write_sample(1, sample_info(20), trajectory(20, {true})).ok());
    QVERIFY(SessionReader::open(path_)->verify()->empty());
}

void TestSession::several_runs_at_once() {
    auto session = SessionWriter::create(path_);
    const auto runs = session->begin_runs(std::vector{run_info(), run_info(), run_info()});
    QVERIFY(runs.ok());
    const Trajectory first = trajectory(1, {true, false}), second = trajectory(2, {true, true, false});
    QVERIFY(session->write_sample(std::vector<RunTrajectory>{{1, &first}, {3, &second}}, sample_info(1), reference_name).ok());
    auto reader = SessionReader::open(path_);
    QVERIFY(equal(reader->sample(1, sample_info(1).id)->trajectory, first));
    QVERIFY(equal(reader->sample(3, sample_info(1).id)->trajectory, second));
    // Run 2 would take it; run 3 has it already: neither.
    const Status again = session->write_sample(std::vector<RunTrajectory>{{2, &first}, {3, &second}}, sample_info(1), reference_name);
    QVERIFY2(!again.ok() && again.error().where.find("run 3") != std::string::npos, again.error().message().c_str());
    QVERIFY(reader->samples(2)->empty());
    QVERIFY(reader->verify()->empty());
}

void TestSession::errors_are_replaced() {
    auto session = SessionWriter::create(path_);
    const auto run = session->begin_run(run_info());
    QVERIFY(session->record_error(*run, sample_info(1), invalid_input("1.png", "image", "truncated", "")).ok());
    QVERIFY(session->record_error(*run, sample_info(1), invalid_input("1.png", "image", "still truncated", "")).ok());
    QCOMPARE(session->finished_keys(*run)->size(), std::size_t{1});
    QVERIFY(session->finished_keys(*run, false)->empty());
    QVERIFY(session->write_sample(*run, sample_info(1), trajectory(1, {true, true})).ok());
    QCOMPARE(session->finished_keys(*run, false)->size(), std::size_t{1});
    QCOMPARE(SessionReader::open(path_)->run(*run)->errors, std::int64_t{0});
}

void TestSession::resume() {
    {
        auto session = SessionWriter::create(path_);
        const auto run = session->begin_run(run_info());
        QVERIFY(session->write_sample(*run, sample_info(1), trajectory(1, {true})).ok());
    }
    QVERIFY(SessionReader::open(path_)->run(1)->state == RunState::Running);
    auto session = SessionWriter::open(path_);
    QVERIFY(session->finish_run(1, RunState::Cancelled).ok());
    QVERIFY(SessionReader::open(path_)->run(1)->state == RunState::Cancelled);
    QVERIFY(session->resume_run(1).ok());
    QVERIFY(SessionReader::open(path_)->run(1)->finished.empty());
    QCOMPARE(*session->finished_keys(1), (std::set<SampleKey>{sample_info(1).id}));
    QVERIFY(session->resume_run(2).error().kind == ErrorKind::NotFound);
    QVERIFY(session->finish_run(2, RunState::Finished).error().kind == ErrorKind::NotFound);
    QVERIFY(session->finished_keys(2).error().kind == ErrorKind::NotFound);
    QVERIFY(session->write_sample(2, sample_info(1), trajectory(1, {true})).error().kind == ErrorKind::NotFound);
}

void TestSession::refuses_what_cannot_be_read_back() {
    auto session = SessionWriter::create(path_);
    RunInfo info = run_info();
    info.config = "{k: 5}";
    QCOMPARE(session->begin_run(info).error().field, std::string("run config"));
    info.config = "{}";
    info.space.groups.clear();
    QCOMPARE(session->begin_run(info).error().field, std::string("run space"));
    QVERIFY(!session->begin_runs(std::vector{run_info(), info}).ok());
    QVERIFY(SessionReader::open(path_)->runs()->empty());  // all or none
    QCOMPARE(*session->begin_runs(std::vector{run_info(), run_info()}), (std::vector<std::int64_t>{1, 2}));
    const auto run = session->begin_run(run_info());
    QCOMPARE(*run, std::int64_t{3});
    QCOMPARE(session->write_sample(*run, sample_info(1), {}).error().field, std::string("steps"));
    Trajectory bad = trajectory(1, {true, true});
    bad.steps[1].weights(0, 3) = std::nan("");
    QCOMPARE(session->write_sample(*run, sample_info(1), bad).error().field, std::string("weights"));
    bad = trajectory(1, {true, true});
    bad.steps[0].gradient = RoutingMatrix(1, 5);
    QCOMPARE(session->write_sample(*run, sample_info(1), bad).error().field, std::string("gradient"));
    ReferenceName reference = reference_name(100);
    reference.routing(0, 1) += 0.01;
    const auto name = [&](std::size_t) { return reference; };
    const Status off_simplex = session->write_sample(*run, sample_info(1), trajectory(1, {true}), name);
    QVERIFY2(!off_simplex.ok() && off_simplex.error().message().find("neighbour 0") != std::string::npos, off_simplex.error().message().c_str());
    reference.routing = RoutingMatrix(2, 6, 1.0 / 3.0);  // per mixer
    QCOMPARE(session->write_sample(*run, sample_info(1), trajectory(1, {true}), name).error().found, std::string("12 numbers"));
    QVERIFY(session->finished_keys(*run)->empty());
}

void TestSession::two_writers() {
    auto first = SessionWriter::create(path_);
    auto second = SessionWriter::open(path_);
    const auto run = first->begin_run(run_info());
    const auto other = second->begin_run(run_info());
    QVERIFY(run.ok() && other.ok() && *run != *other);
    for (int i = 0; i < 20; ++i) {
        QVERIFY(first->write_sample(*run, sample_info(i), trajectory(i, {true})).ok());
        QVERIFY(second->write_sample(*other, sample_info(i), trajectory(i, {false})).ok());
    }
    QCOMPARE(SessionReader::open(path_)->runs()->size(), std::size_t{2});
    QVERIFY(SessionReader::open(path_)->verify()->empty());
}

QTEST_APPLESS_MAIN(TestSession)
#include "test_session.moc"
