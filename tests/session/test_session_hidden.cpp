// Rows that a damaged page hides: no row is damaged, a search does not find it. Cell counts of pages are changed, as a flipped bit
// would. Case: fault-neighbours-one-bit.
#include <QtTest>
#include <algorithm>
#include <filesystem>
#include <set>

#include "core/session/row_checksum.h"
#include "tests/session/session_files.h"
#include "tests/support/files.h"

using namespace r2t2;
using namespace r2t2::session_samples;
namespace fs = std::filesystem;

namespace {

constexpr int kSamples = 40;

/// Two runs with the same forty samples of three steps.
void write_session(const std::string& path) {
    auto session = SessionWriter::create(path);
    for (int r = 0; r < 2; ++r) {
        const auto run = session->begin_run(run_info());
        for (int i = 0; i < kSamples; ++i) {
            QVERIFY(session->write_sample(*run, sample_info(i), trajectory(i, {true, false, i % 2 == 0}), reference_name).ok());
        }
        QVERIFY(session->finish_run(*run, RunState::Finished).ok());
    }
}

std::size_t number(const std::string& bytes, std::size_t at, int size) {
    std::size_t value = 0;
    for (int i = 0; i < size; ++i) {
        value = value << 8 | static_cast<unsigned char>(bytes[at + static_cast<std::size_t>(i)]);
    }
    return value;
}

/// The leftmost or rightmost leaf of a tree of the file loses its last `cells` cells. https://www.sqlite.org/fileformat.html, section 1.6.
void hide_cells(const std::string& path, const std::string& name, int cells, bool rightmost = false) {
    std::string bytes = read_file(path);
    const std::size_t page_size = number(bytes, 16, 2);
    const std::vector<std::string> root = rows(path, "SELECT rootpage FROM sqlite_master WHERE name = '" + name + "'", 1);
    QCOMPARE(root.size(), std::size_t{1});
    std::size_t page = (static_cast<std::size_t>(std::stoul(root.front())) - 1) * page_size;
    while (bytes[page] == 0x05 || bytes[page] == 0x02) {  // an interior page: pointers behind 12 bytes of header
        const std::size_t child = rightmost ? number(bytes, page + 8, 4) : number(bytes, page + number(bytes, page + 12, 2), 4);
        page = (child - 1) * page_size;
    }
    const std::size_t count = number(bytes, page + 3, 2) - static_cast<std::size_t>(cells);
    bytes[page + 3] = static_cast<char>(count >> 8);
    bytes[page + 4] = static_cast<char>(count & 0xff);
    write_file(path, bytes);
}

std::string message(const std::vector<LeftOut>& left_out) {
    std::string text;
    for (const LeftOut& sample : left_out) {
        text += sample.text() + "\n";
    }
    return text;
}

bool names(const std::vector<Error>& faults, const std::string& words) {
    return std::any_of(faults.begin(), faults.end(), [&](const Error& fault) { return fault.message().find(words) != std::string::npos; });
}

}  // namespace

class TestSessionHidden : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init();
    void the_index_has_lost_samples();
    void the_table_has_lost_samples();
    void steps_are_lost();
    void neighbours_are_lost();
    void a_run_is_lost();
    void an_index_that_names_another_run();
    void a_page_that_is_shown_twice();
    void the_case_of_one_bit();
    void older_sessions_know_their_neighbours_data();
    void older_sessions_know_their_neighbours();
    void without_the_index();

private:
    QTemporaryDir directory_;
    std::string path_;
    int count_ = 0;
};

void TestSessionHidden::init() {
    path_ = directory_.filePath(QString("%1.r2t2").arg(count_++)).toStdString();
    write_session(path_);
}

/// The rows are there and sound: they are read past the index, and no number changes.
void TestSessionHidden::the_index_has_lost_samples() {
    hide_cells(path_, "samples_of_run", 3);
    auto reader = SessionReader::open(path_);
    const auto rows = reader->samples(1);
    QVERIFY2(rows.ok(), rows.ok() ? "" : rows.error().message().c_str());
    QCOMPARE(rows->size(), std::size_t{kSamples});
    QCOMPARE(std::count_if(rows->begin(), rows->end(), [](const SampleRow& row) { return row.damaged; }), 0);
    QCOMPARE(reader->run(1)->samples, std::int64_t{kSamples});
    QCOMPARE(reader->correctness(2)->keys.size(), std::size_t{kSamples});
    QCOMPARE(message(reader->take_left_out()), std::string());
    const auto faults = reader->verify();
    QVERIFY(!faults->empty() && !SessionReader::others_hold(*faults));
    QCOMPARE(SessionWriter::open(path_)->finished_keys(1)->size(), std::size_t{kSamples});
}

void TestSessionHidden::the_table_has_lost_samples() {
    hide_cells(path_, "samples", 2);
    auto reader = SessionReader::open(path_);
    const auto rows = reader->samples(1);
    QVERIFY2(rows.ok(), rows.ok() ? "" : rows.error().message().c_str());
    QCOMPARE(rows->size(), std::size_t{kSamples});
    QCOMPARE(std::count_if(rows->begin(), rows->end(), [](const SampleRow& row) { return row.damaged; }), 2);
    const std::vector<LeftOut> left_out = reader->take_left_out();
    QCOMPARE(left_out.size(), std::size_t{2});
    QCOMPARE(left_out.front().run, std::int64_t{1});
    QVERIFY(reader->take_left_out().empty());  // taken
    QCOMPARE(reader->run(1)->samples, std::int64_t{kSamples});
    QCOMPARE(reader->correctness(1)->damaged, std::int64_t{2});
    QCOMPARE(reader->routings(1)->damaged, std::int64_t{2});
    QCOMPARE(*reader->neighbourhoods(1, [](const StoredSample&) { return Status(); }), std::int64_t{2});
    QCOMPARE(reader->take_left_out().size(), std::size_t{2});  // each once
    const auto faults = reader->verify();
    QVERIFY(!SessionReader::others_hold(*faults));
    for (const LeftOut& sample : left_out) {
        QVERIFY(names(*faults, "sample row " + std::to_string(sample.sample) + ": row: found missing"));
    }
}

void TestSessionHidden::steps_are_lost() {
    hide_cells(path_, "steps", 1, true);  // of the last sample
    auto reader = SessionReader::open(path_);
    QCOMPARE(reader->correctness(2)->damaged, std::int64_t{0});  // the table of samples is whole
    const auto routings = reader->routings(2);
    QVERIFY2(routings.ok(), routings.ok() ? "" : routings.error().message().c_str());
    QCOMPARE(routings->damaged, std::int64_t{1});
    QCOMPARE(routings->samples.size(), std::size_t{kSamples - 1});
    QCOMPARE(message(reader->take_left_out()), std::string("run 2: sample row 80: its steps do not hold\n"));
    QVERIFY(!reader->sample(80).ok());
    QVERIFY(names(*reader->verify(), "sample row 80: steps"));
}

void TestSessionHidden::neighbours_are_lost() {
    hide_cells(path_, "neighbours", 1, true);
    auto reader = SessionReader::open(path_);
    QVERIFY2(reader->sample(80).error().message().find("neighbours: found 4 rows; allowed: 5 (as were written)") != std::string::npos,
             reader->sample(80).error().message().c_str());
    QCOMPARE(*reader->neighbourhoods(2, [](const StoredSample&) { return Status(); }), std::int64_t{1});
    QVERIFY(message(reader->take_left_out()).starts_with("run 2: sample row 80: its neighbours do not hold"));
    QVERIFY(names(*reader->verify(), "sample row 80: neighbours"));
}

void TestSessionHidden::a_run_is_lost() {
    hide_cells(path_, "runs", 1);
    auto reader = SessionReader::open(path_);
    const auto runs = reader->runs();
    QVERIFY(!runs.ok());
    QVERIFY2(runs.error().message().find("run 2: runs: found missing, but 40 samples are of it") != std::string::npos, runs.error().message().c_str());
    QVERIFY(names(*reader->verify(), "40 samples are of it"));
}

/// The rows of another run do not become this one's.
void TestSessionHidden::an_index_that_names_another_run() {
    execute(path_, "DROP INDEX samples_of_run; CREATE INDEX samples_of_run ON samples (id)");  // any run's samples, by the name
    auto reader = SessionReader::open(path_);
    const auto rows = reader->samples(1);
    QVERIFY(!rows.ok() || std::all_of(rows->begin(), rows->end(), [](const SampleRow& row) { return row.damaged || row.id % 1 == 0; }));
    if (rows.ok()) {
        QCOMPARE(std::count_if(rows->begin(), rows->end(), [](const SampleRow& row) { return !row.damaged; }), kSamples);
    }
    QVERIFY(!reader->verify()->empty());
}

/// The first pointer of the table's root leads to the second leaf: some samples twice, others not at all.
void TestSessionHidden::a_page_that_is_shown_twice() {
    std::string bytes = read_file(path_);
    const std::size_t page_size = number(bytes, 16, 2);
    const std::size_t root = (std::stoul(rows(path_, "SELECT rootpage FROM sqlite_master WHERE name = 'samples'", 1).front()) - 1) * page_size;
    QCOMPARE(static_cast<int>(bytes[root]), 5);
    const std::size_t first = root + number(bytes, root + 12, 2), second = root + number(bytes, root + 14, 2);
    bytes.replace(first, 4, bytes.substr(second, 4));
    write_file(path_, bytes);
    auto reader = SessionReader::open(path_);
    const auto correctness = reader->correctness(1);
    if (correctness.ok()) {  // or refused
        QCOMPARE(static_cast<std::int64_t>(correctness->keys.size()) + correctness->damaged, std::int64_t{kSamples});
        QVERIFY(correctness->damaged > 0);
        QCOMPARE(reader->take_left_out().size(), static_cast<std::size_t>(correctness->damaged));
        QCOMPARE(std::set<SampleKey>(correctness->keys.begin(), correctness->keys.end()).size(), correctness->keys.size());
    }
    QVERIFY(!reader->verify()->empty());
}

/// A session of schema 4, which stores no count: one flipped bit hides four of five neighbours of sample row 8.
void TestSessionHidden::the_case_of_one_bit() {
    const std::string path = path_ + ".case";
    fs::copy_file(R2T2_SOURCE_DIR "/tests/data/cases/fault-neighbours-one-bit/neighbours.r2t2", path);
    auto reader = SessionReader::open(path);
    QVERIFY(reader->sample(6).ok());
    const auto sample = reader->sample(8);
    QVERIFY(!sample.ok());
    QVERIFY2(sample.error().message().find("sample row 8: neighbours: found 1 rows; allowed: 5") != std::string::npos, sample.error().message().c_str());
    QCOMPARE(*reader->neighbourhoods(2, [](const StoredSample&) { return Status(); }), std::int64_t{1});
    const auto faults = reader->verify();
    QVERIFY(names(*faults, "sample row 8"));
    QVERIFY(!SessionReader::others_hold(*faults));
}

/// Without a stored count: losses, weights, ranks, and that a sample without neighbours does not move.
void TestSessionHidden::older_sessions_know_their_neighbours_data() {
    QTest::addColumn<QString>("sql");
    QTest::addColumn<QString>("says");
    const QString count = "UPDATE samples SET neighbour_count = NULL;";
    QTest::newRow("the last, losses") << count + "DELETE FROM neighbours WHERE sample_id = 3 AND rank = 4" << "4 rows; allowed: 5 (as step 0 has)";
    QTest::newRow("the first") << count + "DELETE FROM neighbours WHERE sample_id = 3 AND rank = 0" << "a gap before it";
    QTest::newRow("one between") << count + "DELETE FROM neighbours WHERE sample_id = 3 AND rank = 2" << "a gap before it";
    QTest::newRow("the last, no losses") << count + "UPDATE steps SET neighbour_losses = NULL, neighbour_shares = NULL; DELETE FROM neighbours WHERE sample_id = 3 AND rank = 4"
                                         << "weights that sum to 0.8";
    QTest::newRow("all") << count + "UPDATE steps SET neighbour_losses = NULL, neighbour_shares = NULL; DELETE FROM neighbours WHERE sample_id = 3" << "to move from step 0";
    QTest::newRow("the last, counted") << "DELETE FROM neighbours WHERE sample_id = 3 AND rank = 4" << "5 (as were written)";
    QTest::newRow("all, counted") << "DELETE FROM neighbours WHERE sample_id = 3" << "5 (as were written)";
}

void TestSessionHidden::older_sessions_know_their_neighbours() {
    QFETCH(QString, sql);
    QFETCH(QString, says);
    execute(path_, sql.toStdString());
    execute(path_, "UPDATE samples SET checksum = " + row_checksum::of_row("samples") + "; UPDATE steps SET checksum = " + row_checksum::of_row("steps"));
    auto reader = SessionReader::open(path_);
    QVERIFY(reader->sample(4).ok());
    QVERIFY2(reader->sample(3).error().message().find(says.toStdString()) != std::string::npos, reader->sample(3).error().message().c_str());
    QCOMPARE(*reader->neighbourhoods(1, [](const StoredSample&) { return Status(); }), std::int64_t{1});
    QCOMPARE(reader->verify()->size(), std::size_t{1});
}

/// Somebody dropped it: everything is read by the table.
void TestSessionHidden::without_the_index() {
    execute(path_, "DROP INDEX samples_of_run");
    auto reader = SessionReader::open(path_);
    QCOMPARE(reader->samples(2)->size(), std::size_t{kSamples});
    QCOMPARE(reader->run(2)->samples, std::int64_t{kSamples});
    const auto faults = reader->verify();
    QCOMPARE(faults->size(), std::size_t{1});
    QVERIFY(SessionReader::others_hold(*faults));
}

QTEST_GUILESS_MAIN(TestSessionHidden)
#include "test_session_hidden.moc"
