// Internal to core/session: a database file, what SQLite keeps beside it, and under which name SQLite is to open it.
//
// Thread rule: pure functions; they look at the file system.
#pragma once

#include <cstdint>
#include <string>

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

/// Tells whether a file has been written since: size, time and log.
[[nodiscard]] std::string file_state(const std::string& file);

}  // namespace r2t2::sqlite
