// Signals end every command that writes in the same way, at whatever moment they come: exit code 130 (or the command was done), nothing
// temporary is left, outputs are whole or not there. What a killed program left (SIGKILL) the next writer of the same target removes.
#include <sys/file.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <QDirIterator>
#include <QJsonDocument>
#include <QRegularExpression>
#include <QThread>
#include <QtTest>
#include <sys/stat.h>
#include <array>

#include "tests/app/cli_runner.h"

using namespace r2t2;

class TestAppSignals : public QObject {
    Q_OBJECT

    CliRunner cli_;

    /// From here on signals are the program's own affair.
    /// Once it is a program of its own: until then it has this one's handlers.
    static bool handles(const QProcess& process, int number) {
        if (QFile::symLinkTarget(QStringLiteral("/proc/%1/exe").arg(process.processId())) == QFile::symLinkTarget(QStringLiteral("/proc/self/exe"))) {
            return false;
        }
        QFile status(QStringLiteral("/proc/%1/status").arg(process.processId()));
        const QByteArray text = status.open(QIODevice::ReadOnly) ? status.readAll() : QByteArray();
        const qsizetype at = text.indexOf("SigCgt:");
        return at >= 0 && (text.mid(at + 7, text.indexOf('\n', at) - at - 7).trimmed().toULongLong(nullptr, 16) >> (number - 1) & 1U) != 0;
    }
    void start(QProcess& process, const QStringList& arguments) const {
        cli_.set_up(process);
        process.setArguments(arguments);
        process.start();
        QVERIFY(process.waitForStarted(kPatience));
    }
    QStringList left(const QString& folder) const {
        QStringList found;
        for (QDirIterator each(cli_.path(folder), QDir::AllEntries | QDir::Hidden | QDir::NoDotAndDotDot, QDirIterator::Subdirectories); each.hasNext();) {
            const QString name = QFileInfo(each.next()).fileName();
            if (name.contains(".part") || name.endsWith("-journal") || name.endsWith(".lock")) {
                found << each.filePath();
            }
        }
        return found;
    }
    void touch(const QString& name) const {
        QFile file(cli_.path(name));
        QVERIFY(file.open(QIODevice::WriteOnly) && file.write("half") == 4);
    }
    QStringList small(const QStringList& more) const {
        return cli_.evaluate({"--eval", "G-dim", "--methods", "base,ngd", "--no-controls", "--threads", "1"}) + more;
    }

private Q_SLOTS:
    void initTestCase() {
        QVERIFY(cli_.prepare());
        const CliResult session = cli_.run(small({"--samples", "4", "--session", "s.r2t2"}));
        QVERIFY2(session.code == 0, session.err.constData());
        for (const char* shard : {"0/2", "1/2"}) {
            const CliResult part = cli_.run(small({"--samples", "4", "--shard", shard, "--session", QString("part%1.r2t2").arg(shard[0])}));
            QVERIFY2(part.code == 0, part.err.constData());
        }
        const CliResult store = cli_.run({"reference", "build", "bundled", "--samples", "60", "--out", "store", "--model", cli_.model()});
        QVERIFY2(store.code == 0, store.err.constData());
        QVERIFY(cli_.run({"reference", "export", "store", "--out", "published.json"}).code == 0);
        QVERIFY(QFile::copy(R2T2_TEST_DATA "/cases/studio-latin1-name/picture.jpg", cli_.path("picture.jpg")));
    }

    /// Every command that writes. An output that is there is whole; `json`: one of them, that parses.
    void signalled_data() {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<QStringList>("json");
        const QString model = cli_.model();
        QTest::newRow("evaluate") << small({"--samples", "60", "--session", "o/s.r2t2", "--report", "o/r.json"}) << QStringList{"o/r.json"};
        QTest::newRow("evaluate, no session") << small({"--samples", "60", "--no-session", "--report", "o/r.json"}) << QStringList{"o/r.json"};
        QTest::newRow("facts") << QStringList{"facts", "picture.jpg", "--out", "o", "--overlay", "o"} << QStringList{"o/picture.jpg.facts.json"};
        QTest::newRow("reference build") << QStringList{"reference", "build", "bundled", "--samples", "400", "--out", "o/store", "--model", model} << QStringList{"o/store/records.json"};
        QTest::newRow("reference export") << QStringList{"reference", "export", "store", "--out", "o/ref.json"} << QStringList{"o/ref.json"};
        QTest::newRow("miniature make") << QStringList{"miniature", "make", "--count", "400", "--out", "o/m"} << QStringList{"o/m/test.json"};
        QTest::newRow("miniature train") << QStringList{"miniature", "train", "--scale", "0.01", "--threads", "1", "--out", "o/t"} << QStringList{"o/t/config.json"};
        QTest::newRow("merge") << QStringList{"merge", "part0.r2t2", "part1.r2t2", "--out", "o/all.r2t2"} << QStringList();
        QTest::newRow("figure") << QStringList{"figure", "published-transitions", "--out", "o/f.svg"} << QStringList();
        QTest::newRow("figure --all") << QStringList{"figure", "--all", "--session", "s.r2t2", "--out", "o/f"} << QStringList();
        QTest::newRow("export") << QStringList{"export", "s.r2t2", "--out", "o/e"} << QStringList{"o/e/summary.json"};
        QTest::newRow("model make-random") << QStringList{"model", "make-random", "--config", "medium", "--dtype", "f32", "--threads", "1", "--out", "o/mr"} << QStringList{"o/mr/config.json"};
        QTest::newRow("verify") << QStringList{"verify", "s.r2t2"} << QStringList();
    }
    void signalled() {
        QFETCH(QStringList, arguments);
        QFETCH(QStringList, json);
        int at = 0;
        for (const int wait : {0, 40, 150, 400, 900}) {  // milliseconds: wherever the command is by then
            const int number = std::array{SIGHUP, SIGTERM, SIGINT}[static_cast<std::size_t>(at++ % 3)];
            QDir(cli_.path("o")).removeRecursively();
            QVERIFY(QDir().mkpath(cli_.path("o")));
            QProcess process;
            start(process, arguments);
            QTRY_VERIFY_WITH_TIMEOUT(handles(process, number) || process.state() == QProcess::NotRunning, kPatience);
            if (const auto pid = static_cast<pid_t>(process.processId()); pid > 0) {  // not waited for yet: the number is its own
                QThread::msleep(static_cast<unsigned long>(wait));
                ::kill(pid, number);
                QVERIFY(process.waitForFinished(kPatience));
            }
            const QByteArray err = process.readAllStandardError();
            QVERIFY2(process.exitStatus() == QProcess::NormalExit, qPrintable(QString("signal %1 after %2 ms").arg(number).arg(wait)));
            QVERIFY2(process.exitCode() == 130 || process.exitCode() == 0, err.constData());
            QVERIFY2(process.exitCode() == 0 || err.contains("interrupted") || arguments.contains("--quiet"), err.constData());
            QVERIFY2(left("o").isEmpty(), qPrintable(left("o").join(' ')));
            for (const QString& name : json) {
                QFile file(cli_.path(name));
                QVERIFY2(!file.exists() || (file.open(QIODevice::ReadOnly) && !QJsonDocument::fromJson(file.readAll()).isNull()), qPrintable(name));
            }
            for (const char* session : {"o/s.r2t2", "o/all.r2t2"}) {
                QVERIFY2(!QFile::exists(cli_.path(session)) || cli_.run({"verify", session}).code == 0, session);
            }
        }
    }

    /// The desktop ends as if its window had been closed.
    void desktop_data() {
        QTest::addColumn<int>("number");
        QTest::addColumn<int>("wait");
        QTest::newRow("at once") << SIGHUP << 0;
        QTest::newRow("terminal closed") << SIGHUP << 3000;
        QTest::newRow("terminated") << SIGTERM << 1500;
        QTest::newRow("interrupted") << SIGINT << 700;
    }
    void desktop() {
        QFETCH(int, number);
        QFETCH(int, wait);
        QProcess process;
        cli_.set_up(process);
        QProcessEnvironment environment = process.processEnvironment();
        environment.remove("R2T2_RESOURCES");
        environment.insert("QT_QPA_PLATFORM", "offscreen");
        environment.insert("XDG_CONFIG_HOME", cli_.path("config"));
        process.setProcessEnvironment(environment);
        process.setProgram(QStringLiteral(R2T2_BINARY_DIR "/r2t2-studio"));
        process.start();
        QVERIFY(process.waitForStarted(kPatience));
        QTRY_VERIFY_WITH_TIMEOUT(handles(process, number) || process.state() == QProcess::NotRunning, kPatience);
        QVERIFY(process.state() == QProcess::Running);
        const auto pid = static_cast<pid_t>(process.processId());
        QThread::msleep(static_cast<unsigned long>(wait));
        ::kill(pid, number);
        QVERIFY(process.waitForFinished(kPatience));
        const QByteArray err = process.readAllStandardError();
        QVERIFY2(process.exitStatus() == QProcess::NormalExit && process.exitCode() == 130, err.constData());
        QVERIFY2(err.contains("r2t2-studio: interrupted"), err.constData());
    }

    /// A FIFO that nobody reads waits for its reader, and the wait ends.
    void aReportThatNobodyReads() {
        QCOMPARE(::mkfifo(cli_.path("pipe").toUtf8().constData(), 0600), 0);
        for (const int number : {SIGTERM, SIGINT, SIGHUP}) {
            QProcess process;
            start(process, small({"--samples", "1", "--no-session", "--report", "pipe"}));
            QTRY_VERIFY_WITH_TIMEOUT(process.bytesAvailable() > 0 || process.state() == QProcess::NotRunning, kPatience);  // the report is what comes next
            QVERIFY(process.state() == QProcess::Running);
            ::kill(static_cast<pid_t>(process.processId()), number);
            QVERIFY(process.waitForFinished(kPatience));
            QVERIFY(process.exitStatus() == QProcess::NormalExit);
            QCOMPARE(process.exitCode(), 130);
            QCOMPARE(process.readAllStandardError().count("interrupted"), qsizetype{1});
        }
    }
    /// `timeout` signals a program and its group: it is told twice, and says it once.
    void signalledAgainAndAgain() {
        for (const bool desktop : {true, false}) {
            QProcess process;
            cli_.set_up(process);
            QProcessEnvironment environment = process.processEnvironment();
            environment.insert("QT_QPA_PLATFORM", "offscreen");
            environment.insert("XDG_CONFIG_HOME", cli_.path("config"));
            environment.remove("R2T2_RESOURCES");
            process.setProcessEnvironment(environment);
            if (desktop) {
                process.setProgram(QStringLiteral(R2T2_BINARY_DIR "/r2t2-studio"));
            } else {
                process.setArguments({"reference", "build", "bundled", "--samples", "4000", "--out", "again", "--model", cli_.model()});
            }
            process.start();
            QVERIFY(process.waitForStarted(kPatience));
            QTRY_VERIFY_WITH_TIMEOUT(handles(process, SIGTERM), kPatience);
            QThread::msleep(desktop ? 1500 : 300);
            while (!process.waitForFinished(1)) {
                ::kill(static_cast<pid_t>(process.processId()), SIGTERM);
            }
            const QByteArray err = process.readAllStandardError();
            QVERIFY2(process.exitStatus() == QProcess::NormalExit && process.exitCode() == 130, err.constData());
            QVERIFY2(err.count("interrupted") == 1, err.constData());
        }
    }

    /// SIGKILL in the middle, and then the same again: nothing of the first is left, and it is said.
    void killedAndDoneAgain_data() {
        QTest::addColumn<QString>("leftover");
        QTest::addColumn<QStringList>("arguments");
        QTest::newRow("reference export") << "o/ref.json.af4W8w.part" << QStringList{"reference", "export", "store", "--out", "o/ref.json"};
        QTest::newRow("export") << "o/samples_1_base.jsonl.9dPGQj.part" << QStringList{"export", "s.r2t2", "--out", "o"};
        QTest::newRow("figure") << "o/f.svg.aaaaaa.part" << QStringList{"figure", "published-transitions", "--out", "o/f.svg"};
        QTest::newRow("report") << "o/r.json.aaaaaa.part" << small({"--samples", "1", "--no-session", "--report", "o/r.json"}).filter(QRegularExpression("^(?!--quiet)"));
        QTest::newRow("facts") << "o/picture.jpg.facts.json.aaaaaa.part" << QStringList{"facts", "picture.jpg", "--out", "o"};
        QTest::newRow("merge") << "o/all.r2t2.part.aaaaaa/all.r2t2-wal" << QStringList{"merge", "part0.r2t2", "part1.r2t2", "--out", "o/all.r2t2"};
    }
    void killedAndDoneAgain() {
        QFETCH(QString, leftover);
        QFETCH(QStringList, arguments);
        QDir(cli_.path("o")).removeRecursively();
        QVERIFY(QDir().mkpath(QFileInfo(cli_.path(leftover)).path()));
        touch(leftover);
        touch("o/other.json.af4W8w.part");   // of another target
        touch("o/ref.json.mine.part");       // of another form
        const CliResult result = cli_.run(arguments);
        QVERIFY2(result.code == 0, result.err.constData());
        QVERIFY2(result.err.contains("left by a program that was killed, removed"), result.err.constData());
        QVERIFY(!QFile::exists(cli_.path(leftover)));
        QVERIFY(QFile::exists(cli_.path("o/other.json.af4W8w.part")) && QFile::exists(cli_.path("o/ref.json.mine.part")));
    }
    void killedMerge() {
        QDir(cli_.path("o")).removeRecursively();
        QVERIFY(QDir().mkpath(cli_.path("o")));
        const QStringList merge = {"merge", "part0.r2t2", "part1.r2t2", "--out", "o/all.r2t2"};
        QProcess process;
        start(process, merge);
        QTRY_VERIFY_WITH_TIMEOUT(!left("o").isEmpty() || process.state() == QProcess::NotRunning, kPatience);
        process.kill();
        (void)process.waitForFinished(kPatience);
        QFile::remove(cli_.path("o/all.r2t2"));  // it was faster
        const CliResult again = cli_.run(merge);
        QVERIFY2(again.code == 0, again.err.constData());
        QCOMPARE(QDir(cli_.path("o")).entryList(QDir::AllEntries | QDir::NoDotAndDotDot), QStringList{"all.r2t2"});
    }
    /// No room: the target is named, nothing is promised, nothing is left.
    void mergeWithoutRoom() {
        QDir(cli_.path("o")).removeRecursively();
        QVERIFY(QDir().mkpath(cli_.path("o")));
        QProcess process;
        cli_.set_up(process);
        process.setProgram("/bin/bash");
        process.setArguments({"-c", "ulimit -f 8; " + CliRunner::program() + " merge part0.r2t2 part1.r2t2 --out o/all.r2t2"});
        process.start();
        QVERIFY(process.waitForFinished(kPatience));
        const QByteArray err = process.readAllStandardError();
        QVERIFY2(process.exitCode() == 1 && err.contains("error: o/all.r2t2: ") && err.contains("may not grow"), err.constData());
        QVERIFY2(!err.contains(".part.") && !err.contains("resume"), err.constData());
        QVERIFY(QDir(cli_.path("o")).isEmpty());
    }
    void aFileInWorkIsNoLeftover() {
        QDir(cli_.path("o")).removeRecursively();
        QVERIFY(QDir().mkpath(cli_.path("o")));
        touch("o/ref.json.af4W8w.part");
        const int held = ::open(cli_.path("o/ref.json.af4W8w.part").toUtf8().constData(), O_RDWR | O_CLOEXEC);
        QVERIFY(held >= 0 && ::flock(held, LOCK_EX) == 0);
        QCOMPARE(cli_.run({"reference", "export", "store", "--out", "o/ref.json"}).code, 0);
        QVERIFY(QFile::exists(cli_.path("o/ref.json.af4W8w.part")));
        ::close(held);
    }

    /// nohup: a SIGHUP that is ignored stays ignored.
    void nohup() {
        QProcess process;
        cli_.set_up(process);
        process.setProgram("/usr/bin/env");
        process.setArguments(QStringList{"nohup", CliRunner::program()} + small({"--samples", "8", "--no-session"}));
        process.start();
        QTRY_VERIFY_WITH_TIMEOUT(handles(process, SIGTERM) || process.state() == QProcess::NotRunning, kPatience);
        if (const auto pid = static_cast<pid_t>(process.processId()); pid > 0) {
            ::kill(pid, SIGHUP);
            QVERIFY(process.waitForFinished(kPatience));
        }
        QVERIFY2(process.exitCode() == 0, process.readAllStandardError().constData());
    }
};

QTEST_GUILESS_MAIN(TestAppSignals)
#include "test_app_signals.moc"
