// What benchmarks make of scored answers, on cases counted by hand.
#include <QtTest>

#include <cmath>

#include "core/scoring/benchmark_score.h"

using namespace r2t2;

namespace {

ScoredRow row(const char* id, const char* group, const char* category, double value) { return {id, group, category, value, value >= 0.5}; }

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
        QCOMPARE(out.front(), (NamedNumber{"MME-P", 325.0, "points", 6, 400.0}));
        QCOMPARE(number(out, "MME-C").value, 50.0);
        QCOMPARE(number(out, "MME-C").maximum, 200.0);
        QCOMPARE(to_string(out.front()), std::string("MME-P 325.00 of 400 points (6)"));
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
