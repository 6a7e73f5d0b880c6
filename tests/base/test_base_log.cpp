// Log levels, format, sink, threads.
#include <QtTest>
#include <thread>
#include <vector>

#include "core/base/log.h"

using namespace r2t2;

class TestBaseLog : public QObject {
    Q_OBJECT
    std::vector<LogLine> lines_;

private Q_SLOTS:
    void init() {
        lines_.clear();
        set_log_level(LogLevel::Info);
        set_log_sink([this](const LogLine& line) { lines_.push_back(line); }, false);
    }
    void cleanup() {
        set_log_sink({});
        set_log_level(LogLevel::Info);
    }
    void formats() {
        QCOMPARE(format({LogLevel::Warning, "session", "old"}), std::string("r2t2: warning: session: old"));
        QCOMPARE(format({LogLevel::Info, "", "a\nb"}), std::string("r2t2: a\n    b"));
    }
    void dropsBelowTheLevel() {
        log_debug("x", "1");
        log_info("x", "2");
        log_warning("x", "3");
        log_error("x", "4");
        QCOMPARE(lines_.size(), std::size_t{3});
        QCOMPARE(lines_.front().text, std::string("2"));
    }
    void quietLeavesErrorsOnly() {
        set_log_level(LogLevel::Error);
        log_warning("x", "3");
        log_error("x", "4");
        QCOMPARE(lines_.size(), std::size_t{1});
        set_log_level(LogLevel::Off);
        log_error("x", "5");
        QCOMPARE(lines_.size(), std::size_t{1});
    }
    void threadsDoNotLoseLines() {
        std::vector<std::thread> threads;
        for (int t = 0; t < 4; ++t) {
            threads.emplace_back([] {
                for (int i = 0; i < 500; ++i) {
                    log_info("thread", "line");
                }
            });
        }
        for (std::thread& thread : threads) {
            thread.join();
        }
        QCOMPARE(lines_.size(), std::size_t{2000});
    }
};

QTEST_APPLESS_MAIN(TestBaseLog)
#include "test_base_log.moc"
