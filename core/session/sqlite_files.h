// Internal to core/session: a database file, what SQLite keeps beside it, and under which name SQLite is to open it.
//
// Thread rule: pure functions; they look at the file system.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace r2t2::sqlite {

struct DatabaseFiles {
    std::string file;       ///< absolute, links followed: SQLite puts its own files beside that one
    bool log = false;       ///< "-wal", not empty: part of what is stored
    bool index = false;     ///< "-shm"
    bool journal = false;   ///< "-journal", not empty: a change that was cut short
    bool writable = false;  ///< this process may write the file, and make files in its folder
};
[[nodiscard]] DatabaseFiles files_of(const std::string& path);

/// The same file under a name that SQLite takes for nothing else: "file:..." is a URI to it, ":memory:" and "" are no files.
[[nodiscard]] std::string plain_name(const std::string& path);

/// For a file that nobody can be writing, and beside which nothing can be made: no locks, no log, no index.
/// https://www.sqlite.org/uri.html#uriimmutable
[[nodiscard]] std::string immutable_uri(const std::string& file);

/// The first bytes of a file, 100 at most. Read through SQLite: whoever opens and closes the file by another way takes away every lock
/// that this process holds on it (POSIX, fcntl), and the next program that ends takes itself for the last one and deletes the log
/// that is being written. https://www.sqlite.org/howtocorrupt.html#_posix_advisory_locks_canceled_by_a_separate_thread_doing_close_
/// Errors: the system's reason; no regular file.
[[nodiscard]] Result<std::string> first_bytes(const std::string& path);

inline constexpr std::string_view kMagic("SQLite format 3\0", 16);
/// https://www.sqlite.org/fileformat.html, section 1.3.1
[[nodiscard]] inline bool has_database_magic(std::string_view bytes) { return bytes.starts_with(kMagic); }

/// Tells whether a file has been written since: size, time and log.
[[nodiscard]] std::string file_state(const std::string& file);

}  // namespace r2t2::sqlite
