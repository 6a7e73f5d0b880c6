// What benchmarks make of scored answers, on cases counted by hand.
#include <QtTest>

#include <cmath>

#include "core/scoring/benchmark_score.h"

using namespace r2t2;

namespace {

ScoredRow row(const char* id, const char* group, const char* category, double value) { return {id, group, category, value, value >= 0.5, 0, 0}; }

const NamedNumber& number(const std::vector<NamedNumber>& numbers, const std::string& name) {
    for (const NamedNumber& each : numbers) {
        if (each.name == name) {
            return each;
        }
    }
    qFatal("no number %s", name.c_str());
}

}  // namespace

class TestBenchmarkScore : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void mmbench_counts_a_question_when_all_its_rotations_are_right() {
        const auto out = benchmark_score("MMBench", {row("1", "1", "ocr", 1), row("1000001", "1", "ocr", 1), row("2000001", "1", "ocr", 0),
                                                     row("2", "2", "ocr", 1), row("1000002", "2", "ocr", 1), row("3", "3", "logic", 0)});
        QCOMPARE(out.front().name, std::string("CircularEval"));
        QVERIFY(std::abs(out.front().value - 100.0 / 3) < 1e-9);
        QCOMPARE(out.front().count, std::int64_t{3});
        QVERIFY(std::abs(number(out, "VanillaEval").value - 200.0 / 3) < 1e-9);
        QCOMPARE(number(out, "CircularEval ocr").value, 50.0);
        QCOMPARE(number(out, "CircularEval logic").value, 0.0);
    }

    void mme_adds_accuracy_and_pictures() {
        const auto out = benchmark_score("MME-P", {row("1", "a", "existence", 1), row("2", "a", "existence", 1), row("3", "b", "existence", 1),
                                                   row("4", "b", "existence", 0), row("5", "c", "OCR", 1), row("6", "c", "OCR", 1),
                                                   row("7", "d", "code_reasoning", 1), row("8", "d", "code_reasoning", 0)});
        QCOMPARE(number(out, "existence acc").value, 75.0);
        QCOMPARE(number(out, "existence acc+").value, 50.0);
        QCOMPARE(number(out, "existence acc+").count, std::int64_t{2});
        QCOMPARE(number(out, "existence").value, 125.0);
        QCOMPARE(out.front(), (NamedNumber{"MME-P", 325.0, "points", 6, 400.0, 0, 8}));
        QCOMPARE(number(out, "MME-C").value, 50.0);
        QCOMPARE(number(out, "MME-C").maximum, 200.0);
        QCOMPARE(to_string(out.front()), std::string("MME-P 325.00 of 400 points (6), incomplete: 8 subtasks missing"));
        std::vector<ScoredRow> whole;
        for (const char* subtask : {"existence", "count", "position", "color", "posters", "celebrity", "scene", "landmark", "artwork", "OCR"}) {
            whole.push_back(row("1", subtask, subtask, 1));
            whole.push_back(row("2", subtask, subtask, 1));
        }
        QCOMPARE(to_string(benchmark_score("MME-P", whole).front()), std::string("MME-P 2000.00 of 2000 points (20)"));
    }

    /// Case mme-lost-question: whichever member is missing, its group is neither right nor wrong, and counted.
    void groups_know_their_size() {
        const auto in_group = [](ScoredRow row, int size) {
            row.group_size = size;
            return row;
        };
        std::vector<ScoredRow> rows;
        for (const char* picture : {"a", "b"}) {
            rows.push_back(in_group(row("1", picture, "count", 1), 2));
            rows.push_back(in_group(row("2", picture, "count", 1), 2));
        }
        rows.push_back(in_group(row("1", "c", "count", 1), 2));  // its second question was lost
        rows.push_back(in_group(row("2", "d", "OCR", 1), 2));    // the only picture of its subtask
        const auto out = benchmark_score("MME-P", rows);
        QCOMPARE(number(out, "count acc+"), (NamedNumber{"count acc+", 100.0, "%", 2, 100.0, 1}));
        QCOMPARE(number(out, "count acc").count, std::int64_t{5});
        QCOMPARE(out.front(), (NamedNumber{"MME-P", 200.0, "points", 6, 200.0, 2, 8}));
        QVERIFY(std::isnan(number(out, "OCR acc+").value) && std::isnan(number(out, "OCR").value));
        QCOMPARE(to_string(out.front()), std::string("MME-P 200.00 of 200 points (6), 2 incomplete groups left out, incomplete: 8 subtasks missing"));
        QCOMPARE(to_string(number(out, "OCR acc+")), std::string("OCR acc+ not known (0), 1 incomplete group left out"));
    }

    void a_rotation_that_is_missing() {
        for (std::size_t missing = 0; missing < 4; ++missing) {
            std::vector<ScoredRow> rows;
            for (std::size_t i = 0; i < 4; ++i) {
                if (i != missing) {
                    rows.push_back({std::to_string(i * 1000000 + 7), "7", "ocr", 1.0, true, 4, 4});
                }
                rows.push_back({std::to_string(i * 1000000 + 8), "8", "ocr", 1.0, true, 4, 4});
            }
            const auto out = benchmark_score("MMBench", rows);
            QCOMPARE(out.front(), (NamedNumber{"CircularEval", 100.0, "%", 1, 100.0, 1}));
            QCOMPARE(number(out, "CircularEval ocr").incomplete, std::int64_t{1});
            QCOMPARE(number(out, "VanillaEval").count, std::int64_t{missing == 0 ? 1 : 2});
        }
        const auto none = benchmark_score("MMBench", {{"7", "7", "ocr", 1.0, true, 4, 4}});
        QVERIFY(std::isnan(none.front().value));
        QCOMPARE(none.front().incomplete, std::int64_t{1});
    }

    /// Nobody of a group was answered: it is as incomplete as one that lacks a member, and no mean counts it.
    void groups_of_which_nobody_is_there() {
        const auto lost = [](ScoredRow row) {
            row.missing = true;
            return row;
        };
        for (const int size : {0, 1, 2, 4}) {
            const auto sized = [size](ScoredRow row) {
                row.group_size = size;
                row.options = 4;
                return row;
            };
            std::vector<ScoredRow> rows = {sized(row("8", "8", "ocr", 1))};
            for (int i = 1; i < std::max(size, 1); ++i) {
                rows.push_back(sized(row(std::to_string(i * 1000000 + 8).c_str(), "8", "ocr", 1)));
            }
            rows.push_back(lost(sized(row("9", "9", "ocr", 1))));
            rows.push_back(lost(sized(row("10", "10", "logic", 1))));
            const auto out = benchmark_score("MMBench", rows);
            QCOMPARE(out.front(), (NamedNumber{"CircularEval", 100.0, "%", 1, 100.0, 2}));
            QCOMPARE(number(out, "VanillaEval"), (NamedNumber{"VanillaEval", 100.0, "%", 1, 100.0, 0}));
            QCOMPARE(number(out, "CircularEval ocr").incomplete, std::int64_t{1});
            QVERIFY(std::isnan(number(out, "CircularEval logic").value));
            QCOMPARE(number(out, "CircularEval logic").incomplete, std::int64_t{1});
        }
        const auto mme = benchmark_score("MME-P", {row("1", "a", "count", 1), row("2", "a", "count", 1), lost(row("1", "b", "count", 1)), lost(row("2", "b", "count", 1)),
                                                   lost(row("1", "c", "OCR", 1))});
        QCOMPARE(mme.front(), (NamedNumber{"MME-P", 200.0, "points", 2, 200.0, 2, 8}));
        QCOMPARE(number(mme, "count acc"), (NamedNumber{"count acc", 100.0, "%", 2, 100.0, 0}));
        QVERIFY(std::isnan(number(mme, "OCR acc").value));
        // Benchmarks without groups: a question that failed is no part of a mean.
        QCOMPARE(benchmark_score("CVBench-2D", {row("1", "", "ADE20K", 1), lost(row("2", "", "COCO", 1))}).front(), (NamedNumber{"CVBench-2D", 100.0, "%", 1, 100.0, 0}));
        QCOMPARE(benchmark_score("GQA", {row("1", "", "", 0), row("2", "", "", 1), lost(row("3", "", "", 1))}).front().value, 50.0);
        QVERIFY(benchmark_score("GQA", {lost(row("3", "", "", 1))}).empty());
    }

    /// A set that is called as its headline is named once.
    void a_set_is_named_once() {
        QCOMPARE(of_set("MME-P", {"MME-P", 325.0, "points", 6, 400.0}), std::string("MME-P 325.00 of 400 points (6)"));
        QCOMPARE(of_set("MMBench", {"CircularEval", 50.0, "%", 2, 100.0, 1}), std::string("MMBench: CircularEval 50.00 % (2), 1 incomplete group left out"));
    }

    /// Keys from before a group's size was stored.
    void sizes_that_are_not_stored() {
        const auto circular = [](std::vector<ScoredRow> rows) {
            for (ScoredRow& row : rows) {
                row.options = 3;
            }
            return benchmark_score("MMBench", rows).front();
        };
        const auto base = row("7", "7", "x", 1), once = row("1000007", "7", "x", 1), twice = row("2000007", "7", "x", 1), other = row("8", "8", "x", 1);
        QCOMPARE(circular({base, once, twice}), (NamedNumber{"CircularEval", 100.0, "%", 1, 100.0, 0}));
        QCOMPARE(circular({base, once, twice, other}), (NamedNumber{"CircularEval", 100.0, "%", 1, 100.0, 1}));
        QCOMPARE(circular({base, twice}).incomplete, std::int64_t{1});
        QCOMPARE(circular({base, other}), (NamedNumber{"CircularEval", 100.0, "%", 2, 100.0, 0}));  // a table without rotations
        QCOMPARE(number(benchmark_score("MME-P", {row("1", "a", "count", 1)}), "count acc+").incomplete, std::int64_t{1});
    }

    void official_numbers_beside_ours() {
        AnswerKey key;
        key.rule = AnswerRule::LetterPrefix;
        key.options = {"left", "right"};
        key.right_option = 1;
        AnswerScorer scorer("PhysBench");
        scorer.add("1", "(B)", key);
        scorer.add("2", "B", key);
        const BenchmarkScore score = scorer.score();
        QCOMPARE(score.numbers.front().value, 100.0);
        QCOMPARE(score.official.front().value, 50.0);
        QCOMPARE(score.pattern, std::string("PhysBench's first letter"));
        QCOMPARE(score.unread, std::int64_t{0});
        key.rule = AnswerRule::Letter;
        AnswerScorer without("MMBench");
        without.add("1", "B", key);
        without.add("2", "neither", key);
        QCOMPARE(without.score().unread, std::int64_t{1});
        QCOMPARE(unread_text(1), std::string("1 answer names no option (or, where one is asked for, no number)"));
        QVERIFY(unread_text(0).empty() && unread_text(2).starts_with("2 answers name no option ("));
        QVERIFY(without.score().official.empty() && without.score().pattern.empty());
        AnswerScorer guesses("MathVista");
        key.rule = AnswerRule::MathVista;
        key.answers = {"right"};
        guesses.add("1", "It is on the right side", key);
        guesses.add("2", "Sorry", key);  // the nearest option
        guesses.add("3", "</s>", key);
        key.options.clear();
        key.answer_type = "integer";
        guesses.add("4", "seven", key);
        guesses.add("5", "7", key);
        QCOMPARE(guesses.score().unread, std::int64_t{3});
    }

    void all_ten_subtasks_give_two_thousand() {
        std::vector<ScoredRow> rows;
        for (const char* subtask : {"existence", "count", "position", "color", "posters", "celebrity", "scene", "landmark", "artwork", "OCR"}) {
            rows.push_back(row("1", "a", subtask, 1));
            rows.push_back(row("2", "a", subtask, 1));
        }
        QCOMPARE(benchmark_score("MME-P", rows).front(), (NamedNumber{"MME-P", 2000.0, "points", 20, 2000.0}));
    }

    void cv_bench_weighs_sources_alike() {
        const auto out = benchmark_score("CVBench-2D", {row("1", "", "ADE20K", 1), row("2", "", "COCO", 1), row("3", "", "COCO", 0),
                                                        row("4", "", "COCO", 0), row("5", "", "COCO", 0)});
        QCOMPARE(out.front(), (NamedNumber{"CVBench-2D", 62.5, "%", 5, 100.0}));
        QCOMPARE(number(out, "COCO").value, 25.0);
        QCOMPARE(benchmark_score("CVBench-3D", {row("1", "", "Omni3D", 1), row("2", "", "Omni3D", 0)}).front().value, 50.0);
    }

    void means_of_the_others() {
        const std::vector<ScoredRow> rows = {row("1", "", "x", 0.6), row("2", "", "y", 1.0), row("3", "", "y", 0.3)};
        const auto anls = benchmark_score("DocVQA", rows);
        QVERIFY(std::abs(anls.front().value - 1.9 / 3) < 1e-12);
        QCOMPARE(anls.front().maximum, 1.0);
        QCOMPARE(to_string(anls.front()), std::string("ANLS 0.6333 (3)"));
        const auto text = benchmark_score("TextVQA", rows);
        QVERIFY(std::abs(text.front().value - 190.0 / 3) < 1e-9);
        QCOMPARE(text.size(), std::size_t{3});
        QCOMPARE(to_string(number(text, "y")), std::string("y 65.00 % (2)"));
        QCOMPARE(benchmark_score("PhysBench", {row("1", "", "scene", 1)}).size(), std::size_t{1});
        QVERIFY(benchmark_score("GQA", {}).empty());
    }
};

QTEST_GUILESS_MAIN(TestBenchmarkScore)
#include "test_benchmark_score.moc"
