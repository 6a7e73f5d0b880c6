#include "ui/figures/figure_files.h"

#include <filesystem>

#include "ui/paths/file_path.h"

namespace r2t2::ui {

Result<FolderClaim> claim_folder(const QString& folder) {
    const std::filesystem::path path = file_path(folder);
    std::error_code code;
    std::filesystem::create_directories(path, code);
    if (code) {
        return io_error(path.string(), "the folder cannot be made: " + code.message());
    }
    return FolderClaim::take(path);
}

void remove_former(const QStringList& paths) {
    for (const QString& path : paths) {
        std::error_code unread;
        if (std::filesystem::is_regular_file(std::filesystem::symlink_status(file_path(path), unread))) {
            std::filesystem::remove(file_path(path), unread);
        }
    }
}

}  // namespace r2t2::ui
