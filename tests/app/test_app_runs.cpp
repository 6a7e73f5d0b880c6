// Runs that are cut, gone on with, written twice, or begun on a model that changes: the real r2t2. Cases fault-config-outside-identity,
// fault-two-resumes, fault-evaluation-name-race, fault-resume-hint, fault-thread-limit.
#include <csignal>
#include <sqlite3.h>
#include <unistd.h>

#include <QJsonDocument>
#include <QJsonObject>

#include "core/session/session.h"
#include "tests/app/cli_runner.h"

using namespace r2t2;

class TestAppRuns : public QObject {
    Q_OBJECT

    CliRunner cli_;

    [[nodiscard]] QStringList evaluate(const QString& model, const QStringList& more) const {
        return QStringList{"evaluate", "--eval", "G-dim", "--samples", "40", "--methods", "base,ngd", "--no-controls", "--reference-samples", "120", "--model", model} + more;
    }

    /// Samples in the runs of a session; 0 where it is not there yet.
    [[nodiscard]] static std::int64_t samples(const QString& session) {
        auto reader = SessionReader::open(session.toStdString());
        const auto runs = reader ? reader->runs() : Result<std::vector<StoredRun>>(std::vector<StoredRun>());
        std::int64_t count = 0;
        for (const StoredRun& run : runs ? *runs : std::vector<StoredRun>()) {
            count += run.samples;
        }
        return count;
    }

    /// Begins, and sends the signal once some samples are there. What it said on stderr.
    [[nodiscard]] QByteArray cut(const QStringList& arguments, const QString& session, int signal, const QString& program = {}) const {
        QProcess process;
        cli_.set_up(process);
        if (!program.isEmpty()) {
            process.setProgram(program);
        }
        process.setArguments(arguments);
        process.start();
        while (process.state() != QProcess::NotRunning && samples(session) < 8) {
            process.waitForFinished(20);
        }
        if (const auto pid = static_cast<pid_t>(process.processId()); pid > 0) {  // 0 would be this test and all that it started
            ::kill(pid, signal);
        }
        process.waitForFinished(60000);
        return process.readAllStandardError();
    }

    void change(const QString& model, const char* key, const QJsonValue& value) const {
        QFile file(model + "/config.json");
        QVERIFY(file.open(QIODevice::ReadOnly));
        QJsonObject config = QJsonDocument::fromJson(file.readAll()).object();
        file.close();
        QJsonObject moai = config["moai"].toObject();
        moai[key] = value;
        config["moai"] = moai;
        QFile::remove(model + "/config.json");
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(QJsonDocument(config).toJson());
    }

    [[nodiscard]] QString copy_of_model(const char* name) const {
        const QString model = cli_.path(name);
        QDir().mkpath(model);
        for (const char* each : {"config.json", "model.safetensors", "tokenizer.model"}) {
            QFile::copy(cli_.model() + "/" + each, model + "/" + each);
        }
        return model;
    }

    [[nodiscard]] QString reference_line(const CliResult& result) const {
        for (const QByteArray& line : result.out.split('\n')) {
            if (line.startsWith("references")) {
                return QString::fromUtf8(line);
            }
        }
        return {};
    }

private Q_SLOTS:
    void initTestCase() { QVERIFY(cli_.prepare()); }

    void another_config_is_another_model() {
        const QString model = copy_of_model("m");
        QVERIFY2(cli_.run(evaluate(model, {"--session", "whole.r2t2"})).code == 0, "config A; keeps its reference set");
        (void)cut(evaluate(model, {"--session", "cut.r2t2"}), cli_.path("cut.r2t2"), SIGINT);
        const std::int64_t kept = samples(cli_.path("cut.r2t2"));
        QVERIFY(kept >= 8 && kept < 80);
        change(model, "name", "Another name");  // nothing that an answer depends on
        const CliResult own = cli_.run(evaluate(model, {"--session", "fresh.r2t2"}));
        QVERIFY2(own.code == 0 && !own.err.contains("kept"), own.err.constData());
        change(model, "expert_heads", 8);
        change(model, "plora_alpha", 16);
        const CliResult refused = cli_.run({"evaluate", "--resume", "--session", "cut.r2t2"});
        QCOMPARE(refused.code, 2);
        QVERIFY2(refused.err.contains("model: config.json: moai.expert_heads: found 8"), refused.err.constData());
        QCOMPARE(samples(cli_.path("cut.r2t2")), kept);
        const CliResult built = cli_.run(evaluate(model, {"--session", "b.r2t2"}));  // what A left in the cache is not taken
        QVERIFY2(built.code == 0 && built.err.contains("reference set: "), built.err.constData());
        const CliResult again = cli_.run(evaluate(model, {"--session", "b.r2t2"}));
        QVERIFY(again.code == 0 && !again.err.contains("reference set: "));  // and B's own is kept
        QCOMPARE(reference_line(again), reference_line(built));
        QVERIFY(reference_line(built) != reference_line(own));
    }

    void another_tokenizer_is_another_model() {
        const QString model = copy_of_model("t");
        (void)cut(evaluate(model, {"--session", "t.r2t2"}), cli_.path("t.r2t2"), SIGINT);
        QFile file(model + "/tokenizer.model");
        QVERIFY(file.open(QIODevice::ReadOnly));
        QByteArray bytes = file.readAll();
        file.close();
        const qsizetype at = bytes.indexOf("star");  // the same pieces in number, another text
        QVERIFY(at > 0);
        bytes.replace(at, 4, "stra");
        QFile::remove(model + "/tokenizer.model");
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(bytes);
        file.close();
        const CliResult refused = cli_.run({"evaluate", "--resume", "--session", "t.r2t2"});
        QCOMPARE(refused.code, 2);
        QVERIFY2(refused.err.contains("tokenizer.model"), refused.err.constData());
    }

    void the_printed_command_goes_on() {
        const QString session = "my runs' session.r2t2";
        const QByteArray said = cut(evaluate(cli_.model(), {"--precision", "int8", "--sweep", "num-neighbors=3,5", "--session", session}), cli_.path(session), SIGINT);
        const qsizetype at = said.indexOf("go on with ");
        QVERIFY2(at > 0, said.constData());
        const QByteArray command = said.mid(at + 11).split('\n').front();
        QCOMPARE(command, QByteArray("r2t2 evaluate --resume --session 'my runs'\\'' session.r2t2'"));
        const std::int64_t before = samples(cli_.path(session));
        QProcess shell;
        cli_.set_up(shell);
        QProcessEnvironment environment = shell.processEnvironment();
        environment.insert("PATH", QFileInfo(CliRunner::program()).path() + ":" + environment.value("PATH"));
        shell.setProcessEnvironment(environment);
        shell.setProgram("sh");
        shell.setArguments({"-c", QString::fromUtf8(command)});
        shell.start();
        QVERIFY(shell.waitForFinished(600000));
        QVERIFY2(shell.exitCode() == 0, shell.readAllStandardError().constData());
        QVERIFY(samples(cli_.path(session)) > before);
        QCOMPARE(samples(cli_.path(session)), std::int64_t{120});  // base, and NGD with two values
    }

    void a_stated_option_wins_and_is_checked() {
        const QString session = cli_.path("stated.r2t2");
        (void)cut(evaluate(cli_.model(), {"--session", session}), session, SIGINT);
        const CliResult other = cli_.run({"evaluate", "--resume", "--session", session, "--precision", "int8"});
        QCOMPARE(other.code, 2);
        QVERIFY2(other.err.contains("precision"), other.err.constData());
        const CliResult ignored = cli_.run({"evaluate", "--resume", "--session", session, "--methods", "kr"});
        QVERIFY2(ignored.code == 0 && ignored.err.contains("not looked at --methods"), ignored.err.constData());
        QCOMPARE(cli_.run({"evaluate", "--resume", "--session", session, "--run", "7"}).code, 2);
        QCOMPARE(cli_.run(evaluate(cli_.model(), {"--session", session, "--run", "1"})).code, 2);  // without --resume
    }

    void two_programs_that_go_on_are_one() {
        const QString session = cli_.path("two.r2t2");
        (void)cut(evaluate(cli_.model(), {"--session", session}), session, SIGKILL);
        QProcess one, two;
        for (QProcess* process : {&one, &two}) {
            cli_.set_up(*process);
            process->setArguments({"evaluate", "--resume", "--session", session});
            process->start();
        }
        QVERIFY(one.waitForFinished(600000) && two.waitForFinished(600000));
        const QProcess& first = one.exitCode() == 0 ? one : two;
        QProcess& second = one.exitCode() == 0 ? two : one;
        QCOMPARE(first.exitCode(), 0);
        const QByteArray said = second.readAllStandardError();
        if (second.exitCode() != 0) {  // where they did not miss each other altogether
            QCOMPARE(second.exitCode(), 1);
            QVERIFY2(said.contains("another program is writing this run"), said.constData());
        }
        QCOMPARE(samples(session), std::int64_t{80});
        QVERIFY(QDir(cli_.path(".")).entryList({"two.r2t2-run*.lock"}).isEmpty());
        QCOMPARE(cli_.run({"verify", session}).code, 0);
    }

    void two_that_begin_at_once_have_names_of_their_own() {
        const QString session = cli_.path("race.r2t2");
        QCOMPARE(cli_.run(evaluate(cli_.model(), {"--session", session})).code, 0);
        sqlite3* database = nullptr;
        QCOMPARE(sqlite3_open(session.toUtf8().constData(), &database), SQLITE_OK);
        QCOMPARE(sqlite3_exec(database, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr), SQLITE_OK);
        QProcess one, two;
        int seed = 5;
        for (QProcess* process : {&one, &two}) {
            cli_.set_up(*process);
            process->setArguments(evaluate(cli_.model(), {"--session", session, "--seed", QString::number(seed++)}));
            process->start();
        }
        QTest::qWait(4000);  // less than the ten seconds that they wait
        QCOMPARE(sqlite3_exec(database, "ROLLBACK", nullptr, nullptr, nullptr), SQLITE_OK);
        sqlite3_close(database);
        QVERIFY(one.waitForFinished(600000) && two.waitForFinished(600000));
        QCOMPARE(one.exitCode(), 0);
        QCOMPARE(two.exitCode(), 0);
        auto reader = SessionReader::open(session.toStdString());
        std::map<std::string, int> names;
        const auto runs = *reader->runs();
        for (const StoredRun& run : runs) {
            ++names[QJsonDocument::fromJson(QByteArray::fromStdString(run.info.config)).object()["evaluation"].toString().toStdString()];
        }
        QCOMPARE(names.size(), std::size_t{3});
        QCOMPARE(samples(session), std::int64_t{240});
        for (const char* each : {"5", "6"}) {
            const CliResult again = cli_.run(evaluate(cli_.model(), {"--session", session, "--seed", each, "--resume"}));
            QVERIFY2(again.code == 0, again.err.constData());
        }
        QCOMPARE(samples(session), std::int64_t{240});
    }

    /// A short evaluation begins and ends beside a long one, which is killed then: what it had told of is there. (Once the short one
    /// deleted the log that the long one was writing.)
    void a_short_run_ends_beside_a_long_one() {
        const QString session = cli_.path("beside.r2t2");
        QProcess one;
        cli_.set_up(one);
        one.setArguments(evaluate(cli_.model(), {"--session", session}).replaceInStrings(QStringLiteral("40"), QStringLiteral("400")));
        one.start();
        while (one.state() != QProcess::NotRunning && samples(session) < 8) {
            one.waitForFinished(20);
        }
        QCOMPARE(cli_.run(evaluate(cli_.model(), {"--session", session, "--seed", "7"}).replaceInStrings(QStringLiteral("40"), QStringLiteral("4"))).code, 0);
        QVERIFY(one.state() == QProcess::Running);
        QVERIFY(QFile::exists(session + "-wal"));
        const std::int64_t told = samples(session);
        QVERIFY(told >= 16);
        one.kill();
        QVERIFY(one.waitForFinished(60000));
        QVERIFY(samples(session) >= told);
        QCOMPARE(cli_.run({"verify", session}).code, 0);
    }

    void no_more_threads_data() {
        QTest::addColumn<QString>("limit");
        for (const char* limit : {"ulimit -v 1000000", "ulimit -v 1400000", "ulimit -v 2000000", "ulimit -u 3", "ulimit -u 6"}) {
            QTest::newRow(limit) << limit;
        }
    }
    void no_more_threads() {
        QFETCH(QString, limit);
        QProcess process;
        cli_.set_up(process);
        const QString call = limit + "; exec " + CliRunner::program() + " evaluate --eval G-dim --samples 6 --methods base,ngd --no-controls --no-session --threads 8 --quiet" +
                             " --reference-samples 120 --model " + cli_.model();
        const bool other_user = limit.contains("-u") && ::geteuid() == 0;  // root knows no such limit
        if (other_user) {
            QFile::setPermissions(cli_.path("."), QFile::Permissions(0x7777));
            process.setProgram("setpriv");
            process.setArguments({"--reuid=65534", "--regid=65534", "--clear-groups", "bash", "-c", call});
        } else {
            process.setProgram("bash");
            process.setArguments({"-c", call});
        }
        process.start();
        QVERIFY(process.waitForFinished(300000));
        const QByteArray said = process.readAllStandardError();
        QVERIFY2(process.exitStatus() == QProcess::NormalExit, said.constData());
        if (other_user && process.exitCode() == 126) {
            QSKIP("another user may not run what was built here");
        }
        QVERIFY2(process.exitCode() == 0 || process.exitCode() == 1, said.constData());
        QVERIFY2(!said.contains("terminate"), said.constData());
        QVERIFY2(process.exitCode() == 0 || said.contains("r2t2: error"), said.constData());
    }

    void loading_while_the_files_change() {
        QProcess process;
        cli_.set_up(process);
        QProcessEnvironment environment = process.processEnvironment();
        environment.insert("R2T2", CliRunner::program());
        environment.insert("STUDIO", QStringLiteral(R2T2_BINARY_DIR "/../tests/open_studio"));
        environment.insert("MODEL", cli_.model());
        process.setProcessEnvironment(environment);
        process.setProgram("python3");
        process.setArguments({QStringLiteral(R2T2_SOURCE_DIR "/tests/benchmarks/loading_races.py"), "3"});
        process.start();
        QVERIFY(process.waitForFinished(600000));
        const QByteArray said = process.readAllStandardOutput() + process.readAllStandardError();
        QVERIFY2(process.exitStatus() == QProcess::NormalExit && process.exitCode() == 0, said.constData());
        QCOMPARE(said.count('\n'), 6);
    }
};

QTEST_GUILESS_MAIN(TestAppRuns)
#include "test_app_runs.moc"
