// A writer killed at random moments: nothing that was acknowledged is lost, nothing is doubled, nothing is half there.
#include <sys/wait.h>
#include <unistd.h>

#include <QtTest>
#include <csignal>
#include <thread>

#include "core/session/row_checksum.h"
#include "core/session/sqlite.h"
#include "tests/session/session_samples.h"

using namespace r2t2;
using namespace r2t2::session_samples;

namespace {

constexpr int kSamples = 1500;
constexpr int kKills = 300;

std::vector<bool> pattern(int number) {
    return {number % 2 == 0, number % 3 == 0, number % 5 != 0};
}

/// The child: resumes where the file stands and tells every committed sample on the pipe. After `most` of them it waits for its
/// end, so that a parent that the machine holds up still has samples left for the next child.
int write_rest(const std::string& path, int pipe, int most) {
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
        while (most == 0) {
            ::pause();
        }
        --most;
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

/// How long a child may live: so many samples that it tells of, and then this time. Counting samples, and not only time,
/// spreads the kills over the whole run on a fast machine and on a busy one.
struct Life {
    int samples = 0;
    std::chrono::microseconds time{};
    [[nodiscard]] static Life unlimited() { return {kSamples + 1, {}}; }
    [[nodiscard]] int most() const { return samples + 3; }  ///< what a child writes: on average fewer than kSamples / kKills
};

Round run_child(const std::string& path, Life life) {
    int ends[2];
    Round round;
    if (::pipe(ends) != 0) {
        return round;
    }
    const pid_t child = ::fork();
    if (child == 0) {
        ::close(ends[0]);
        ::_exit(write_rest(path, ends[1], life.most()));
    }
    ::close(ends[1]);
    std::uint16_t number = 0;
    while (life.samples-- > 0 && ::read(ends[0], &number, sizeof(number)) == sizeof(number)) {
        round.told.push_back(number);
    }
    std::this_thread::sleep_for(life.time);
    ::kill(child, SIGKILL);
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

/// Every column of every row but the run's clock times: row numbers and checksums too.
std::string content(const std::string& path) {
    auto database = sqlite::Database::open(path, sqlite::OpenMode::Read);
    std::string text;
    for (const std::string table : {"runs", "samples", "steps", "neighbours"}) {
        std::string columns = table == "runs" ? "'x'" : "checksum";
        for (const std::string& column : row_checksum::columns(table)) {
            columns += column == "started" || column == "finished" ? "" : " || '|' || quote(" + column + ")";
        }
        auto statement = database->prepare("SELECT " + columns + " FROM " + table + " ORDER BY 1");
        while (*statement->step()) {
            text += table + ": " + statement->text(0) + "\n";
        }
    }
    return text;
}

}  // namespace

class TestSessionCrash : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void killed_while_being_created();
    void killed_at_random_moments();
};

// The first milliseconds of a new file: whatever they leave behind, the next writer gets on with it.
void TestSessionCrash::killed_while_being_created() {
    QTemporaryDir directory;
    RandomStream random(5);
    for (int file = 0; file < 25; ++file) {
        const std::string path = directory.filePath(QString::number(file)).toStdString();
        for (int kill = 0; kill < 6; ++kill) {
            const Round result = run_child(path, {0, std::chrono::microseconds(random.below(4'000))});
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
    for (bool done = false; !done;) {
        // Some while the file is opened and the run taken up again, most between and inside the transactions.
        const bool early = random.below(6) == 0;
        const Life life{early ? 0 : static_cast<int>(random.below(4)), std::chrono::microseconds(random.below(early ? 2'500 : 200))};
        const Round result = run_child(path, kills < kKills ? life : Life::unlimited());
        QVERIFY2(result.killed || result.status == 0, qPrintable(QString::number(result.status)));
        done = !result.killed;
        for (const int number : result.told) {
            QVERIFY2(acknowledged.insert(sample_info(number).id).second, "a sample was written twice");
        }
        auto reader = SessionReader::open(path);
        if (!reader.ok()) {  // killed before the schema was there: nothing can have been acknowledged
            QVERIFY2(acknowledged.empty(), reader.error().message().c_str());
            ++kills;
            continue;
        }
        if (kills % 60 == 0 || done) {
            const auto faults = reader->verify();
            QVERIFY2(faults.ok() && faults->empty(), faults->empty() ? "" : faults->front().message().c_str());
        }
        kills += result.killed ? 1 : 0;
        const auto rows = reader->samples(1);
        QVERIFY(rows.ok());
        std::set<SampleKey> stored;
        for (const SampleRow& row : *rows) {
            QVERIFY(stored.insert(row.info.id).second);
        }
        QVERIFY(std::includes(stored.begin(), stored.end(), acknowledged.begin(), acknowledged.end()));
        acknowledged = stored;  // committed but killed before it was told: resumed runs leave it out too
    }
    QCOMPARE(kills, kKills);
    QCOMPARE(acknowledged.size(), std::size_t{kSamples});

    const std::string whole = directory.filePath("whole.r2t2").toStdString();
    const Round undisturbed = run_child(whole, Life::unlimited());
    QVERIFY(!undisturbed.killed && undisturbed.status == 0);
    QVERIFY2(content(path) == content(whole), "the rows are not those of an undisturbed run");
    QVERIFY(SessionReader::open(path)->run(1)->state == RunState::Finished);
    qInfo("%d kills, %d samples", kills, kSamples);
}

QTEST_APPLESS_MAIN(TestSessionCrash)
#include "test_session_crash.moc"
