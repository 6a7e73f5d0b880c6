// Jobs: the newest wins, errors arrive, nothing arrives too late, and nothing is left behind.
#include <QSemaphore>
#include <QSignalSpy>
#include <QtTest>
#include <atomic>
#include <optional>
#include <random>
#include <stdexcept>
#include <thread>

#include "core/base/extra_threads.h"
#include "tests/support/patience.h"
#include "tests/support/thread_limit.h"
#include "ui/models/job_runner.h"

using namespace r2t2;
using namespace r2t2::ui;

class TestJobRunner : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void deliversOnTheOwnersThread() {
        JobRunner runner;
        QThread* work_thread = nullptr;
        QThread* done_thread = nullptr;
        int value = 0;
        runner.start<int>("a", "A", this,
            [&](const JobRunner::Context&) { work_thread = QThread::currentThread(); return Result<int>(7); },
            [&](Result<int> result) { done_thread = QThread::currentThread(); value = *result; });
        QVERIFY(runner.busy("a"));
        QVERIFY(!runner.busy("b"));
        QTRY_VERIFY_WITH_TIMEOUT(!runner.busy(), kPatience);
        QCOMPARE(value, 7);
        QCOMPARE(done_thread, QThread::currentThread());
        QVERIFY(work_thread != QThread::currentThread());
    }
    void theNewestWins() {
        JobRunner runner;
        QSignalSpy started(&runner, &JobRunner::started);
        QSemaphore go;
        std::vector<int> begun, delivered;
        for (int i = 0; i < 20; ++i) {
            runner.start<int>("drag", "drag", this,
                [&, i](const JobRunner::Context&) { begun.push_back(i); go.acquire(); return Result<int>(i); },
                [&](Result<int> result) { delivered.push_back(*result); });
        }
        go.release(2);
        runner.drain();
        QCOMPARE(begun, (std::vector<int>{0, 19}));  // those between never ran
        QCOMPARE(delivered, std::vector<int>{19});
        QCOMPARE(started.size(), 2);
    }
    void cancelDeliversNothing() {
        JobRunner runner;
        QSemaphore running;
        bool called = false, saw = false;
        runner.start<int>("a", "A", this,
            [&](const JobRunner::Context& context) -> Result<int> {
                running.release();
                while (!context.cancel.cancelled()) {
                    std::this_thread::yield();
                }
                saw = true;
                context.post([&called] { called = true; });
                return 1;  // too late: dropped although it is a value
            },
            [&](Result<int>) { called = true; });
        running.acquire();
        runner.start<int>("a", "A", this, [](const JobRunner::Context&) { return Result<int>(2); },
                          [&](Result<int>) { called = true; });
        runner.cancel("a");  // the waiting one, too
        runner.drain();
        QVERIFY(saw);
        QVERIFY(!called);
    }
    void errorsArriveLikeValues() {
        JobRunner runner;
        std::vector<Error> errors;
        const auto keep = [&](Result<int> result) { errors.push_back(result.error()); };
        runner.start<int>("a", "A", this, [](const JobRunner::Context&) { return Result<int>(io_error("file", "gone")); }, keep);
        runner.drain();
        runner.start<int>("a", "Third party", this,
            [](const JobRunner::Context&) -> Result<int> { throw std::runtime_error("no such kernel"); }, keep);
        runner.drain();
        runner.start<int>("a", "Much", this, [](const JobRunner::Context&) -> Result<int> { throw std::bad_alloc(); }, keep);
        runner.drain();
        runner.start<int>("a", "A", this, [](const JobRunner::Context&) { return Result<int>(cancelled()); }, keep);
        runner.drain();
        QCOMPARE(errors.size(), std::size_t{3});  // Cancelled is nothing to tell
        QCOMPARE(errors[0].kind, ErrorKind::Io);
        QCOMPARE(errors[1].kind, ErrorKind::Internal);
        QCOMPARE(errors[1].found, std::string("no such kernel"));
        QCOMPARE(errors[2].kind, ErrorKind::OutOfMemory);
    }
    // Case fault-thread-limit: the pool cannot have another thread. The job is an error, and the runner can be closed.
    void noThreadIsAnError() {
        JobRunner runner;
        QObject receiver;
        std::optional<Error> error;
        {
            const NoMoreThreads limit;
            ExtraThreads all;
            std::atomic<bool> go_on{false};
            take_all_threads(all, go_on);
            runner.start<int>("slot", "Count", &receiver, [](const JobRunner::Context&) -> Result<int> { return 1; },
                              [&](Result<int> result) { error = result ? Error{} : result.error(); });
            go_on = true;
            go_on.notify_all();
            all.join();
        }
        runner.drain();
        QVERIFY(error.has_value());
        QCOMPARE(error->kind, ErrorKind::Io);
        QVERIFY(!runner.busy());
        std::optional<int> value;
        runner.start<int>("slot", "Count", &receiver, [](const JobRunner::Context&) -> Result<int> { return 1; }, [&](Result<int> result) { value = *result; });
        runner.drain();
        QCOMPARE(value.value_or(0), 1);  // once there is room
    }

    void aReceiverThatIsGoneGetsNothing() {
        JobRunner runner;
        QSemaphore go;
        bool called = false;
        auto receiver = std::make_unique<QObject>();
        runner.start<int>("a", "A", receiver.get(),
            [&](const JobRunner::Context& context) {
                go.acquire();
                context.post([&] { called = true; });
                return Result<int>(1);
            },
            [&](Result<int>) { called = true; });
        receiver.reset();
        go.release();
        runner.drain();
        QVERIFY(!called);
    }
    void theRunnerMayGoDuringAJob() {
        std::atomic<bool> ended{false};
        bool called = false;
        {
            JobRunner runner;
            QSemaphore running;
            runner.start<int>("a", "A", this,
                [&](const JobRunner::Context& context) -> Result<int> {
                    running.release();
                    while (!context.cancel.cancelled()) {
                        context.progress({"stage", 1, 2, ""});
                    }
                    ended = true;
                    return 1;
                },
                [&](Result<int>) { called = true; });
            running.acquire();
        }
        QVERIFY(ended);  // the destructor waited
        QCoreApplication::processEvents();
        QVERIFY(!called);
    }
    void aDeliveryMayDestroyTheRunner() {
        auto* runner = new JobRunner;
        bool done = false;
        runner->start<int>("a", "A", this, [](const JobRunner::Context&) { return Result<int>(1); },
                           [&](Result<int>) { delete runner; done = true; });
        QTRY_VERIFY_WITH_TIMEOUT(done, kPatience);
    }
    void aDeliveryMayAskAgain() {
        JobRunner runner;
        std::vector<int> delivered;
        std::function<void(int)> ask = [&](int i) {
            runner.start<int>("a", "A", this, [i](const JobRunner::Context&) { return Result<int>(i); },
                              [&, i](Result<int> result) {
                                  delivered.push_back(*result);
                                  if (i < 5) {
                                      ask(i + 1);
                                  }
                              });
        };
        ask(0);
        runner.drain();
        QCOMPARE(delivered, (std::vector<int>{0, 1, 2, 3, 4, 5}));
    }
    void progressIsThrottledAndOnTheOwnersThread() {
        JobRunner runner;
        int reports = 0;
        bool elsewhere = false;
        connect(&runner, &JobRunner::progressed, this, [&](const JobInfo& job) {
            ++reports;
            elsewhere |= QThread::currentThread() != thread();
            QCOMPARE(job.slot, QString("a"));
        }, Qt::DirectConnection);
        QElapsedTimer clock;  // begun before the job: reports are a tenth of a second apart by the same clock, however slow the machine
        clock.start();
        runner.start<int>("a", "A", this,
            [](const JobRunner::Context& context) {
                std::vector<std::thread> threads;
                for (int t = 0; t < 3; ++t) {  // from several threads of the job's own
                    threads.emplace_back([&] {
                        for (int i = 0; i < 20000; ++i) {
                            context.progress({"stage", i, 0, ""});
                        }
                    });
                }
                for (auto& thread : threads) {
                    thread.join();
                }
                return Result<int>(1);
            },
            [](Result<int>) {});
        QTRY_VERIFY_WITH_TIMEOUT(!runner.busy(), kPatience);
        QVERIFY(reports >= 1);
        QVERIFY2(reports <= clock.elapsed() / 100 + 2, qPrintable(QString::number(reports)));
        QVERIFY(!elsewhere);
    }
    void partsArriveInOrderBeforeTheEnd() {
        JobRunner runner;
        std::vector<int> got;
        runner.start<int>("a", "A", this,
            [&](const JobRunner::Context& context) {
                for (int i = 0; i < 100; ++i) {
                    context.post([&got, i] { got.push_back(i); });
                }
                return Result<int>(100);
            },
            [&](Result<int> result) { got.push_back(*result); });
        runner.drain();
        QCOMPARE(got.size(), std::size_t{101});
        QVERIFY(std::is_sorted(got.begin(), got.end()));
    }
    void whatTheWorkHoldsIsReleasedOnItsThread() {
        JobRunner runner;
        std::atomic<QThread*> released{nullptr};
        auto held = std::shared_ptr<int>(new int(1), [&](int* p) { released = QThread::currentThread(); delete p; });
        runner.start<int>("a", "A", this, [held = std::move(held)](const JobRunner::Context&) { return Result<int>(*held); },
                          [](Result<int>) {});
        runner.drain();
        QVERIFY(released != nullptr);
        QVERIFY(released != QThread::currentThread());
    }
    void drainWaitsForEverySlotAndWhatFollows() {
        JobRunner runner;
        QSignalSpy idle(&runner, &JobRunner::idle);
        int done = 0;
        for (int i = 0; i < 40; ++i) {  // more slots than threads
            runner.start<int>(QString::number(i), "A", this,
                [](const JobRunner::Context&) { QThread::msleep(2); return Result<int>(1); }, [&](Result<int>) { ++done; });
        }
        QVERIFY(!runner.running().empty());
        runner.drain();
        QCOMPARE(done, 40);
        QVERIFY(runner.running().empty());
        QCOMPARE(idle.size(), 1);
    }
    void openAndCloseWhileJobsRun() {
        std::mt19937 random(1);
        std::atomic<int> alive{0};
        int delivered = 0;
        for (int round = 0; round < 500; ++round) {
            auto runner = std::make_unique<JobRunner>();
            auto receiver = std::make_unique<QObject>();
            for (int i = 0; i < 6; ++i) {
                runner->start<int>(QString::number(i % 3), "A", receiver.get(),
                    [&alive, length = static_cast<int>(random() % 30)](const JobRunner::Context& context) -> Result<int> {
                        ++alive;
                        for (int n = 0; n < length && !context.cancel.cancelled(); ++n) {
                            context.progress({"stage", n, length, ""});
                            context.post([] {});
                            std::this_thread::yield();
                        }
                        --alive;
                        return context.cancel.cancelled() ? Result<int>(cancelled()) : Result<int>(1);
                    },
                    [&delivered](Result<int>) { ++delivered; });
            }
            switch (random() % 4) {
                case 0: receiver.reset(); break;
                case 1: QCoreApplication::processEvents(); break;
                case 2: runner->drain(); break;
                default: break;
            }
            runner.reset();
            QCOMPARE(alive.load(), 0);
        }
        QVERIFY(delivered > 0);
        qInfo("500 runners opened and closed, %d results delivered", delivered);
    }
};

QTEST_GUILESS_MAIN(TestJobRunner)
#include "test_job_runner.moc"
