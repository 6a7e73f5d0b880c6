// r2t2 tune: the real program on the bundled model, small grids on small sets.
#include <QtTest>
#include <nlohmann/json.hpp>
#include <set>

#include "core/checkpoint/rerouting_file.h"
#include "core/session/session.h"
#include "tests/app/cli_runner.h"
#include "tests/support/files.h"

using namespace r2t2;

class TestAppTune : public QObject {
    Q_OBJECT

    CliRunner cli_;

    [[nodiscard]] QStringList tune(const QStringList& more) const {
        return QStringList{"tune", "--model", cli_.model(), "--reference-samples", "160", "--quiet"} + more;
    }
    [[nodiscard]] QByteArray bytes(const QString& name) const {
        QFile file(cli_.path(name));
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }
    [[nodiscard]] nlohmann::json json(const QString& name) const { return nlohmann::json::parse(bytes(name).toStdString(), nullptr, false); }
    [[nodiscard]] bool is_there(const QString& name) const { return QFile::exists(cli_.path(name)); }

    /// In the runs of a session; 0 where it is not there yet.
    [[nodiscard]] std::int64_t samples(const QString& session) const {
        auto reader = SessionReader::open(cli_.path(session).toStdString());
        const auto runs = reader ? reader->runs() : Result<std::vector<StoredRun>>(std::vector<StoredRun>());
        std::int64_t count = 0;
        for (const StoredRun& run : runs ? *runs : std::vector<StoredRun>()) {
            count += run.samples;
        }
        return count;
    }

private Q_SLOTS:
    void initTestCase() { QVERIFY(cli_.prepare()); }

    /// Two axes multiplied, on validation; the file is one that a checkpoint can have, and the numbers are the session's.
    void a_grid_becomes_a_file() {
        const CliResult run = cli_.run(tune({"--eval", "G-dim", "--samples", "12", "--methods", "ngd,kernel-regression", "--sweep", "num-neighbors=3,5", "--sweep",
                                             "initial-lr=0.5,2", "--num-steps", "3", "--out", "one.json", "--session", "one.r2t2"}));
        QVERIFY2(run.code == 0, run.err.constData());
        QVERIFY2(run.out.contains("Tuned on validation of G-dim, seed 1: 12 samples") && run.out.contains("NGD: 4 settings, taken is ") &&
                     run.out.contains("kernel regression: 2 settings, taken is ") && run.out.contains("chosen: "), run.out.constData());
        const nlohmann::json table = json("one.tuning.json"), file = json("one.json");
        QCOMPARE(table["samples"].get<int>(), 12);
        QCOMPARE(table["split"].get<std::string>(), std::string("validation"));
        std::set<std::string> verdicts;
        for (const auto& method : table["methods"]) {
            QCOMPARE(method["settings"].size(), method["method"] == "ngd" ? std::size_t{4} : std::size_t{2});
            int chosen = 0;
            for (const auto& setting : method["settings"]) {
                chosen += setting["verdict"] == "chosen" ? 1 : 0;
                QVERIFY(!setting["why"].get<std::string>().empty());
                QCOMPARE(setting["accuracy"].get<double>() * 12.0, setting["right"].get<double>());
                QCOMPARE(setting["right"].get<int>(), table["base"]["right"].get<int>() + setting["mended"].get<int>() - setting["harmed"].get<int>());
                QVERIFY(setting["passes"].get<double>() > 0.0 && setting["standard_error"].get<double>() >= 0.0);
            }
            QCOMPARE(chosen, 1);
        }
        const auto& ngd = table["methods"][0];
        QCOMPARE(ngd["method"].get<std::string>(), std::string("ngd"));
        const auto& taken = ngd["settings"][ngd["chosen"].get<std::size_t>()]["parameters"];
        QVERIFY(file["num_neighbors"] == taken["num_neighbors"] && file["initial_lr"] == taken["initial_lr"] && file["num_steps"] == 3);
        QVERIFY(file["_tuned"]["split"] == "validation" && file["_tuned"]["samples"] == 12 && file["_tuned"]["methods"].size() == 2);
        QVERIFY2(!bytes("one.json").contains(cli_.path("").toUtf8()), "a path of this machine");
        const std::filesystem::path folder = cli_.path("beside").toStdString();
        std::filesystem::create_directory(folder);
        std::filesystem::copy_file(cli_.path("one.json").toStdString(), folder / "rerouting.json");
        MethodParams params;
        const Result<bool> read = apply_recommended(folder, params);
        QVERIFY2(read.ok() && *read, read.ok() ? "" : read.error().message().c_str());
        QVERIFY(params.steps == 3 && params.initial_lr == file["initial_lr"].get<double>());

        const CliResult exported = cli_.run({"export", "one.r2t2", "--out", "exported", "--quiet"});
        QVERIFY2(exported.code == 0, exported.err.constData());
        const QByteArray accuracy = bytes("exported/accuracy.csv");
        for (const auto& setting : ngd["settings"]) {
            const QByteArray line = QByteArray::number(setting["run"].get<int>()) + ",ngd,overall,3,12," + QByteArray::number(setting["right"].get<int>()) + ",";
            QVERIFY2(accuracy.contains(line), (line + "\n" + accuracy).constData());
        }

        // Asked before anything is overwritten, and before anything is computed.
        const QByteArray before = bytes("one.json");
        const QStringList again = {"--resume", "--session", "one.r2t2", "--out", "one.json"};
        const CliResult refused = cli_.run(tune(again));
        QVERIFY2(refused.code == 2 && refused.err.contains("--out: found one.json, which is there") && refused.err.contains("--force"), refused.err.constData());
        QCOMPARE(bytes("one.json"), before);
        const CliResult forced = cli_.run(tune(again + QStringList{"--force"}));
        QVERIFY2(forced.code == 0, forced.err.constData());
        QCOMPARE(bytes("one.json"), before);  // a finished run chooses what it has chosen
        QCOMPARE(forced.out, run.out);
        QFile::remove(cli_.path("one.json"));
        const CliResult table_there = cli_.run(tune(again));
        QVERIFY2(table_there.code == 2 && table_there.err.contains("--table: found one.tuning.json"), table_there.err.constData());
        QVERIFY(!is_there("one.json"));
        const CliResult as_json = cli_.run(tune(again + QStringList{"--table", "two.json", "--json"}));
        QVERIFY2(as_json.code == 0, as_json.err.constData());
        QCOMPARE(as_json.out, bytes("two.json"));
        QCOMPARE(bytes("one.json"), before);
    }

    void test_data_are_refused_unless_told() {
        const QStringList grid = {"--sweep", "num-steps=1,2", "--methods", "ngd", "--samples", "4"};
        const CliResult split = cli_.run(tune(grid + QStringList{"--eval", "G-dim", "--split", "test", "--out", "t.json"}));
        QVERIFY2(split.code == 2 && split.err.contains("split test") && split.err.contains("--allow-test"), split.err.constData());
        const CliResult made = cli_.run({"miniature", "make", "--split", "test", "--count", "3", "--out", "made"});
        QVERIFY2(made.code == 0, made.err.constData());
        const QStringList on_file = {"--sweep", "num-steps=1,2", "--methods", "ngd", "--eval", "made/test.json", "--out", "t.json"};
        const CliResult file = cli_.run(tune(on_file));
        QVERIFY2(file.code == 2 && file.err.contains("test.json") && file.err.contains("--allow-test"), file.err.constData());
        QVERIFY(!is_there("t.json") && !is_there("t.tuning.json"));
        const CliResult told = cli_.run(tune(on_file + QStringList{"--allow-test"}));
        QVERIFY2(told.code == 0 && is_there("t.json"), told.err.constData());
        QFile::copy(cli_.path("made/test.json"), cli_.path("made/latest.json"));
        const CliResult latest = cli_.run(tune({"--sweep", "num-steps=1,2", "--methods", "ngd", "--eval", "made/latest.json", "--out", "l.json"}));
        QVERIFY2(latest.code == 0, latest.err.constData());
    }

    void what_cannot_be_chosen_is_refused() {
        const auto refused = [this](const QStringList& words, const char* part) {
            const CliResult result = cli_.run(tune(QStringList{"--eval", "G-dim", "--samples", "2", "--out", "r.json"} + words));
            QVERIFY2(result.code == 2 && result.err.contains(part), result.err.constData());
            QVERIFY(!is_there("r.json"));
        };
        refused({}, "--sweep: found nothing");
        refused({"--sweep", "num-steps=1,2", "--methods", "oracle"}, "--methods: found oracle");
        refused({"--sweep", "num-steps=1,2", "--methods", "ngd,random-neighbours"}, "--methods: found random-neighbours");
        refused({"--sweep", "num-steps=1,2", "--methods", "base"}, "base alone");
        refused({"--sweep", "eta=0.5,1", "--methods", "ngd"}, "eta, which no chosen method depends on");
        refused({"--sweep", "num-steps=1,2", "--resume"}, "--resume");
        const CliResult nowhere = cli_.run(tune({"--eval", "G-dim", "--samples", "2", "--sweep", "num-steps=1,2", "--out", "nowhere/r.json"}));
        QVERIFY2(nowhere.code == 1 && nowhere.err.contains("--out") && nowhere.err.contains("nowhere/r.json"), nowhere.err.constData());
    }

    /// A sample that cannot be run is passed over by every setting, said, and the exit code tells.
    void samples_that_were_passed_over_are_told() {
        QVERIFY(cli_.run({"miniature", "make", "--split", "validation", "--count", "5", "--out", "part"}).code == 0);
        QFile::remove(cli_.path("part/images/validation-000002.png"));
        const CliResult run = cli_.run(tune({"--sweep", "num-steps=1,2", "--methods", "ngd", "--eval", "part/validation.json", "--out", "p.json"}));
        QVERIFY2(run.code == 3 && run.err.contains("validation-000002.png"), run.err.constData());
        QCOMPARE(json("p.tuning.json")["samples"].get<int>(), 4);
        QVERIFY(is_there("p.json"));
    }

    /// Killed at any moment: nothing is chosen, and what goes on comes to the same bytes.
    void a_killed_run_goes_on_to_the_same_bytes() {
        const QStringList grid = {"--eval", "G-dim,O-dim", "--samples", "16", "--methods", "ngd", "--sweep", "num-steps=1,2,3", "--initial-lr", "2"};
        const CliResult whole = cli_.run(tune(grid + QStringList{"--out", "whole.json", "--session", "whole.r2t2"}));
        QVERIFY2(whole.code == 0, whole.err.constData());
        QProcess process;
        cli_.set_up(process);
        process.setArguments(tune(grid + QStringList{"--out", "cut.json", "--session", "cut.r2t2"}));
        process.start();
        while (process.state() != QProcess::NotRunning && samples("cut.r2t2") < 8) {
            process.waitForFinished(20);
        }
        process.kill();
        process.waitForFinished(kPatience);
        QVERIFY(!is_there("cut.json"));
        const CliResult on = cli_.run(tune({"--resume", "--session", "cut.r2t2", "--out", "cut.json"}));
        QVERIFY2(on.code == 0, on.err.constData());
        QCOMPARE(bytes("cut.json"), bytes("whole.json"));
        QCOMPARE(on.out, whole.out);
    }

    void it_is_in_the_help() {
        const QByteArray all = cli_.run({"--help"}).out, help = cli_.run({"tune", "--help"}).out;
        QVERIFY(all.contains("tune"));
        for (const char* option : {"--sweep", "--methods", "--out", "--table", "--force", "--allow-test", "--resume", "--initial-lr"}) {
            QVERIFY2(help.contains(option), option);
        }
        for (const char* other : {"--no-controls", "--no-session", "--shard"}) {
            QVERIFY2(!help.contains(other), other);
        }
    }
};

QTEST_GUILESS_MAIN(TestAppTune)
#include "test_app_tune.moc"
