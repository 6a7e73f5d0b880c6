// Log lines for people: to stderr, one a line, never to stdout (that is for data).
//
//   log_warning("session", "old schema, migrating");      ->  r2t2: warning: session: old schema, migrating
//
// `--quiet` = set_log_level(LogLevel::Error), `--verbose` = Debug. A program may take the lines elsewhere (the log
// panel) with a sink. Thread rule: everything here may be called from any thread; lines are never mixed. The sink
// runs on the caller's thread, under the log's lock: it must be quick and must not log.
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace r2t2 {

enum class LogLevel { Debug, Info, Warning, Error, Off };

struct LogLine {
    LogLevel level = LogLevel::Info;
    std::string room;  ///< "session", "model"; may be empty
    std::string text;
};

using LogSink = std::function<void(const LogLine&)>;

[[nodiscard]] std::string to_string(LogLevel level);
/// "r2t2: warning: session: text": one line, whatever the text holds (a file's name may hold line breaks and worse).
[[nodiscard]] std::string format(const LogLine& line);

/// Lines below the level are dropped. Default: Info.
void set_log_level(LogLevel level);
[[nodiscard]] LogLevel log_level();
/// Lines go here in addition to stderr, or instead of it. An empty sink removes the present one.
void set_log_sink(LogSink sink, bool also_stderr = true);

void write_log(LogLevel level, std::string_view room, std::string_view text);
inline void log_debug(std::string_view room, std::string_view text) { write_log(LogLevel::Debug, room, text);
}
inline void log_info(std::string_view room, std::string_view text) { write_log(LogLevel::Info, room, text);
}
inline void log_warning(std::string_view room, std::string_view text) { write_log(LogLevel::Warning, room, text);
}
inline void log_error(std::string_view room, std::string_view text) { write_log(LogLevel::Error, room, text);
}

}  // namespace r2t2
