// The version that a file states decides what is read and checked: its tables have to be of it. And nothing foreign has a hand in what is
// written: triggers.
#include <QtTest>
#include <filesystem>

#include "core/session/row_checksum.h"
#include "tests/session/session_files.h"
#include "tests/support/files.h"

using namespace r2t2;
using namespace r2t2::session_samples;
namespace fs = std::filesystem;

class TestSessionVersion : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { path_ = directory_.filePath(QString::number(count_++) + ".r2t2").toStdString(); }

    /// One bit of the header (5 -> 1, 4, 7 ...) would switch checks off.
    void another_version_is_a_fault() {
        fill(path_);
        execute(path_, "PRAGMA wal_checkpoint(TRUNCATE)");
        for (const int version : {1, 2, 3, 4}) {
            execute(path_, "PRAGMA user_version = " + std::to_string(version));
            const auto reader = SessionReader::open(path_);
            QVERIFY2(!reader.ok(), std::to_string(version).c_str());
            QCOMPARE(reader.error().field, std::string("schema version"));
            QVERIFY2(reader.error().found.find(std::to_string(version) + ", but table") == 0, reader.error().found.c_str());
            const auto writer = SessionWriter::open(path_);
            QVERIFY(!writer.ok());
            QCOMPARE(writer.error().field, std::string("schema version"));
        }
        execute(path_, "PRAGMA user_version = 5");
        QVERIFY(SessionReader::open(path_)->verify()->empty());
    }

    void older_files_are_those_of_their_version() {
        for (const std::string version : {"1", "2", "3", "4"}) {
            write_file(path_, read_file(R2T2_SOURCE_DIR "/tests/data/session/version" + version + ".r2t2"));
            QVERIFY2(SessionReader::open(path_).ok(), version.c_str());
            for (const std::string other : {"1", "2", "3", "4", "5"}) {
                execute(path_, "PRAGMA user_version = " + other);
                QCOMPARE(SessionReader::open(path_).ok(), other == version);
            }
        }
    }

    void a_column_that_is_missing_is_a_fault() {
        fill(path_);
        execute(path_, "ALTER TABLE neighbours DROP COLUMN question");
        const auto reader = SessionReader::open(path_);
        QVERIFY(!reader.ok());
        QVERIFY2(reader.error().found.find("table neighbours has no column question") != std::string::npos, reader.error().found.c_str());
    }

    void triggers_are_named_and_not_written_with() {
        fill(path_);
        for (const std::string table : {"runs", "samples", "steps", "neighbours"}) {
            execute(path_, "CREATE TRIGGER swallow BEFORE INSERT ON " + table + " BEGIN SELECT RAISE(IGNORE); END");
            const auto faults = SessionReader::open(path_)->verify();
            QVERIFY(faults.ok() && faults->size() == 1);
            QCOMPARE(faults->front().field, std::string("trigger swallow"));
            QVERIFY(!SessionReader::others_hold(*faults));
            const auto writer = SessionWriter::open(path_);
            QVERIFY(!writer.ok());
            QCOMPARE(writer.error().field, std::string("trigger swallow"));
            execute(path_, "DROP TRIGGER swallow");
        }
        QVERIFY(SessionReader::open(path_)->verify()->empty());
        execute(path_, "CREATE TABLE mine (a); CREATE VIEW my_view AS SELECT id FROM runs; CREATE INDEX my_index ON samples (seconds)");
        QVERIFY(SessionReader::open(path_)->verify()->empty());  // theirs
        QVERIFY(SessionWriter::open(path_).ok());
    }

    /// Older files are looked at before they are migrated.
    void triggers_of_an_older_file() {
        write_file(path_, read_file(R2T2_SOURCE_DIR "/tests/data/session/version3.r2t2"));
        execute(path_, "CREATE TRIGGER late AFTER UPDATE ON samples BEGIN DELETE FROM neighbours; END");
        QCOMPARE(SessionReader::open(path_)->verify()->front().field, std::string("trigger late"));
        QVERIFY(!SessionWriter::open(path_).ok());
        QCOMPARE(rows(path_, "PRAGMA user_version", 1)[0], std::string("3"));
    }

    /// Made while the session is open to write: rows that were not written are an error, and the sample is not there.
    void a_row_that_is_swallowed_is_an_error() {
        for (const std::string table : {"samples", "steps", "neighbours"}) {
            init();
            auto session = SessionWriter::create(path_);
            const auto run = session->begin_run(run_info());
            execute(path_, "CREATE TRIGGER swallow BEFORE INSERT ON " + table + " BEGIN SELECT RAISE(IGNORE); END");
            const Status status = session->write_sample(*run, sample_info(0), trajectory(0, {true, false}), reference_name);
            QVERIFY2(!status.ok(), table.c_str());
            QVERIFY2(status.error().message().find("0 rows were written") != std::string::npos, status.error().message().c_str());
            QCOMPARE(rows(path_, "SELECT COUNT(*) FROM samples", 1)[0], std::string("0"));
        }
    }

    /// A disk that filled, or a kill, while the file was made.
    void one_that_was_begun_is_called_that() {
        execute(path_, "PRAGMA journal_mode = WAL; CREATE TABLE a (b); DROP TABLE a");
        const auto reader = SessionReader::open(path_);
        QVERIFY(!reader.ok());
        QVERIFY2(reader.error().message().find("begun and not finished") != std::string::npos, reader.error().message().c_str());
        QVERIFY(SessionWriter::open_or_create(path_).ok());
        QVERIFY(SessionReader::open(path_).ok());
    }

private:
    QTemporaryDir directory_;
    std::string path_;
    int count_ = 0;
};

QTEST_GUILESS_MAIN(TestSessionVersion)
#include "test_session_version.moc"
