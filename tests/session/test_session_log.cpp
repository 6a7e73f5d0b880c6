// The write-ahead log of a session that nobody uses any more is moved into the file, whoever ended last: a copy of the file alone has
// everything. (A run ended in one program while another had the session open; the last of the two could not move the log, and a copy of
// the file had 600 of 720 samples and passed as sound.)
#include <sys/wait.h>
#include <unistd.h>

#include <QtTest>
#include <csignal>
#include <filesystem>
#include <optional>

#include "core/base/log.h"
#include "core/session/sqlite.h"
#include "tests/session/session_samples.h"
#include "tests/support/files.h"

using namespace r2t2;
using namespace r2t2::session_samples;
namespace fs = std::filesystem;

namespace {

constexpr int kSamples = 30;

void write_samples(SessionWriter& session, std::int64_t run, int from, int to) {
    for (int i = from; i < to; ++i) {
        const Status status = session.write_sample(run, sample_info(i), trajectory(i, {true, false}), reference_name);
        QVERIFY2(status.ok(), status.ok() ? "" : status.error().message().c_str());
    }
}

/// A child that does `work` and is killed (it never closes), or ends.
template <typename Work>
pid_t fork_to(Work work) {
    const pid_t child = ::fork();
    if (child == 0) {
        work();
        ::_exit(0);
    }
    return child;
}

bool ended_well(pid_t child) {
    int status = 0;
    return ::waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/// Begun, and ended by a kill: what was committed is in the log.
void leave_a_log(const std::string& path) {
    const pid_t child = fork_to([&] {
        auto session = SessionWriter::create(path);
        const auto run = session->begin_run(run_info());
        write_samples(*session, *run, 0, kSamples);
        ::raise(SIGKILL);
    });
    int status = 0;
    QCOMPARE(::waitpid(child, &status, 0), child);
    QVERIFY(WIFSIGNALED(status));
    QVERIFY(fs::file_size(path + "-wal") > 0);
}

}  // namespace

class TestSessionLog : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { path_ = directory_.filePath(QStringLiteral("%1.r2t2").arg(count_++)).toStdString(); }

    /// The case: a reader is there before the writer, is idle when that ends, and ends last.
    void a_writer_ends_beside_an_idle_reader() {
        std::optional<SessionWriter> writer = std::move(SessionWriter::create(path_).value());
        const auto run = writer->begin_run(run_info());
        write_samples(*writer, *run, 0, 10);
        auto reader = SessionReader::open(path_);
        QCOMPARE(reader->samples(1)->size(), std::size_t{10});
        QVERIFY(reader->waiting_in_log() == std::optional<std::int64_t>(10));
        write_samples(*writer, *run, 10, kSamples);
        QVERIFY(reader->waiting_in_log() == std::optional<std::int64_t>(kSamples));
        writer.reset();
        copy_has(kSamples);  // the reader is still there
        QVERIFY(reader->waiting_in_log() == std::optional<std::int64_t>(0));
        reader = io_error("", "");
        QVERIFY(alone());
        copy_has(kSamples);
    }

    /// In the middle of a read the log cannot be moved: the writer says so, and the reader does it at its end.
    void a_writer_ends_beside_one_that_reads() {
        leave_words();
        std::optional<SessionWriter> writer = std::move(SessionWriter::create(path_).value());
        const auto run = writer->begin_run(run_info());
        write_samples(*writer, *run, 0, 10);
        std::optional<sqlite::Database> reader = std::move(sqlite::Database::open(path_, sqlite::OpenMode::Read).value());
        std::optional<sqlite::Statement> rows = std::move(reader->prepare("SELECT id FROM samples").value());
        QVERIFY(*rows->step());
        write_samples(*writer, *run, 10, kSamples);
        writer.reset();
        set_log_sink({});
        QVERIFY2(words_.find("waits in its log") != std::string::npos && words_.find(path_) != std::string::npos, words_.c_str());
        QVERIFY(fs::file_size(path_ + "-wal") > 0);
        rows.reset();
        reader.reset();
        QVERIFY(alone());
        copy_has(kSamples);
    }

    void a_killed_writers_log_data() {
        QTest::addColumn<int>("who");
        QTest::newRow("a reader that only opens") << 0;
        QTest::newRow("a reader that reads") << 1;
        QTest::newRow("verify") << 2;
        QTest::newRow("a writer that writes nothing") << 3;
        QTest::newRow("SQL, reading") << 4;
    }
    void a_killed_writers_log() {
        QFETCH(int, who);
        leave_a_log(path_);
        switch (who) {
            case 0:
                QVERIFY(SessionReader::open(path_).ok());
                break;
            case 1:
                QCOMPARE(SessionReader::open(path_)->samples(1)->size(), static_cast<std::size_t>(kSamples));
                break;
            case 2:
                QVERIFY(SessionReader::open(path_)->verify()->empty());
                break;
            case 3:
                QVERIFY(SessionWriter::open(path_).ok());
                break;
            default:
                QCOMPARE(*sqlite::Database::open(path_, sqlite::OpenMode::Read)->number("SELECT COUNT(*) FROM samples"), std::int64_t{kSamples});
        }
        QVERIFY(alone());
        copy_has(kSamples);
    }

    /// Each of two that close at one moment finds the other there.
    void two_end_at_once() {
        for (int round = 0; round < 20; ++round) {
            leave_a_log(path_);
            int gate[2];
            QCOMPARE(::pipe(gate), 0);
            pid_t children[3];
            for (pid_t& child : children) {
                child = fork_to([&] {
                    ::close(gate[1]);
                    auto reader = SessionReader::open(path_);
                    const bool read = reader.ok() && reader->samples(1).ok();
                    char none = 0;
                    (void)!::read(gate[0], &none, 1);  // until the gate is closed
                    reader = io_error("", "");
                    ::_exit(read ? 0 : 1);
                });
            }
            ::close(gate[0]);
            ::usleep(30'000);
            ::close(gate[1]);
            for (const pid_t child : children) {
                QVERIFY(ended_well(child));
            }
            QVERIFY2(alone(), qPrintable(QStringLiteral("round %1").arg(round)));
            copy_has(kSamples);
            init();
        }
    }

    /// What does not hold stays as it was found: nobody moves a page of it.
    void the_log_of_a_damaged_session_stays() {
        leave_a_log(path_);
        {
            auto database = sqlite::Database::open(path_, sqlite::OpenMode::Write);
            QVERIFY(database->execute("UPDATE samples SET final_answer = 'forged' WHERE id = 3").ok());
        }
        leave_a_log_over(path_);
        const std::string file = read_file(path_), later = read_file(path_ + "-wal");
        QVERIFY(!later.empty());
        QCOMPARE(SessionReader::open(path_)->verify()->size(), std::size_t{1});
        {
            auto reader = SessionReader::open(path_);
            QVERIFY(reader->samples(1).ok());
            QCOMPARE(reader->take_left_out().size(), std::size_t{1});
        }
        QCOMPARE(read_file(path_), file);
        QCOMPARE(read_file(path_ + "-wal"), later);
    }

    /// A reader that comes while one writes moves nothing away under it.
    void the_log_of_one_that_writes_is_its_own() {
        auto writer = SessionWriter::create(path_);
        const auto run = writer->begin_run(run_info());
        for (int i = 0; i < 10; ++i) {
            write_samples(*writer, *run, i, i + 1);
            auto reader = SessionReader::open(path_);
            QCOMPARE(reader->samples(1)->size(), static_cast<std::size_t>(i + 1));
            reader = io_error("", "");
            QVERIFY(fs::file_size(path_ + "-wal") > 0);
        }
    }

private:
    /// One more note in the log, by a program that is killed.
    static void leave_a_log_over(const std::string& path) {
        const pid_t child = fork_to([&] {
            auto writer = SessionWriter::open(path);
            const bool written = writer.ok() && writer->set_notes(1, "a note").ok();
            ::raise(written ? SIGKILL : SIGTERM);
        });
        int status = 0;
        QCOMPARE(::waitpid(child, &status, 0), child);
        QCOMPARE(WTERMSIG(status), SIGKILL);
    }
    void leave_words() {
        words_.clear();
        set_log_sink([this](const LogLine& line) { words_ += line.text + "\n"; }, false);
    }
    /// Neither a log nor an index.
    [[nodiscard]] bool alone() const { return !fs::exists(path_ + "-wal") && !fs::exists(path_ + "-shm"); }
    void copy_has(int samples) const {
        const std::string copy = path_ + ".copy";
        fs::copy_file(path_, copy, fs::copy_options::overwrite_existing);
        {
            auto reader = SessionReader::open(copy);
            QVERIFY2(reader.ok(), reader.ok() ? "" : reader.error().message().c_str());
            QVERIFY(reader->verify()->empty());
            QCOMPARE(reader->samples(1)->size(), static_cast<std::size_t>(samples));
        }
        fs::remove(copy);
    }

    QTemporaryDir directory_;
    int count_ = 0;
    std::string path_, words_;
};

QTEST_GUILESS_MAIN(TestSessionLog)
#include "test_session_log.moc"
