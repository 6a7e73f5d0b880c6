// The log panel's lines: from several threads, bounded, filtered, copied.
#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QtTest>
#include <atomic>
#include <thread>

#include "tests/support/patience.h"
#include "ui/models/log_model.h"

using namespace r2t2;
using namespace r2t2::ui;

namespace {

using Tester = QAbstractItemModelTester;

}  // namespace

class TestLogModel : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void cleanup() { set_log_sink({}); }

    void takesTheProgramsLog() {
        {
            LogModel model;
            Tester tester(&model, Tester::FailureReportingMode::Fatal);
            model.attach(false);
            log_warning("session", "old schema\nmigrating");
            log_info("model", "opened");
            QCOMPARE(model.rowCount(), 0);  // queued
            QTRY_COMPARE_WITH_TIMEOUT(model.rowCount(), 2, kPatience);
            const QString line = model.index(0).data().toString();
            QVERIFY2(QRegularExpression("^\\d\\d:\\d\\d:\\d\\d\\.\\d{3} warning session: old schema\\\\nmigrating$").match(line).hasMatch(),
                     qPrintable(line));
            QCOMPARE(model.index(0).data(LevelRole).toInt(), static_cast<int>(LogLevel::Warning));
            QVERIFY(model.index(1).data().toString().endsWith(" info model: opened"));
        }
        log_info("model", "after the model is gone");  // the sink has been taken away
    }
    void filtersByLevel() {
        LogModel model;
        Tester tester(&model, Tester::FailureReportingMode::Fatal);
        const LogSink sink = model.sink();
        for (int i = 0; i < 40; ++i) {
            sink({static_cast<LogLevel>(i % 4), "room", std::to_string(i)});
        }
        model.flush();
        QCOMPARE(model.rowCount(), 40);
        model.set_level(LogLevel::Error);
        QCOMPARE(model.rowCount(), 10);
        sink({LogLevel::Info, "", "hidden"});
        sink({LogLevel::Error, "", "shown"});
        model.flush();
        QCOMPARE(model.rowCount(), 11);
        QVERIFY(model.index(10).data().toString().endsWith("error shown"));
        model.set_level(LogLevel::Debug);
        QCOMPARE(model.rowCount(), 42);
        model.clear();
        QCOMPARE(model.rowCount(), 0);
        sink({LogLevel::Info, "", "after"});
        model.flush();
        QCOMPARE(model.rowCount(), 1);
    }
    void copies() {
        LogModel model;
        const LogSink sink = model.sink();
        for (const char* text : {"a", "b", "c"}) {
            sink({LogLevel::Info, "", text});
        }
        model.flush();
        QCOMPARE(model.text().count('\n'), 3);
        const QStringList two = model.text({model.index(2), model.index(0), model.index(2)}).split('\n', Qt::SkipEmptyParts);
        QCOMPARE(two.size(), 2);
        QVERIFY(two[0].endsWith(" info a") && two[1].endsWith(" info c"));
    }
    void isBounded() {
        LogModel model;
        Tester tester(&model, Tester::FailureReportingMode::Fatal);
        model.set_level(LogLevel::Warning);
        const LogSink sink = model.sink();
        for (int i = 0; i < 12000; ++i) {
            sink({i % 2 ? LogLevel::Warning : LogLevel::Info, "", std::to_string(i)});
            if (i % 700 == 0) {
                model.flush();
            }
        }
        model.flush();
        QCOMPARE(model.rowCount(), 2500);
        QVERIFY(model.index(2499).data().toString().endsWith("warning 11999"));
        model.set_level(LogLevel::Debug);
        QCOMPARE(model.rowCount(), 5000);
        QVERIFY(model.index(0).data().toString().endsWith("info 7000"));
    }
    void aFloodIsCounted() {
        LogModel model;
        Tester tester(&model, Tester::FailureReportingMode::Fatal);
        const LogSink sink = model.sink();
        for (int i = 0; i < 7000; ++i) {
            sink({LogLevel::Info, "", std::to_string(i)});
        }
        model.flush();
        QCOMPARE(model.rowCount(), 5000);
        QVERIFY2(model.index(0).data().toString().contains("2001 lines"), qPrintable(model.index(0).data().toString()));
        QVERIFY(model.index(4999).data().toString().endsWith(" 6999"));
    }
    void severalThreadsWrite() {
        LogModel model;
        Tester tester(&model, Tester::FailureReportingMode::Fatal);
        model.attach(false);
        constexpr int kThreads = 8, kLines = 500;
        std::vector<std::thread> threads;
        for (int t = 0; t < kThreads; ++t) {
            threads.emplace_back([t] {
                for (int i = 0; i < kLines; ++i) {
                    log_info("t" + std::to_string(t), std::to_string(i));
                }
            });
        }
        QTRY_COMPARE_WITH_TIMEOUT(model.rowCount(), kThreads * kLines, kPatience);
        for (auto& thread : threads) {
            thread.join();
        }
        std::vector<int> next(kThreads, 0);  // each thread's lines in their order
        for (int row = 0; row < model.rowCount(); ++row) {
            const QString line = model.index(row).data().toString();
            const auto parts = line.mid(line.indexOf(" t") + 2).split(": ");
            QCOMPARE(parts[1].toInt(), next[static_cast<std::size_t>(parts[0].toInt())]++);
        }
    }
    void goesWhileOthersWrite() {
        std::atomic<bool> stop{false};
        std::vector<std::thread> threads;
        for (int t = 0; t < 3; ++t) {
            threads.emplace_back([&] {
                while (!stop) {
                    log_info("room", "line");
                    std::this_thread::yield();
                }
            });
        }
        for (int i = 0; i < 100; ++i) {
            LogModel model;
            model.attach(false);
            const LogSink kept = model.sink();
            QTest::qWait(i % 3);
            set_log_sink(kept, false);  // somebody keeps a copy of the sink longer than the model
        }
        set_log_sink([](const LogLine&) {}, false);
        stop = true;
        for (auto& thread : threads) {
            thread.join();
        }
    }
};

QTEST_GUILESS_MAIN(TestLogModel)
#include "test_log_model.moc"
