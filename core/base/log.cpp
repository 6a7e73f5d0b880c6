#include "core/base/log.h"

#include <atomic>
#include <cstdio>
#include <mutex>
#include <utility>

#include "core/base/quoted_name.h"

namespace r2t2 {

namespace {

struct LogState {
    std::atomic<LogLevel> level{LogLevel::Info};
    std::mutex mutex;
    LogSink sink;
    bool to_stderr = true;
};

LogState& state() {
    static auto* shared = new LogState;  // never destroyed: threads may log while the program ends
    return *shared;
}

}  // namespace

std::string to_string(LogLevel level) {
    switch (level) {
        case LogLevel::Debug:
            return "debug";
        case LogLevel::Info:
            return "info";
        case LogLevel::Warning:
            return "warning";
        case LogLevel::Error:
            return "error";
        case LogLevel::Off:
            return "off";
    }
    return {};
}

std::string format(const LogLine& line) {
    std::string out = "r2t2: ";
    if (line.level != LogLevel::Info) {  // the common case needs no word
        out += to_string(line.level) + ": ";
    }
    if (!line.room.empty()) {
        out += line.room + ": ";
    }
    out += printable(line.text);
    return out;
}

void set_log_level(LogLevel level) {
    state().level.store(level, std::memory_order_relaxed);
}

LogLevel log_level() {
    return state().level.load(std::memory_order_relaxed);
}

void set_log_sink(LogSink sink, bool also_stderr) {
    const std::lock_guard lock(state().mutex);
    state().to_stderr = also_stderr || !sink;
    state().sink = std::move(sink);
}

void write_log(LogLevel level, std::string_view room, std::string_view text) {
    if (level == LogLevel::Off || level < log_level()) {
        return;
    }
    const LogLine line{level, std::string(room), printable(text)};
    const std::lock_guard lock(state().mutex);
    if (state().to_stderr) {
        std::fputs((format(line) + "\n").c_str(), stderr);
    }
    if (state().sink) {
        state().sink(line);
    }
}

}  // namespace r2t2
