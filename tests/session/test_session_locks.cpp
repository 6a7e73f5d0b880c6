// Who writes a session keeps its lock on the file, whatever else the same program reads of it. POSIX takes all of a process's locks on
// a file away when the process closes the file once, and a program that ends then deletes the log that is still being written.
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <QtTest>
#include <filesystem>
#include <functional>

#include "core/session/database_file.h"
#include "tests/session/session_samples.h"

using namespace r2t2;
using namespace r2t2::session_samples;

namespace {

/// Asked of another process: a process does not see its own locks.
bool locked(const std::string& path) {
    const pid_t child = fork();
    if (child == 0) {
        struct flock whole {};
        whole.l_type = F_WRLCK;
        const int file = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
        _exit(file >= 0 && ::fcntl(file, F_GETLK, &whole) == 0 && whole.l_type != F_UNLCK ? 0 : 1);
    }
    int status = 1;
    return child > 0 && ::waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/// Another program: opens the session to write, adds a run, ends.
bool another_writes(const std::string& path) {
    const pid_t child = fork();
    if (child == 0) {
        auto writer = SessionWriter::open_or_create(path);
        const auto run = writer.ok() ? writer->begin_run(run_info()) : Result<std::int64_t>(writer.error());
        const bool written = run.ok() && writer->write_sample(*run, sample_info(0), trajectory(0, {true, false}), reference_name).ok();
        if (writer.ok()) {
            const SessionWriter ended = std::move(*writer);
        }
        _exit(written ? 0 : 1);
    }
    int status = 1;
    return child > 0 && ::waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

}  // namespace

class TestSessionLocks final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void reading_leaves_the_writers_lock_data() {
        QTest::addColumn<int>("what");
        for (const auto& [name, what] : {std::pair{"nothing", 0}, {"is it a database", 1}, {"open to read", 2}, {"read a sample", 3}, {"verify", 4},
                                         {"open to write, a second time", 5}, {"another program writes", 6}}) {
            QTest::newRow(name) << what;
        }
    }

    void reading_leaves_the_writers_lock() {
        QFETCH(int, what);
        const std::string path = folder_.filePath(QStringLiteral("lock%1.r2t2").arg(what)).toStdString();
        auto writer = SessionWriter::open_or_create(path);
        QVERIFY(writer.ok());
        const auto run = writer->begin_run(run_info());
        QVERIFY(run.ok() && writer->write_sample(*run, sample_info(1), trajectory(1, {true, false}), reference_name).ok());
        QVERIFY(locked(path));
        const std::function<bool()> others[] = {
            [] { return true; },
            [&] { return is_database_file(path); },
            [&] { return SessionReader::open(path).ok(); },
            [&] {
                auto reader = SessionReader::open(path);
                return reader.ok() && reader->sample(1).ok();
            },
            [&] {
                auto reader = SessionReader::open(path);
                return reader.ok() && reader->verify().ok();
            },
            [&] { return SessionWriter::open_or_create(path).ok(); },
            [&] { return another_writes(path); },
        };
        QVERIFY(others[what]());
        QVERIFY(locked(path));
        QVERIFY(another_writes(path));  // and ends: it is not the last one, so the log stays
        QVERIFY(std::filesystem::exists(path + "-wal"));
        QVERIFY(writer->write_sample(*run, sample_info(2), trajectory(2, {true, false}), reference_name).ok());
        auto reader = SessionReader::open(path);  // this process is not asked to close anything: what it committed is there for others
        QVERIFY(reader.ok());
        std::int64_t samples = 0;
        for (const StoredRun& each : reader->runs().value()) {
            samples += each.samples;
        }
        QCOMPARE(samples, std::int64_t{what == 6 ? 4 : 3});
    }

    void no_database_is_none() {
        const auto path = [this](const char* name) { return std::filesystem::path(folder_.filePath(QLatin1String(name)).toStdString()); };
        QVERIFY(!is_database_file(path("missing")));
        QVERIFY(!is_database_file(folder_.path().toStdString()));
        QCOMPARE(::mkfifo(path("pipe").c_str(), 0600), 0);
        QVERIFY(!is_database_file(path("pipe")));  // and does not wait for somebody to write into it
        QVERIFY(!SessionReader::open(path("pipe").string()).ok());
        QVERIFY(!SessionWriter::open(path("pipe").string()).ok());
        for (const auto& [name, bytes, expected] : {std::tuple{"empty", "", false}, {"short", "SQLite", false}, {"words", "not a database at all", false},
                                                    {"magic", "SQLite format 3", false}}) {
            QFile file(QString::fromStdString(path(name).string()));
            QVERIFY(file.open(QIODevice::WriteOnly));
            file.write(bytes);
            file.close();
            QCOMPARE(is_database_file(path(name)), expected);
            QVERIFY(QFile::exists(file.fileName()) && !QFile::exists(file.fileName() + "-journal"));
        }
    }

private:
    QTemporaryDir folder_;
};

QTEST_GUILESS_MAIN(TestSessionLocks)
#include "test_session_locks.moc"
