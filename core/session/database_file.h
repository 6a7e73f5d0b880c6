// Is this file a database, as sessions are? And is there a place for one?
//
// Asked of files that this process may have open as a session: the file is read in a way that leaves its locks alone, which opening
// it as any other file would not (sqlite_files.h, first_bytes). Thread rule: pure function; reads the file system.
#pragma once

#include <filesystem>
#include <string>

namespace r2t2 {

/// It begins as SQLite's files do. False also where it cannot be read.
[[nodiscard]] bool is_database_file(const std::filesystem::path& path);
/// "no such file", and where its folder is not there or is none, that folder. For errors.
[[nodiscard]] std::string missing_text(const std::filesystem::path& path);
[[nodiscard]] bool lacks_folder(const std::filesystem::path& path);

}  // namespace r2t2
