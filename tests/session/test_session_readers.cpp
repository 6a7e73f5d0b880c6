// Four processes read a session while a fifth writes it: no error, no busy database, and what they see only grows.
// R2T2_READERS_SECONDS=300 makes it the long run; six seconds are enough for some fifty checkpoints of the log.
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <QtTest>
#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <thread>
#include <vector>

#include "tests/session/session_samples.h"

using namespace r2t2;
using namespace r2t2::session_samples;

namespace {

using Clock = std::chrono::steady_clock;

constexpr int kReaders = 4;

Trajectory trajectory_of(int number) { return trajectory(number, {number % 2 == 0, number % 3 == 0, number % 5 != 0}); }

struct Tally {
    std::int64_t rounds = 0;
    std::int64_t samples = 0;  ///< seen last
    double slowest = 0.0;      ///< seconds of a round
    bool sound = true;
};

/// One round: everything a viewer asks. Empty: fine, and not less than before.
std::string read_all(SessionReader& reader, Tally& tally) {
    const auto runs = reader.runs();
    const auto rows = reader.samples(1);
    const auto correctness = reader.correctness(1);
    if (!runs.ok() || !rows.ok() || !correctness.ok()) {
        return (!runs.ok() ? runs.error() : !rows.ok() ? rows.error() : correctness.error()).message();
    }
    const std::int64_t counts[] = {tally.samples, runs->front().samples, static_cast<std::int64_t>(rows->size()),
                                   static_cast<std::int64_t>(correctness->keys.size())};
    if (!std::is_sorted(std::begin(counts), std::end(counts))) {
        return "counts shrank: " + std::to_string(counts[0]) + ", " + std::to_string(counts[1]) + ", " + std::to_string(counts[2]) + ", " +
               std::to_string(counts[3]);
    }
    tally.samples = counts[3];
    if (rows->empty()) {
        return {};
    }
    const auto number = static_cast<std::size_t>(tally.rounds * 7919) % rows->size();  // the newest, and one of the others
    for (const std::size_t at : {rows->size() - 1, number}) {
        const auto sample = reader.sample((*rows)[at].id);
        if (!sample.ok()) {
            return sample.error().message();
        }
        if (!equal(sample->trajectory, trajectory_of(static_cast<int>(at)))) {
            return "sample " + std::to_string(at) + " is another one";
        }
    }
    return {};
}

/// The child: until the writer says on `stop` that it is done. Every second one opens the file anew each time.
Tally read_until_told(const std::string& path, bool anew, int stop) {
    Tally tally;
    auto reader = SessionReader::open(path);
    for (char told = 0; ::read(stop, &told, 1) < 0;) {  // not blocking: nothing yet
        const Clock::time_point begin = Clock::now();
        if (anew) {
            reader = SessionReader::open(path);
        }
        const std::string fault = reader.ok() ? read_all(*reader, tally) : reader.error().message();
        if (!fault.empty()) {
            std::fprintf(stderr, "round %lld: %s\n", static_cast<long long>(tally.rounds), fault.c_str());
            tally.sound = false;
            return tally;
        }
        ++tally.rounds;
        tally.slowest = std::max(tally.slowest, std::chrono::duration<double>(Clock::now() - begin).count());
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return tally;
}

struct Child {
    pid_t id = 0;
    int tally = 0;  ///< what it says in the end
    int stop = 0;   ///< closed to end it
};

Child start_reader(const std::string& path, bool anew) {
    int tally[2], stop[2];
    Child child;
    if (::pipe(tally) != 0 || ::pipe2(stop, O_NONBLOCK) != 0) {
        return child;
    }
    child = {::fork(), tally[0], stop[1]};
    if (child.id == 0) {
        ::close(stop[1]);
        const Tally seen = read_until_told(path, anew, stop[0]);
        ::_exit(::write(tally[1], &seen, sizeof(seen)) == sizeof(seen) ? 0 : 1);
    }
    ::close(tally[1]);
    ::close(stop[0]);
    return child;
}

}  // namespace

class TestSessionReaders : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void four_readers_and_a_writer();
    void the_log_stays_short_under_readers_without_pause();
};

void TestSessionReaders::four_readers_and_a_writer() {
    const QTemporaryDir directory;
    const std::string path = directory.filePath("shared.r2t2").toStdString();
    const char* asked = std::getenv("R2T2_READERS_SECONDS");
    const Clock::time_point end = Clock::now() + std::chrono::seconds(asked != nullptr ? std::max(1, std::atoi(asked)) : 6);
    QVERIFY(SessionWriter::create(path)->begin_run(run_info()).ok());  // closed again: nothing of SQLite's may be forked
    std::array<Child, kReaders> readers;
    for (std::size_t r = 0; r < kReaders; ++r) {
        readers[r] = start_reader(path, r % 2 == 0);
        QVERIFY(readers[r].id > 0);
    }
    auto session = SessionWriter::open(path);
    QVERIFY(session.ok());
    int written = 0;
    std::string fault;
    std::uintmax_t log = 0;
    for (; Clock::now() < end && fault.empty(); ++written) {  // about a hundred a second: faster than any evaluation
        const Status status = session->write_sample(1, sample_info(written), trajectory_of(written), reference_name);
        fault = status.ok() ? "" : status.error().message();
        std::error_code code;
        log = std::max(log, std::filesystem::file_size(path + "-wal", code));
        std::this_thread::sleep_for(std::chrono::milliseconds(7));
    }
    for (std::size_t r = 0; r < kReaders; ++r) {
        for (std::size_t later = r; later < kReaders && r == 0; ++later) {
            ::close(readers[later].stop);
        }
        Tally tally;
        tally.sound = false;
        const bool told = ::read(readers[r].tally, &tally, sizeof(tally)) == sizeof(tally);
        ::close(readers[r].tally);
        int status = 0;
        ::waitpid(readers[r].id, &status, 0);
        qInfo("reader %d: %lld rounds, %lld samples seen last, slowest round %.3f s", static_cast<int>(r + 1), static_cast<long long>(tally.rounds),
              static_cast<long long>(tally.samples), tally.slowest);
        QVERIFY(told && tally.sound && tally.rounds > 2 && tally.samples > 0);
    }
    QVERIFY2(fault.empty(), fault.c_str());
    qInfo("%d samples written, largest log %.1f MB", written, 1e-6 * static_cast<double>(log));
    auto reader = SessionReader::open(path);
    QCOMPARE(reader->samples(1)->size(), static_cast<std::size_t>(written));
    const auto faults = reader->verify();
    QVERIFY2(faults.ok() && faults->empty(), faults->empty() ? "" : faults->front().message().c_str());
}

/// Three that read back to back: there is always somebody whom SQLite alone would wait for in vain.
void TestSessionReaders::the_log_stays_short_under_readers_without_pause() {
    const QTemporaryDir directory;
    const std::string path = directory.filePath("busy.r2t2").toStdString();
    auto session = SessionWriter::create(path);
    QVERIFY(session.ok() && session->begin_run(run_info()).ok());
    std::atomic<bool> writing = true;
    std::atomic<int> faults = 0;
    std::vector<std::thread> readers;
    for (int r = 0; r < 3; ++r) {
        readers.emplace_back([&] {
            auto reader = SessionReader::open(path);
            while (writing) {
                faults += reader.ok() && reader->samples(1).ok() ? 0 : 1;
            }
        });
    }
    std::uintmax_t log = 0;
    std::string fault;
    for (int i = 0; i < 4500 && fault.empty(); ++i) {  // some 200 MB of log
        const Status status = session->write_sample(1, sample_info(i), trajectory(i, std::vector<bool>(11, true)), reference_name);
        fault = status.ok() ? "" : status.error().message();
        log = std::max(log, std::filesystem::file_size(path + "-wal"));
    }
    writing = false;
    for (std::thread& reader : readers) {
        reader.join();
    }
    QVERIFY2(fault.empty(), fault.c_str());
    QCOMPARE(faults.load(), 0);
    qInfo("largest log %.1f MB", 1e-6 * static_cast<double>(log));
    QVERIFY(log > 60'000'000 && log < 80'000'000);
}

QTEST_APPLESS_MAIN(TestSessionReaders)
#include "test_session_readers.moc"
