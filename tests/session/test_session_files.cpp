// Files that are no sessions, not whole, or not what they were: an error that names them, and the file as it was.
#include <QtTest>
#include <filesystem>

#include "core/session/row_checksum.h"
#include "tests/session/session_files.h"
#include "tests/support/files.h"

using namespace r2t2;
using namespace r2t2::session_samples;
namespace fs = std::filesystem;

class TestSessionFiles : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init();
    void create_and_open();
    void foreign_files_data();
    void foreign_files();
    void other_programs_database();
    void newer_schema();
    void missing_table();
    void blank_leftover_is_finished();
    void every_truncation_is_an_error();
    void damaged_values_data();
    void damaged_values();
    void flipped_bits_never_crash();

private:
    QTemporaryDir directory_;
    std::string path_;
    int count_ = 0;
};

void TestSessionFiles::init() {
    path_ = directory_.filePath(QString::number(count_++) + ".r2t2").toStdString();
}

void TestSessionFiles::create_and_open() {
    QVERIFY(SessionWriter::open(path_).error().kind == ErrorKind::NotFound);
    QVERIFY(SessionReader::open(path_).error().kind == ErrorKind::NotFound);
    QVERIFY(SessionWriter::create(path_).ok());
    QVERIFY(!SessionWriter::create(path_).ok());
    QVERIFY(SessionWriter::open(path_, {.durability = Durability::Synced}).ok());
    QVERIFY(SessionWriter::open_or_create(path_).ok());
    QVERIFY(!SessionWriter::create("/no/such/folder/a.r2t2").ok());
    QVERIFY(!SessionReader::open(directory_.path().toStdString()).ok());
    QCOMPARE(rows(path_, "PRAGMA journal_mode", 1)[0], std::string("wal"));
    QCOMPARE(rows(path_, "PRAGMA user_version", 1)[0], std::string("5"));
}

void TestSessionFiles::foreign_files_data() {
    QTest::addColumn<QByteArray>("bytes");
    QTest::newRow("text") << QByteArray("this is not a database, only a text that is longer than sixteen bytes");
    QTest::newRow("short") << QByteArray("x");
    QTest::newRow("empty") << QByteArray();
    QTest::newRow("header only") << QByteArray("SQLite format 3\0", 16);
    QTest::newRow("zeros") << QByteArray(8192, '\0');
    QTest::newRow("header and garbage") << QByteArray("SQLite format 3\0", 16) + QByteArray(8000, '\x5a');
}

void TestSessionFiles::foreign_files() {
    QFETCH(QByteArray, bytes);
    write_file(path_, bytes.toStdString());
    const auto reader = SessionReader::open(path_);
    QVERIFY(!reader.ok());
    QVERIFY(reader.error().message().find(path_) != std::string::npos);
    QVERIFY(!SessionWriter::open(path_).ok());
    if (!bytes.isEmpty()) {
        QVERIFY(!SessionWriter::create(path_).ok());
        QVERIFY(!SessionWriter::open_or_create(path_).ok());
    }
    QCOMPARE(read_file(path_), bytes.toStdString());
}

void TestSessionFiles::other_programs_database() {
    execute(path_, "CREATE TABLE songs (title TEXT); INSERT INTO songs VALUES ('one')");
    const std::string before = read_file(path_);
    const auto reader = SessionReader::open(path_);
    QCOMPARE(reader.error().field, std::string("application_id"));
    QVERIFY(reader.error().allowed.find("R2-T2 session") != std::string::npos);
    QVERIFY(!SessionWriter::open(path_).ok());
    QVERIFY(!SessionWriter::open_or_create(path_).ok());
    QCOMPARE(read_file(path_), before);
}

void TestSessionFiles::newer_schema() {
    fill(path_);
    execute(path_, "PRAGMA user_version = 7");
    const auto reader = SessionReader::open(path_);
    QVERIFY(!reader.ok());
    QVERIFY(reader.error().kind == ErrorKind::Unsupported);
    QCOMPARE(reader.error().found, std::string("7"));
    QVERIFY(reader.error().allowed.find("newer program") != std::string::npos);
    QVERIFY(!SessionWriter::open(path_).ok());
    execute(path_, "PRAGMA user_version = 0");
    QCOMPARE(SessionReader::open(path_).error().field, std::string("schema version"));
}

void TestSessionFiles::missing_table() {
    fill(path_);
    execute(path_, "DROP TABLE neighbours");
    QCOMPARE(SessionReader::open(path_).error().field, std::string("table neighbours"));
}

// A creation that was killed leaves an empty database or an empty file: the next writer finishes it.
void TestSessionFiles::blank_leftover_is_finished() {
    write_file(path_, "");
    QVERIFY(SessionWriter::open_or_create(path_).ok());
    QVERIFY(SessionReader::open(path_).ok());
    const std::string other = path_ + ".blank";
    execute(other, "PRAGMA journal_mode = WAL; CREATE TABLE a (b); DROP TABLE a");
    QVERIFY(!SessionReader::open(other).ok());
    QVERIFY(SessionWriter::open_or_create(other).ok());
    QVERIFY(SessionReader::open(other).ok());
}

void TestSessionFiles::every_truncation_is_an_error() {
    fill(path_);
    execute(path_, "PRAGMA wal_checkpoint(TRUNCATE)");
    const std::string whole = read_file(path_);
    const std::string cut = path_ + ".cut";
    for (std::size_t i = 0; i < 256; ++i) {
        const std::string bytes = whole.substr(0, (whole.size() - 1) * i / 255);
        fs::remove(cut + "-wal");
        fs::remove(cut + "-shm");
        write_file(cut, bytes);
        const auto reader = SessionReader::open(cut);
        QVERIFY2(!reader.ok(), qPrintable(QString::number(bytes.size())));
        QVERIFY(reader.error().message().find(cut) != std::string::npos);
        QVERIFY(!SessionWriter::open(cut).ok());
        QCOMPARE(read_file(cut), bytes);
    }
}

void TestSessionFiles::damaged_values_data() {
    QTest::addColumn<QString>("sql");
    QTest::addColumn<QString>("says");
    QTest::newRow("odd blob") << "UPDATE steps SET routing = x'0102' WHERE sample_id = 1 AND step = 1"
                              << "multiple of 8";
    QTest::newRow("short blob") << "UPDATE steps SET routing = zeroblob(16) WHERE sample_id = 1"
                                << "6 or 12";
    QTest::newRow("NaN") << "UPDATE steps SET routing = CAST(x'000000000000f87f' || substr(routing, 9) AS BLOB) "
                            "WHERE sample_id = 1"
                         << "not finite";
    QTest::newRow("not weights") << "UPDATE steps SET routing = zeroblob(48) WHERE sample_id = 1"
                                 << "step 0";
    QTest::newRow("a gap") << "DELETE FROM steps WHERE sample_id = 1 AND step = 1"
                           << "gap";
    QTest::newRow("last step gone") << "DELETE FROM steps WHERE sample_id = 1 AND step = 2"
                                    << "2 rows";
    QTest::newRow("gradient") << "UPDATE steps SET gradient = zeroblob(40) WHERE sample_id = 1"
                              << "gradient";
    QTest::newRow("method") << "UPDATE samples SET method = 'magic' WHERE id = 1"
                            << "magic";
    QTest::newRow("variable") << "UPDATE samples SET variable = 'x' WHERE id = 1"
                              << "logits";
    QTest::newRow("candidates") << "UPDATE steps SET candidates = '{' WHERE sample_id = 1"
                                << "candidates";
    QTest::newRow("tokens") << "UPDATE steps SET tokens = '[\"a\"]' WHERE sample_id = 1"
                            << "tokens";
    QTest::newRow("notes") << "UPDATE samples SET notes = '[1]' WHERE id = 1"
                           << "notes";
    QTest::newRow("correct") << "UPDATE samples SET correct_by_step = '110' WHERE id = 1"
                             << "as the steps say";
    QTest::newRow("neighbour") << "UPDATE neighbours SET reference_index = -4 WHERE sample_id = 1"
                               << "neighbour index";
    QTest::newRow("reference routing") << "UPDATE neighbours SET routing = zeroblob(48) WHERE sample_id = 1 AND rank = 1"
                                       << "neighbour 1";
    QTest::newRow("reference per mixer") << "UPDATE neighbours SET routing = CAST(routing || routing AS BLOB) WHERE sample_id = 1 AND rank = 0"
                                         << "12 numbers";
    QTest::newRow("reference NaN") << "UPDATE neighbours SET routing = CAST(x'000000000000f87f' || substr(routing, 9) AS BLOB) "
                                      "WHERE sample_id = 1 AND rank = 0"
                                   << "not finite";
}

void TestSessionFiles::damaged_values() {
    QFETCH(QString, sql);
    QFETCH(QString, says);
    fill(path_);
    execute(path_, sql.toStdString());
    for (const char* table : {"samples", "steps", "neighbours"}) {  // with checksums that hold: the values themselves are checked
        execute(path_, std::string("UPDATE ") + table + " SET checksum = " + row_checksum::of_row(table));
    }
    auto reader = SessionReader::open(path_);
    QVERIFY(reader.ok());
    const auto sample = reader->sample(1);
    QVERIFY(!sample.ok());
    QVERIFY2(sample.error().message().find("sample row 1") != std::string::npos, sample.error().message().c_str());
    QVERIFY2(sample.error().message().find(says.toStdString()) != std::string::npos, sample.error().message().c_str());
    const auto faults = reader->verify();
    QVERIFY(faults.ok());
    QCOMPARE(faults->size(), std::size_t{1});
    QVERIFY(reader->sample(2).ok());  // the others can still be read
}

void TestSessionFiles::flipped_bits_never_crash() {
    fill(path_);
    execute(path_, "PRAGMA wal_checkpoint(TRUNCATE)");
    const std::string whole = read_file(path_);
    const std::string broken_path = path_ + ".flip";
    RandomStream random(4);
    for (int i = 0; i < 300; ++i) {
        std::string bytes = whole;
        for (int flips = 0; flips < 3; ++flips) {
            const auto at = static_cast<std::size_t>(random.below(static_cast<std::int64_t>(bytes.size())));
            bytes[at] = static_cast<char>(bytes[at] ^ (1 << random.below(8)));
        }
        fs::remove(broken_path + "-wal");
        fs::remove(broken_path + "-shm");
        write_file(broken_path, bytes);
        auto reader = SessionReader::open(broken_path);
        if (reader.ok()) {
            (void)reader->runs().ok();
            (void)reader->samples(1).ok();
            (void)reader->correctness(1).ok();
            (void)reader->verify().ok();
        }
        QCOMPARE(read_file(broken_path), bytes);
    }
}

QTEST_APPLESS_MAIN(TestSessionFiles)
#include "test_session_files.moc"
