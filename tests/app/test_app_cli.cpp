// The command line as a user meets it: the real program, a random checkpoint.
#include <signal.h>

#include <algorithm>

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include "core/routing/method_table.h"
#include "core/session/session_reader.h"
#include "core/session/sqlite.h"
#include "tests/app/cli_runner.h"
#include "tests/app/library_names.h"
#include "tests/support/patience.h"

using namespace r2t2;

class TestAppCli : public QObject {
    Q_OBJECT

private:
    CliRunner cli_;

    static QJsonObject parsed(const CliResult& result) {
        QJsonParseError error;
        const QJsonDocument document = QJsonDocument::fromJson(result.out, &error);
        if (error.error != QJsonParseError::NoError) {
            qWarning("%s\n%s", qPrintable(error.errorString()), result.err.constData());
        }
        return document.object();
    }
    /// Everything that does not depend on time, of every set and method.
    static QByteArray totals(const CliResult& result) {
        QJsonArray out;
        QJsonArray sets = parsed(result)["sets"].toArray();
        sets.append(parsed(result)["overall"]);
        for (const QJsonValueRef set : sets) {
            for (const QJsonValueRef value : set.toObject()["methods"].toArray()) {
                QJsonObject method = value.toObject();
                method.remove("seconds_per_sample");
                out.append(method);
            }
        }
        return QJsonDocument(out).toJson();
    }

private Q_SLOTS:
    void initTestCase() { QVERIFY(cli_.prepare()); }

    void help_names_everything() {
        const CliResult help = cli_.run({"--help"});
        QCOMPARE(help.code, 0);
        for (const char* word : {"evaluate", "inspect", "reference", "miniature", "doctor", "demo", "Exit codes", "130"}) {
            QVERIFY2(help.out.contains(word), word);
        }
    }

    /// What takes seconds to load is not loaded to print a page (how long it takes: tests/benchmarks/start.sh).
    void help_loads_nothing_heavy() {
        QProcess process;
        cli_.set_up(process);
        QProcessEnvironment environment = process.processEnvironment();
        environment.insert("LD_DEBUG", "files");
        process.setProcessEnvironment(environment);
        process.setArguments({"--help"});
        process.start();
        QVERIFY(process.waitForFinished(kPatience));
        const QSet<QString> opened = library_names(process.readAllStandardError());
        QVERIFY(opened.contains("libc.so.6"));  // the loader does tell
        QCOMPARE(heavy_library(opened), QString());
    }

    void the_executable_links_nothing_heavy() {
        QProcess ldd;
        ldd.start("ldd", {CliRunner::program()});
        QVERIFY(ldd.waitForFinished(kPatience));
        const QSet<QString> libraries = library_names(ldd.readAllStandardOutput());
        QVERIFY(libraries.contains("libc.so.6"));
        QCOMPARE(heavy_library(libraries), QString());
    }

    void version_is_the_projects() {
        const CliResult version = cli_.run({"--version"});
        QCOMPARE(version.code, 0);
        QVERIFY(version.out.startsWith("r2t2 "));
    }

    void evaluate_prints_a_table_and_writes_a_session() {
        const QString session = cli_.path("table.sqlite");
        const CliResult text = cli_.run(cli_.evaluate({"--eval", "G-dim,K-noise", "--samples", "12", "--session", session}));
        QVERIFY2(text.code == 0, text.err.constData());
        for (const char* word : {"NGD", "harmed", "oracle", "c: fitted constant", "offset", "shared", "MINIATURE", "table.sqlite"}) {
            QVERIFY2(text.out.contains(word), word);
        }
        auto reader = SessionReader::open(session.toStdString());
        QVERIFY(reader.ok());
        const auto runs = reader->runs();
        QVERIFY(runs.ok());
        const auto without_tables = [](Method method) { return runs_unnamed(method) && method_row(method).neighbours != NeighbourNeed::Surfaces; };  // this reference set has none
        QCOMPARE(static_cast<std::ptrdiff_t>(runs->size()), std::count_if(all_methods().begin(), all_methods().end(), without_tables));
        QCOMPARE(runs->front().samples, std::int64_t{24});
    }

    void the_session_holds_the_printed_numbers() {
        const QString session = cli_.path("numbers.sqlite");
        const CliResult result = cli_.run(cli_.evaluate(
            {"--eval", "G-clean", "--samples", "15", "--session", session, "--json", "--initial-lr", "0.5", "--final-lr", "0.1"}));
        QVERIFY2(result.code == 0, result.err.constData());
        const QJsonArray methods = parsed(result)["overall"].toObject()["methods"].toArray();
        auto reader = SessionReader::open(session.toStdString());
        QVERIFY(reader.ok());
        const auto runs = reader->runs();
        QVERIFY(runs.ok());
        QCOMPARE(qsizetype(runs->size()), methods.size());
        for (std::size_t m = 0; m < runs->size(); ++m) {
            const QJsonObject printed = methods[qsizetype(m)].toObject();
            QCOMPARE(QString::fromStdString((*runs)[m].info.method), printed["method"].toString());
            const auto rows = reader->samples((*runs)[m].id);
            QVERIFY(rows.ok());
            int right = 0, harmed = 0;
            for (const SampleRow& row : *rows) {
                right += row.final_correct.value_or(false) ? 1 : 0;
                harmed += row.outcome == "RW" ? 1 : 0;
            }
            QCOMPARE(right, printed["right"].toInt());
            QCOMPARE(harmed, printed["harmed"].toInt());
        }
    }

    void verify_names_a_changed_row() {
        const QString session = cli_.path("verify.sqlite");
        QCOMPARE(cli_.run(cli_.evaluate({"--eval", "G-dim", "--samples", "2", "--methods", "base", "--session", session})).code, 0);
        const auto run = SessionReader::open(session.toStdString())->run(1);
        for (const char* part : {"r2t2", "torch", "blas", "compiler"}) {
            QVERIFY2(run->info.versions.contains(part) && !run->info.versions.at(part).empty(), part);
        }
        const CliResult sound = cli_.run({"verify", session});
        QCOMPARE(sound.code, 0);
        QVERIFY2(sound.out.contains("sound: 1 runs, 2 samples"), sound.out.constData());
        {
            auto database = sqlite::Database::open(session.toStdString(), sqlite::OpenMode::Write);
            QVERIFY(database->execute("UPDATE samples SET final_answer = 'x' WHERE id = 2").ok());
        }
        const CliResult changed = cli_.run({"verify", session, "--json"});
        QCOMPARE(changed.code, 2);
        const QJsonArray all = QJsonDocument::fromJson(changed.out).array();
        QCOMPARE(all[0].toObject()["sound"].toBool(), false);
        QVERIFY(all[0].toObject()["faults"].toArray()[0].toString().contains("sample row 2"));
    }

    /// The figure's numbers against a count from the exported lines, by two programs that share no code for it.
    void figures_say_what_the_exported_lines_say() {
        const QString session = cli_.path("figures.sqlite");
        QCOMPARE(cli_.run(cli_.evaluate({"--eval", "G-noise,K-noise,O-dim", "--samples", "6", "--methods", "base,ngd", "--no-controls",
                                         "--num_steps", "4", "--session", session})).code, 0);
        QCOMPARE(cli_.run({"export", session, "--out", cli_.path("lines")}).code, 0);
        const CliResult figures = cli_.run({"figure", "--all", "--session", session, "--out", cli_.path("figures"), "--format", "svg,pdf,png,csv"});
        QVERIFY2(figures.code == 0, figures.err.constData());
        QCOMPARE(QDir(cli_.path("figures")).entryList(QDir::Files).size(), 8 * 4);  // no sweep: no ablations
        const QStringList files = QDir(cli_.path("lines")).entryList({"samples_*ngd*.jsonl"});
        QCOMPARE(files.size(), 1);
        QFile lines(cli_.path("lines") + "/" + files[0]);
        QVERIFY(lines.open(QIODevice::ReadOnly));
        std::vector<std::array<int, 4>> counted(5);  // right, wrong, mended, harmed
        while (!lines.atEnd()) {
            const QJsonArray steps = QJsonDocument::fromJson(lines.readLine()).object()["steps"].toArray();
            QCOMPARE(steps.size(), 5);
            for (qsizetype t = 0; t < 5; ++t) {
                const auto right = [&steps](qsizetype at) { return steps[at].toObject()["correct"].toVariant().toInt() == 1; };
                const bool now = right(t), before = right(std::max<qsizetype>(0, t - 1));
                auto& at = counted[static_cast<std::size_t>(t)];
                at[now ? 0 : 1] += 1;
                at[2] += !before && now ? 1 : 0;
                at[3] += before && !now ? 1 : 0;
            }
        }
        QFile csv(cli_.path("figures") + "/accuracy-transitions.csv");
        QVERIFY(csv.open(QIODevice::ReadOnly));
        const QList<QByteArray> rows = csv.readAll().trimmed().split('\n');
        QCOMPARE(rows.size(), 6);
        int samples = 0;
        for (int t = 0; t < 5; ++t) {
            const QList<QByteArray> cells = rows[t + 1].split(',');
            const auto& expected = counted[static_cast<std::size_t>(t)];
            samples = expected[0] + expected[1];
            QCOMPARE(cells[1].toInt(), expected[0]);
            QCOMPARE(cells[2].toInt(), expected[1]);
            if (t > 0) {
                QCOMPARE(cells[4].toInt(), expected[2]);
                QCOMPARE(cells[5].trimmed().toInt(), expected[3]);
            }
        }
        QCOMPARE(samples, 18);
        const CliResult one = cli_.run({"figure", "radar", "--session", session, "--out", cli_.path("r.svg"), "--width-mm", "0.5"});
        QCOMPARE(one.code, 2);
        QVERIFY2(one.err.contains("--width-mm"), one.err.constData());
        QCOMPARE(cli_.run({"figure", "published-transitions", "published-ablations", "--out", cli_.path("published")}).code, 0);
        QCOMPARE(QDir(cli_.path("published")).entryList({"*.svg"}).size(), 2);
        // A sample by name, with the picture that only the bundled world knows.
        const CliResult card = cli_.run({"figure", "case-card", "--session", session, "--sample", "K-noise/3", "--out", cli_.path("card.svg")});
        QVERIFY2(card.code == 0, card.err.constData());
        QFile svg(cli_.path("card.svg"));
        QVERIFY(svg.open(QIODevice::ReadOnly));
        const QByteArray drawn = svg.readAll();
        QVERIFY(drawn.contains("<image") && drawn.contains("/sample/K-noise/3?step=4"));
        const CliResult unknown = cli_.run({"figure", "case-card", "--session", session, "--sample", "K-noise/999", "--out", cli_.path("u.svg")});
        QVERIFY2(unknown.code != 0 && unknown.err.contains("SET/KEY, as "), unknown.err.constData());
        const CliResult sweep = cli_.run({"figure", "ablation-curves", "--session", session, "--out", cli_.path("a.svg")});
        QVERIFY2(sweep.code != 0 && sweep.err.contains("different parameters"), sweep.err.constData());
        QCOMPARE(cli_.run({"figure", "ablation-map", "--session", session, "--hold", "kernel", "--out", cli_.path("a.svg")}).code, 2);
    }

    void threads_do_not_change_the_numbers() {
        const QStringList call = cli_.evaluate({"--eval", "G-dim,O-small", "--samples", "10", "--no-session", "--json"});
        const CliResult one = cli_.run(call + QStringList{"--threads", "1"});
        const CliResult two = cli_.run(call + QStringList{"--threads", "2"});
        QCOMPARE(one.code, 0);
        QVERIFY(totals(one).size() > 100);
        QCOMPARE(totals(one), totals(two));
    }

    void the_upstream_call_works() {
        const QString model = cli_.model();
        const CliResult made = cli_.run({"miniature", "make", "--split", "reference", "--count", "150", "--out", "pool", "--quiet"});
        QVERIFY2(made.code == 0, made.err.constData());
        const CliResult test = cli_.run({"miniature", "make", "--split", "test", "--count", "10", "--out", "test", "--quiet"});
        QCOMPARE(test.code, 0);
        const CliResult built = cli_.run({"reference", "build", "pool/reference.json", "--model", model, "--out", "store", "--json", "--quiet"});
        QVERIFY2(built.code == 0, built.err.constData());
        const int kept = parsed(built)["kept"].toInt();
        QVERIFY2(kept > 50, QByteArray::number(kept).constData());
        QCOMPARE(cli_.run({"reference", "export", "store", "--out", "reference.json", "--quiet"}).code, 0);

        const CliResult result = cli_.run({"evaluate", "--model", model, "--reference", "reference.json", "--eval", "test/test.json",
                                           "--num_neighbors", "5", "--num_steps", "10", "--initial_lr", "0.01", "--final_lr", "1e-5", "--json"});
        QVERIFY2(result.code == 0, result.err.constData());
        const QJsonObject report = parsed(result);
        QCOMPARE(report["provenance"].toObject()["reference"].toObject()["records"].toInt(), kept);
        QCOMPARE(report["overall"].toObject()["done"].toInt(), 10);
        const QJsonObject ngd = report["provenance"].toObject()["methods"].toArray()[3].toObject();
        QCOMPARE(ngd["final_lr"].toDouble(), 1e-5);

        // The published format holds no facts about the neighbours, so only what uses their weights alone comes out the same.
        const QStringList weights{"evaluate", "--model", model, "--eval", "test/test.json", "--methods", "mf,kr", "--json", "--quiet"};
        const CliResult store = cli_.run(weights + QStringList{"--reference", "store"});
        QVERIFY2(store.code == 0, store.err.constData());
        QVERIFY(totals(store).size() > 100);
        QCOMPARE(totals(store), totals(cli_.run(weights + QStringList{"--reference", "reference.json"})));

        const CliResult info = cli_.run({"reference", "info", "reference.json", "--json", "--quiet"});
        QVERIFY2(info.code == 0, info.err.constData());
        QCOMPARE(parsed(info)["records"].toInt(), kept);
    }

    void inspect_shows_every_step() {
        const QStringList call{"inspect", "--model", cli_.model(), "--reference-samples", "160", "--sample", "G-dim/3", "--quiet"};
        const CliResult text = cli_.run(call);
        QVERIFY2(text.code == 0, text.err.constData());
        QVERIFY(text.out.contains("NGD (mode offset, granularity shared, 5 neighbours)"));
        const CliResult json = cli_.run(call + QStringList{"--json", "--num-steps", "4"});
        const QJsonArray methods = parsed(json)["methods"].toArray();
        QCOMPARE(methods.size(), 5);
        const QJsonObject ngd = methods[3].toObject();
        QCOMPARE(ngd["method"].toString(), QString("ngd"));
        QCOMPARE(ngd["steps"].toArray().size(), 5);
        QCOMPARE(ngd["neighbours"].toArray().size(), 5);
        double sum = 0;
        for (const QJsonValueRef share : ngd["steps"].toArray()[0].toObject()["neighbour_gradient_share"].toArray()) {
            sum += share.toDouble();
        }
        QVERIFY(std::abs(sum - 1.0) < 1e-9);
    }

    void interrupted_and_resumed_gives_the_same_totals() {
        const QStringList call = cli_.evaluate({"--eval", "G-clean,G-dim", "--samples", "60", "--json"});
        const CliResult whole = cli_.run(call + QStringList{"--no-session"});
        QVERIFY2(whole.code == 0, whole.err.constData());

        const QString session = cli_.path("cut.sqlite");
        QProcess process;
        cli_.set_up(process);
        process.setArguments(call + QStringList{"--session", session});
        process.start();
        QVERIFY(process.waitForStarted(kPatience));
        const auto finished = [&]() -> std::int64_t {
            auto reader = SessionReader::open(session.toStdString());
            if (!reader) {
                return 0;
            }
            const auto runs = reader->runs();
            return runs.ok() && runs->size() == 9 ? runs->back().samples : 0;
        };
        QTRY_VERIFY_WITH_TIMEOUT(finished() >= 5 || process.state() == QProcess::NotRunning, kPatience);
        ::kill(static_cast<pid_t>(process.processId()), SIGINT);
        QVERIFY(process.waitForFinished(kPatience));
        QCOMPARE(process.exitCode(), 130);
        const std::int64_t kept = finished();
        QVERIFY(kept >= 5 && kept < 120);
        const QJsonObject cut = QJsonDocument::fromJson(process.readAllStandardOutput()).object();
        QVERIFY(cut["interrupted"].toBool());
        QCOMPARE(cut["overall"].toObject()["done"].toInt(), int(kept));

        const CliResult rest = cli_.run(cli_.evaluate({"--json", "--session", session, "--resume"}));  // as it was begun
        QVERIFY2(rest.code == 0, rest.err.constData());
        QCOMPARE(totals(rest), totals(whole));
        QCOMPARE(finished(), std::int64_t{120});
    }

    void a_sweep_in_shards_is_the_sweep_in_one() {
        const QStringList call = cli_.evaluate({"--eval", "G-dim,K-noise", "--samples", "9", "--methods", "ngd,kr", "--sweep", "k=1,3", "--sweep", "num_steps=2,4"});
        const CliResult whole = cli_.run(call + QStringList{"--session", cli_.path("whole.sqlite")});
        QVERIFY2(whole.code == 0, whole.err.constData());
        QVERIFY2(whole.out.contains("overall, NGD, accuracy in percent: num-neighbors down, num-steps across"), whole.out.constData());
        QVERIFY(whole.out.contains("kernel regression, k 3"));
        QStringList shards;
        for (int i = 0; i < 3; ++i) {
            shards << cli_.path(QString("shard%1.sqlite").arg(i));
            const CliResult part = cli_.run(call + QStringList{"--session", shards.last(), "--shard", QString("%1/3").arg(i)});
            QVERIFY2(part.code == 0, part.err.constData());
            QVERIFY(part.out.contains(" 0 not reached"));
        }
        const CliResult merged = cli_.run(QStringList{"merge", "--out", cli_.path("merged.sqlite")} + shards);
        QVERIFY2(merged.code == 0, merged.err.constData());
        QVERIFY2(merged.out.contains("3 shards, 7 runs, 126 samples, 0 of them failed"), merged.out.constData());
        for (const char* name : {"whole", "merged"}) {
            QCOMPARE(cli_.run({"export", cli_.path(QString(name) + ".sqlite"), "--out", cli_.path(QString("files-") + name), "--quiet"}).code, 0);
        }
        const QStringList files = QDir(cli_.path("files-whole")).entryList({"*.jsonl", "*.csv"});
        QCOMPARE(files.size(), qsizetype{10});
        for (const QString& file : files) {
            QFile a(cli_.path("files-whole/" + file)), b(cli_.path("files-merged/" + file));
            QVERIFY(a.open(QIODevice::ReadOnly) && b.open(QIODevice::ReadOnly));
            QVERIFY2(a.readAll() == b.readAll(), qPrintable(file));
        }
        const CliResult wrong = cli_.run(QStringList{"merge", "--out", cli_.path("no.sqlite"), shards[0], shards[2]});
        QCOMPARE(wrong.code, 2);
        QVERIFY2(wrong.err.contains("shard 1/3: found missing"), wrong.err.constData());
        QVERIFY(!QFile::exists(cli_.path("no.sqlite")));
    }

    void doctor_says_what_it_found() {
        const CliResult result = cli_.run({"doctor", "--model", cli_.model(), "--json"});
        const QJsonObject report = parsed(result);
        QVERIFY(!report["engine"].toObject()["torch"].toString().isEmpty());
        QCOMPARE(report["model"].toObject()["hash"].toString().size(), 64);
        QCOMPARE(report["environment"].toObject()["OMP_WAIT_POLICY"].toString(), QString("passive"));
        QVERIFY(!report["libraries"].toObject()["blas"].toArray().isEmpty());
        QCOMPARE(result.code, 0);
    }

    void a_self_check_notices_another_answer() {
        const CliResult golden = cli_.run({"doctor", "--model", cli_.model(), "--write-golden"});
        QVERIFY2(golden.code == 0, golden.err.constData());
        QVERIFY(QDir().mkpath(cli_.path("resources")));
        const auto write = [&](const QByteArray& text) {
            QFile file(cli_.path("resources/self_check.json"));
            return file.open(QIODevice::WriteOnly) && file.write(text) == text.size();
        };
        QVERIFY(write(golden.out));
        QCOMPARE(cli_.run({"doctor", "--model", cli_.model()}).code, 0);
        QByteArray changed = golden.out;
        changed.replace("\"loss\": ", "\"loss\": 1");
        QVERIFY(write(changed));
        QCOMPARE(cli_.run({"doctor", "--model", cli_.model()}).code, 1);
        QVERIFY(QFile::remove(cli_.path("resources/self_check.json")));
    }
};

QTEST_GUILESS_MAIN(TestAppCli)
#include "test_app_cli.moc"
