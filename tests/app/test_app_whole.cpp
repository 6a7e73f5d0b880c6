// Nobody reads less than there is in silence: samples that are gone, a copy without its log, folders of two makings.
#include <QtTest>
#include <filesystem>
#include <optional>

#include "core/base/folder_claim.h"
#include "core/session/row_checksum.h"
#include "core/session/session_reader.h"
#include "core/session/sqlite.h"
#include "tests/app/cli_runner.h"
#include "tests/support/files.h"

using namespace r2t2;
namespace fs = std::filesystem;

class TestAppWhole : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() {
        QVERIFY(cli_.prepare());
        const CliResult run = cli_.run(cli_.evaluate({"--eval", "G-dim", "--samples", "3", "--methods", "base,ngd", "--no-controls", "--session", "whole.r2t2"}));
        QVERIFY2(run.code == 0, run.err.constData());
        has(cli_.run({"verify", "whole.r2t2"}).out, "sound: 2 runs, 6 samples");
    }

    void a_sample_of_a_finished_run_is_gone_data() {
        QTest::addColumn<QStringList>("sql");
        QTest::addColumn<int>("verify");   ///< exit codes
        QTest::addColumn<int>("numbers");  ///< of export, compare, figure
        QTest::addColumn<QByteArray>("says");
        const QString gone = "PRAGMA foreign_keys = OFF; DELETE FROM steps WHERE sample_id IN (%1); DELETE FROM neighbours WHERE sample_id IN (%1); DELETE FROM samples WHERE id IN (%1)";
        const QString last = gone.arg("SELECT MAX(id) FROM samples WHERE run_id = 2");
        const QString sign = QString::fromStdString("UPDATE runs SET checksum = " + row_checksum::of_row("runs"));
        QTest::newRow("the last") << QStringList{last} << 3 << 3 << QByteArray("run 2 (ngd): samples: found 2; allowed: 3");
        QTest::newRow("the first") << QStringList{gone.arg("SELECT MIN(id) FROM samples WHERE run_id = 2")} << 3 << 3 << QByteArray("run 2 (ngd)");
        QTest::newRow("all of a run") << QStringList{gone.arg("SELECT id FROM samples WHERE run_id = 1")} << 3 << 3 << QByteArray("run 1 (base): samples: found 0; allowed: 3");
        QTest::newRow("one, and another is damaged") << QStringList{last, "UPDATE samples SET final_answer = 'x' WHERE id = 1"} << 2 << 3 << QByteArray("found 2; allowed: 3");
        QTest::newRow("one, and two are damaged") << QStringList{last, "UPDATE samples SET final_answer = 'x' WHERE id IN (1, 2)"} << 2 << 3 << QByteArray("found 2; allowed: 3");
        QTest::newRow("one, and a step of another") << QStringList{last, "UPDATE steps SET answer = 'x' WHERE step = 1 AND sample_id = (SELECT MIN(id) FROM samples WHERE run_id = 2)"}
                                                    << 2 << 3 << QByteArray("found 2; allowed: 3");
        QTest::newRow("one, and the other run's neighbours") << QStringList{last, "DELETE FROM neighbours WHERE rank = (SELECT MAX(rank) FROM neighbours)"} << 2 << 3 << QByteArray("found 2; allowed: 3");
        for (const char* state : {"cancelled", "running", "failed"}) {  // known as unfinished: said, and no error
            QTest::newRow(state) << QStringList{last, QStringLiteral("UPDATE runs SET state = '%1'").arg(state), sign} << 0 << 0 << QByteArray("run 2 (ngd): 2 of 3 samples, incomplete");
        }
    }
    void a_sample_of_a_finished_run_is_gone() {
        QFETCH(QStringList, sql);
        QFETCH(int, verify);
        QFETCH(int, numbers);
        QFETCH(QByteArray, says);
        const QString session = QStringLiteral("gone%1.r2t2").arg(count_++);
        QVERIFY(QFile::copy(cli_.path("whole.r2t2"), cli_.path(session)));
        {
            auto database = sqlite::Database::open(cli_.path(session).toStdString(), sqlite::OpenMode::Write);
            for (const QString& each : sql) {
                const Status done = database->execute(each.toStdString());
                QVERIFY2(done.ok(), done.ok() ? "" : done.error().message().c_str());
            }
        }
        const CliResult verified = cli_.run({"verify", session});
        QCOMPARE(verified.code, verify);
        has(verified.out, says.constData());
        QVERIFY2(!verified.out.contains(": sound"), verified.out.constData());
        const CliResult json = cli_.run({"verify", session, "--json"});
        QCOMPARE(json.code, verify);
        has(json.out, "\"sound\": false");
        for (const QStringList& command : {QStringList{"export", session, "--out", QStringLiteral("export%1").arg(count_)}, QStringList{"compare", session, session, "--run-a", "1", "--run-b", "2"},
                                           QStringList{"figure", "accuracy-transitions", "--run", "2", "--session", session, "--out", QStringLiteral("figures%1").arg(count_)}}) {
            const CliResult result = cli_.run(command + QStringList{"--quiet"});
            QVERIFY2(result.code == numbers, (command.join(' ').toUtf8() + "\n" + result.err).constData());
            has(result.err, numbers == 3 ? "of its samples are gone" : "incomplete");
        }
        if (numbers == 0) {
            return;
        }
        // What is recommended works; what would be refused is not recommended.
        const QByteArray advice = "r2t2 evaluate --resume --session " + session.toUtf8() + " --run ";
        const QByteArray exported = cli_.run({"export", session, "--out", QStringLiteral("advised%1").arg(count_), "--quiet"}).err;
        const CliResult again = cli_.run({"evaluate", "--resume", "--session", session, "--run", "2", "--quiet"});
        for (const QByteArray& told : {verified.out, json.out, exported}) {
            QVERIFY2(told.contains(advice) == (again.code == 0), (told + again.err).constData());
            QVERIFY2(told.contains("cannot be gone on with as it is") == (again.code != 0), (told + again.err).constData());
        }
        QCOMPARE(again.code == 0, verify == 3);
        if (verify == 3) {
            has(cli_.run({"verify", session}).out, ": sound: 2 runs, 6 samples");
        }
    }

    /// As a second program has the session open when the run ends, and ends last.
    void a_run_ends_beside_a_reader() {
        QProcess run;
        cli_.set_up(run);
        run.setArguments(cli_.evaluate({"--eval", "G-dim", "--samples", "12", "--methods", "base,ngd", "--no-controls", "--session", "beside.r2t2"}));
        run.start();
        const std::string path = cli_.path("beside.r2t2").toStdString();
        std::optional<SessionReader> reader;
        while (run.state() != QProcess::NotRunning && !reader) {
            run.waitForFinished(10);
            if (auto opened = SessionReader::open(path)) {
                reader = std::move(*opened);
            }
        }
        QVERIFY(reader && run.waitForFinished(kPatience));
        QCOMPARE(run.exitCode(), 0);
        QVERIFY(!reader->waiting_in_log() || *reader->waiting_in_log() == 0);
        reader.reset();
        QVERIFY(!fs::exists(path + "-wal") && !fs::exists(path + "-shm"));
        fs::copy_file(path, path + ".copy");
        has(cli_.run({"verify", "beside.r2t2.copy"}).out, "sound: 2 runs, 24 samples");
    }

    /// The file alone, copied while a run is written, is never a sound session; the log beside it is named with what waits there.
    void a_copy_without_the_log() {
        QProcess run;
        cli_.set_up(run);
        run.setArguments(cli_.evaluate({"--eval", "G-dim", "--samples", "400", "--methods", "base,ngd", "--no-controls", "--session", "part.r2t2"}));
        run.start();
        const std::string path = cli_.path("part.r2t2").toStdString();
        std::optional<std::int64_t> waiting;
        while (run.state() != QProcess::NotRunning && waiting.value_or(0) < 8) {
            run.waitForFinished(20);
            if (auto reader = SessionReader::open(path)) {
                waiting = reader->waiting_in_log();
            }
        }
        QVERIFY(waiting.value_or(0) >= 8);
        has(cli_.run({"verify", "part.r2t2"}).out, "of its samples wait in its log");
        run.kill();
        QVERIFY(run.waitForFinished(kPatience));
        fs::copy_file(path, path + ".copy");
        const CliResult copy = cli_.run({"verify", "part.r2t2.copy"});
        QVERIFY2(!copy.out.contains(": sound"), copy.out.constData());
        const CliResult whole = cli_.run({"verify", "part.r2t2"});  // moves the log in
        QCOMPARE(whole.code, 0);
        has(whole.out, "of 400 samples, incomplete (still running or killed)");
        QVERIFY(!fs::exists(path + "-wal"));
    }

    void a_data_set_is_of_one_making() {
        const auto make = [this](const QStringList& more) { return cli_.run(QStringList{"miniature", "make", "--count", "8", "--out", "world", "--quiet"} + more); };
        const auto picture = [this](int number) { return read_file(cli_.path(QStringLiteral("world/images/test-%1.png").arg(number, 6, 10, QChar('0'))).toStdString()); };
        QCOMPARE(make({"--seed", "1"}).code, 0);
        const std::string first = picture(0), list = read_file(cli_.path("world/test.json").toStdString());
        QVERIFY(!first.empty());
        const CliResult again = make({"--seed", "2"});
        QCOMPARE(again.code, 2);
        has(again.err, "world");
        has(again.err, "not empty");
        has(again.err, "--force");
        QCOMPARE(picture(0), first);
        {  // killed in the middle: the old one is whole
            QProcess killed;
            cli_.set_up(killed);
            killed.setArguments({"miniature", "make", "--count", "100000", "--seed", "3", "--out", "world", "--force", "--quiet"});
            killed.start();
            const auto begun = [this] { return !QDir(cli_.path(".")).entryList({"world.part.*"}, QDir::Dirs).isEmpty(); };
            QTRY_VERIFY_WITH_TIMEOUT(begun(), kPatience);
            killed.kill();
            QVERIFY(killed.waitForFinished(kPatience));
        }
        QCOMPARE(picture(0), first);
        QCOMPARE(read_file(cli_.path("world/test.json").toStdString()), list);
        QCOMPARE(make({"--seed", "2", "--force"}).code, 0);
        QVERIFY(picture(0) != first);
        QVERIFY(QDir(cli_.path(".")).entryList({"world.part.*"}, QDir::Dirs).isEmpty());
        write_file(cli_.path("world/notes.txt").toStdString(), "mine");
        const CliResult foreign = make({"--seed", "1", "--force"});
        QCOMPARE(foreign.code, 2);
        has(foreign.err, "notes.txt in it");
    }

    void two_make_into_one_folder() {
        QProcess makers[2];
        for (int i = 0; i < 2; ++i) {
            cli_.set_up(makers[i]);
            makers[i].setArguments({"miniature", "make", "--count", "60", "--seed", QString::number(10 + i), "--out", "both", "--quiet"});
        }
        makers[0].start();
        makers[1].start();
        int good = 0, winner = -1;
        for (int i = 0; i < 2; ++i) {
            QVERIFY(makers[i].waitForFinished(kPatience));
            if (makers[i].exitCode() == 0) {
                ++good;
                winner = i;
            } else {
                has(makers[i].readAllStandardError(), "both");
            }
        }
        QCOMPARE(good, 1);
        QCOMPARE(cli_.run({"miniature", "make", "--count", "60", "--seed", QString::number(10 + winner), "--out", "one", "--quiet"}).code, 0);
        for (const QString& each : QDir(cli_.path("one/images")).entryList(QDir::Files)) {
            QCOMPARE(read_file(cli_.path("both/images/" + each).toStdString()), read_file(cli_.path("one/images/" + each).toStdString()));
        }
        QCOMPARE(read_file(cli_.path("both/test.json").toStdString()), read_file(cli_.path("one/test.json").toStdString()));
    }

    /// An export over an earlier one that is cut short: no results.json speaks for files of two.
    void an_export_that_is_cut_short() {
        QCOMPARE(cli_.run({"export", "whole.r2t2", "--out", "cut", "--quiet"}).code, 0);
        const std::string results = cli_.path("cut/results.json").toStdString();
        QVERIFY(fs::exists(results));
        fs::remove(cli_.path("cut/table.tex").toStdString());
        fs::create_directories(cli_.path("cut/table.tex/in the way").toStdString());  // fails in the middle
        QVERIFY(cli_.run({"export", "whole.r2t2", "--out", "cut", "--quiet"}).code != 0);
        QVERIFY(!fs::exists(results));
        fs::remove_all(cli_.path("cut/table.tex").toStdString());
        QCOMPARE(cli_.run({"export", "whole.r2t2", "--run", "1", "--out", "cut", "--quiet"}).code, 0);
        QVERIFY(fs::exists(results));
        QCOMPARE(QDir(cli_.path("cut")).entryList({"samples_*", ".results*"}, QDir::Files | QDir::Hidden), QStringList{"samples_1_base.jsonl"});
    }

    void one_program_writes_a_folder() {
        for (const char* folder : {"mine", "figures"}) {
            fs::create_directories(cli_.path(folder).toStdString());
        }
        const auto exports = FolderClaim::take(cli_.path("mine").toStdString()), figures = FolderClaim::take(cli_.path("figures").toStdString());
        QVERIFY(exports.ok() && figures.ok());
        for (const QStringList& command : {QStringList{"export", "whole.r2t2", "--out", "mine"}, QStringList{"figure", "--all", "--session", "whole.r2t2", "--out", "figures"},
                                           QStringList{"miniature", "train", "--scale", "0.001", "--out", "mine"}}) {
            const CliResult result = cli_.run(command + QStringList{"--quiet"});
            QCOMPARE(result.code, 1);
            has(result.err, "another program is writing into this folder");
        }
        QVERIFY(QDir(cli_.path("mine")).isEmpty() && QDir(cli_.path("figures")).isEmpty());
        const CliResult train = cli_.run({"miniature", "train", "--scale", "0.001", "--out", "model", "--quiet"});
        QCOMPARE(train.code, 2);
        has(train.err, "not empty");
    }

private:
    static void has(const QByteArray& text, const char* words) { QVERIFY2(text.contains(words), text.constData()); }
    CliRunner cli_;
    int count_ = 0;
};

QTEST_GUILESS_MAIN(TestAppWhole)
#include "test_app_whole.moc"
