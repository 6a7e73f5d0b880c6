// What becomes of a session's write-ahead log: emptied, moved into the file by whoever ends last, or left as it is. Private to the room.
//
// Thread rule: a handle belongs to one thread; the functions of a file open one of their own.
#pragma once

#include <sqlite3.h>

#include <string>

namespace r2t2::sqlite {

inline constexpr int kPatience = 10'000;  ///< ms that a connection waits for others

/// Waits until no reader needs the log, then empties it. In many short attempts: SQLite notes which marks are stale before it
/// waits for them, and waits in vain where readers without a pause take such a mark for the newest state meanwhile. SQLite's code.
[[nodiscard]] int empty_log(sqlite3* handle, const char* schema, int patience);

/// What becomes of a log that nobody uses.
enum class UnusedLog { Stays, MovesIn };

/// Where nobody else uses the file: the log is moved into it and both of SQLite's files are taken away; or the log stays, and its index
/// (-shm) and a log without content go. Who uses a log holds the file, so it is held alone here, with an index in memory; a program that
/// comes meanwhile waits for the file before it looks for the index. False: somebody uses it, or what the log holds cannot be moved.
bool settle_log(const std::string& file, UnusedLog unused);

/// After a connection was closed. SQLite moves the log where it finds itself the last to close; of two that close at the same moment each
/// finds the other. Whoever still has the file open has this before him.
void fold_log_in(const std::string& file);

}  // namespace r2t2::sqlite
