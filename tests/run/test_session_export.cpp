// Do the files say what the session says? Counted again from the files, by other means than the export's own.
#include <QStringEncoder>
#include <QtTest>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <numeric>
#include <sstream>

#include "core/run/score_file.h"
#include "core/scoring/scoring_version.h"
#include "core/results/result_table.h"
#include "core/results/run_results.h"
#include "core/run/exported_picture.h"
#include "core/run/session_compare_output.h"
#include "core/run/session_export.h"
#include "core/session/sqlite.h"
#include "tests/session/benchmark_samples.h"

using namespace r2t2;
using namespace r2t2::session_samples;
namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

namespace {

std::string read_whole(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    std::stringstream out;
    out << in.rdbuf();
    return out.str();
}

std::vector<Json> lines_of(const fs::path& path) {
    std::istringstream in(read_whole(path));
    std::vector<Json> out;
    for (std::string line; std::getline(in, line);) {
        out.push_back(Json::parse(line, nullptr, false));
    }
    return out;
}

/// Answers that scoring agrees with: the truth where the step is right.
Trajectory answered(int number, const std::vector<bool>& right) {
    Trajectory out = trajectory(number, right);
    for (TrajectoryStep& step : out.steps) {
        step.answer->text = *step.correct ? *sample_info(number).ground_truth : "none of them";
    }
    return out;
}

/// Some stop early, some have a step that was not asked.
std::vector<bool> pattern(int number, int salt) {
    RandomStream random = RandomStream::fork(7, "pattern", static_cast<std::uint64_t>(1000 * salt + number));
    std::vector<bool> right;
    for (int step = 0; step < 3 + number % 3; ++step) {
        right.push_back(random.normal() > -0.3);
    }
    return right;
}

constexpr int kSamples = 24;

/// Runs 1 (ngd) and 2 (base) with 24 samples in two sets and one that failed; run 3 is the oracle, without the last four.
void fill(const std::string& path) {
    auto session = SessionWriter::create(path);
    QVERIFY(session.ok());
    for (int r = 0; r < 3; ++r) {
        RunInfo info = run_info();
        info.method = std::vector<std::string>{"ngd", "base", "oracle"}[static_cast<std::size_t>(r)];
        info.command = "r2t2 evaluate --eval \"100%_a\"\n--seed 1";
        const auto run = session->begin_run(info);
        QVERIFY(run.ok());
        for (int i = 0; i < (r == 2 ? kSamples - 4 : kSamples); ++i) {
            Trajectory one = answered(i, pattern(i, r));
            if (i % 5 == 4) {
                one.steps[1].correct.reset();
                one.steps[1].answer.reset();
            }
            QVERIFY(session->write_sample(*run, sample_info(i), one, reference_name).ok());
        }
        SampleInfo failed = sample_info(100);
        failed.ground_truth.reset();
        QVERIFY(session->record_error(*run, failed, invalid_input("100.png", "image", "0 bytes", "a picture")).ok());
        QVERIFY(session->finish_run(*run, RunState::Finished).ok());
    }
}

void change(const std::string& path, const std::string& sql) {
    auto database = sqlite::Database::open(path, sqlite::OpenMode::Write);
    QVERIFY(database.ok());
    QVERIFY(database->execute(sql).ok());
}

/// -1 unknown, else 0 or 1.
int correct_at(const Json& sample, std::size_t step) {
    const Json& steps = sample["steps"];
    const Json& value = steps[std::min(step, steps.size() - 1)]["correct"];
    return value.is_null() ? -1 : value.get<bool>() ? 1 : 0;
}

/// [from][to] over lines without an error; a line of its own for what is not known.
struct Counted {
    std::int64_t cell[2][2] = {};
    std::int64_t unknown = 0;

    Counted(const std::vector<Json>& lines, std::size_t from, std::size_t to) {
        for (const Json& line : lines) {
            if (!line["error"].is_null()) {
                continue;
            }
            const int before = correct_at(line, from), after = correct_at(line, to);
            if (before < 0 || after < 0) {
                ++unknown;
            } else {
                ++cell[before][after];
            }
        }
    }
    [[nodiscard]] TransitionCounts counts() const { return {cell[1][1], cell[1][0], cell[0][1], cell[0][0], unknown}; }
};

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

class TestSessionExport : public QObject {
    Q_OBJECT

private:
    QTemporaryDir directory_;
    std::string session_;
    [[nodiscard]] fs::path at(const std::string& name) const { return fs::path(directory_.path().toStdString()) / name; }

    static std::string message(const auto& result) { return result.ok() ? std::string("no error") : result.error().message(); }
    static std::string score_error(const std::string& text) { return message(score_text(text, "p.jsonl")); }
    static SetScore scored(const std::string& text, ScoringRule rule = ScoringRule::Exact) {
        const auto score = score_text(text, "p.jsonl", rule);
        if (!score.ok()) {
            qWarning("%s", score.error().message().c_str());
            return {};
        }
        return score->filters.front().overall;
    }

private Q_SLOTS:
    void initTestCase() {
        QVERIFY(directory_.isValid());
        session_ = at("a_session.r2t2").string();
        fill(session_);
    }

    void the_lines_count_as_the_session_does() {
        const auto exported = export_session(session_, at("counted"));
        QVERIFY2(exported.ok(), message(exported).c_str());
        QCOMPARE(exported->files.size(), std::size_t{8});
        const Json results = Json::parse(read_whole(at("counted/results.json")), nullptr, false);
        QVERIFY(!results.is_discarded());
        auto reader = SessionReader::open(session_);
        QVERIFY(reader.ok());
        for (const auto& [id, file] : {std::pair<int, const char*>{1, "samples_1_ngd.jsonl"}, {2, "samples_2_base.jsonl"}, {3, "samples_3_oracle.jsonl"}}) {
            const std::vector<Json> lines = lines_of(at("counted") / file);
            QCOMPARE(lines.size(), std::size_t(id == 3 ? kSamples - 3 : kSamples + 1));
            const auto stored = reader->correctness(id);
            QVERIFY(stored.ok());
            const std::vector<StepTransitions> expected = transitions(stored->steps);
            QCOMPARE(expected.size(), std::size_t{5});
            const Json& run = results["runs"][static_cast<std::size_t>(id - 1)];
            std::int64_t moved = 0;
            for (std::size_t step = 0; step < expected.size(); ++step) {
                QVERIFY(Counted(lines, 0, step).counts() == expected[step].from_start);
                QVERIFY(Counted(lines, step == 0 ? 0 : step - 1, step).counts() == expected[step].from_previous);
                const Json& all = run["overall"]["steps"];
                const auto found = std::find_if(all.begin(), all.end(), [step](const Json& each) { return each["step"] == step; });
                QCOMPARE(found != all.end(), expected[step].scored > 0);
                if (found == all.end()) {
                    continue;
                }
                const Json& printed = *found;
                QCOMPARE(printed["from_start"]["right_wrong"].get<std::int64_t>(), expected[step].from_start.right_wrong);
                QCOMPARE(printed["from_previous"]["wrong_right"].get<std::int64_t>(), expected[step].from_previous.wrong_right);
                QCOMPARE(printed["from_start"]["unknown"].get<std::int64_t>(), expected[step].from_start.unknown);
                moved += expected[step].from_start.right_wrong + expected[step].from_start.wrong_right;
            }
            QVERIFY(moved > 0);
            QCOMPARE(run["overall"]["harmed"].get<std::int64_t>(), expected.back().from_start.right_wrong);
            QCOMPARE(run["overall"]["mended"].get<std::int64_t>(), expected.back().from_start.wrong_right);
            QCOMPARE(run["overall"]["failed"].get<int>(), 1);
        }
    }

    void the_order_of_writing_does_not_matter() {
        std::vector<int> order(kSamples);
        std::iota(order.begin(), order.end(), 0);
        std::vector<std::string> files;
        for (const char* name : {"forth", "back"}) {
            const std::string path = at(name).string() + ".r2t2";
            auto session = SessionWriter::create(path);
            const auto run = session->begin_run(run_info());
            for (const int i : order) {
                QVERIFY(session->write_sample(*run, sample_info(i), answered(i, pattern(i, 0)), reference_name).ok());
            }
            QVERIFY(export_session(path, at(name)).ok());
            files.push_back(read_whole(at(std::string(name) + "/samples_1_ngd.jsonl")) + read_whole(at(std::string(name) + "/accuracy.csv")) +
                            Json::parse(read_whole(at(std::string(name) + "/results.json")))["runs"][0]["sets"].dump());
            std::reverse(order.begin(), order.end());
        }
        QCOMPARE(files[0], files[1]);
        const std::vector<Json> lines = lines_of(at("back/samples_1_ngd.jsonl"));  // s1, s3, ... s9, s11, ...; then s0, s2, ...
        QCOMPARE(lines.size(), std::size_t{kSamples});
        for (int i = 0; i < kSamples; ++i) {
            const int number = i < kSamples / 2 ? 2 * i + 1 : 2 * (i - kSamples / 2);
            QCOMPARE(lines[static_cast<std::size_t>(i)]["id"].get<std::string>(), sample_info(number).id.key);
        }
    }
    void the_lines_have_the_harness_fields() {
        QVERIFY(export_session(session_, at("fields")).ok());
        const std::vector<Json> lines = lines_of(at("fields/samples_1_ngd.jsonl"));
        auto reader = SessionReader::open(session_);
        const auto rows = reader->samples(1);
        QVERIFY(rows.ok());
        QCOMPARE(lines.size(), rows->size());
        for (std::size_t i = 0; i < lines.size(); ++i) {
            const Json& line = lines[i];
            const auto found = std::find_if(rows->begin(), rows->end(), [&](const SampleRow& row) { return row.info.id.key == line["id"]; });
            QVERIFY(found != rows->end());
            const SampleRow& row = *found;
            QCOMPARE(line["doc_id"].get<std::size_t>(), i);
            QCOMPARE(line["doc"]["question"].get<std::string>(), row.info.asked());
            QCOMPARE(line["doc"]["image"].get<std::string>(), row.info.image_path);
            QCOMPARE(line["set"].get<std::string>(), row.info.id.set);
            QCOMPARE(line["doc"]["id"].get<std::string>(), row.info.id.key);
            if (!row.error.empty()) {
                QVERIFY(line["exact_match"].is_null() && line["target"].is_null() && line["filtered_resps"].empty());
                QCOMPARE(line["error"].get<std::string>(), row.error);
                QVERIFY(line["steps"].empty());
                continue;
            }
            QCOMPARE(line["target"].get<std::string>(), *row.info.ground_truth);
            QCOMPARE(line["resps"][0][0].get<std::string>(), row.final_answer);
            QCOMPARE(line["filtered_resps"][0].get<std::string>(), row.final_answer);
            QCOMPARE(line["native_answer"].get<std::string>(), row.native_answer);
            QCOMPARE(line["exact_match"].get<int>(), *row.final_correct ? 1 : 0);
            QCOMPARE(line["outcome"].get<std::string>(), row.outcome);
            const auto sample = reader->sample(row.id);
            QVERIFY(sample.ok());
            QCOMPARE(line["steps"].size(), sample->trajectory.steps.size());
            for (std::size_t s = 0; s < line["steps"].size(); ++s) {
                const TrajectoryStep& step = sample->trajectory.steps[s];
                QCOMPARE(line["steps"][s]["weights"].get<std::vector<double>>(), step.weights.values());
                QCOMPARE(line["steps"][s]["objective"].get<double>(), *step.objective);
                QCOMPARE(line["steps"][s]["answer"].is_null(), !step.answer.has_value());
            }
        }
    }

    void csv_agrees_with_the_view() {
        QVERIFY(export_session(session_, at("csv")).ok());
        std::istringstream in(read_whole(at("csv/accuracy.csv")));
        std::string line;
        std::getline(in, line);
        QCOMPARE(line, std::string("run,method,set,step,scored,right,accuracy,planned,complete,references"));
        std::map<std::string, std::string> rows;  // run,set,step -> scored,right
        while (std::getline(in, line)) {
            const QStringList cells = QString::fromStdString(line).split(',');
            QCOMPARE(cells.size(), 10);
            rows[(cells[0] + "," + cells[2] + "," + cells[3]).toStdString()] = (cells[4] + "," + cells[5]).toStdString();
            QVERIFY(std::abs(cells[6].toDouble() - cells[5].toDouble() / cells[4].toDouble()) < 1e-6);
        }
        auto database = sqlite::Database::open(session_, sqlite::OpenMode::Read);
        auto view = database->prepare("SELECT run_id || ',' || set_name || ',' || step, scored || ',' || \"right\" FROM v_accuracy_per_step");
        QVERIFY(view.ok());
        std::size_t seen = 0;
        while (*view->step()) {
            QCOMPARE(rows[view->text(0)], view->text(1));
            ++seen;
        }
        QCOMPARE(seen, std::size_t{30});  // 3 runs, 2 sets, 5 steps
        QCOMPARE(rows.size(), std::size_t{45});
    }

    void neighbours_are_told_by_outcome() {
        const auto exported = export_session(session_, at("neighbours"));
        QVERIFY(exported.ok());
        std::istringstream in(read_whole(at("neighbours/neighbours.csv")));
        std::string line;
        std::getline(in, line);
        const QStringList titles = QString::fromStdString(line).split(',');
        QCOMPARE(titles.mid(0, 8), (QStringList{"run", "method", "outcome", "samples", "uniform", "neighbours", "neighbours_low", "neighbours_high"}));
        for (const RunSummary& run : exported->summary.runs) {
            std::int64_t samples = 0;
            for (const QString outcome : {"all", "RR", "RW", "WR", "WW"}) {
                QVERIFY(std::getline(in, line));
                const QStringList cells = QString::fromStdString(line).split(',');
                QCOMPARE(cells.size(), titles.size());
                QCOMPARE(cells[0].toLongLong(), run.run.id);
                QCOMPARE(cells[2], outcome);
                samples += outcome == "all" ? 0 : cells[3].toLongLong();
                if (outcome == "all") {
                    QCOMPARE(cells[3].toLongLong(), run.neighbours.all.samples);
                    QVERIFY(std::abs(cells[titles.indexOf("distance")].toDouble() - run.neighbours.all.distance.value) < 1e-5);
                }
            }
            QCOMPARE(samples, run.overall.change.total());  // samples without truth are in "all" only
        }
        QVERIFY(!std::getline(in, line));
    }

    /// By hand in tests/session/benchmark_samples.h.
    void benchmarks_have_their_own_scores() {
        const std::string path = at("benchmarks.r2t2").string();
        {
            auto session = SessionWriter::create(path);
            QVERIFY(fill_benchmarks(*session).ok() && fill_benchmarks(*session, "base", false).ok());
        }
        const auto exported = export_session(path, at("benchmarks"));
        QVERIFY2(exported.ok(), message(exported).c_str());
        QCOMPARE(QString::fromStdString(read_whole(at("benchmarks/benchmarks.csv"))).split('\n').mid(0, 6),
                 (QStringList{"run,method,set,benchmark,measure,unit,maximum,questions,native,result,incomplete,official_pattern,official_native,official_result,planned,complete,references",
                              "1,ngd,DocVQA,DocVQA,ANLS,,1,1,0.8,1,0,,,,,1,",
                              "1,ngd,MME-P,MME-P,MME-P,points,200,4,125,200,0,MME's first four characters,125,200,,1,",
                              "1,ngd,MME-P,MME-P,count,points,200,4,125,200,0,MME's first four characters,125,200,,1,",
                              "1,ngd,MME-P,MME-P,count acc,%,100,4,75,100,0,MME's first four characters,75,100,,1,",
                              "1,ngd,MME-P,MME-P,count acc+,%,100,2,50,100,0,MME's first four characters,50,100,,1,"}));
        const Json results = Json::parse(read_whole(at("benchmarks/results.json")));
        const Json& sets = results["runs"][0]["sets"];
        QCOMPARE(sets[0]["benchmark"]["measures"][0]["result"].get<double>(), 1.0);
        QVERIFY(sets[2]["benchmark"].is_null());
        const std::vector<Json> lines = lines_of(at("benchmarks/samples_1_ngd.jsonl"));
        QCOMPARE(lines[0]["native_score"].get<double>(), 0.8);
        QCOMPARE(lines[0]["final_score"].get<double>(), 1.0);
        QCOMPARE(lines[0]["scoring"]["rule"].get<std::string>(), std::string("anls"));
        QVERIFY(lines.back()["final_score"].is_null() && lines.back()["scoring"].is_null());
        const std::string table = read_whole(at("benchmarks/table.tex"));
        QVERIFY2(has(table, "Accuracy in percent; DocVQA: ANLS of 1; MME-P: points of 200; MME-P: incomplete, 9 subtasks missing; MME-P (official): by MME's first four characters; overall: answers that are right (a value of at least 0.5), of all sets together. Bold"), table.c_str());
        QVERIFY2(has(table, "Method & DocVQA & MME-P & MME-P (official) & "), table.c_str());
        QVERIFY2(has(table, "NGD & \\textbf{1.000} & \\textbf{200.0} & \\textbf{200.0} & 0.0 & \\textbf{83.3} \\\\"), table.c_str());
        QVERIFY2(has(table, "base & 0.800 & 125.0 & 125.0 & "), table.c_str());
        QCOMPARE(sets[1]["benchmark"]["measures"][0]["official"]["result"].get<double>(), 200.0);
        QVERIFY(sets[0]["benchmark"]["measures"][0]["official"].is_null());
    }

    /// Sessions whose benchmark numbers were wrong, each a folder of tests/data/cases.
    void reported_sessions_have_the_right_numbers_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("line");
        const auto row = [](const char* name, const char* line) { QTest::newRow(name) << name << line; };
        row("article-a", "1,base,MMBench,MMBench,CircularEval,%,100,4,100,100,0,,,");
        row("declared-answer", "1,base,MMBench,MMBench,CircularEval,%,100,3,100,100,0,,,");
        row("quoted-letter", "1,base,MMBench,MMBench,CircularEval,%,100,6,100,100,0,,,");
        row("chinese-letter", "1,base,MMBench,MMBench,CircularEval,%,100,4,100,100,0,,,");
        row("number-option", "1,base,CVBench-2D,CVBench-2D,CVBench-2D,%,100,2,100,100,0,,,");
        row("mme-lost-question", "1,base,MME-P,MME-P,count acc+,%,100,1,100,100,1,MME's first four characters,100,100");
    }
    void reported_sessions_have_the_right_numbers() {
        QFETCH(QString, name);
        QFETCH(QString, line);
        const auto exported = export_session(std::string(R2T2_TEST_DATA "/cases/") + name.toStdString() + "/session.sqlite", at(name.toStdString()));
        QVERIFY2(exported.ok(), message(exported).c_str());
        const std::string text = read_whole(at(name.toStdString() + "/benchmarks.csv"));
        QVERIFY2(has(text, line.toStdString()), text.c_str());
        // Their verdicts are stored as version 1 of the rules had them; here they are of today's, and it is said.
        const Json run = Json::parse(read_whole(at(name.toStdString() + "/results.json")))["runs"][0];
        QCOMPARE(run["scoring"]["version"].get<int>(), kScoringVersion);
        QVERIFY(run["scoring"]["scored_again"].get<int>() > 0);
        QCOMPARE(run["scoring"]["by_older_rules"].get<int>(), 0);
        QCOMPARE(run["overall"]["right"], run["overall"]["n"]);
        for (const Json& line_of : lines_of(at(name.toStdString()) / run["samples_file"].get<std::string>())) {
            QCOMPARE(line_of["final_reason"].is_null(), !line_of["error"].is_null());
        }
    }

    void two_exports_are_the_same_bytes() {
        const auto first = export_session(session_, at("first"));
        fs::copy_file(session_, at("copy.r2t2"));
        fs::create_directories(at("moved"));
        fs::rename(at("copy.r2t2"), at("moved/a_session.r2t2"));
        const auto second = export_session(at("moved/a_session.r2t2").string(), at("second"));
        QVERIFY(first.ok() && second.ok());
        for (const fs::path& file : first->files) {
            QVERIFY(!read_whole(file).empty());
            QVERIFY2(read_whole(file) == read_whole(at("second") / file.filename()), file.c_str());
        }
        const auto again = export_session(session_, at("first"));  // over the first
        QVERIFY(again.ok());
        QCOMPARE(std::distance(fs::directory_iterator(at("first")), fs::directory_iterator()), std::ptrdiff_t{8});
    }

    void only_the_runs_asked_for() {
        const auto exported = export_session(session_, at("some"), {3, 1, 3});
        QVERIFY(exported.ok());
        QCOMPARE(exported->summary.runs.size(), std::size_t{2});
        QCOMPARE(exported->summary.runs.front().run.id, std::int64_t{1});
        QVERIFY(!fs::exists(at("some/samples_2_base.jsonl")));
        const std::string error = message(export_session(session_, at("none"), {1, 77}));
        QVERIFY2(has(error, "a_session.r2t2: run: found 77; allowed: 1, 2, 3"), error.c_str());
        QVERIFY(!fs::exists(at("none")));
    }

    void damaged_samples_are_left_out_and_named() {
        const std::string path = at("damaged.r2t2").string();
        fill(path);
        // Run 1: a sample row that says it was right; run 2: a step of the fourth sample (its row holds).
        change(path, "UPDATE samples SET final_correct = 1 - final_correct WHERE run_id = 1 AND sample_key = 's0'");
        change(path, "UPDATE steps SET objective = 0.5 WHERE step = 1 AND sample_id = (SELECT id FROM samples WHERE run_id = 2 AND sample_key = 's3')");
        const auto sound = export_session(session_, at("sound"));
        const auto exported = export_session(path, at("damaged"));
        QVERIFY(sound.ok() && exported.ok());
        QCOMPARE(exported->summary.damaged(), std::size_t{2});
        for (const auto& [run, key] : {std::pair<std::size_t, std::string>{0, "s0"}, {1, "s3"}}) {
            const RunSummary& summary = exported->summary.runs[run];
            QCOMPARE(summary.damaged.size(), std::size_t{1});
            QVERIFY2(has(summary.damaged.front(), "checksum") && has(summary.damaged.front(), "sample row"), summary.damaged.front().c_str());
            QVERIFY(!has(summary.damaged.front(), directory_.path().toStdString()));
            QCOMPARE(summary.overall.scored, sound->summary.runs[run].overall.scored - 1);
            const std::vector<Json> lines = lines_of(at("damaged") / summary.samples_file);
            QCOMPARE(lines.size(), std::size_t(kSamples));
            for (const Json& line : lines) {
                QVERIFY(line["id"].get<std::string>() != key);
            }
            QCOMPARE(lines.back()["doc_id"].get<int>(), kSamples - 1);
        }
        const Json results = Json::parse(read_whole(at("damaged/results.json")));
        QCOMPARE(results["damaged_samples"].get<int>(), 2);
        QCOMPARE(results["runs"][0]["damaged"].size(), std::size_t{1});
        QVERIFY(has(read_whole(at("damaged/table.tex")), "% 2 damaged samples"));
    }

    void latex_is_escaped_and_marks_the_best() {
        QCOMPARE(latex_escaped("caf\xe9_\xc3\xa9"), std::string("caf\\textbackslash{}xe9\\_\xc3\xa9"));  // bytes that are no UTF-8, and some that are
        QCOMPARE(latex_escaped("50%_a & b#{c}$~^\\\n"), std::string("50\\%\\_a \\& b\\#\\{c\\}\\$\\textasciitilde{}\\textasciicircum{}\\textbackslash{} "));
        SessionSummary summary;
        summary.session = "s.r2t2";
        for (const auto& [method, right] : {std::pair<std::string, int>{"base", 5}, {"ngd", 8}, {"oracle", 10}, {"my_method", 8}}) {
            RunSummary run;
            run.run.id = static_cast<std::int64_t>(summary.runs.size()) + 1;
            run.run.info = run_info();
            run.run.info.method = method;
            run.run.info.command = "r2t2 evaluate\n\\evil";
            run.overall.scored = 10;
            run.overall.right = right;
            run.sets = {run.overall};
            run.sets.front().name = "50%_hard";
            summary.runs.push_back(run);
        }
        summary.runs[1].sets.clear();
        const std::string table = accuracy_table_latex(summary);
        QVERIFY2(table.starts_with("% session s.r2t2, run 1 (base), model miniature aa, command: r2t2 evaluate \\evil\n"), table.c_str());
        QVERIFY(has(table, "Method & 50\\%\\_hard & overall \\\\"));
        QVERIFY(has(table, "NGD & -- & \\textbf{80.0} \\\\"));
        QVERIFY(has(table, "my\\_method & \\textbf{80.0} & \\textbf{80.0} \\\\"));
        QVERIFY(has(table, "\\midrule\n    oracle (uses label) & 100.0 & 100.0 \\\\\n    \\bottomrule"));
        QVERIFY(has(table, "50.0 & 50.0 \\\\"));
        QVERIFY(has(table, "miniature model"));
        for (RunSummary& run : summary.runs) {
            run.run.info.model_name = "MoAI-7B";
        }
        QVERIFY(!has(accuracy_table_latex(summary), "miniature"));
        QVERIFY(!has(accuracy_table_latex(summary), "at least 0.5"));
        // A part of the samples is never the best, also where every run is one.
        for (RunSummary& run : summary.runs) {
            run.coverage.state = RunState::Cancelled;
        }
        QVERIFY(!has(accuracy_table_latex(summary), "textbf"));
        // Others were asked other samples: the best of each evaluation.
        for (std::size_t r = 0; r < summary.runs.size(); ++r) {
            summary.runs[r].coverage.state = RunState::Finished;
            summary.runs[r].run.info.config = r < 1 ? R"({"evaluation": "evaluation 1"})" : R"({"evaluation": "evaluation 2"})";
        }
        QVERIFY(has(accuracy_table_latex(summary), "\\textbf{50.0} & \\textbf{50.0}") && has(accuracy_table_latex(summary), "of the runs of one evaluation"));
    }

    /// Scores of their own beside "overall": the caption and the header say which is which, and what the points lack.
    void latex_says_what_overall_counts() {
        SessionSummary summary;
        RunSummary run;
        run.run.id = 1;
        run.run.info = run_info();
        run.overall.scored = 10;
        run.overall.right = 8;
        run.sets = {run.overall};
        run.sets.front().name = "MME-P";
        run.sets.front().benchmark_native = run.sets.front().benchmark_result = {{"MME-P", 900.0, "points", 10, 1400.0, 0, 3}};
        summary.runs.push_back(run);
        const std::string table = accuracy_table_latex(summary);
        QVERIFY2(has(table, "Method & MME-P & overall (right) \\\\") && has(table, "MME-P: points of 1400; MME-P: incomplete, 3 subtasks missing") &&
                     has(table, "overall: answers that are right (a value of at least 0.5)") && has(table, "900.0") && has(table, "80.0"), table.c_str());
    }

    /// CV-Bench's number has its benchmark's name: its column is described all the same, under any name of the set.
    void latex_describes_every_column() {
        for (const char* const set : {"CVBench-2D", "my-2d"}) {
            SessionSummary summary;
            RunSummary run;
            run.run.id = 1;
            run.run.info = run_info();
            run.overall.scored = 10;
            run.sets = {run.overall};
            run.sets.front().name = set;
            run.sets.front().benchmark = "CVBench-2D";
            run.sets.front().benchmark_native = run.sets.front().benchmark_result = {{"CVBench-2D", 50.0, "%", 10, 100.0, 0, 0}};
            summary.runs.push_back(run);
            const std::string table = accuracy_table_latex(summary);
            QVERIFY2(has(table, std::string("Accuracy in percent; ") + set + ": mean of the accuracies on its sources; overall"), table.c_str());
        }
    }

    /// A picture's path means the same, whatever was evaluated beside its sample and wherever the session lies.
    void pictures_are_told_from_the_folder_of_their_data() {
        const auto told = [](const std::string& data, const std::string& set, const std::string& path, const std::vector<std::string>& others) {
            RunInfo run = run_info();
            run.config = data.empty() ? "{}" : R"({"data":)" + data + "}";
            std::vector<SampleRow> rows(1 + others.size());
            rows[0].info.id = {set, "1"};
            rows[0].info.image_path = path;
            for (std::size_t i = 0; i < others.size(); ++i) {
                rows[i + 1].info.image_path = others[i];
            }
            return ExportedPictures(run, rows).name_of(rows[0].info);
        };
        const std::string benchmarks = R"({"sets":["DocVQA","MMBench"],"benchmark":{"directory":"/data/all/"}})";
        for (const std::vector<std::string>& others : {std::vector<std::string>{}, {"/data/all/documents/d1.png"}, {"/data/all/val2014/1.jpg", "/home/x/.cache/r2t2/benchmarks/MMBench/1f.png"}}) {
            QCOMPARE(told(benchmarks, "DocVQA", "/data/all/documents/d13.png", others), std::string("documents/d13.png"));
            QCOMPARE(told(benchmarks, "MMBench", "/home/x/.cache/r2t2/benchmarks/MMBench/1f2e.png", others), std::string("MMBench/1f2e.png"));
        }
        const std::string files = R"({"sets":["/d/w/a.json","/d/w/more/b.json","G-dim"]})";
        for (const std::vector<std::string>& others : {std::vector<std::string>{}, {"/d/w/images/test-1.png"}, {"/d/w/more/images/b.png", "/other/c.png"}}) {
            QCOMPARE(told(files, "a", "/d/w/images/test-0.png", others), std::string("images/test-0.png"));
            QCOMPARE(told(files, "a", "/d/pictures/test-0.png", others), std::string("../pictures/test-0.png"));
            QCOMPARE(told(files, "b", "/d/w/more/images/b.png", others), std::string("images/b.png"));
            QCOMPARE(told(files, "named-by-its-records", "/d/w/more/images/b.png", others), std::string("images/b.png"));
            QCOMPARE(told(files, "G-dim", "bundled world/G-dim/1", others), std::string("bundled world/G-dim/1"));
        }
        QCOMPARE(told(R"({"sets":["/d/w/a.json"]})", "named-by-its-records", "/d/w/images/1.png", {}), std::string("images/1.png"));
        QCOMPARE(told({}, "a", "/d/w/images/1.png", {"/d/w/pictures/2.png"}), std::string("images/1.png"));  // a run that does not say what it read
    }

    void bad_places_are_errors() {
        std::ofstream(at("in_the_way")) << "x";
        const std::string file = message(export_session(session_, at("in_the_way")));
        QVERIFY2(has(file, "in_the_way: folder: found a file; allowed: a folder"), file.c_str());
        QVERIFY(has(message(export_session(at("nowhere.r2t2").string(), at("x"))), "nowhere.r2t2: session: found no such file"));
        const std::string empty = at("empty.r2t2").string();
        QVERIFY(SessionWriter::create(empty).ok());
        QVERIFY(has(message(export_session(empty, at("x"))), "empty.r2t2: runs: found none"));
        QVERIFY(!fs::exists(at("x")));
        const CancelToken cancel = CancelToken::create();
        cancel.cancel();
        const auto stopped = export_session(session_, at("stopped"), {}, {}, cancel);
        QVERIFY(!stopped.ok() && stopped.error().kind == ErrorKind::Cancelled);
        QVERIFY(fs::is_empty(at("stopped")));
    }

    void a_method_name_does_not_leave_the_folder() {
        const std::string path = at("foreign.r2t2").string();
        {
            auto session = SessionWriter::create(path);
            RunInfo info = run_info();
            info.method = "../../else";
            const auto run = session->begin_run(info);
            QVERIFY(session->write_sample(*run, sample_info(0), answered(0, {true})).ok());
        }
        const auto exported = export_session(path, at("foreign/inner"));
        QVERIFY2(exported.ok(), message(exported).c_str());
        QCOMPARE(exported->files.front().filename().string(), std::string("samples_1_______else.jsonl"));
        QVERIFY(fs::exists(exported->files.front()));
    }

    void what_was_exported_scores_the_same() {
        const auto exported = export_session(session_, at("round"));
        QVERIFY(exported.ok());
        for (const RunSummary& run : exported->summary.runs) {
            const auto score = score_file(at("round") / run.samples_file);
            QVERIFY2(score.ok(), message(score).c_str());
            QCOMPARE(score->filters.front().overall.right, run.overall.right);
            QCOMPARE(score->filters.front().overall.scored, run.overall.scored);
            QCOMPARE(score->filters.front().overall.unknown, std::int64_t{1});  // the one that failed
            QVERIFY(run.overall.right > 0 && run.overall.right < run.overall.scored);
            QCOMPARE(score->filters.front().overall.interval.low, run.overall.told.interval.low);
            for (std::size_t s = 0; s < run.sets.size(); ++s) {
                QCOMPARE(score->filters.front().sets[s].name, run.sets[s].name);
                QCOMPARE(score->filters.front().sets[s].right, run.sets[s].right);
            }
        }
    }

    void score_knows_the_common_names() {
        QCOMPARE(scored(R"({"prediction": "No.", "target": "no"})").right, std::int64_t{1});
        QCOMPARE(scored(R"({"response": "two", "ground_truth": "two"})").right, std::int64_t{1});
        QCOMPARE(scored(R"({"model_answer": "two", "truth": "three"})").right, std::int64_t{0});
        QCOMPARE(scored(R"({"prediction": "two", "answer": "two"})").right, std::int64_t{1});   // answer: the truth
        QCOMPARE(scored(R"({"answer": "two", "ground_truth": "two"})").right, std::int64_t{1});  // answer: the prediction
        QCOMPARE(scored(R"({"prediction": "two", "answer": "x", "target": "two"})").right, std::int64_t{1});
        QCOMPARE(scored(R"({"prediction": "b", "answers": ["a", "b"]})").right, std::int64_t{1});
        QCOMPARE(scored(R"({"resps": [["2"], ["3"]], "target": 2})").right, std::int64_t{1});
        QCOMPARE(scored(R"({"filtered_resps": ["x"], "resps": [["y"]], "target": "x"})").right, std::int64_t{1});
        QCOMPARE(scored(R"({"prediction": "B", "target": "blue", "choices": ["red", "blue"]})").right, std::int64_t{1});
        QCOMPARE(scored(R"({"prediction": "no, it is", "target": "no"})").right, std::int64_t{0});
        QCOMPARE(scored(R"({"prediction": "no, it is", "target": "no"})", ScoringRule::StartsWith).right, std::int64_t{1});
        const SetScore empty = scored("{\"prediction\": \"\", \"target\": \"a\"}\n\n{\"prediction\": null, \"target\": \"a\"}\n{\"prediction\": \"a\", \"target\": null}\r\n");
        QCOMPARE(empty.scored, std::int64_t{1});
        QCOMPARE(empty.not_answered, std::int64_t{1});
        QCOMPARE(empty.unknown, std::int64_t{1});
        const auto sets = score_text("\xEF\xBB\xBF [{\"prediction\": \"[1,\", \"target\": \"[1,\", \"set\": \"a\"},\n"
                                     "{\"prediction\": \"\\\"]\", \"target\": \"q\", \"doc\": {\"set\": \"b\"}} ]\n", "p.json");
        QVERIFY2(sets.ok(), message(sets).c_str());
        QCOMPARE(sets->filters.front().sets.size(), std::size_t{2});
        QCOMPARE(sets->filters.front().sets[0].right, std::int64_t{1});
        QCOMPARE(sets->filters.front().sets[1].scored, std::int64_t{1});
    }

    /// Case two-filters: lm-eval logs every document once for each filter.
    void filters_are_counted_apart() {
        const auto score = score_file(R2T2_TEST_DATA "/cases/two-filters/samples.jsonl");
        QVERIFY2(score.ok(), message(score).c_str());
        QCOMPARE(score->filters.size(), std::size_t{2});
        QCOMPARE(score->filters[0].filter, std::string("strict-match"));
        QCOMPARE(score->filters[0].overall.right, std::int64_t{0});
        QCOMPARE(score->filters[1].filter, std::string("flexible-extract"));
        QCOMPARE(score->filters[1].overall.right, std::int64_t{1});
        QCOMPARE(score->filters[1].overall.scored, std::int64_t{1});
        QCOMPARE(score->repeated, std::int64_t{0});
        const auto three = score_text("[{\"doc_id\": 0, \"filter\": \"a\", \"set\": \"s\", \"pred\": \"1\", \"target\": 1}, {\"doc_id\": 0, \"filter\": \"b\", \"pred\": \"2\", \"target\": 1},"
                                      "{\"doc_id\": 0, \"pred\": \"1\", \"target\": 1}]", "p.json");
        QCOMPARE(three->filters.size(), std::size_t{3});
        QCOMPARE(three->filters[0].sets.front().right, std::int64_t{1});
        QVERIFY(three->filters[2].filter.empty() && three->filters[1].sets.empty());
    }

    void repeated_ids_are_named() {
        const std::string one = "{\"doc_id\": 7, \"pred\": \"a\", \"target\": \"a\"}\n", other = "{\"doc_id\": 8, \"pred\": \"a\", \"target\": \"a\"}\n";
        const auto score = score_text(one + other + one, "p.jsonl");
        QCOMPARE(score->repeated, std::int64_t{1});
        QCOMPARE(score->repetitions.front(), std::string("line 3: id 7, as in line 1"));
        QCOMPARE(score->filters.front().overall.scored, std::int64_t{3});
        const auto sets = score_text(R"([{"id": "x", "set": "a", "pred": 1, "target": 1}, {"id": "x", "set": "b", "pred": 1, "target": 1}, {"pred": 1, "target": 1}])", "p.json");
        QCOMPARE(sets->repeated, std::int64_t{0});
    }

    void one_id_in_three_spellings() {
        const auto score = score_text(R"([{"id": 1, "pred": "a", "target": "a"}, {"id": "1", "pred": "a", "target": "a"}, {"id": 1.0, "pred": "a", "target": "a"},
                                          {"id": "01", "pred": "a", "target": "a"}, {"id": 1.5, "pred": "a", "target": "a"}])", "p.json");
        QCOMPARE(score->repeated, std::int64_t{2});
        QCOMPARE(score->repetitions.back(), std::string("line 1: id 1, as in line 1"));
    }

    void a_truth_is_one_of_the_options() {
        for (const auto& [truth, options, said] : {std::tuple<const char*, const char*, const char*>{"\"C\"", R"(["red", "blue"])", "found C; allowed: the letter or the text of one of the 2 options"},
                                                   {"\"green\"", R"(["red", "blue"])", "found green"}, {"[\"red\", \"green\"]", R"(["red", "blue"])", "found green"},
                                                   {"\"A or B\"", R"(["red", "blue"])", "found A or B"}, {"\"red\"", R"(["red", "red ", "blue"])", "the text of 2 options"}, {"7", R"(["1", "2"])", "found 7"}}) {
            const std::string error = score_error("{\"pred\": \"B\", \"target\": \"B\", \"options\": [\"x\", \"y\"]}\n{\"pred\": " + std::string(truth[0] == '[' ? "\"red\"" : truth) +
                                                  ", \"target\": " + truth + ", \"options\": " + options + "}\n");
            QVERIFY2(has(error, said) && has(error, "line 2") && has(error, "target"), error.c_str());
        }
        QCOMPARE(scored(R"({"pred": "A", "target": "B", "options": ["same", "other", "same"]})").right, std::int64_t{0});
        QCOMPARE(scored(R"({"pred": "C", "target": "A", "options": ["same", "other"]})").right, std::int64_t{0});
    }

    void numbers_keep_their_digits() {
        for (const char* right : {R"({"pred": 0.0000001, "target": "0.0000001"})", R"({"pred": 1e20, "target": "100000000000000000000"})", R"({"pred": "1e20", "target": 1e20})",
                                  R"({"pred": "1e-7", "target": 0.0000001})", R"({"pred": 123456789012345678901234567890, "target": "123456789012345678901234567890"})",
                                  R"({"pred": 3, "target": 3.0})", R"({"pred": -1e-3, "target": "-0.001"})"}) {
            QVERIFY2(scored(right).right == 1, right);
        }
        for (const char* wrong : {R"({"pred": 123456789012345678901234567890, "target": 123456789012345678901234567891})", R"({"pred": 9007199254740993, "target": 9007199254740992})",
                                  R"({"pred": 1e20, "target": 1e21})", R"({"pred": "10\u00b2", "target": 102})", R"({"pred": "2\u00b3", "target": "23"})"}) {
            const SetScore score = scored(wrong);
            QVERIFY2(score.scored == 1 && score.right == 0, wrong);
        }
    }

    void a_key_stands_once() {
        const std::string good = "{\"pred\": 1, \"target\": 1, \"doc\": {\"a\": [{\"b\": 1}, {\"b\": 2, \"b\": 3}]}}\n";
        QCOMPARE(scored(good).right, std::int64_t{1});
        for (const char* twice : {R"({"pred": 1, "target": 1, "pred": 2})", R"({"target": 1, "target": 1, "pred": 1})"}) {
            const std::string error = score_error(good + twice);
            QVERIFY2(has(error, "line 2") && has(error, "the field a second time"), error.c_str());
        }
    }

    /// Case score-letter-and-text.
    void letters_and_texts_of_options() {
        const auto score = score_file(R2T2_TEST_DATA "/cases/score-letter-and-text/predictions.jsonl");
        QVERIFY2(score.ok(), message(score).c_str());
        QCOMPARE(score->filters.front().overall.right, std::int64_t{5});
        QCOMPARE(score->filters.front().overall.scored, std::int64_t{5});
    }

    void likelihoods_choose() {
        const auto right = [](const char* text) { return scored(text).right; };
        QCOMPARE(right(R"({"filtered_resps": [[-1.5, false], [-0.5, true], [-9, false]], "target": 1})"), std::int64_t{1});
        QCOMPARE(right(R"({"filtered_resps": [["-1.5", "False"], ["-0.5", "True"]], "target": "1"})"), std::int64_t{1});  // as lm-eval writes them
        QCOMPARE(right(R"({"filtered_resps": [["-0.5", "False"], ["-1.5", "True"]], "target": "1"})"), std::int64_t{0});
        QCOMPARE(right(R"({"resps": [[[-1.5, false]], [[-0.5, true]]], "target": 1.0})"), std::int64_t{1});
        QCOMPARE(right(R"({"resps": [[[-Infinity, false]], [[-0.5, true]]], "target": 0, "filtered_resps": [["-inf", "False"], [-0.5, true]]})"), std::int64_t{0});
        QCOMPARE(right(R"({"filtered_resps": [[-1, false], [-1, true]], "target": 0})"), std::int64_t{1});  // of equal ones the first
        QCOMPARE(right(R"({"filtered_resps": [[-2, false], [-1, true]], "target": "B", "options": ["red", "blue"]})"), std::int64_t{1});
        QCOMPARE(right(R"({"filtered_resps": [[-2, false], [-1, true]], "target": "blue", "doc": {"choices": ["red", "blue"]}})"), std::int64_t{1});
        QCOMPARE(right(R"({"filtered_resps": [[-2, false], [-1, true]], "target": "yes", "arguments": [["Q", " no"], ["Q", " yes"]]})"), std::int64_t{1});
        QCOMPARE(right(R"({"filtered_resps": [[-2, false], [-1, true]], "target": [0, 1]})"), std::int64_t{1});
        QCOMPARE(right(R"({"filtered_resps": [["-1.5", "-0.5"]], "target": "-1.5"})"), std::int64_t{1});  // words, no likelihoods
    }

    void truths_as_numbers_and_indices() {
        const auto right = [](const char* text) { return scored(text).right; };
        QCOMPARE(right(R"({"prediction": "3", "target": 3.0})"), std::int64_t{1});
        QCOMPARE(right(R"({"prediction": 3, "target": "3.0"})"), std::int64_t{1});
        QCOMPARE(right(R"({"prediction": "1,000", "target": 1000})"), std::int64_t{1});
        QCOMPARE(right(R"({"prediction": "30", "target": 3.0})"), std::int64_t{0});
        QCOMPARE(right(R"({"prediction": "B", "target": 1, "doc": {"choices": ["red", "blue"], "answer": 1}})"), std::int64_t{1});
        QCOMPARE(right(R"({"prediction": "It is blue.", "target": "1", "doc": {"choices": {"text": ["red", "blue"], "label": ["A", "B"]}, "gold": 1}})"), std::int64_t{1});
        QCOMPARE(right(R"({"prediction": "A", "target": 1, "doc": {"choices": ["red", "blue"], "answer": 1}})"), std::int64_t{0});
        QCOMPARE(right(R"({"prediction": "C", "target": 3.0, "options": ["1", "2", "3"]})"), std::int64_t{1});
        QCOMPARE(right(R"({"prediction": "2", "target": 2, "doc": {"answer": "so it is 2"}})"), std::int64_t{1});
    }

    void texts_of_every_script_and_encoding() {
        const auto right = [](const std::string& text) { return scored(text).right; };
        QCOMPARE(right("{\"prediction\": \"cafe\u0301\", \"target\": \"caf\u00e9\"}"), std::int64_t{1});           // NFD, NFC
        QCOMPARE(right("{\"prediction\": \"red\u00a0bus\u3000\", \"target\": \"red bus\"}"), std::int64_t{1});
        QCOMPARE(right("{\"prediction\": \"\u200bred\ufeff\", \"target\": \"Red\"}"), std::int64_t{1});              // zero width
        QCOMPARE(right("{\"prediction\": \"\u00c9T\u00c9\", \"target\": \"\u00e9t\u00e9\"}"), std::int64_t{1});
        QCOMPARE(right("{\"prediction\": \"\u516c\u5171\u6c7d\u8f66\u3002\", \"target\": \"\u516c\u5171\u6c7d\u8f66\"}"), std::int64_t{1});
        QCOMPARE(right("{\"prediction\": \"cafe\", \"target\": \"caf\u00e9\"}"), std::int64_t{0});                    // accents count
        const QString text = QStringLiteral("{\"prediction\": \"Caf\u00e9\", \"target\": \"caf\u00e9\", \"extra\": NaN}\r\n{\"prediction\": \"x\", \"target\": \"y\"}\r\n");
        for (const auto& encoding : {QStringConverter::Utf16LE, QStringConverter::Utf16BE, QStringConverter::Utf8}) {
            for (const bool mark : {true, false}) {
                QStringEncoder encode(encoding, mark ? QStringConverter::Flag::WriteBom : QStringConverter::Flag::Default);
                const QByteArray bytes = encode(text);
                const SetScore score = scored(bytes.toStdString());
                QCOMPARE(score.right, std::int64_t{1});
                QCOMPARE(score.scored, std::int64_t{2});
            }
        }
    }

    void bad_predictions_name_line_and_field_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("part");
        const auto row = [](const char* name, const char* text, const char* part) { QTest::newRow(name) << text << part; };
        row("empty", "", "p.jsonl: records: found none");
        row("empty array", " [ ] ", "p.jsonl: records: found none");
        row("no truth", "{\"prediction\": \"a\", \"target\": \"a\"}\n{\"prediction\": \"a\"}", "p.jsonl: line 2: truth: found missing; allowed: target");
        row("no prediction", "\n\n{\"target\": \"a\"}", "p.jsonl: line 3: prediction: found missing");
        row("nothing", "{\"answer\": \"a\"}", "p.jsonl: line 1: prediction: found missing (and no truth either)");
        row("type", "{\"prediction\": {\"a\": 1}, \"target\": \"a\"}", "p.jsonl: line 1: prediction: found {\"a\":1}; allowed: a text");
        row("type of truth", "{\"prediction\": \"a\", \"target\": [[{}]]}", "line 1: target: found [[{}]]");
        row("index", "{\"prediction\": \"a\", \"target\": 1, \"options\": [\"a\", \"b\"]}", "line 1: target: found 1; allowed: the letter");
        row("set", "{\"prediction\": \"a\", \"target\": \"a\", \"set\": 1}", "line 1: set: found 1; allowed: a text");
        row("not an object", "{\"prediction\": \"a\", \"target\": \"a\"}\n3", "line 2: record: found 3; allowed: an object");
        row("broken", "{\"prediction\": \"a\", \"target\": \"a\"}\n{\"prediction\": ", "p.jsonl: found broken JSON at line 2, column");
        row("broken in array", "[{\"prediction\": \"a\",\n \"target\" \"a\"}]", "p.jsonl: found broken JSON at line 2, column 13: syntax error");
        row("pretty object", "{\n\"prediction\": 1}", "p.jsonl: found broken JSON at line 1, column");
        row("cut array", "[{\"prediction\": \"a\", \"target\": \"a\"}", "line 1: array: found the end of the file");
        row("cut text", "[{\"prediction\": \"a", "line 1: array: found the end of the file");
        row("two commas", "[{\"prediction\": \"a\", \"target\": \"a\"},\n,]", "line 2: array: found nothing between two commas");
        row("after", "[{\"prediction\": \"a\", \"target\": \"a\"}]\nx", "line 2: array: found text after its end");
        row("number", "{\"prediction\": 1e999, \"target\": \"a\"}", "p.jsonl: found broken JSON at line 1, column");
        row("not UTF-8", "{\"prediction\": \"\xff\", \"target\": \"a\"}", "p.jsonl: found broken JSON at line 1, column");
        row("UTF-32", "", "p.jsonl: ");
        row("numbers", "{\"filtered_resps\": [-1.5, -0.5], \"target\": \"1\"}", "line 1: filtered_resps: found [-1.5,-0.5]; allowed: one answer, or log-likelihoods");
        row("one likelihood", "{\"filtered_resps\": [[-1.5, true]], \"target\": \"1\"}", "line 1: filtered_resps: found one log-likelihood");
        row("no such choice", "{\"filtered_resps\": [[-1.5, true], [-2, false]], \"target\": 2}", "line 1: target: found 2; allowed: the index (from 0)");
        row("which choice", "{\"filtered_resps\": [[-1.5, true], [-2, false]], \"target\": \"blue\"}", "line 1: target: found \"blue\"");
        row("index or text", "{\"filtered_resps\": [[-1.5, true], [-2, false]], \"target\": \"1\", \"choices\": [\"1\", \"2\"]}", "line 1: target: found 1, the index of one choice");
        row("unknown likelihood", "{\"filtered_resps\": [[NaN, true], [-2, false]], \"target\": 1}", "line 1: filtered_resps: found [[null,true]");
        row("too many choices", "{\"filtered_resps\": [[-1, true], [-2, false]], \"target\": 1, \"choices\": [\"a\", \"b\", \"c\"]}", "line 1: filtered_resps: found 2 log-likelihoods");
        row("index as a text", "{\"prediction\": \"B\", \"target\": \"1\", \"options\": [\"a\", \"b\"]}", "line 1: target: found 1; allowed: the letter");
        row("filter", "{\"prediction\": \"a\", \"target\": \"a\", \"filter\": 3}", "line 1: filter: found 3; allowed: a text");
    }
    void bad_predictions_name_line_and_field() {
        QFETCH(QString, text);
        QFETCH(QString, part);
        const std::string tag = QTest::currentDataTag();
        const std::string raw = tag == "not UTF-8" ? "{\"prediction\": \"\xff\", \"target\": \"a\"}"
                                : tag == "UTF-32"  ? std::string("\xff\xfe\0\0{\0\0\0", 8)
                                                   : text.toStdString();
        const std::string error = score_error(raw);
        QVERIFY2(has(error, part.toStdString()), error.c_str());
    }

    void deep_brackets_are_an_error() {
        const std::string deep(200000, '[');
        QVERIFY(has(score_error("{\"prediction\": " + deep + std::string(200000, ']') + ", \"target\": 1}"), "found JSON nested deeper than 32 at line 1"));
        QVERIFY(!score_text(deep, "p.jsonl").ok());
        QVERIFY(has(message(score_file(at("nothing.jsonl"))), "nothing.jsonl: no such file"));
    }

    /// A bootstrap of pairs that differ alike draws one number ever again.
    void compare_of_pairs_that_differ_alike() {
        for (const bool same : {true, false}) {
            const std::string path = at(same ? "alike.r2t2" : "against.r2t2").string();
            auto session = SessionWriter::create(path);
            for (int side = 0; side < 2; ++side) {
                const auto run = session->begin_run(run_info());
                for (int i = 0; i < 5; ++i) {
                    QVERIFY(session->write_sample(*run, sample_info(i), answered(i, {true, same || side == 1})).ok());
                }
            }
            const auto compared = compare_sessions({path, 1}, {path, 2});
            QVERIFY2(compared.ok(), message(compared).c_str());
            const SetComparison& all = compared->overall;
            QVERIFY(all.interval == IntervalKind::Score);
            QVERIFY(std::abs(all.difference.low - (same ? -0.434482 : 0.131036)) < 1e-5);
            QVERIFY(std::abs(all.difference.high - (same ? 0.434482 : 1.0)) < 1e-5);
            QVERIFY(has(comparison_text(*compared), same ? "+0.0 [-43.4, +43.4]*" : "+100.0 [+13.1, +100.0]*"));
            QVERIFY(has(comparison_text(*compared), "score interval (Tango 1998)") && has(comparison_json(*compared, std::nullopt), "\"interval\": \"score\""));
        }
    }

    /// Two questions with four rotations each, then four questions about one picture: eight and four rows, two and one witnesses.
    void compare_takes_what_belongs_together_for_one() {
        const std::string path = at("rotations.r2t2").string();
        auto session = SessionWriter::create(path);
        for (int side = 0; side < 2; ++side) {
            const auto run = session->begin_run(run_info());
            for (int i = 0; i < 12; ++i) {
                SampleInfo sample = sample_info(i);
                sample.id.set = i < 8 ? "MMBench" : "GQA";
                sample.picture_hash = i < 8 ? "p" + std::to_string(i) : std::string("one picture");
                if (i < 8) {
                    StoredKey key{"MMBench", {}};
                    key.key.answers = {sample.ground_truth.value_or("")};
                    key.key.group = "question " + std::to_string(i % 2);
                    sample.scoring = stored_key_json(key);
                }
                QVERIFY(session->write_sample(*run, sample, answered(i, {true, side == 1})).ok());
            }
        }
        const auto compared = compare_sessions({path, 1}, {path, 2});
        QVERIFY2(compared.ok(), message(compared).c_str());
        QCOMPARE(compared->sets[0].clusters, std::int64_t{2});
        QCOMPARE(compared->sets[0].p, 0.5);
        QCOMPARE(compared->sets[1].clusters, std::int64_t{1});
        QCOMPARE(compared->sets[1].p, 1.0);
        QCOMPARE(compared->overall.clusters, std::int64_t{3});
        QCOMPARE(compared->overall.p, 0.25);
        QCOMPARE(compared->sets[0].holm_p, 1.0);  // 2 x 0.5
        QVERIFY(std::isnan(compared->overall.holm_p));
        std::string notes;
        for (const std::string& note : comparison_notes(*compared)) {
            notes += note + '\n';
        }
        QVERIFY2(has(notes, "12 samples in 3 clusters") && has(notes, "fewer than 20"), notes.c_str());
        QVERIFY2(has(notes, "Samples in clusters, set by set: MMBench 8 in 2, GQA 4 in 1; fewer than 20: MMBench, GQA."), notes.c_str());
        const std::string shown = comparison_text(*compared);
        QVERIFY2(has(shown, "MMBench                   8        2") && has(shown, "GQA                       4        1"), shown.c_str());
        QVERIFY2(has(shown, "^ fewer than 6 clusters"), shown.c_str());
        QVERIFY(has(comparison_text(*compared), "by sign flips of whole clusters") && has(comparison_text(*compared), "0.500"));
        const Json json = Json::parse(comparison_json(*compared, std::nullopt), nullptr, false);
        QCOMPARE(json["sets"][0]["p"].get<double>(), 0.5);
        QCOMPARE(json["sets"][0]["clusters"].get<int>(), 2);
        QCOMPARE(json["sets"][0]["p_holm"].get<double>(), 1.0);
        QVERIFY(json["overall"]["p_holm"].is_null());
        QVERIFY(has(comparison_text(*compared), "Holm p = p corrected for the 2 sets"));
        QCOMPARE(json["sets"][0]["test"].get<std::string>(), std::string("sign flips of clusters"));
    }

    /// The same set and key about another picture is another sample; where a picture is not known of both, it is taken for the same.
    void compare_tells_other_pictures_apart() {
        const std::string path = at("pictures.r2t2").string();
        auto session = SessionWriter::create(path);
        for (int side = 0; side < 2; ++side) {
            const auto run = session->begin_run(run_info());
            for (int i = 0; i < 8; ++i) {
                SampleInfo sample = sample_info(i);
                sample.picture_hash = "picture " + std::to_string(side == 1 && i < 3 ? 100 + i : i);
                if (i == 3 || (i == 4 && side == 0)) {
                    sample.picture_hash = side == 0 ? std::nullopt : std::optional<std::string>("seen");
                }
                QVERIFY(session->write_sample(*run, sample, answered(i, {true, true})).ok());
            }
        }
        const auto compared = compare_sessions({path, 1}, {path, 2});
        QVERIFY2(compared.ok(), message(compared).c_str());
        QCOMPARE(compared->overall.other_picture, std::int64_t{3});
        QCOMPARE(compared->overall.different, std::int64_t{0});
        QCOMPARE(compared->overall.scored(), std::int64_t{5});
        QCOMPARE(compared->sets[0].other_picture, std::int64_t{2});  // s0, s2
        std::string notes;
        for (const std::string& note : comparison_notes(*compared)) {
            notes += note + '\n';
        }
        QVERIFY2(has(notes, "3 samples of the same set and key have another picture, or other facts about it: they were not paired (count/s0, colour/s1, count/s2)."), notes.c_str());
        QVERIFY(has(comparison_text(*compared), "3 samples have another picture, or other facts about it, in the other: not paired"));
        const Json json = Json::parse(comparison_json(*compared, std::nullopt), nullptr, false);
        QCOMPARE(json["overall"]["other_pictures"].get<int>(), 3);
        QCOMPARE(json["not_paired"].size(), std::size_t{3});
        QCOMPARE(json["not_paired"][1].dump(), std::string(R"({"set":"colour","id":"s1","other":"picture"})"));
    }

    /// Models that look at pictures of another size get other pixels of the same file: nothing is known then.
    void compare_takes_pictures_of_other_sizes_for_the_same() {
        const std::string path = at("sizes.r2t2").string();
        auto session = SessionWriter::create(path);
        for (int side = 0; side < 2; ++side) {
            RunInfo info = run_info();
            info.model_hash = side == 0 ? "small" : "large";
            info.config = std::string(R"({"model":{"parts":{"config.json: moai.vision.image_size":)") + (side == 0 ? R"("64")" : R"("490")") + "}}}";
            const auto run = session->begin_run(info);
            SampleInfo sample = sample_info(1);
            sample.picture_hash = "pixels of side " + std::to_string(side);
            QVERIFY(session->write_sample(*run, sample, answered(1, {true, true})).ok());
        }
        const auto compared = compare_sessions({path, 1}, {path, 2});
        QVERIFY2(compared.ok(), message(compared).c_str());
        QCOMPARE(compared->overall.scored(), std::int64_t{1});
    }

    /// What the table counts is not what CV-Bench reports: the mean over ADE20K and COCO, each alike.
    void compare_tells_the_benchmarks_own_number() {
        const std::string path = at("sources.r2t2").string();
        auto session = SessionWriter::create(path);
        for (int side = 0; side < 2; ++side) {
            const auto run = session->begin_run(run_info());
            for (int i = 0; i < 10; ++i) {  // eight of ADE20K, two of COCO: A 4 and 2 right, B 6 and 1
                SampleInfo sample = sample_info(i);
                sample.id = {"CVBench-2D", std::to_string(i)};
                StoredKey key{"CVBench-2D", {}};
                key.key.answers = {sample.ground_truth.value_or("")};
                key.key.category = i < 8 ? "ADE20K" : "COCO";
                sample.scoring = stored_key_json(key);
                const bool right = i < 8 ? i < (side == 0 ? 4 : 6) : side == 0 || i == 8;
                QVERIFY(session->write_sample(*run, sample, answered(i, {true, right})).ok());
            }
        }
        const auto compared = compare_sessions({path, 1}, {path, 2});
        QVERIFY2(compared.ok(), message(compared).c_str());
        const SetComparison& set = compared->sets.at(0);
        QVERIFY(set.own && std::abs(set.own->a.value - 75.0) < 1e-9 && std::abs(set.own->b.value - 62.5) < 1e-9);
        QVERIFY(set.by == ComparedBy::Right && std::abs(set.difference.value - 0.1) < 1e-12);  // 6 -> 7 of ten: the other way round
        const std::string text = comparison_text(*compared);
        QVERIFY2(has(text, "CVBench-2D A 75.00 % (10), B 62.50 % (10), B - A -12.50. its own is the mean over the sources"), text.c_str());
        const Json json = Json::parse(comparison_json(*compared, std::nullopt), nullptr, false);
        const Json& own = json["sets"][0]["benchmark"];
        QVERIFY(own["name"] == "CVBench-2D" && own["a"].get<double>() == 75.0 && own["difference"].get<double>() == -12.5 && !own["counts"].is_null());
        QVERIFY(json["sets"][0]["compared"] == "accuracy" && json["overall"]["benchmark"].is_null());
    }

    /// ANLS gains where no answer becomes right or wrong: the values themselves are compared.
    void compare_takes_fractions_as_they_are() {
        const std::string path = at("fractions.r2t2").string();
        auto session = SessionWriter::create(path);
        for (int side = 0; side < 2; ++side) {
            const auto run = session->begin_run(run_info());
            for (int i = 0; i < 8; ++i) {  // 0.8 -> 1 six times, as it was twice
                const SampleInfo sample = docvqa_sample(i, "hallo");
                QVERIFY(session->write_sample(*run, sample, answers(i, sample, "hello", side == 1 && i < 6 ? "hallo" : "hello")).ok());
            }
        }
        const auto compared = compare_sessions({path, 1}, {path, 2});
        QVERIFY2(compared.ok(), message(compared).c_str());
        for (const SetComparison* set : {&compared->sets.at(0), &compared->overall}) {
            QVERIFY(set->by == ComparedBy::Worth && set->only_b == 0 && set->both == 8);
            QVERIFY(std::abs(set->mean_a - 0.8) < 1e-12 && std::abs(set->difference.value - 0.15) < 1e-12);
            QCOMPARE(set->p, 2.0 / 64.0);
        }
        QVERIFY(std::abs(compared->sets[0].own->b.value - 0.95) < 1e-12);
        const std::string text = comparison_text(*compared);
        QVERIFY2(has(text, "DocVQA: ANLS A 0.8000 (8), B 0.9500 (8), B - A +0.1500."), text.c_str());
        QVERIFY2(has(text, "Compared by what the answers are worth, 0 to 1: DocVQA; only A"), text.c_str());
        QVERIFY2(has(text, " 80.0  95.0 ") && has(text, "0.031"), text.c_str());
        const Json json = Json::parse(comparison_json(*compared, std::nullopt), nullptr, false);
        const Json& set = json["sets"][0];
        QVERIFY(set["compared"] == "mean_score" && set["test"] == "sign flips of samples" && set["p"].get<double>() == 0.03125);
        QVERIFY(set["b"]["accuracy"].get<double>() == 1.0 && std::abs(set["b"]["mean_score"].get<double>() - 0.95) < 1e-12 && set["b"].contains("mean_score_low"));
    }

    /// MMBench: two questions with two rotations. B has one more rotation right, and one question less.
    void compare_tells_rotations_from_questions() {
        const std::string path = at("circular.r2t2").string();
        auto session = SessionWriter::create(path);
        const bool right[2][6] = {{true, true, false, false, false, false}, {true, false, true, false, true, false}};
        for (int side = 0; side < 2; ++side) {
            const auto run = session->begin_run(run_info());
            for (int i = 0; i < (side == 0 ? 6 : 5); ++i) {  // the last rotation is in A only: its question is in no number
                SampleInfo sample = sample_info(i);
                sample.id = {"MMBench", std::to_string(i / 2 + 1'000'000 * (i % 2))};
                StoredKey key{"MMBench", {}};
                key.key.answers = {sample.ground_truth.value_or("")};
                key.key.group = std::to_string(i / 2);
                key.key.group_size = 2;
                sample.scoring = stored_key_json(key);
                QVERIFY(session->write_sample(*run, sample, answered(i, {true, right[side][i]})).ok());
            }
        }
        const auto compared = compare_sessions({path, 1}, {path, 2});
        QVERIFY2(compared.ok(), message(compared).c_str());
        const OwnNumbers& own = compared->sets.at(0).own.value();
        QVERIFY(own.a.value == 50.0 && own.b.value == 0.0 && own.a.count == 2 && own.a.incomplete == 1);
        QCOMPARE(compared->overall.right_b() - compared->overall.right_a(), std::int64_t{1});
        QVERIFY2(has(comparison_text(*compared), "the table takes every rotation singly"), comparison_text(*compared).c_str());
    }

    /// Nought has no sign, anywhere in the table.
    void compare_shows_no_minus_zero() {
        const std::string path = at("nought.r2t2").string();
        auto session = SessionWriter::create(path);
        for (int side = 0; side < 2; ++side) {
            const auto run = session->begin_run(run_info());
            for (int i = 0; i < 24; ++i) {
                QVERIFY(session->write_sample(*run, sample_info(i), answered(i, {true, side == 0 || i > 0})).ok());
            }
        }
        const auto compared = compare_sessions({path, 1}, {path, 2});
        QVERIFY2(compared.ok(), message(compared).c_str());
        const std::string text = comparison_text(*compared);
        QVERIFY2(!has(text, "-0.0") && has(text, "+0.0]"), text.c_str());
    }

    /// The evaluation's own numbers are those of the comparison with its base: rotations are one witness in the table and in the export too.
    void an_evaluations_own_table_takes_them_for_one_too() {
        const std::string path = at("own.r2t2").string();
        auto session = SessionWriter::create(path);
        for (int r = 0; r < 2; ++r) {
            RunInfo info = run_info();
            info.method = r == 0 ? "base" : "ngd";
            const auto run = session->begin_run(info);
            for (int i = 0; i < 40; ++i) {
                SampleInfo sample = sample_info(i);
                sample.id.set = i < 32 ? "MMBench" : "GQA";
                sample.picture_hash = i < 32 ? "p" + std::to_string(i) : "picture " + std::to_string(i / 4);
                if (i < 32) {
                    StoredKey key{"MMBench", {}};
                    key.key.answers = {sample.ground_truth.value_or("")};
                    key.key.group = "question " + std::to_string(i % 8);
                    sample.scoring = stored_key_json(key);
                }
                const bool before = i % 3 == 0, after = before ? i != 9 : i % 8 < 5;
                QVERIFY(session->write_sample(*run, sample, answered(i, {before, r == 0 ? before : after})).ok());
            }
            QVERIFY(session->finish_run(*run, RunState::Finished).ok());
        }
        const auto compared = compare_sessions({path, 1}, {path, 2});
        QVERIFY(compared.ok());
        auto reader = SessionReader::open(path);
        const auto run = run_results(*reader, 2);
        const auto base = run_results(*reader, 1);
        QVERIFY(run.ok() && base.ok());
        const ResultTable table = result_table({*base, *run});
        const auto exported = export_session(path, at("own"));
        QVERIFY2(exported.ok(), message(exported).c_str());
        const auto same = [&](const ClusteredResult& told, const SetComparison& set) {
            QCOMPARE(told.p, set.p);
            QCOMPARE(told.clusters, set.clusters);
            QCOMPARE(told.gain.low, set.difference.low);
            QCOMPARE(told.gain.high, set.difference.high);
            QCOMPARE(told.interval.low, set.interval_b.low);
        };
        for (const SetComparison& set : compared->sets) {
            const std::size_t at = set.name == table.sets[0] ? 0 : 1;
            QCOMPARE(table.sets[at], set.name);
            same(table.rows[1].sets[at].told, set);
            QCOMPARE(table.rows[1].sets[at].told.holm_p, set.holm_p);  // one method: its two sets
        }
        same(table.rows[1].overall.told, compared->overall);
        QCOMPARE(compared->sets[0].clusters, std::int64_t{8});
        for (const SetSummary& set : exported->summary.runs[1].sets) {
            same(set.told, set.name == compared->sets[0].name ? compared->sets[0] : compared->sets[1]);
        }
        QVERIFY(std::isnan(exported->summary.runs[0].sets[0].told.holm_p));  // base is compared with nothing
        const Json json = Json::parse(results_json(exported->summary), nullptr, false);
        const Json& first = json["runs"][1]["sets"][exported->summary.runs[1].sets[0].name == "MMBench" ? 0 : 1];
        QVERIFY(first["clusters"].get<int>() == 8 && first["test"].get<std::string>() == "sign flips of clusters");
        QCOMPARE(first["p"].get<double>(), compared->sets[0].p);
        QVERIFY(first["gain"]["low"].is_number() && json["runs"][0]["sets"][0]["p_holm"].is_null());
        // Figures: the interval of a step is that of its clusters.
        QCOMPARE(run->overall.accuracy(run->last_step()).low, 100.0 * compared->overall.interval_b.low);
        QVERIFY2(has(clusters_note(table), "40 samples in 10 clusters"), clusters_note(table).c_str());
    }

    /// Eight samples by hand: which are right in A and in B.
    void compare_counts_as_by_hand() {
        const std::string a = at("side_a.r2t2").string(), b = at("side_b.r2t2").string();
        const std::vector<int> right_a = {1, 1, 0, 0, 1, 0, 1, 1}, right_b = {1, 0, 1, 0, 0, 1, 0, 1};
        for (const auto& [path, right, first] : {std::tuple{a, right_a, 0}, std::tuple{b, right_b, 1}}) {
            auto session = SessionWriter::create(path);
            RunInfo info = run_info();
            info.data_hash = path == a ? "one" : "two";
            const auto run = session->begin_run(info);
            for (int i = first; i < 7 + first; ++i) {  // s0 in A only, s7 in B only
                SampleInfo sample = sample_info(i);
                if (path == b && i == 5) {
                    sample.question += " really";  // another sample under the same key
                }
                QVERIFY(session->write_sample(*run, sample, answered(i, {true, right[static_cast<std::size_t>(i)] == 1})).ok());
            }
            if (first == 1) {
                QVERIFY(session->record_error(*run, sample_info(20), invalid_input("x", "y", "z", "")).ok());
            } else {
                QVERIFY(session->write_sample(*run, sample_info(20), answered(20, {true})).ok());
            }
        }
        const auto compared = compare_sessions({a, {}}, {b, {}});
        QVERIFY2(compared.ok(), message(compared).c_str());
        const SetComparison& all = compared->overall;  // s1 A, s2 B, s3 neither, s4 A, s6 A; s5 other question; s20 failed in B
        QCOMPARE(all.only_a, std::int64_t{3});
        QCOMPARE(all.only_b, std::int64_t{1});
        QCOMPARE(all.both, std::int64_t{0});
        QCOMPARE(all.neither, std::int64_t{1});
        QCOMPARE(all.different, std::int64_t{1});
        QCOMPARE(all.not_scored, std::int64_t{1});
        QCOMPARE(all.missing_a, std::int64_t{1});
        QCOMPARE(all.missing_b, std::int64_t{1});
        QVERIFY(!compared->same_data());
        QCOMPARE(all.p, 0.625);  // 2 (1 + 4) / 16
        QVERIFY(std::abs(all.difference.value - (1.0 - 3.0) / 5.0) < 1e-12);
        QVERIFY(all.difference.low <= all.difference.value && all.difference.value <= all.difference.high);
        QCOMPARE(compared->sets.size(), std::size_t{2});
        QCOMPARE(compared->sets[0].name, std::string("count"));  // even numbers
        QCOMPARE(compared->sets[0].only_a, std::int64_t{2});
        QCOMPARE(compared->sets[0].only_b, std::int64_t{1});
        QCOMPARE(compared->sets[1].neither, std::int64_t{1});
        QCOMPARE(comparison_list(*compared, ComparisonCell::OnlyB), std::string("count/s2\tnone of them\t2\t2\n"));
        QCOMPARE(comparison_list(*compared, ComparisonCell::Both), std::string());
        const Json json = Json::parse(comparison_json(*compared, ComparisonCell::OnlyA), nullptr, false);
        QCOMPARE(json["overall"]["only_a"].get<int>(), 3);
        QCOMPARE(json["list"]["samples"].size(), std::size_t{3});
        QCOMPARE(json["same_data"].get<bool>(), false);
        QVERIFY(has(comparison_text(*compared), "1 samples are in A only"));
    }

    void compare_chooses_the_last_runs() {
        const auto last = compare_sessions({session_, {}}, {session_, {}});
        QVERIFY2(last.ok(), message(last).c_str());
        QCOMPARE(last->a.run.id, std::int64_t{2});
        QCOMPARE(last->b.run.id, std::int64_t{3});
        QCOMPARE(last->overall.missing_b, std::int64_t{4});
        const auto stated = compare_sessions({session_, 3}, {session_, {}});
        QVERIFY(stated.ok());
        QCOMPARE(stated->b.run.id, std::int64_t{2});
        const auto itself = compare_sessions({session_, 1}, {session_, 1});
        QVERIFY(itself.ok());
        QCOMPARE(itself->overall.only_a + itself->overall.only_b, std::int64_t{0});
        QCOMPARE(itself->overall.scored(), std::int64_t{kSamples});
        QVERIFY(has(message(compare_sessions({session_, 9}, {session_, 1})), "run: found 9"));
        QVERIFY(has(message(compare_sessions({at("gone.r2t2").string(), {}}, {session_, 1})), "gone.r2t2: session: found no such file"));
        const std::string one = at("side_a.r2t2").string();
        QVERIFY(has(message(compare_sessions({one, {}}, {one, {}})), "side_a.r2t2: runs: found one"));
    }

    void compare_leaves_damaged_rows_out() {
        const std::string path = at("damaged_side.r2t2").string();
        fill(path);
        change(path, "UPDATE samples SET final_correct = 1 - final_correct WHERE run_id = 1 AND sample_key = 's0'");
        const auto compared = compare_sessions({path, 1}, {path, 2});
        QVERIFY(compared.ok());
        QCOMPARE(compared->a.damaged, std::int64_t{1});
        QCOMPARE(compared->overall.scored(), std::int64_t{kSamples - 1});
        QCOMPARE(compared->overall.missing_a, std::int64_t{1});
    }
};

QTEST_APPLESS_MAIN(TestSessionExport)
#include "test_session_export.moc"
