#include <QtTest>
#include <cmath>

#include "core/analysis/expert_shift.h"
#include "core/analysis/transitions.h"
#include "core/base/random.h"

using namespace r2t2;

class TestAnalysisTransitions : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void counts_by_hand();
    void percentages_have_denominators();
    void short_and_unknown_trajectories();
    void nothing_at_all();
    void random_patterns_counted_another_way();
    void published_steps();
    void shift_by_hand();
    void shift_of_one_group_of_seven();
    void shift_averages_mixers();
    void shift_refuses_wrong_width();
};

// Six samples, three steps:      step 0 1 2
//   a right right right          b right wrong right     c right wrong wrong
//   d wrong right right          e wrong right wrong     f wrong wrong wrong
void TestAnalysisTransitions::counts_by_hand() {
    const std::vector<StepCorrectness> samples = {{true, true, true},  {true, false, true},  {true, false, false},
                                                  {false, true, true}, {false, true, false}, {false, false, false}};
    const auto steps = transitions(samples);
    QCOMPARE(steps.size(), std::size_t{3});
    QVERIFY(steps[0].from_start == (TransitionCounts{3, 0, 0, 3, 0}));
    QVERIFY(steps[0].from_previous == (TransitionCounts{3, 0, 0, 3, 0}));
    QVERIFY(steps[1].from_start == (TransitionCounts{1, 2, 2, 1, 0}));
    QVERIFY(steps[1].from_previous == (TransitionCounts{1, 2, 2, 1, 0}));
    QVERIFY(steps[2].from_start == (TransitionCounts{2, 1, 1, 2, 0}));
    // step 1 -> 2: a RR, b WR, c WW, d RR, e RW, f WW
    QVERIFY(steps[2].from_previous == (TransitionCounts{2, 1, 1, 2, 0}));
}

void TestAnalysisTransitions::percentages_have_denominators() {
    const TransitionCounts counts{60, 3, 10, 27, 5};
    QCOMPARE(counts.total(), std::int64_t{100});
    QCOMPARE(counts.right_before(), std::int64_t{63});
    QCOMPARE(counts.wrong_before(), std::int64_t{37});
    QCOMPARE(counts.percent_of_all(Outcome::WrongRight), 10.0);
    QCOMPARE(counts.percent_of_before(Outcome::WrongRight), 1000.0 / 37.0);
    QCOMPARE(counts.percent_of_before(Outcome::RightWrong), 300.0 / 63.0);
    QCOMPARE(counts.accuracy_after(), 70.0);
    QVERIFY(std::isnan(TransitionCounts{}.percent_of_all(Outcome::RightRight)));
    QCOMPARE(outcome_code(outcome_of(false, true)), std::string_view("WR"));
    QCOMPARE(outcome_text(Outcome::RightWrong), std::string_view("right->wrong"));
}

void TestAnalysisTransitions::short_and_unknown_trajectories() {
    const std::vector<StepCorrectness> samples = {{true},  // empty epsilon ball: keeps its base answer
                                                  {false, std::nullopt, true},   // mode finding: not asked at step 1
                                                  {std::nullopt, std::nullopt},  // no truth
                                                  {}};
    const auto steps = transitions(samples);
    QCOMPARE(steps.size(), std::size_t{3});
    QVERIFY(steps[1].from_start == (TransitionCounts{1, 0, 0, 0, 3}));
    QVERIFY(steps[2].from_start == (TransitionCounts{1, 0, 1, 0, 2}));
    QVERIFY(steps[2].from_previous == (TransitionCounts{1, 0, 0, 0, 3}));
}

// Unknown answers anywhere, early ends, empty trajectories: every number against a count that goes by samples and not by steps.
void TestAnalysisTransitions::random_patterns_counted_another_way() {
    RandomStream random(23);
    for (int round = 0; round < 300; ++round) {
        std::vector<StepCorrectness> samples(static_cast<std::size_t>(random.below(7)));
        const double unknown = random.uniform();
        for (StepCorrectness& sample : samples) {
            sample.resize(static_cast<std::size_t>(random.below(6)));
            for (auto& right : sample) {
                right = random.uniform() < unknown ? std::nullopt : std::optional(random.uniform() < 0.5);
            }
        }
        const auto steps = transitions(samples);
        std::size_t longest = 0;
        for (const StepCorrectness& sample : samples) {
            longest = std::max(longest, sample.size());
        }
        QCOMPARE(steps.size(), longest);
        for (std::size_t t = 0; t < steps.size(); ++t) {
            std::int64_t scored = 0, right = 0, both = 0, before_right = 0;
            for (StepCorrectness sample : samples) {
                sample.resize(longest, sample.empty() ? std::nullopt : sample.back());
                scored += sample[t].has_value() ? 1 : 0;
                right += sample[t] == std::optional(true) ? 1 : 0;
                both += sample[0] && sample[t] ? 1 : 0;
                before_right += sample[0] == std::optional(true) && sample[t] ? 1 : 0;
            }
            QCOMPARE(steps[t].scored, scored);
            QCOMPARE(steps[t].right, right);
            QCOMPARE(steps[t].from_start.total(), both);
            QCOMPARE(steps[t].from_start.right_before(), before_right);
            QCOMPARE(steps[t].from_start.total() + steps[t].from_start.unknown, static_cast<std::int64_t>(samples.size()));
            QCOMPARE(std::isnan(steps[t].accuracy()), scored == 0);
            QVERIFY(transitions_between(samples, 0, t) == steps[t].from_start);
            QVERIFY(transitions_between(samples, t == 0 ? 0 : t - 1, t) == steps[t].from_previous);
        }
    }
}

void TestAnalysisTransitions::nothing_at_all() {
    QVERIFY(transitions({}).empty());
}

// CVBench in the paper: 65.8 % at the start, 28.12 % of the wrong and 2.31 % of the right flip; 73.9 % at the end.
void TestAnalysisTransitions::published_steps() {
    const std::int64_t n = 2638;
    TransitionCounts counts;
    counts.right_wrong = 40;
    counts.right_right = 1736 - 40;
    counts.wrong_right = 254;
    counts.wrong_wrong = n - 1736 - 254;
    QVERIFY(std::abs(counts.percent_of_before(Outcome::RightWrong) - 2.31) < 0.02);
    QVERIFY(std::abs(counts.percent_of_before(Outcome::WrongRight) - 28.12) < 0.05);
    QVERIFY(std::abs(counts.accuracy_after() - 73.9) < 0.05);
}

void TestAnalysisTransitions::shift_by_hand() {
    const RoutingSpace space = RoutingSpace::moai(4);
    const auto r = [](std::vector<double> values) { return RoutingMatrix(1, 6, std::move(values)); };
    const std::vector<ShiftSample> samples = {
        {r({.5, .3, .2, .2, .2, .6}), r({.3, .5, .2, .2, .2, .6}), Outcome::WrongRight},
        {r({.5, .3, .2, .2, .6, .2}), r({.4, .5, .1, .6, .2, .2}), Outcome::WrongRight},
        {r({.2, .3, .5, .2, .6, .2}), r({.2, .3, .5, .2, .6, .2}), Outcome::RightRight},
        {r({.4, .4, .2, .2, .6, .2}), r({.2, .4, .4, .2, .6, .2}), std::nullopt}};  // ties: the first expert
    const auto shifts = expert_shift(space, samples);
    QVERIFY(shifts.ok());
    QCOMPARE(shifts->size(), std::size_t{2});
    const GroupShift& image = (*shifts)[0];
    QCOMPARE(image.group, std::string("image"));
    QCOMPARE(image.all(0, 1), std::int64_t{3});
    QCOMPARE(image.all(2, 2), std::int64_t{1});
    QCOMPARE(image.all.total(), std::int64_t{4});
    QCOMPARE(image.all.moved(), std::int64_t{3});
    QCOMPARE(image.by_outcome[static_cast<std::size_t>(Outcome::WrongRight)](0, 1), std::int64_t{2});
    QCOMPARE(image.by_outcome[static_cast<std::size_t>(Outcome::RightRight)](2, 2), std::int64_t{1});
    QCOMPARE(image.by_outcome[static_cast<std::size_t>(Outcome::RightWrong)].total(), std::int64_t{0});
    const GroupShift& language = (*shifts)[1];
    QCOMPARE(language.all(1, 0), std::int64_t{1});
    QCOMPARE(language.all(1, 1), std::int64_t{2});
    QCOMPARE(language.all(2, 2), std::int64_t{1});
    // img_lang changes: .2 .2 0 0 -> mean .1, sd .11547, t(3) = 3.18245: half width .18374
    const Estimate& change = image.change[1];
    QVERIFY(std::abs(change.value - 0.1) < 1e-12);
    QVERIFY(std::abs(change.high - change.value - 0.183738) < 1e-5);
    const Estimate& rescued = image.change_by_outcome[static_cast<std::size_t>(Outcome::WrongRight)][1];
    QVERIFY(std::abs(rescued.value - 0.2) < 1e-12);
}

void TestAnalysisTransitions::shift_of_one_group_of_seven() {
    RoutingSpace space;
    space.groups = {{"vision", {"clip", "dino", "sam", "deplot", "pix2struct", "codetr", "vary"}}};
    RoutingMatrix before(1, 7, 0.1);
    RoutingMatrix after(1, 7, 0.1);
    before(0, 6) = 0.4;
    after(0, 3) = 0.4;
    const std::vector<ShiftSample> samples = {{before, after, Outcome::RightWrong}};
    const auto shifts = expert_shift(space, samples);
    QVERIFY(shifts.ok());
    QCOMPARE(shifts->front().all(6, 3), std::int64_t{1});
    QVERIFY(std::isnan(shifts->front().change[0].low));  // one sample has no interval
}

void TestAnalysisTransitions::shift_averages_mixers() {
    RoutingSpace space;
    space.groups = {{"image", {"a", "b"}}};
    const std::vector<ShiftSample> samples = {
        {RoutingMatrix(2, 2, {0.9, 0.1, 0.2, 0.8}), RoutingMatrix(1, 2, {0.4, 0.6}), std::nullopt}};
    const auto shifts = expert_shift(space, samples);
    QVERIFY(shifts.ok());
    QCOMPARE(shifts->front().all(0, 1), std::int64_t{1});
    QVERIFY(std::abs(shifts->front().change[0].value + 0.15) < 1e-12);
}

void TestAnalysisTransitions::shift_refuses_wrong_width() {
    const std::vector<ShiftSample> samples = {{RoutingMatrix(1, 6, 0.3), RoutingMatrix(1, 5, 0.3), std::nullopt}};
    const auto shifts = expert_shift(RoutingSpace::moai(4), samples);
    QVERIFY(!shifts.ok());
    QCOMPARE(shifts.error().field, std::string("after"));
}

QTEST_APPLESS_MAIN(TestAnalysisTransitions)
#include "test_analysis_transitions.moc"
