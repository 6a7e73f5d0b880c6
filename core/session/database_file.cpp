#include "core/session/database_file.h"

#include "core/session/sqlite_files.h"

namespace r2t2 {

bool is_database_file(const std::filesystem::path& path) {
    const Result<std::string> head = sqlite::first_bytes(path.string());
    return head.ok() && sqlite::has_database_magic(*head);
}

}  // namespace r2t2
