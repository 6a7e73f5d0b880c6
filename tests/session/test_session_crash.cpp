// A writer killed at random moments: nothing that was acknowledged is lost, nothing is doubled, nothing is half there.
#include <sys/wait.h>
#include <unistd.h>

#include <QtTest>
#include <atomic>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <thread>

#include "core/session/sqlite.h"
#include "tests/session/session_samples.h"

using namespace r2t2;
using namespace r2t2::session_samples;

namespace {

constexpr int kSamples = 300;

std::vector<bool> pattern(int number) {
    return {number % 2 == 0, number % 3 == 0, number % 5 != 0};
}

/// The child: resumes where the file stands and tells every committed sample on the pipe.
int write_rest(const std::string& path, int pipe) {
    auto session = SessionWriter::open_or_create(path);
    if (!session.ok()) {
        qWarning("%s", session.error().message().c_str());
        return 2;
    }
    std::int64_t run = 1;
    auto finished = session->finished_keys(run);
    if (!finished.ok()) {  // killed before the run began
        const auto begun = session->begin_run(run_info());
        if (!begun.ok() || *begun != 1) {
            return 3;
        }
        finished = session->finished_keys(run);
    }
    for (int number = 0; number < kSamples; ++number) {
        const SampleInfo sample = sample_info(number);
        if (finished->contains(sample.id)) {
            continue;
        }
        const Status written =
            number % 17 == 0 ? session->record_error(run, sample, invalid_input("image", "size", "0", "1"))
                             : session->write_sample(run, sample, trajectory(number, pattern(number)), reference_name);
        const auto told = static_cast<std::uint16_t>(number);
        if (!written.ok() || ::write(pipe, &told, sizeof(told)) != sizeof(told)) {
            return 4;
        }
    }
    return session->finish_run(run, RunState::Finished).ok() ? 0 : 5;
}

struct Round {
    std::vector<int> told;
    bool killed = false;
    int status = 0;
};

Round run_child(const std::string& path, std::chrono::microseconds life) {
    int ends[2];
    Round round;
    if (::pipe(ends) != 0) {
        return round;
    }
    const pid_t child = ::fork();
    if (child == 0) {
        ::close(ends[0]);
        ::_exit(write_rest(path, ends[1]));
    }
    ::close(ends[1]);
    std::this_thread::sleep_for(life);
    ::kill(child, SIGKILL);
    std::uint16_t number = 0;
    while (::read(ends[0], &number, sizeof(number)) == sizeof(number)) {
        round.told.push_back(number);
    }
    ::close(ends[0]);
    int status = 0;
    ::waitpid(child, &status, 0);
    round.killed = WIFSIGNALED(status);
    round.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    return round;
}

/// Everything a result is made of, as text; row numbers and clock times left out.
std::string content(const std::string& path) {
    auto database = sqlite::Database::open(path, sqlite::OpenMode::Read);
    auto statement = database->prepare(
        "SELECT s.set_name, s.sample_key, s.outcome, s.error, s.notes, t.step, t.correct, t.answer, t.objective, "
        "hex(t.routing), hex(t.action), hex(t.gradient), hex(t.neighbour_shares), t.candidates, n.ids FROM samples s "
        "LEFT JOIN steps t ON t.sample_id = s.id LEFT JOIN (SELECT sample_id, group_concat(reference_id) AS ids FROM "
        "neighbours GROUP BY sample_id) n ON n.sample_id = s.id ORDER BY s.set_name, s.sample_key, t.step");
    std::string text;
    while (*statement->step()) {
        for (int column = 0; column < 15; ++column) {
            text += statement->text(column) + "|";
        }
        text += "\n";
    }
    return text;
}

}  // namespace

class TestSessionCrash : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void killed_while_being_created();
    void killed_at_random_moments();
    void readers_during_writing();
};

// The first milliseconds of a new file: whatever they leave behind, the next writer gets on with it.
void TestSessionCrash::killed_while_being_created() {
    QTemporaryDir directory;
    RandomStream random(5);
    for (int file = 0; file < 25; ++file) {
        const std::string path = directory.filePath(QString::number(file)).toStdString();
        for (int kill = 0; kill < 6; ++kill) {
            const Round result = run_child(path, std::chrono::microseconds(random.below(4'000)));
            QVERIFY2(result.killed, qPrintable(QString::number(result.status)));
        }
        auto session = SessionWriter::open_or_create(path);
        QVERIFY2(session.ok(), session.ok() ? "" : session.error().message().c_str());
        const auto faults = SessionReader::open(path)->verify();
        QVERIFY(faults.ok() && faults->empty());
    }
}

void TestSessionCrash::killed_at_random_moments() {
    QTemporaryDir directory;
    const std::string path = directory.filePath("killed.r2t2").toStdString();
    RandomStream random(20);
    std::set<SampleKey> acknowledged;
    int kills = 0;
    bool done = false;
    for (int round = 0; round < 400 && !done; ++round) {
        const auto life = std::chrono::microseconds(random.below(12'000) + (round > 150 ? 100'000 : 0));
        const Round result = run_child(path, life);
        QVERIFY2(result.killed || result.status == 0, qPrintable(QString::number(result.status)));
        kills += result.killed ? 1 : 0;
        done = !result.killed;
        for (const int number : result.told) {
            const bool is_new = acknowledged.insert(sample_info(number).id).second;
            QVERIFY2(is_new, "a sample was written twice");
        }
        auto reader = SessionReader::open(path);
        if (!reader.ok()) {  // killed before the schema was there: nothing can have been acknowledged
            QVERIFY2(acknowledged.empty(), reader.error().message().c_str());
            continue;
        }
        if (round % 8 == 0 || done) {
            const auto faults = reader->verify();
            QVERIFY2(faults.ok() && faults->empty(), faults->empty() ? "" : faults->front().message().c_str());
        }
        const auto rows = reader->samples(1);
        QVERIFY(rows.ok());
        std::set<SampleKey> stored;
        for (const SampleRow& row : *rows) {
            QVERIFY(stored.insert(row.info.id).second);
        }
        QVERIFY(std::includes(stored.begin(), stored.end(), acknowledged.begin(), acknowledged.end()));
        acknowledged = stored;  // committed but killed before it was told: resumed runs leave it out too
    }
    QVERIFY(done);
    QVERIFY2(kills >= 10, qPrintable(QString::number(kills)));
    QCOMPARE(acknowledged.size(), std::size_t{kSamples});

    const std::string whole = directory.filePath("whole.r2t2").toStdString();
    int ends[2];
    QVERIFY(::pipe(ends) == 0);
    QCOMPARE(write_rest(whole, ends[1]), 0);
    QCOMPARE(content(path), content(whole));
    auto reader = SessionReader::open(path);
    QVERIFY(reader->run(1)->state == RunState::Finished);
    qInfo("%d kills", kills);
}

// Four readers while one writes: no busy error, counts only grow.
void TestSessionCrash::readers_during_writing() {
    QTemporaryDir directory;
    const std::string path = directory.filePath("shared.r2t2").toStdString();
    auto session = SessionWriter::create(path);
    const auto run = session->begin_run(run_info());
    std::atomic<bool> writing = true;
    std::atomic<int> faults = 0;
    std::vector<std::thread> readers;
    for (int r = 0; r < 4; ++r) {
        readers.emplace_back([&] {
            std::size_t last = 0;
            while (writing) {
                auto reader = SessionReader::open(path);
                const auto rows = reader.ok() ? reader->samples(1) : Result<std::vector<SampleRow>>(reader.error());
                if (!rows.ok() || rows->size() < last) {
                    ++faults;
                } else {
                    last = rows->size();
                }
                if (last > 0 && !reader->sample(rows->back().id).ok()) {
                    ++faults;
                }
            }
        });
    }
    for (int number = 0; number < 200; ++number) {
        QVERIFY(session->write_sample(*run, sample_info(number), trajectory(number, pattern(number))).ok());
    }
    writing = false;
    for (std::thread& reader : readers) {
        reader.join();
    }
    QCOMPARE(faults.load(), 0);
}

QTEST_APPLESS_MAIN(TestSessionCrash)
#include "test_session_crash.moc"
