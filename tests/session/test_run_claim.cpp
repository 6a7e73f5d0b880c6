// One writer a run: claims, killed owners, names that lead to the same file.
#include <QTemporaryDir>
#include <QTest>

#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <thread>

#include "core/session/run_claim.h"
#include "core/session/session.h"
#include "tests/session/session_samples.h"

using namespace r2t2;
using session_samples::run_info;
namespace fs = std::filesystem;

class TestRunClaim : public QObject {
    Q_OBJECT

    QTemporaryDir directory_;

    [[nodiscard]] fs::path path(const std::string& name) const { return fs::path(directory_.path().toStdString()) / name; }
    [[nodiscard]] std::size_t files() const {
        std::size_t count = 0;
        for (const auto& entry : fs::directory_iterator(path("."))) {
            count += entry.path().extension() == ".lock" ? 1 : 0;
        }
        return count;
    }

private Q_SLOTS:
    void one_at_a_time() {
        const fs::path session = path("a.r2t2");
        auto first = RunClaim::take(session, 3);
        QVERIFY(first.ok() && (*first)->first_run() == 3);
        QVERIFY(RunClaim::held(session, 3));
        const auto second = RunClaim::take(session, 3);
        QVERIFY(!second.ok());
        QCOMPARE(second.error().kind, ErrorKind::Io);
        QVERIFY2(second.error().message().find("a.r2t2: run 3: another program is writing this run") != std::string::npos, second.error().message().c_str());
        QVERIFY(RunClaim::take(session, 1).ok());          // another evaluation of the session
        QVERIFY(RunClaim::take(path("b.r2t2"), 3).ok());   // another session
        first = cancelled();
        QVERIFY(!RunClaim::held(session, 3));
        QCOMPARE(files(), std::size_t{0});
        QVERIFY(RunClaim::take(session, 3).ok());
    }

    void another_name_is_the_same_file() {
        std::ofstream(path("true.r2t2")) << "x";
        fs::create_directories(path("folder"));
        fs::create_symlink(path("true.r2t2"), path("folder/link.r2t2"));
        const auto claim = RunClaim::take(path("folder/link.r2t2"), 1);
        QVERIFY(claim.ok());
        QVERIFY(!RunClaim::take(path("true.r2t2"), 1).ok());
        QVERIFY(!RunClaim::take(path("folder/../true.r2t2"), 1).ok());
        QVERIFY(fs::exists(path("true.r2t2-run1.lock")));
    }

    void a_killed_owner_claims_nothing() {
        const fs::path session = path("killed.r2t2");
        int ready[2];
        QCOMPARE(::pipe(ready), 0);
        const pid_t child = ::fork();
        if (child == 0) {
            const auto claim = RunClaim::take(session, 1);
            const char said = claim.ok() ? 'y' : 'n';
            (void)!::write(ready[1], &said, 1);
            ::pause();
            ::_exit(0);
        }
        char said = '?';
        QCOMPARE(::read(ready[0], &said, 1), ssize_t{1});
        QCOMPARE(said, 'y');
        QVERIFY(!RunClaim::take(session, 1).ok());
        QVERIFY(RunClaim::held(session, 1));
        ::kill(child, SIGKILL);
        ::waitpid(child, nullptr, 0);
        QVERIFY(fs::exists(path("killed.r2t2-run1.lock")));  // left behind, and harmless
        QVERIFY(!RunClaim::held(session, 1));
        { QVERIFY(RunClaim::take(session, 1).ok()); }
        QVERIFY(!fs::exists(path("killed.r2t2-run1.lock")));
    }

    void a_folder_that_cannot_be_written_says_so() {
        const auto claim = RunClaim::take("/proc/none/s.r2t2", 1);
        QVERIFY(!claim.ok());
        QVERIFY2(claim.error().message().find("cannot be made") != std::string::npos, claim.error().message().c_str());
        QVERIFY(!RunClaim::held("/proc/none/s.r2t2", 1));
    }

    /// Owners come and go: there is never more than one.
    void never_two_owners() {
        const fs::path session = path("race.r2t2");
        std::atomic<int> owners{0}, taken{0};
        std::atomic<bool> two{false};
        std::vector<std::thread> threads;
        for (int t = 0; t < 4; ++t) {
            threads.emplace_back([&] {
                for (int i = 0; i < 500; ++i) {
                    if (const auto claim = RunClaim::take(session, 1)) {
                        two = two || ++owners > 1;
                        ++taken;
                        --owners;
                    }
                }
            });
        }
        for (std::thread& thread : threads) {
            thread.join();
        }
        QVERIFY(!two);
        QVERIFY(taken > 0);
        QVERIFY(!fs::exists(path("race.r2t2-run1.lock")));
    }

    /// What depends on what is there is settled inside the transaction, and an error there leaves nothing.
    void runs_are_completed_inside_their_transaction() {
        const std::string file = path("complete.r2t2").string();
        auto writer = SessionWriter::create(file);
        QVERIFY(writer.ok());
        const auto refused = writer->begin_runs({run_info()}, [](std::int64_t, std::vector<RunInfo>&) -> Status { return invalid_input("here", "name", "x", "y"); });
        QVERIFY(!refused.ok());
        std::int64_t told = 0;
        const auto runs = writer->begin_runs({run_info()}, [&](std::int64_t first, std::vector<RunInfo>& infos) -> Status {
            told = first;
            infos.front().name = "number " + std::to_string(first);
            infos.push_back(infos.front());
            return {};
        });
        QVERIFY(runs.ok());
        QCOMPARE(told, std::int64_t{1});
        QCOMPARE(*runs, (std::vector<std::int64_t>{1, 2}));
        auto reader = SessionReader::open(file);
        QCOMPARE(reader->run(2)->info.name, std::string("number 1"));
    }
};

QTEST_APPLESS_MAIN(TestRunClaim)
#include "test_run_claim.moc"
