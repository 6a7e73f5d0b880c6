// Is damage noticed? Bits flipped in a session's file, rows changed behind its back, and files of an older schema.
#include <QtTest>
#include <filesystem>

#include "core/base/sha256.h"
#include "core/session/row_checksum.h"
#include "core/session/sqlite.h"
#include "tests/session/session_samples.h"
#include "tests/support/files.h"

using namespace r2t2;
using namespace r2t2::session_samples;
namespace fs = std::filesystem;

namespace {

const std::vector<std::string> kTables = {"runs", "samples", "steps", "neighbours"};

/// Without the log of an earlier one.
void put_session(const fs::path& path, const std::string& bytes) {
    fs::remove(path.string() + "-wal");
    fs::remove(path.string() + "-shm");
    write_file(path, bytes);
}

/// One of tests/data/session; a copy, because reading makes a log beside the file.
void put_old_session(const fs::path& path, const std::string& name) { put_session(path, read_file(R2T2_SOURCE_DIR "/tests/data/session/" + name)); }

void execute(const std::string& path, const std::string& sql) {
    auto database = sqlite::Database::open(path, sqlite::OpenMode::Write);
    const Status status = database->execute(sql);
    QVERIFY2(status.ok(), status.ok() ? "" : status.error().message().c_str());
}

SampleInfo scored_info(int number) {
    SampleInfo info = sample_info(number);
    info.scoring = R"({"benchmark":"VQA-V2","rule":"soft-vqa","answers":["0","0","0","none","none","0","zero","0","no one","0"],"category":"number"})";
    return info;
}

/// Two runs: sixteen samples with five steps, one that failed; 250 kB.
void fill(const std::string& path) {
    auto session = SessionWriter::create(path);
    for (int r = 0; r < 2; ++r) {
        const auto run = session->begin_run(run_info());
        for (int i = 0; i < 16; ++i) {
            QVERIFY(session->write_sample(*run, scored_info(i), trajectory(i, {true, false, i % 2 == 0, true, i % 3 == 0}), {}).ok());
        }
        QVERIFY(session->record_error(*run, sample_info(20), invalid_input("20.png", "image", "0 bytes", "a picture")).ok());
        QVERIFY(session->finish_run(*run, RunState::Finished).ok());
    }
}

/// Everything that is data: every column of every row, with its type. None: it cannot be read.
std::optional<std::string> dump(const std::string& path) {
    auto database = sqlite::Database::open(path, sqlite::OpenMode::Read);
    if (!database.ok()) {
        return std::nullopt;
    }
    std::string out;
    for (const char* pragma : {"PRAGMA application_id", "PRAGMA user_version"}) {
        const auto value = database->number(pragma);
        if (!value.ok()) {
            return std::nullopt;
        }
        out += std::to_string(*value) + "\n";
    }
    for (const std::string& table : kTables) {
        std::string columns;
        for (const std::string& column : row_checksum::columns(table)) {
            columns += (columns.empty() ? "" : " || ',' || ") + std::string("typeof(") + column + ") || quote(" + column + ")";
        }
        auto statement = database->prepare("SELECT " + columns + ", checksum FROM " + table);
        if (!statement.ok()) {
            return std::nullopt;
        }
        for (;;) {
            const auto row = statement->step();
            if (!row.ok()) {
                return std::nullopt;
            }
            if (!*row) {
                break;
            }
            out += table + ": " + statement->text(0) + "," + statement->text(1) + "\n";
        }
    }
    return out;
}

/// What a user is told; empty: all is well.
std::vector<Error> told(const std::string& path) {
    auto reader = SessionReader::open(path);
    if (!reader.ok()) {
        return {reader.error()};
    }
    auto faults = reader->verify();
    return faults.ok() ? *faults : std::vector<Error>{faults.error()};
}

}  // namespace

class TestSessionDamage : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init();
    void sound_ones_are_sound();
    void every_flip_that_matters_is_reported();
    void changed_rows_are_named_data();
    void changed_rows_are_named();
    void a_damaged_run_is_not_continued();
    void checksum_by_hand();
    void an_older_schema_is_read_and_migrated_data();
    void an_older_schema_is_read_and_migrated();
    void migration_does_not_whitewash();
    void a_changed_schema_is_named();

private:
    QTemporaryDir directory_;
    std::string path_;
    int count_ = 0;
};

void TestSessionDamage::init() { path_ = directory_.filePath(QString("%1.r2t2").arg(count_++)).toStdString(); }

void TestSessionDamage::sound_ones_are_sound() {
    fill(path_);
    const std::vector<Error> faults = told(path_);
    QVERIFY2(faults.empty(), faults.empty() ? "" : faults.front().message().c_str());
    auto writer = SessionWriter::open(path_);
    QVERIFY(writer->resume_run(2).ok());  // a row that is written again
    QVERIFY(writer->finish_run(2, RunState::Cancelled).ok());
    QVERIFY(told(path_).empty());
}

/// 1,000 single bits. Data that reads differently without a report would be a wrong number in a paper.
void TestSessionDamage::every_flip_that_matters_is_reported() {
    fill(path_);
    execute(path_, "PRAGMA wal_checkpoint(TRUNCATE)");
    const std::string whole = read_file(path_);
    const std::optional<std::string> expected = dump(path_);
    QVERIFY(expected);
    const std::string flipped = path_ + ".flip";
    RandomStream random(7);
    int altered = 0, harmless = 0;
    for (int i = 0; i < 1000; ++i) {
        std::string bytes = whole;
        const auto at = static_cast<std::size_t>(random.below(static_cast<std::int64_t>(bytes.size())));
        const int bit = static_cast<int>(random.below(8));
        bytes[at] = static_cast<char>(bytes[at] ^ (1 << bit));
        put_session(flipped, bytes);
        const std::vector<Error> faults = told(flipped);
        put_session(flipped, bytes);
        if (dump(flipped) != expected) {
            ++altered;
            QVERIFY2(!faults.empty(), qPrintable(QStringLiteral("bit %1 of byte %2: data changed, nothing reported").arg(bit).arg(at)));
        } else {
            ++harmless;
        }
    }
    QVERIFY2(altered > 500, qPrintable(QStringLiteral("%1 altered, %2 harmless").arg(altered).arg(harmless)));
}

void TestSessionDamage::changed_rows_are_named_data() {
    QTest::addColumn<QString>("sql");
    QTest::addColumn<QString>("says");
    QTest::newRow("run") << "UPDATE runs SET seed = seed + 1 WHERE id = 2" << "run 2";
    QTest::newRow("answer") << "UPDATE samples SET final_answer = 'no' WHERE id = 3" << "sample row 3 (run 1, count/s2)";
    QTest::newRow("right or wrong") << "UPDATE samples SET final_correct = 1 - final_correct WHERE id = 4" << "sample row 4";
    QTest::newRow("weights") << "UPDATE steps SET confidence = confidence * 1.0000001 WHERE sample_id = 5 AND step = 2" << "sample row 5: step 2";
    QTest::newRow("neighbour") << "UPDATE neighbours SET reference_id = 'x' WHERE sample_id = 6 AND rank = 1" << "sample row 6: neighbour 1";
}

void TestSessionDamage::changed_rows_are_named() {
    QFETCH(QString, sql);
    QFETCH(QString, says);
    fill(path_);
    execute(path_, sql.toStdString());
    const std::vector<Error> faults = told(path_);
    QCOMPARE(faults.size(), std::size_t{1});
    QVERIFY2(QString::fromStdString(faults.front().message()).contains(says), faults.front().message().c_str());
    auto reader = SessionReader::open(path_);  // the rest can be read
    QVERIFY(reader->sample(7).ok());
    std::int64_t damaged = 0;
    const auto list = reader->samples(1);
    for (const SampleRow& row : *list) {
        damaged += row.damaged ? 1 : 0;
    }
    QCOMPARE(damaged, std::int64_t{sql.contains("UPDATE samples") ? 1 : 0});
    QCOMPARE(reader->correctness(1)->damaged, damaged);
    QCOMPARE(reader->run(2).ok(), !sql.contains("UPDATE runs"));
}

void TestSessionDamage::a_damaged_run_is_not_continued() {
    fill(path_);
    execute(path_, "UPDATE samples SET question = 'another' WHERE id = 3");
    auto writer = SessionWriter::open(path_);
    QVERIFY(writer.ok());
    const auto keys = writer->finished_keys(1);
    QVERIFY(!keys.ok());
    QVERIFY2(keys.error().message().find("count/s2") != std::string::npos, keys.error().message().c_str());
    QVERIFY(writer->finished_keys(2).ok());
}

/// As row_checksum.h says it, written down once more: "n"; "i" 8 bytes; "r" float64; "t"/"b" length, bytes.
void TestSessionDamage::checksum_by_hand() {
    Sha256 hash;
    const auto number = [&hash](char kind, auto value) {
        hash.update(&kind, 1);
        hash.update(&value, 8);
    };
    number('i', std::int64_t{-3});
    number('r', 0.25);
    number('r', 0.0);
    hash.update("n", 1);
    number('t', std::int64_t{5});
    hash.update("caf\xc3\xa9", 5);
    number('b', std::int64_t{2});
    hash.update("\x01\x00", 2);
    std::int64_t expected = 0;
    const auto digest = hash.digest();
    std::memcpy(&expected, digest.data(), 8);
    fill(path_);
    auto database = sqlite::Database::open(path_, sqlite::OpenMode::Read);
    QCOMPARE(*database->number("SELECT row_checksum(-3, 0.25, -0.0, NULL, 'caf\u00e9', x'0100')"), expected);
}

/// Files written by the first schemas: 1 has no checksums, 2 only the names of references, 3 no keys of benchmarks, 4 no prompts.
void TestSessionDamage::an_older_schema_is_read_and_migrated_data() {
    QTest::addColumn<QString>("file");
    QTest::addColumn<std::int64_t>("samples");
    QTest::addColumn<std::int64_t>("id");  // of a sample with neighbours
    QTest::addColumn<bool>("details");     // of references
    QTest::newRow("1") << "version1.r2t2" << std::int64_t{4} << std::int64_t{2} << false;
    QTest::newRow("2") << "version2.r2t2" << std::int64_t{5} << std::int64_t{7} << false;
    QTest::newRow("3") << "version3.r2t2" << std::int64_t{3} << std::int64_t{4} << true;
    QTest::newRow("4") << "version4.r2t2" << std::int64_t{4} << std::int64_t{8} << true;
}

void TestSessionDamage::an_older_schema_is_read_and_migrated() {
    QFETCH(QString, file);
    QFETCH(std::int64_t, samples);
    QFETCH(std::int64_t, id);
    QFETCH(bool, details);
    put_old_session(path_, file.toStdString());
    const std::string old = read_file(path_);
    std::optional<StoredSample> sample;
    {
        auto reader = SessionReader::open(path_);
        QVERIFY2(reader.ok(), reader.ok() ? "" : reader.error().message().c_str());
        const auto runs = reader->runs();
        QVERIFY(runs.ok() && runs->size() == 2 && runs->front().samples == samples);
        QVERIFY(reader->verify()->empty());
        const auto stored = reader->sample(id);
        QVERIFY2(stored.ok(), stored.ok() ? "" : stored.error().message().c_str());
        QVERIFY(!stored->neighbours.empty());
        QCOMPARE(stored->neighbours.front().routing.empty(), !details);
        QCOMPARE(stored->neighbours.front().question.has_value(), details);
        QVERIFY(!stored->row.info.scoring && !stored->row.info.instruction && !stored->row.info.suffix && !stored->row.info.picture_hash);
        QVERIFY(!stored->row.info.scoring_version && !stored->row.neighbour_count);
        sample = *stored;
    }
    QCOMPARE(read_file(path_), old);  // reading changes nothing
    execute(path_, "CREATE INDEX mine ON neighbours (reference_id); CREATE VIEW yours AS SELECT * FROM neighbours");
    {
        auto writer = SessionWriter::open(path_);
        QVERIFY2(writer.ok(), writer.ok() ? "" : writer.error().message().c_str());
        QVERIFY(writer->resume_run(1).ok());
        QVERIFY(writer->write_sample(1, scored_info(41), sample->trajectory, reference_name).ok());
    }
    auto after = SessionReader::open(path_);
    const auto faults = after->verify();
    QVERIFY2(faults->empty(), faults->empty() ? "" : faults->front().message().c_str());
    QCOMPARE(after->runs()->front().samples, samples + 1);
    const auto same = after->sample(id);
    QVERIFY(same.ok() && equal(same->trajectory, sample->trajectory));
    QVERIFY(same->neighbours == sample->neighbours && same->row.info == sample->row.info);
    QCOMPARE(after->sample(1, scored_info(41).id)->row.info, scored_info(41));
    QVERIFY(after->sample(1, sample_info(41).id)->neighbours.front() == reference_name(sample->trajectory.neighbourhood.neighbours.front().index));
    auto database = sqlite::Database::open(path_, sqlite::OpenMode::Read);
    QCOMPARE(*database->number("SELECT COUNT(*) FROM sqlite_master WHERE name IN ('mine', 'yours')"), std::int64_t{2});
    for (const std::string& table : kTables) {  // the checksum is the last column, as in a new session
        QCOMPARE(*database->number("SELECT name = 'checksum' FROM pragma_table_info('" + table + "') ORDER BY cid DESC"), std::int64_t{1});
    }
    execute(path_, "UPDATE steps SET answer = 'x' WHERE sample_id = " + std::to_string(id) + " AND step = 0");
    QCOMPARE(told(path_).size(), std::size_t{1});
}

/// Migration computes checksums anew; a row that something changed before must not come out as sound.
void TestSessionDamage::migration_does_not_whitewash() {
    put_old_session(path_, "version2.r2t2");
    execute(path_, "UPDATE neighbours SET reference_id = 'x' WHERE sample_id = 6 AND rank = 1; UPDATE steps SET answer = 'x' WHERE sample_id = 6 AND step = 0");
    QCOMPARE(told(path_).size(), std::size_t{2});
    QVERIFY(SessionWriter::open(path_).ok());
    const std::vector<Error> faults = told(path_);
    QCOMPARE(faults.size(), std::size_t{2});
    QCOMPARE(faults[0].found, std::string("sample row 6: step 0"));
    QCOMPARE(faults[1].found, std::string("sample row 6: neighbour 1"));
}

void TestSessionDamage::a_changed_schema_is_named() {
    fill(path_);
    execute(path_, "DROP VIEW v_transitions; CREATE VIEW v_transitions AS SELECT 1 AS run_id; DROP VIEW v_harmed; CREATE VIEW mine AS SELECT 2");
    const std::vector<Error> faults = told(path_);
    QCOMPARE(faults.size(), std::size_t{2});
    QCOMPARE(faults[0].field, std::string("view v_harmed"));
    QCOMPARE(faults[1].field, std::string("view v_transitions"));
}

QTEST_GUILESS_MAIN(TestSessionDamage)
#include "test_session_damage.moc"
