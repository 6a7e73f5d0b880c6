// The commands that read sessions: damage is named and in the exit code, names are names, folders need not be writable.
// Cases: read-only-session, session-named-file-colon, fault-appended-bytes, fault-neighbours-one-bit, article-a.
#include <unistd.h>

#include <QtTest>
#include <filesystem>

#include "core/session/sqlite.h"
#include "tests/app/cli_runner.h"
#include "tests/support/files.h"

using namespace r2t2;
namespace fs = std::filesystem;

class TestAppSession : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QVERIFY(cli_.prepare()); }
    void damage_is_named_and_in_the_exit_code();
    void verify_vouches_for_what_it_could_read();
    void bytes_behind_a_session_are_told();
    void a_session_may_have_any_name();
    void a_folder_that_cannot_be_written_is_read();
    void an_old_session_says_by_which_rules();

private:
    /// A copy of a case's session.
    QString take(const char* file, const QString& name) const {
        fs::copy_file(std::string(R2T2_SOURCE_DIR "/tests/data/cases/") + file, cli_.path(name).toStdString(), fs::copy_options::overwrite_existing);
        return cli_.path(name);
    }
    static void has(const QByteArray& text, const char* words) { QVERIFY2(text.contains(words), text.constData()); }
    CliRunner cli_;
};

void TestAppSession::damage_is_named_and_in_the_exit_code() {
    take("fault-neighbours-one-bit/neighbours.r2t2", "n.r2t2");
    const CliResult exported = cli_.run({"export", "n.r2t2", "--out", "x", "--quiet"});
    QCOMPARE(exported.code, 3);
    const CliResult figures = cli_.run({"figure", "neighbourhood-map", "--sample", "G-dim/0", "--run", "2", "--session", "n.r2t2", "--out", "f", "--quiet"});
    QCOMPARE(figures.code, 0);  // of another sample
    {
        auto database = sqlite::Database::open(cli_.path("n.r2t2").toStdString(), sqlite::OpenMode::Write);
        QVERIFY(database->execute("UPDATE samples SET final_answer = 'x' WHERE id = 2").ok());
    }
    const CliResult figure = cli_.run({"figure", "accuracy-transitions", "--run", "2", "--session", "n.r2t2", "--out", "f", "--format", "svg,csv"});
    QCOMPARE(figure.code, 3);
    has(figure.err, "left out: run 2: sample row 2: its checksum does not hold");
    has(QByteArray::fromStdString(read_file(cli_.path("f/accuracy-transitions.csv").toStdString())), "# run 2: sample row 2: its checksum does not hold");
    has(QByteArray::fromStdString(read_file(cli_.path("f/accuracy-transitions.svg").toStdString())), "1 damaged sample left out");
    const CliResult compare = cli_.run({"compare", "n.r2t2", "n.r2t2", "--run-a", "1", "--run-b", "2", "--json"});
    QCOMPARE(compare.code, 3);
    has(compare.err, "left out: run 2: sample row 2");
    has(compare.out, "\"damaged_samples\": 1");
}

void TestAppSession::verify_vouches_for_what_it_could_read() {
    take("fault-neighbours-one-bit/neighbours.r2t2", "v.r2t2");
    const CliResult broken = cli_.run({"verify", "v.r2t2"});
    QCOMPARE(broken.code, 2);
    has(broken.out, "sample row 8: neighbours");
    has(broken.out, "rows that are not named may be wrong or missing too");
    take("read-only-session/session.sqlite", "v.sqlite");
    {
        auto database = sqlite::Database::open(cli_.path("v.sqlite").toStdString(), sqlite::OpenMode::Write);
        QVERIFY(database->execute("UPDATE samples SET final_answer = 'x' WHERE id = 2").ok());
    }
    const CliResult row = cli_.run({"verify", "v.sqlite"});
    QCOMPARE(row.code, 2);
    has(row.out, "1 fault; rows that are not named can be relied on");
    write_file(cli_.path("e.r2t2").toStdString(), "");
    has(cli_.run({"verify", "e.r2t2"}).out, "an empty file");
}

void TestAppSession::bytes_behind_a_session_are_told() {
    const std::string path = take("read-only-session/session.sqlite", "a.sqlite").toStdString();
    const std::string whole = read_file(path);
    for (const std::size_t more : {std::size_t{1}, std::size_t{4096}}) {
        write_file(path, whole + std::string(more, 'x'));
        const CliResult verified = cli_.run({"verify", "a.sqlite"});
        QCOMPARE(verified.code, 2);
        has(verified.out, (std::to_string(more) + " bytes more than its pages").c_str());
        QCOMPARE(cli_.run({"export", "a.sqlite", "--out", "xa", "--quiet"}).code, 0);  // what is read is right
    }
}

void TestAppSession::a_session_may_have_any_name() {
    const CliResult run = cli_.run(cli_.evaluate({"--eval", "G-dim", "--samples", "1", "--methods", "base", "--no-controls", "--session", "file:new?x=1"}));
    QVERIFY2(run.code == 0, run.err.constData());
    QCOMPARE(QDir(cli_.path("")).entryList({"new*", "file*"}), QStringList{"file:new?x=1"});
    QCOMPARE(cli_.run({"verify", "file:new?x=1"}).code, 0);
    QCOMPARE(cli_.run({"export", "file:new?x=1", "--out", "xn", "--quiet"}).code, 0);
    QCOMPARE(QDir(cli_.path("")).entryList({"new*", "file*"}), QStringList{"file:new?x=1"});
}

void TestAppSession::a_folder_that_cannot_be_written_is_read() {
    QVERIFY(QDir().mkpath(cli_.path("ro")));
    take("read-only-session/session.sqlite", "ro/session.sqlite");
    fs::permissions(cli_.path("").toStdString(), fs::perms(0755));
    fs::permissions(cli_.path("ro").toStdString(), fs::perms(0555));
    QVERIFY(QDir().mkpath(cli_.path("open")));
    fs::permissions(cli_.path("open").toStdString(), fs::perms(0777));
    for (const QStringList& arguments : {QStringList{"verify", "ro/session.sqlite"}, QStringList{"export", "ro/session.sqlite", "--out", "open/x", "--quiet"}}) {
        QProcess process;
        cli_.set_up(process);
        process.setArguments(arguments);
        process.setChildProcessModifier([] {
            if (geteuid() == 0) {
                (void)!setuid(65534);
            }
        });
        process.start();
        QVERIFY(process.waitForFinished(-1));
        QVERIFY2(process.exitCode() == 0, process.readAllStandardError().constData());
    }
    QCOMPARE(QDir(cli_.path("ro")).entryList(QDir::Files), QStringList{"session.sqlite"});
    fs::permissions(cli_.path("ro").toStdString(), fs::perms(0755));
}

void TestAppSession::an_old_session_says_by_which_rules() {
    take("article-a/session.sqlite", "o.sqlite");
    const CliResult exported = cli_.run({"export", "o.sqlite", "--out", "xo"});
    QCOMPARE(exported.code, 0);
    has(exported.err, "4 samples were stored by older scoring rules and are scored again here, 4 with another verdict");
    has(QByteArray::fromStdString(read_file(cli_.path("xo/results.json").toStdString())), "\"scoring_version\": 1");
    const CliResult figure = cli_.run({"figure", "accuracy-transitions", "--session", "o.sqlite", "--out", "fo"});  // shows what is stored
    QCOMPARE(figure.code, 0);
    has(figure.err, "version 1 of the scoring rules");
}

QTEST_GUILESS_MAIN(TestAppSession)
#include "test_app_session.moc"
