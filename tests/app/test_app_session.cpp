// The commands that read sessions: damage is named and in the exit code, names are names, folders need not be writable.
// Cases: read-only-session, session-named-file-colon, fault-appended-bytes, fault-neighbours-one-bit, article-a.
#include <unistd.h>

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QtTest>
#include <filesystem>

#include "core/session/row_checksum.h"
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
    void changed_data_do_not_go_on_data();
    void changed_data_do_not_go_on();
    void a_mended_picture_is_read_data();
    void a_mended_picture_is_read();
    void an_unfinished_sample_is_what_it_was();
    void what_numbers_lack_is_said_under_quiet();
    void records_that_are_passed_over_are_named_under_quiet();
    void a_session_that_is_no_file();
    void a_clock_that_was_set_back_is_said();
    void a_used_folder_holds_one_export();
    void verify_writes_json_of_any_name();

private:
    /// A copy of a case's session.
    QString take(const char* file, const QString& name) const {
        fs::copy_file(std::string(R2T2_SOURCE_DIR "/tests/data/cases/") + file, cli_.path(name).toStdString(), fs::copy_options::overwrite_existing);
        return cli_.path(name);
    }
    /// Runs 1 and 2, base and ngd, of one sample.
    void run_two(const QString& session) const {
        const CliResult run = cli_.run(cli_.evaluate({"--eval", "G-dim", "--samples", "1", "--methods", "base,ngd", "--no-controls", "--session", session}));
        QVERIFY2(run.code == 0, run.err.constData());
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

void TestAppSession::changed_data_do_not_go_on_data() {
    QTest::addColumn<QString>("change");
    QTest::addColumn<QString>("says");
    QTest::newRow("nothing") << "" << "";
    QTest::newRow("every truth") << "ground_truth" << ": ground_truth: found \"changed\"";
    QTest::newRow("a question") << "question" << ": question: found \"changed\"";
    QTest::newRow("an instruction") << "instruction" << ": instruction: found \"changed\"";
    QTest::newRow("a picture") << "picture" << ": picture (or facts): found";
    QTest::newRow("facts") << "facts" << ": picture (or facts): found";
    QTest::newRow("another set") << "set" << "";
}

/// A finished run goes on too (with nothing to do): it is checked as one that was cut.
void TestAppSession::changed_data_do_not_go_on() {
    QFETCH(QString, change);
    QFETCH(QString, says);
    const QString folder = "w-" + change, session = change + ".sqlite", file = cli_.path(folder + "/test.json");
    QVERIFY(cli_.run({"miniature", "make", "--count", "6", "--out", folder, "--quiet"}).code == 0);
    const CliResult run = cli_.run(cli_.evaluate({"--eval", folder + "/test.json", "--methods", "base", "--no-controls", "--session", session}));
    QVERIFY2(run.code == 0, run.err.constData());
    QJsonDocument json = QJsonDocument::fromJson(QByteArray::fromStdString(read_file(file.toStdString())));
    QJsonObject whole = json.object();
    QJsonArray samples = json.isArray() ? json.array() : whole["samples"].toArray();
    QCOMPARE(samples.size(), 6);
    QJsonObject second = samples[2].toObject();
    const QDir pictures(QFileInfo(file).dir().filePath(whole["image_root"].toString()));
    const auto picture = [&](int index) { return pictures.filePath(samples[index].toObject()["image_path"].toString()); };
    if (change == "picture") {
        QVERIFY(QFile::remove(picture(2)) && QFile::copy(picture(3), picture(2)));
    } else if (change == "facts") {
        if (second.contains("facts_path")) {
            const QString facts = QFileInfo(file).dir().filePath(second["facts_path"].toString());
            write_file(facts.toStdString(), R"({"ocr": [{"text": "changed"}]})");
        } else {
            second["facts"] = QJsonObject{{"ocr", QJsonArray{QJsonObject{{"text", "changed"}}}}};
        }
    } else if (!change.isEmpty() && change != "set") {
        second[change] = "changed";
    }
    samples[2] = second;
    if (json.isArray()) {
        json.setArray(samples);
    } else {
        whole["samples"] = samples;
        json.setObject(whole);
    }
    write_file(file.toStdString(), json.toJson().toStdString());
    const QStringList go_on = {"evaluate", "--resume", "--session", session, "--quiet"};
    const QStringList other_set = {"--eval", "G-dim", "--samples", "6", "--methods", "base", "--no-controls"};
    const CliResult again = cli_.run(change == "set" ? go_on + other_set : go_on);
    if (change.isEmpty()) {
        QVERIFY2(again.code == 0, again.err.constData());
        return;
    }
    QCOMPARE(again.code, 2);
    has(again.err, says.toUtf8().constData());
    has(again.err, change == "set" ? "run 1: set " : "set test, sample ");
    QCOMPARE(cli_.run({"verify", session}).code, 0);
}

void TestAppSession::a_mended_picture_is_read_data() {
    QTest::addColumn<bool>("mme");
    QTest::addColumn<int>("bytes");  // that are left of it; -1: no file
    for (const bool mme : {false, true}) {
        QTest::addRow("%s missing", mme ? "MME" : "a file") << mme << -1;
        QTest::addRow("%s empty", mme ? "MME" : "a file") << mme << 0;
        QTest::addRow("%s cut", mme ? "MME" : "a file") << mme << 60;
    }
}

/// A run whose bad picture was put right goes on, whatever was wrong with it, and killed or not: in the end it is as if nothing had been.
void TestAppSession::a_mended_picture_is_read() {
    QFETCH(bool, mme);
    QFETCH(int, bytes);
    const QString folder = QString("mend%1%2").arg(mme).arg(bytes), session = folder + ".sqlite";
    if (mme) {
        fs::copy(R2T2_SOURCE_DIR "/tests/data/benchmarks/mme", cli_.path(folder).toStdString(), fs::copy_options::recursive);
    } else {
        QCOMPARE(cli_.run({"miniature", "make", "--split", "validation", "--count", "6", "--out", folder, "--quiet"}).code, 0);
    }
    const std::string picture = cli_.path(folder + (mme ? "/MME_Benchmark_release_version/existence/0001.jpg" : "/images/validation-000003.png")).toStdString();
    const std::string good = read_file(picture);
    QVERIFY(good.size() > 60);
    if (bytes < 0) {
        fs::remove(picture);
    } else {
        write_file(picture, good.substr(0, static_cast<std::size_t>(bytes)));
    }
    const QStringList data = mme ? QStringList{"--eval", "MME-P", "--data", folder} : QStringList{"--eval", folder + "/validation.json"};
    const CliResult first = cli_.run(cli_.evaluate(data + QStringList{"--methods", "base", "--no-controls", "--session", session}));
    QVERIFY2(first.code == 3, first.err.constData());
    const int bad = mme ? 2 : 1, all = mme ? 20 : 6;
    const auto count = [&](const char* which) {
        auto database = sqlite::Database::open(cli_.path(session).toStdString(), sqlite::OpenMode::Write);
        return static_cast<int>(database->number(std::string("SELECT COUNT(*) FROM samples WHERE error IS ") + which).value());
    };
    QCOMPARE(count("NOT NULL"), bad);
    {
        auto database = sqlite::Database::open(cli_.path(session).toStdString(), sqlite::OpenMode::Write);  // as one that was killed before its last sample
        QVERIFY(database->execute("DELETE FROM samples WHERE id = (SELECT MAX(id) FROM samples WHERE error IS NULL)").ok());
        QVERIFY(database->execute("UPDATE runs SET state = 'running', finished = NULL").ok());
        QVERIFY(database->execute("UPDATE runs SET checksum = " + row_checksum::of_row("runs")).ok());
    }
    write_file(picture, good);
    const QStringList go_on = {"evaluate", "--resume", "--session", session};
    const CliResult again = cli_.run(go_on);
    QVERIFY2(again.code == 0, again.err.constData());
    has(again.err, mme ? "2 samples that could not be read then are read now: " : "1 sample that could not be read then is read now: ");
    QCOMPARE(again.err.count("could not be read then"), qsizetype{1});
    QCOMPARE(count("NOT NULL"), 0);
    QCOMPARE(count("NULL"), all);
    QCOMPARE(cli_.run({"verify", session}).code, 0);
    const CliResult third = cli_.run(go_on);
    QVERIFY2(third.code == 0, third.err.constData());
    QVERIFY(!third.err.contains("read now"));
    write_file(picture, good.substr(0, 60));  // what is answered is protected, by name
    const CliResult changed = cli_.run(go_on);
    QVERIFY2(changed.code == 1 || changed.code == 2, changed.err.constData());
    has(changed.err, mme ? "sample MME-P/existence/0001/" : "sample validation/");
}

void TestAppSession::an_unfinished_sample_is_what_it_was() {
    QCOMPARE(cli_.run({"miniature", "make", "--split", "validation", "--count", "6", "--out", "unfinished", "--quiet"}).code, 0);
    const CliResult first = cli_.run(cli_.evaluate({"--eval", "unfinished/validation.json", "--methods", "base", "--no-controls", "--session", "u.sqlite"}));
    QVERIFY2(first.code == 0, first.err.constData());
    {
        auto database = sqlite::Database::open(cli_.path("u.sqlite").toStdString(), sqlite::OpenMode::Write);
        QVERIFY(database->execute("DELETE FROM samples WHERE image_path LIKE '%validation-000003.png'").ok());
        QCOMPARE(database->number("SELECT COUNT(*) FROM samples").value(), std::int64_t{5});
        QVERIFY(database->execute("UPDATE runs SET state = 'running', finished = NULL").ok());
        QVERIFY(database->execute("UPDATE runs SET checksum = " + row_checksum::of_row("runs")).ok());
    }
    const std::string picture = cli_.path("unfinished/images/validation-000003.png").toStdString(), good = read_file(picture);
    const QStringList go_on = {"evaluate", "--resume", "--session", "u.sqlite"};
    for (const std::string& other : {good.substr(0, 60), read_file(cli_.path("unfinished/images/validation-000004.png").toStdString())}) {
        write_file(picture, other);
        const CliResult changed = cli_.run(go_on);
        QCOMPARE(changed.code, 2);
        has(changed.err, "set validation, sample ");
        has(changed.err, "not stored yet");
    }
    write_file(picture, good);
    QCOMPARE(cli_.run(go_on).code, 0);
}

void TestAppSession::what_numbers_lack_is_said_under_quiet() {
    run_two("k.sqlite");
    QVERIFY(QFile::copy(cli_.path("k.sqlite"), cli_.path("q.sqlite")));
    {
        auto database = sqlite::Database::open(cli_.path("q.sqlite").toStdString(), sqlite::OpenMode::Write);
        QVERIFY(database->execute("UPDATE runs SET state = 'cancelled'").ok());
        QVERIFY(database->execute("UPDATE runs SET checksum = " + row_checksum::of_row("runs")).ok());
    }
    has(cli_.run({"export", "q.sqlite", "--out", "xq", "--quiet"}).err, "incomplete (interrupted)");
    has(cli_.run({"compare", "q.sqlite", "q.sqlite", "--run-a", "1", "--run-b", "2", "--quiet"}).err, "incomplete (interrupted)");
    has(cli_.run({"figure", "accuracy-transitions", "--run", "2", "--session", "q.sqlite", "--out", "fq", "--quiet"}).err, "incomplete");
    const CliResult again = cli_.run({"evaluate", "--quiet", "--resume", "--session", "k.sqlite", "-k", "3"});
    QCOMPARE(again.code, 0);
    has(again.err, "not looked at --num-neighbors");
    QVERIFY(cli_.run({"export", "k.sqlite", "--out", "xk", "--quiet"}).err.isEmpty());  // nothing is lacking
}

/// An exit code that says something is wrong never stands alone.
void TestAppSession::records_that_are_passed_over_are_named_under_quiet() {
    const std::string folder = cli_.path("").toStdString();
    QVERIFY(QFile::copy(R2T2_TEST_DATA "/cases/studio-latin1-name/picture.jpg", cli_.path("a.jpg")));
    const std::string record = R"({"id": %, "question": "q?", "image_path": "a.jpg", "ground_truth": "no"})";
    const auto numbered = [&record](int id) { return std::string(record).replace(record.find('%'), 1, std::to_string(id)); };
    std::string many = "[" + numbered(100);
    for (int i = 0; i < 8; ++i) {
        many += ", " + numbered(i).replace(numbered(i).find("\"a.jpg\""), 7, "null");
    }
    write_file(folder + "/many.json", many + "]");
    const CliResult run = cli_.run(cli_.evaluate({"--eval", "many.json", "--methods", "base", "--no-controls", "--no-session"}));
    QCOMPARE(run.code, 3);
    has(run.err, "skipped many.json: record 1: image_path");
    has(run.err, "... and 3 more that were skipped");
    QCOMPARE(run.err.count("skipped many.json"), qsizetype{5});
    write_file(folder + "/answers.jsonl", "{\"id\": 1, \"prediction\": \"a\", \"target\": \"a\"}\n{\"id\": 1, \"prediction\": \"a\", \"target\": \"b\"}\n{\"id\": 2, \"prediction\": null, \"target\": \"b\"}\n");
    const CliResult scored = cli_.run({"score", "answers.jsonl", "--quiet"});
    QCOMPARE(scored.code, 3);
    has(scored.err, "repeat the id of another");
    has(scored.err, "1 records without a prediction");
    const std::string reference = R"({"id": %, "question": "q?", "image_path": "a.jpg", "model_answer": "no", "ground_truth": "no", "is_correct": true, "weights": )"
                                  R"({"img_aux": 0.4, "img_lang": 0.3, "img_self": 0.3, "lang_aux": 0.4, "lang_img": 0.3, "lang_self": 0.3}})";
    const auto stated = [&reference](int id) { return std::string(reference).replace(reference.find('%'), 1, std::to_string(id)); };
    write_file(folder + "/references.json", "[" + stated(1) + ", " + stated(2).replace(stated(2).find("0.4"), 3, "0.9") + "]");
    const CliResult named = cli_.run({"reference", "info", "references.json", "--quiet"});
    QCOMPARE(named.code, 3);
    has(named.err, "skipped references.json: record 1");
    const CliResult with = cli_.run({"evaluate", "--model", cli_.model(), "--reference", "references.json", "--eval", "G-dim", "--samples", "1", "--methods", "ngd", "--no-controls", "--no-session", "--quiet"});
    has(with.err, "references.json: record 1");
}

/// In our words, of what stands there.
void TestAppSession::a_session_that_is_no_file() {
    QVERIFY(QDir().mkpath(cli_.path("folder/full")));
    for (const char* name : {"folder", "folder/full"}) {
        for (const QStringList& more : {QStringList{"--eval", "G-dim", "--samples", "1"}, QStringList{"--resume"}}) {
            const CliResult run = cli_.run(cli_.evaluate(more + QStringList{"--methods", "base", "--session", name}));
            QVERIFY2(run.code == 2, run.err.constData());
            has(run.err, "found a folder; allowed: an R2-T2 session");
            QVERIFY2(!run.err.contains("SQLite"), run.err.constData());
        }
    }
}

void TestAppSession::a_clock_that_was_set_back_is_said() {
    run_two("clock.sqlite");
    QVERIFY(!cli_.run({"export", "clock.sqlite", "--out", "xc"}).err.contains("clock"));
    {
        auto database = sqlite::Database::open(cli_.path("clock.sqlite").toStdString(), sqlite::OpenMode::Write);
        QVERIFY(database->execute("UPDATE runs SET finished = '2001-01-01T00:00:00Z' WHERE id = 1").ok());
        QVERIFY(database->execute("UPDATE runs SET checksum = " + row_checksum::of_row("runs")).ok());
    }
    const CliResult exported = cli_.run({"export", "clock.sqlite", "--out", "xc"});
    QCOMPARE(exported.code, 0);
    has(exported.err, "run 1: finished at 2001-01-01T00:00:00Z, before it was started at ");
    QVERIFY(!exported.err.contains("run 2: finished"));
    has(QByteArray::fromStdString(read_file(cli_.path("xc/results.json").toStdString())), "\"clock_set_back\": true");
}

/// What another session's export put there is gone, what is not ours stays.
void TestAppSession::a_used_folder_holds_one_export() {
    run_two("two.sqlite");
    const CliResult first = cli_.run({"export", "two.sqlite", "--out", "used"});
    QVERIFY2(first.code == 0, first.err.constData());
    const QStringList before = QDir(cli_.path("used")).entryList({"samples_*"});
    QCOMPARE(before, (QStringList{"samples_1_base.jsonl", "samples_2_ngd.jsonl"}));
    const std::string folder = cli_.path("used").toStdString();
    const std::string harness = R"({"doc_id": 0, "doc": {"question": "x"}})";
    for (const char* name : {"samples_gqa_2026.jsonl", "samples_7_gqa.jsonl", "notes.txt"}) {
        write_file(folder + "/" + name, harness);
    }
    write_file(folder + "/samples_99_ngd.jsonl", read_file(folder + "/" + before.front().toStdString()));  // of one that was killed
    const CliResult second = cli_.run({"export", "two.sqlite", "--run", "1", "--out", "used"});
    QVERIFY2(second.code == 0, second.err.constData());
    QCOMPARE(QDir(cli_.path("used")).entryList({"samples_*", "notes.txt"}),
             (QStringList{"notes.txt", "samples_1_base.jsonl", "samples_7_gqa.jsonl", "samples_gqa_2026.jsonl"}));
    has(second.err, "samples_99_ngd.jsonl: of an earlier export, removed");
    QCOMPARE(read_file(folder + "/samples_7_gqa.jsonl"), harness);
}

void TestAppSession::verify_writes_json_of_any_name() {
    const std::string name = cli_.path("").toStdString() + "/m\xfcll.sqlite";  // Latin-1
    fs::copy_file(R2T2_SOURCE_DIR "/tests/data/cases/read-only-session/session.sqlite", name);
    QProcess process;
    cli_.set_up(process);
    process.setProgram("/bin/sh");
    process.setArguments({"-c", "\"$0\" verify --json *ll.sqlite missing.sqlite", CliRunner::program()});
    process.start();
    QVERIFY(process.waitForFinished(-1));
    const QByteArray out = process.readAllStandardOutput();
    QCOMPARE(process.exitCode(), 2);  // one is missing
    const QJsonArray verdicts = QJsonDocument::fromJson(out).array();
    QVERIFY2(verdicts.size() == 2 && verdicts[0].toObject()["sound"].toBool(), out.constData());
}

QTEST_GUILESS_MAIN(TestAppSession)
#include "test_app_session.moc"
