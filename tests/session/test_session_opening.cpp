// Names that a session may have, folders that cannot be written, what reading leaves behind, and the words for what is no session.
// Cases: read-only-session, session-named-file-colon, fault-appended-bytes.
#include <sys/stat.h>
#include <unistd.h>

#include <QtTest>
#include <algorithm>
#include <filesystem>

#include "core/session/sqlite.h"
#include "tests/session/session_samples.h"
#include "tests/support/files.h"

using namespace r2t2;
using namespace r2t2::session_samples;
namespace fs = std::filesystem;

namespace {

/// A user who may not write what root made. Where the tests run as another user, the folder's permissions do it alone.
class Visitor {
public:
    explicit Visitor(const fs::path& folder) : folder_(folder) {
        fs::permissions(folder_, fs::perms(0555));
        changed_ = geteuid() == 0 && seteuid(kNobody) == 0;
    }
    ~Visitor() {
        if (changed_) {
            (void)!seteuid(0);
        }
        fs::permissions(folder_, fs::perms(0755));
    }
    Visitor(const Visitor&) = delete;
    Visitor& operator=(const Visitor&) = delete;

private:
    static constexpr uid_t kNobody = 65534;
    fs::path folder_;
    bool changed_ = false;
};

void fill(const std::string& path) {
    auto session = SessionWriter::create(path);
    QVERIFY2(session.ok(), session.ok() ? "" : session.error().message().c_str());
    const auto run = session->begin_run(run_info());
    for (int i = 0; i < 3; ++i) {
        QVERIFY(session->write_sample(*run, sample_info(i), trajectory(i, {true, false}), reference_name).ok());
    }
    QVERIFY(session->finish_run(*run, RunState::Finished).ok());
}

std::vector<std::string> names_in(const fs::path& folder) {
    std::vector<std::string> out;
    for (const auto& each : fs::directory_iterator(folder)) {
        out.push_back(each.path().filename().string());
    }
    std::sort(out.begin(), out.end());
    return out;
}

/// Empty: open, sound, three samples.
std::string complaint(const std::string& path) {
    auto reader = SessionReader::open(path);
    if (!reader.ok()) {
        return reader.error().message();
    }
    const auto faults = reader->verify();
    if (!faults.ok() || !faults->empty()) {
        return faults.ok() ? faults->front().message() : faults.error().message();
    }
    const auto rows = reader->samples(1);
    return !rows.ok() ? rows.error().message() : rows->size() == 3 ? std::string() : std::to_string(rows->size()) + " samples";
}

void has(const std::string& text, const char* words) { QVERIFY2(text.find(words) != std::string::npos, text.c_str()); }

}  // namespace

class TestSessionOpening : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init();
    void a_name_is_a_name_data();
    void a_name_is_a_name();
    void a_folder_that_cannot_be_written_data();
    void a_folder_that_cannot_be_written();
    void a_log_that_cannot_be_read_there();
    void a_writer_meanwhile_is_noticed();
    void writing_there_says_what_to_do();
    void reading_leaves_nothing_behind();
    void a_left_log_is_moved_in();
    void a_writers_log_is_the_writers();
    void a_link_has_its_log_beside_the_file();
    void words_data();
    void words();
    void bytes_behind_a_session();
    void permission_is_the_systems_reason();

private:
    QTemporaryDir directory_;
    fs::path folder_;
    int count_ = 0;
};

/// A folder of its own a test; the process stands in it.
void TestSessionOpening::init() {
    fs::permissions(directory_.path().toStdString(), fs::perms(0755));
    folder_ = fs::path(directory_.path().toStdString()) / std::to_string(count_++);
    fs::create_directory(folder_);
    fs::current_path(folder_);
}

void TestSessionOpening::a_name_is_a_name_data() {
    QTest::addColumn<QByteArray>("name");
    for (const char* name : {"file:new?x=1", ":memory:", "file::memory:", "file:%2e%2e", "a#b?c%41.r2t2", "bl ank;'\".r2t2", "caf\xc3\xa9.r2t2", "-wal", "&mode=ro"}) {
        QTest::newRow(name) << QByteArray(name);
    }
}

void TestSessionOpening::a_name_is_a_name() {
    QFETCH(QByteArray, name);
    const std::string path = name.toStdString();
    fill(path);
    QCOMPARE(names_in(folder_), std::vector<std::string>{path});
    QCOMPARE(complaint(path), std::string());
    QVERIFY(SessionWriter::open(path)->set_notes(1, "a note").ok());
    QCOMPARE(complaint((folder_ / path).string()), std::string());
    QCOMPARE(names_in(folder_), std::vector<std::string>{path});
    QCOMPARE(SessionReader::open(path)->run(1)->info.notes, std::string("a note"));
}

void TestSessionOpening::a_folder_that_cannot_be_written_data() { a_name_is_a_name_data(); }

void TestSessionOpening::a_folder_that_cannot_be_written() {
    QFETCH(QByteArray, name);
    const std::string path = name.toStdString();
    fill(path);
    const std::string before = read_file(path);
    {
        const Visitor visitor(folder_);
        QCOMPARE(complaint(path), std::string());
        QCOMPARE(complaint((folder_ / path).string()), std::string());
    }
    QCOMPARE(names_in(folder_), std::vector<std::string>{path});
    QCOMPARE(read_file(path), before);
}

/// A writer that was killed: part of the session is in its log, and without its index nobody can read that here.
void TestSessionOpening::a_log_that_cannot_be_read_there() {
    fs::create_directory("from");
    auto writer = SessionWriter::create("from/s.r2t2");
    QVERIFY(writer->begin_run(run_info()).ok());
    fs::copy_file("from/s.r2t2", "s.r2t2");
    fs::copy_file("from/s.r2t2-wal", "s.r2t2-wal");
    const Visitor visitor(folder_);
    const std::string error = complaint("s.r2t2");
    has(error, "-wal");
    has(error, "copy");
}

void TestSessionOpening::a_writer_meanwhile_is_noticed() {
    fill("s.r2t2");
    Result<SessionReader> reader = io_error("", "");
    {
        const Visitor visitor(folder_);
        reader = SessionReader::open("s.r2t2");
        QVERIFY(reader.ok() && reader->samples(1).ok());
    }
    {
        auto writer = SessionWriter::open("s.r2t2");
        QVERIFY(writer->resume_run(1).ok() && writer->write_sample(1, sample_info(7), trajectory(7, {true}), {}).ok());
    }
    const auto rows = reader->samples(1);
    QVERIFY(!rows.ok());
    has(rows.error().message(), "another program wrote");
}

void TestSessionOpening::writing_there_says_what_to_do() {
    fill("s.r2t2");
    fs::permissions("s.r2t2", fs::perms(0444));
    const Visitor visitor(folder_);
    const auto writer = SessionWriter::open("s.r2t2");
    std::string error = writer.ok() ? "" : writer.error().message();
    if (writer.ok()) {
        error = SessionWriter::open("s.r2t2")->set_notes(1, "x").error().message();
    }
    has(error, "cannot be written");
    has(error, "copy it");
    has(SessionWriter::create("new.r2t2").error().message(), "Permission denied");
}

void TestSessionOpening::reading_leaves_nothing_behind() {
    fill("s.r2t2");
    const std::string before = read_file("s.r2t2");
    for (int i = 0; i < 3; ++i) {
        QCOMPARE(complaint("s.r2t2"), std::string());
        auto one = SessionReader::open("s.r2t2");
        {
            auto another = SessionReader::open("s.r2t2");
            QVERIFY(another->samples(1).ok());
        }
        QVERIFY(one->samples(1).ok());
    }
    write_file("s.r2t2-wal", "");  // as older programs left it
    QCOMPARE(complaint("s.r2t2"), std::string());
    QCOMPARE(names_in(folder_), std::vector<std::string>{"s.r2t2"});
    QCOMPARE(read_file("s.r2t2"), before);
}

/// What a killed writer left in its log is moved into the file at a reader's end (test_session_log.cpp has the other ways).
void TestSessionOpening::a_left_log_is_moved_in() {
    fs::create_directory("from");
    auto writer = SessionWriter::create("from/s.r2t2");
    QVERIFY(writer->begin_run(run_info()).ok());
    fs::copy_file("from/s.r2t2", "s.r2t2");
    fs::copy_file("from/s.r2t2-wal", "s.r2t2-wal");
    const auto runs = [] { return SessionReader::open("s.r2t2")->runs()->size(); };
    QCOMPARE(runs(), std::size_t{1});
    QCOMPARE(names_in(folder_), (std::vector<std::string>{"from", "s.r2t2"}));
    QCOMPARE(runs(), std::size_t{1});
}

void TestSessionOpening::a_writers_log_is_the_writers() {
    fill("s.r2t2");
    {
        auto writer = SessionWriter::open("s.r2t2");
        QVERIFY(writer->set_notes(1, "one").ok());
        for (int i = 0; i < 3; ++i) {
            QCOMPARE(complaint("s.r2t2"), std::string());
            QCOMPARE(names_in(folder_), (std::vector<std::string>{"s.r2t2", "s.r2t2-shm", "s.r2t2-wal"}));
            QVERIFY(writer->set_notes(1, std::to_string(i)).ok());
        }
        QCOMPARE(SessionReader::open("s.r2t2")->run(1)->info.notes, std::string("2"));
    }
    QCOMPARE(names_in(folder_), std::vector<std::string>{"s.r2t2"});
    auto reader = SessionReader::open("s.r2t2");  // a writer that comes and goes while one reads
    QVERIFY(reader->samples(1).ok());
    QVERIFY(SessionWriter::open("s.r2t2")->set_notes(1, "late").ok());
    QCOMPARE(reader->run(1)->info.notes, std::string("late"));
}

void TestSessionOpening::a_link_has_its_log_beside_the_file() {
    fs::create_directory("far");
    auto writer = SessionWriter::create("far/s.r2t2");
    QVERIFY(writer->begin_run(run_info()).ok());
    fs::create_symlink("far/s.r2t2", "link.r2t2");
    QCOMPARE(SessionReader::open("link.r2t2")->runs()->size(), std::size_t{1});
    QCOMPARE(names_in(folder_), (std::vector<std::string>{"far", "link.r2t2"}));
}

void TestSessionOpening::words_data() {
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QByteArray>("says");
    const QByteArray magic("SQLite format 3\0", 16);
    QTest::newRow("empty") << QByteArray() << QByteArray("an empty file");
    QTest::newRow("one byte") << QByteArray("S") << QByteArray("the first 1 bytes of one");
    QTest::newRow("header cut") << magic + QByteArray(10, 'x') << QByteArray("the first 26 bytes of one");
    QTest::newRow("text") << QByteArray("hello") << QByteArray("not an SQLite file");
    QTest::newRow("long text") << QByteArray(5000, 'x') << QByteArray("not an SQLite file");
    QTest::newRow("JSON") << QByteArray("{}") << QByteArray("not an SQLite file");
}

void TestSessionOpening::words() {
    QFETCH(QByteArray, bytes);
    QFETCH(QByteArray, says);
    write_file("s.r2t2", bytes.toStdString());
    has(complaint("s.r2t2"), says.constData());
    if (!bytes.isEmpty()) {  // an empty one is taken for a new session
        has(SessionWriter::open("s.r2t2").error().message(), says.constData());
    }
    QCOMPARE(read_file("s.r2t2"), bytes.toStdString());
}

void TestSessionOpening::bytes_behind_a_session() {
    fill("s.r2t2");
    const std::string whole = read_file("s.r2t2");
    for (const auto& [more, says] : {std::pair<std::string, const char*>{std::string(4096, 'x'), "4096 bytes more than its pages"},
                                     {"x", "1 bytes more than its pages"},
                                     {std::string(5000, '\0'), "5000 bytes more than its pages"},
                                     {whole, "bytes more than its pages"}}) {
        write_file("s.r2t2", whole + more);
        auto reader = SessionReader::open("s.r2t2");
        QVERIFY2(reader.ok(), reader.ok() ? "" : reader.error().message().c_str());
        const auto faults = reader->verify();
        QCOMPARE(faults->size(), std::size_t{1});
        has(faults->front().message(), says);
        QVERIFY(SessionReader::others_hold(*faults));
        QCOMPARE(reader->samples(1)->size(), std::size_t{3});
    }
    for (const std::size_t size : {whole.size() - 1, whole.size() - 4096, std::size_t{100}}) {
        write_file("s.r2t2", whole.substr(0, size));
        has(complaint("s.r2t2"), "the file is truncated");
    }
}

void TestSessionOpening::permission_is_the_systems_reason() {
    fill("s.r2t2");
    fs::create_directory("closed");
    fs::copy_file("s.r2t2", "closed/s.r2t2");
    fs::permissions("s.r2t2", fs::perms(0));
    fs::permissions("closed", fs::perms(0));
    {
        const Visitor visitor(folder_);
        for (const char* path : {"s.r2t2", "closed/s.r2t2"}) {
            has(complaint(path), "Permission denied");
            has(SessionWriter::open(path).error().message(), "Permission denied");
        }
    }
    fs::permissions("closed", fs::perms(0755));
    has(complaint("none.r2t2"), "no such file");
    has(complaint("closed"), "not a regular file");
    has(complaint("s.r2t2/s.r2t2"), "no such file");
}

QTEST_GUILESS_MAIN(TestSessionOpening)
#include "test_session_opening.moc"
