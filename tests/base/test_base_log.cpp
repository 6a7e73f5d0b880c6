// Log levels, format, sink, threads.
#include <QtTest>
#include <thread>
#include <vector>

#include "core/base/log.h"
#include "core/base/quoted_name.h"
#include "core/base/result.h"
#include "core/base/shell_word.h"

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
        QCOMPARE(format({LogLevel::Info, "", "a\nb"}), std::string("r2t2: a\\nb"));
        QCOMPARE(format({LogLevel::Error, "", "nope\x1b[31m.db"}), std::string("r2t2: error: nope\\x1b[31m.db"));
    }
    void printableText() {
        QCOMPARE(printable("a\tb\r\n\x1b[2J\x7f"), std::string("a\\tb\\r\\n\\x1b[2J\\x7f"));
        QCOMPARE(printable("csi\xc2\x9b, raw \x9b"), std::string("csi\\x9b, raw \\x9b"));
        QCOMPARE(printable("\xe2\x80\xae" "fdp.exe"), std::string("\\u202efdp.exe"));
        for (const char* text : {"caf\xc3\xa9", "\xe6\x9d\xb1 a", "\xf0\x9f\x98\x80", "lat\xe9in", "", "\\x1b"}) {
            QCOMPARE(printable(text), std::string(text));
        }
        QCOMPARE(printable(printable("\x1b\n")), printable("\x1b\n"));
        QCOMPARE(printable_lines("a\tb\n\x1b"), std::string("a\tb\n\\x1b"));
        QCOMPARE(invalid_input("a\nb", "", "\x1b[31m", "x").message(), std::string("a\\nb: found \\x1b[31m; allowed: x"));
        QCOMPARE(shell_word("a\x1b'b"), std::string("$'a\\033\\'b'"));
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
