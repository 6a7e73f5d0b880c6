#include "core/session/database_file.h"

#include "core/session/sqlite_files.h"

namespace r2t2 {

bool is_database_file(const std::filesystem::path& path) {
    const Result<std::string> head = sqlite::first_bytes(path.string());
    return head.ok() && sqlite::has_database_magic(*head);
}

bool lacks_folder(const std::filesystem::path& path) {
    std::error_code code;
    return path.has_parent_path() && !std::filesystem::is_directory(path.parent_path(), code);
}

std::string missing_text(const std::filesystem::path& path) {
    return lacks_folder(path) ? "no such file: there is no folder " + path.parent_path().string() : "no such file";
}

}  // namespace r2t2
