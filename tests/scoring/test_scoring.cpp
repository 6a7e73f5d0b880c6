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
        QCOMPARE(normalise_answer("\u00C4pfel"), std::string("\u00E4pfel"));
        QCOMPARE(normalise_answer("cafe\u0301"), normalise_answer("CAF\u00C9"));              // NFD and NFC
        QCOMPARE(normalise_answer("\u3000\u7EA2\u8272\u00A0\u3002"), std::string("\u7EA2\u8272"));
        QCOMPARE(normalise_answer("\uFEFFred\u200B bus"), std::string("red bus"));
        QCOMPARE(normalise_answer("red\u00A0\u2003bus"), std::string("red bus"));
        QCOMPARE(normalise_answer("\uFF32\uFF45\uFF44\uFF01"), std::string("red"));           // full-width forms
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
        QCOMPARE(score_answer("B", "green", ScoringRule::Exact, options), (Score{true, ScoreReason::Option}));
        QCOMPARE(score_answer("(b).", "green", ScoringRule::Exact, options), (Score{true, ScoreReason::Option}));
        QCOMPARE(score_answer("green", "B", ScoringRule::Exact, options), (Score{true, ScoreReason::Option}));
        QVERIFY(!score_answer("A", "green", ScoringRule::Exact, options).correct);
        QVERIFY(!score_answer("D", "green", ScoringRule::Exact, options).correct);
        QVERIFY(!score_answer("D", "violet", ScoringRule::Exact, options).correct);
        QVERIFY(!score_answer("B", "green").correct);  // no options, no letters
    }

    void options_are_found_as_benchmarks_find_them() {  // cases score-letter-and-text, quoted-letter
        const std::vector<std::string> options = {"a blue van", "red bus", "green car", "tram"};
        for (const char* answer : {"B. red bus", "(B) red bus", "B) red bus", "Answer: B", "**B**", "\"B\"", "`b`", "(b)", "b.", "<answer>B</answer>", "$B$",
                                   "The answer is B, because of the wheels.", "A red bus.", "\u9009B", "\uFF22\u3002"}) {
            QVERIFY2(score_answer(answer, "B", ScoringRule::Exact, options).correct, answer);
            QVERIFY2(score_answer(answer, "red bus", ScoringRule::Exact, options).correct, answer);
            QVERIFY2(!score_answer(answer, "C", ScoringRule::Exact, options).correct, answer);
        }
    }

    void numbers_are_equal_as_numbers() {
        QCOMPARE(score_answer("3", "3.0"), (Score{true, ScoreReason::Number}));
        QCOMPARE(score_answer("1,000.", "1000"), (Score{true, ScoreReason::Number}));
        QCOMPARE(score_answer("\u0663", "3.0"), (Score{true, ScoreReason::Number}));
        QCOMPARE(score_answer("-0", "0"), (Score{true, ScoreReason::Number}));
        for (const auto& [given, truth] : {std::pair<const char*, const char*>{"30", "3"}, {"3.01", "3"}, {"-3", "3"}, {"3 cats", "3"}, {"nan", "inf"}, {"0x3", "3"}}) {
            QVERIFY(!score_answer(given, truth).correct);
        }
    }

    void exponents_and_long_numbers() {
        for (const auto& [given, truth] : {std::pair<const char*, const char*>{"1e20", "100000000000000000000"}, {"0.0000001", "1e-7"}, {"1E-07", "0.0000001"}, {"-1.5e3", "-1500"},
                                           {"7e4", "70,000"}, {"0e5", "0"}, {"123456789012345678901234567890", "+123456789012345678901234567890.0"}}) {
            QCOMPARE(score_answer(given, truth), (Score{true, ScoreReason::Number}));
        }
        for (const auto& [given, truth] : {std::pair<const char*, const char*>{"123456789012345678901234567891", "123456789012345678901234567890"}, {"1e5", "1e6"}, {"1e", "1"},
                                           {"e5", "5"}, {"1e9999", "2e9999"}, {"10\u00B2", "102"}, {"2\u00B3", "23"}, {"1\u00BD", "11/2"}, {"10\u2082", "102"}, {"3\u2460", "31"}}) {
            QVERIFY2(!score_answer(given, truth).correct, given);
        }
        QVERIFY(score_answer("\u00BD", "1/2").correct);
        QVERIFY(score_answer("5 m\u00B2", "5 m2").correct);  // behind a letter it is no other number
    }

    void tokens_and_reasoning_are_left_out() {
        for (const char* given : {"2011<|im_end|>\n<|endoftext|>", "2011</s>", "<s> 2011 </s>", "2011 <eos><pad><pad>", "2011<|eot_id|>2012", "<think>2012?</think>2011",
                                  "<|im_start|>assistant\n2011<|im_end|>"}) {
            QVERIFY2(score_answer(given, "2011").correct, given);
        }
        for (const char* given : {"<|box_start|>2011<|box_end|>x", "2011 < 2012", "<think>2011", "<|im_end|>"}) {
            QVERIFY2(!score_answer(given, "2011").correct, given);
        }
        QVERIFY(score_answer("</s>", "</s>").correct);
        QVERIFY(score_answer("a <b> c", "a <b> c").correct);
    }

    /// Layers come off texts as they come off numbers; with options the option decides.
    void wrapped_texts() {
        for (const char* given : {"\\boxed{Sunday}", "\\boxed{\\text{Sunday}}", "**Sunday**", "<answer>Sunday</answer>", "$\\text{Sunday}$.", "\"sunday\"", "**<b>Sunday</b>.**"}) {
            QVERIFY2(score_answer(given, "Sunday").correct, given);
        }
        for (const auto& [given, truth] : {std::pair{"**Monday**", "Sunday"}, {"[1, 2]", "(1, 2)"}, {"\\boxed{}", "Sunday"}, {"Sunday", "**Sunday**"}, {"\"a\" or \"b\"", "a\" or \"b"}}) {
            QVERIFY2(!score_answer(given, truth).correct, given);
        }
        QVERIFY(score_answer("<b>", "<b>").correct);
        const std::vector<std::string> ones = {"{1}", "(1)", "[1]", "1"}, quotes = {"\"Stop\"", "Stop"}, ends = {"x.", "x", "y"};
        for (const std::vector<std::string>& options : {ones, quotes, ends}) {
            for (const std::string& given : options) {
                for (const std::string& truth : options) {
                    QVERIFY2(score_answer(given, truth, ScoringRule::Exact, options).correct == (given == truth), (given + " for " + truth).c_str());
                }
            }
        }
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
