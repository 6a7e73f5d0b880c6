// r2t2 data, and evaluations and reference sets of benchmarks in their official layout.
#include <QtTest>
#include <nlohmann/json.hpp>

#include "cli_runner.h"

using namespace r2t2;
using Json = nlohmann::json;

namespace {

QString tree(const char* name) { return QStringLiteral(R2T2_TEST_DATA "/benchmarks/") + name; }

}  // namespace

class TestAppData : public QObject {
    Q_OBJECT

    CliRunner cli_;

private Q_SLOTS:
    void initTestCase() { QVERIFY(cli_.prepare()); }

    void list_shows_all_eighteen() {
        const CliResult text = cli_.run({"data", "list"});
        QCOMPARE(text.code, 0);
        QVERIFY(text.out.contains("answers withheld"));
        QVERIFY(text.out.contains("22409a9"));
        const Json all = Json::parse(cli_.run({"--json", "data", "list"}).out.toStdString());
        QCOMPARE(all.size(), std::size_t{18});
        QCOMPARE(all[0]["splits"][2]["answers_withheld"].get<bool>(), true);
    }

    void check_counts_and_names_problems() {
        const CliResult good = cli_.run({"--json", "--quiet", "data", "check", "clevr", tree("clevr")});
        QCOMPARE(good.code, 0);
        const Json counted = Json::parse(good.out.toStdString());
        QCOMPARE(counted["samples"].get<int>(), 3);
        QCOMPARE(counted["categories"]["count"].get<int>(), 1);
        const QString copy = cli_.path("broken");
        QVERIFY(QDir().mkpath(copy + "/questions"));
        QVERIFY(QFile::copy(tree("clevr") + "/questions/CLEVR_val_questions.json", copy + "/questions/CLEVR_val_questions.json"));
        QVERIFY(QDir().mkpath(copy + "/images/val"));
        QVERIFY(QFile::copy(tree("clevr") + "/images/val/CLEVR_val_000000.png", copy + "/images/val/CLEVR_val_000000.png"));
        const CliResult bad = cli_.run({"data", "check", "CLEVR", copy});
        QCOMPARE(bad.code, 3);
        QVERIFY(bad.out.contains("2 samples") && bad.out.contains("1 problems") && bad.out.contains("CLEVR_val_000001.png"));
        QCOMPARE(cli_.run({"data", "check", "CLEVR", copy, "--no-images"}).code, 0);
        const CliResult wrong = cli_.run({"data", "check", "GQA", copy});
        QCOMPARE(wrong.code, 2);
        QVERIFY(wrong.err.contains("testdev_balanced_questions.json") && wrong.err.contains("images/, questions/"));
        QCOMPARE(cli_.run({"data", "check", "GQA", copy, "--split", "nowhere"}).code, 2);
        QCOMPARE(cli_.run({"data", "check", "GQA", copy, "--limit", "-1"}).code, 2);
    }

    void preview_prints_prompts() {
        const CliResult text = cli_.run({"--quiet", "data", "preview", "VQA-V2", tree("vqa_v2"), "--count", "1"});
        QCOMPARE(text.code, 0);
        QVERIFY(text.out.contains("    Where is he looking?\n    Answer the question using a single word or phrase.\n  truth     down"));
        QVERIFY(text.out.contains("soft accuracy (VQA-v2)"));
        const Json withheld = Json::parse(cli_.run({"--json", "--quiet", "data", "preview", "VQA-V2", tree("vqa_v2"), "--split", "test-dev"}).out.toStdString());
        QVERIFY(withheld[0]["truth"].is_null());
    }

    void evaluate_scores_a_benchmark_its_own_way_and_resumes() {
        const QString session = cli_.path("mme.sqlite");
        const CliResult run = cli_.run(QStringList{"--json"} + cli_.evaluate({"--eval", "MME-P", "--data", tree("mme"), "--limit", "8", "--methods", "ngd",
                                                                             "--no-controls", "--session", session}));
        QVERIFY2(run.code == 0, run.err.constData());
        const Json report = Json::parse(run.out.toStdString());
        const Json& method = report["sets"][0]["methods"][0];
        const Json& score = method["benchmark_score"];
        QCOMPARE(score[0]["name"].get<std::string>(), std::string("MME-P"));
        QCOMPARE(score[0]["maximum"].get<double>(), 800.0);  // four subtasks were drawn
        QCOMPARE(score[0]["count"].get<int>(), 8);
        double sum = 0;
        for (const Json& each : score) {
            sum += each["unit"] == "%" ? each["value"].get<double>() : 0.0;
        }
        QCOMPARE(score[0]["value"].get<double>(), sum);
        const CliResult again = cli_.run({"--json", "--quiet", "evaluate", "--model", cli_.model(), "--reference-samples", "160", "--resume", "--session", session});
        QVERIFY2(again.code == 0, again.err.constData());
        QCOMPARE(Json::parse(again.out.toStdString())["sets"][0]["methods"][0]["benchmark_score"], score);
    }

    /// Good records that do not count are named with their number wherever the numbers are: on screen, in JSON, in the session's export.
    void what_is_not_of_the_task_is_named() {
        for (const auto& [name, folder, reason] : {std::tuple{"SQA-IMG", "scienceqa", "question without a picture"}, {"TQA", "tqa", "question without a diagram"},
                                                   {"PhysBench", "physbench", "interleaved pictures (mode general)"}, {"GQA", "gqa", ""}}) {
            const QString session = cli_.path(QStringLiteral("%1.sqlite").arg(name)), to = cli_.path(QStringLiteral("%1 out").arg(name));
            const QStringList asked = {"--eval", name, "--data", tree(folder), "--methods", "base", "--no-controls"};
            const CliResult run = cli_.run(QStringList{"--json"} + cli_.evaluate(asked + QStringList{"--session", session}));
            QVERIFY2(run.code == 0, run.err.constData());
            const Json expected = *reason == 0 ? Json::object() : Json{{reason, 1}};
            QCOMPARE(Json::parse(run.out.toStdString())["sets"][0]["left_out"], expected);
            QCOMPARE(cli_.run(cli_.evaluate(asked)).out.contains("left out, not of the task: 1 x "), *reason != 0);
            QCOMPARE(cli_.run({"--quiet", "export", session, "--out", to}).code, 0);
            QFile results(to + "/results.json");
            QVERIFY(results.open(QIODevice::ReadOnly));
            QCOMPARE(Json::parse(results.readAll().toStdString())["runs"][0]["sets"][0]["left_out"], expected);
        }
    }

    void wrong_calls() {
        QCOMPARE(cli_.run(cli_.evaluate({"--eval", "MME-P"})).code, 2);
        QCOMPARE(cli_.run(cli_.evaluate({"--eval", "nothing", "--data", tree("mme")})).code, 2);
        QCOMPARE(cli_.run(cli_.evaluate({"--eval", "G-dim", "--split", "testdev"})).code, 2);
        QCOMPARE(cli_.run({"reference", "build", "--from", "CLEVR", "-o", cli_.path("r")}).code, 2);
        QCOMPARE(cli_.run({"reference", "build", "-o", cli_.path("r")}).code, 2);
    }

    /// A small model is rarely right about such pictures: what it answers is asked first and stands as the truth of one question.
    void a_reference_set_of_a_benchmark_serves_an_evaluation() {
        const QString copy = cli_.path("own");
        QVERIFY(QDir().mkpath(copy + "/questions") && QDir().mkpath(copy + "/images/val"));
        QVERIFY(QFile::copy(tree("clevr") + "/images/val/CLEVR_val_000000.png", copy + "/images/val/CLEVR_val_000000.png"));
        const CliResult asked = cli_.run({"--json", "--quiet", "inspect", copy + "/images/val/CLEVR_val_000000.png", "--question",
                                          "is there a circle?\nAnswer the question using a single word or phrase.", "--methods", "base",
                                          "--model", cli_.model(), "--reference-samples", "160"});
        QVERIFY2(asked.code == 0, asked.err.constData());
        const std::string own = Json::parse(asked.out.toStdString())["methods"][0]["steps"][0]["answer"]["text"];
        Json questions = Json::array();
        for (const std::string& answer : {own, own + " or not"}) {
            const auto index = questions.size();
            questions.push_back({{"question_index", index}, {"question", "is there a circle?"}, {"answer", answer}, {"image_filename", "CLEVR_val_000000.png"}});
        }
        QFile file(copy + "/questions/CLEVR_val_questions.json");
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(QByteArray::fromStdString(Json{{"questions", questions}}.dump()));
        file.close();
        const CliResult built = cli_.run({"--json", "--quiet", "reference", "build", "--from", "CLEVR", "--data", copy, "--limit", "10", "--seed", "3",
                                          "--model", cli_.model(), "-o", cli_.path("store")});
        QVERIFY2(built.code == 0, built.err.constData());
        QCOMPARE(Json::parse(built.out.toStdString())["kept"].get<int>(), 1);
        const CliResult run = cli_.run({"--quiet", "evaluate", "--model", cli_.model(), "--reference", cli_.path("store"), "--eval", "SQA-IMG", "--data",
                                        tree("scienceqa"), "--methods", "ngd", "--no-controls", "--num-neighbors", "1", "--no-session"});
        QVERIFY2(run.code == 0, run.err.constData());
        QVERIFY(run.out.contains("benchmarks by their own rules") && run.out.contains("accuracy"));
    }
};

QTEST_GUILESS_MAIN(TestAppData)
#include "test_app_data.moc"
