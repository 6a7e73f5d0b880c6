// Is this file a database, as sessions are?
//
// Asked of files that this process may have open as a session: the file is read in a way that leaves its locks alone, which opening
// it as any other file would not (sqlite_files.h, first_bytes). Thread rule: pure function; reads the file system.
#pragma once

#include <filesystem>

namespace r2t2 {

/// It begins as SQLite's files do. False also where it cannot be read.
[[nodiscard]] bool is_database_file(const std::filesystem::path& path);

}  // namespace r2t2
