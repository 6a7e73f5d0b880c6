// Which answers count, and by which rule.
#include <QtTest>

#include "core/dataset/dataset.h"
#include "core/scoring/scoring.h"

using namespace r2t2;

class TestScoring : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void normalise() {
        QCOMPARE(normalise_answer("  Yes. \n"), std::string("yes"));
        QCOMPARE(normalise_answer("A, B ?!"), std::string("a, b"));
        QCOMPARE(normalise_answer("1.5"), std::string("1.5"));
        QCOMPARE(normalise_answer("..."), std::string());
        QCOMPARE(normalise_answer("\xC3\x84pfel"), std::string("\xC3\x84pfel"));  // UTF-8 stays whole
    }

    void exact() {
        QCOMPARE(score_answer("yes", "yes"), (Score{true, ScoreReason::Verbatim}));
        QCOMPARE(score_answer(" Yes.", "yes"), (Score{true, ScoreReason::Normalised}));
        QCOMPARE(score_answer("yes it is", "yes"), (Score{false, ScoreReason::NoMatch}));
        QCOMPARE(score_answer("12", "1"), (Score{false, ScoreReason::NoMatch}));
        QCOMPARE(score_answer("", "yes"), (Score{false, ScoreReason::EmptyAnswer}));
        QCOMPARE(score_answer(" \n", ""), (Score{false, ScoreReason::EmptyAnswer}));
        QVERIFY(!score_answer("!", "?").correct);  // two kinds of nothing are not the same
    }

    void startsWith() {
        QCOMPARE(score_answer("yes it is", "yes", ScoringRule::StartsWith), (Score{true, ScoreReason::Prefix}));
        QCOMPARE(score_answer("12", "1", ScoringRule::StartsWith),
                 (Score{true, ScoreReason::Prefix}));                           // upstream's quirk
        QVERIFY(!score_answer("Yes", "yes", ScoringRule::StartsWith).correct);  // and its case
        QVERIFY(!score_answer("it is yes", "yes", ScoringRule::StartsWith).correct);
        QVERIFY(!score_answer("anything", "", ScoringRule::StartsWith).correct);
    }

    void options() {
        const std::vector<std::string> options = {"red", "green", "blue"};
        QCOMPARE(score_answer("B", "green", ScoringRule::Exact, options), (Score{true, ScoreReason::Letter}));
        QCOMPARE(score_answer("(b).", "green", ScoringRule::Exact, options), (Score{true, ScoreReason::Letter}));
        QCOMPARE(score_answer("green", "B", ScoringRule::Exact, options), (Score{true, ScoreReason::Letter}));
        QVERIFY(!score_answer("A", "green", ScoringRule::Exact, options).correct);
        QVERIFY(!score_answer("D", "green", ScoringRule::Exact, options).correct);
        QVERIFY(!score_answer("D", "violet", ScoringRule::Exact, options).correct);
        QVERIFY(!score_answer("B", "green").correct);  // no options, no letters
    }

    void questions() {
        QVERIFY(check_question("what?", "x").ok());
        QVERIFY(check_question("is 1 <s2 ?", "x").ok());
        for (const char* bad : {"", " \t\n", "see <image>", "<s>", "a</s>b", "<unk>"}) {
            const Status status = check_question(bad, "set.json: record 2");
            QVERIFY(!status.ok());
            QCOMPARE(status.error().where, std::string("set.json: record 2"));
            QCOMPARE(status.error().field, std::string("question"));
        }
        QVERIFY(QString::fromStdString(check_question("see <image>", "x").error().message()).contains("<image>"));
        QVERIFY(check_question(std::string(kMaxQuestionBytes, 'a'), "x").ok());
        QVERIFY(!check_question(std::string(kMaxQuestionBytes + 1, 'a'), "x").ok());
    }
};

QTEST_GUILESS_MAIN(TestScoring)
#include "test_scoring.moc"
