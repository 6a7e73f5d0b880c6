#include "core/session/sqlite_files.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <memory>

namespace r2t2::sqlite {

namespace {

namespace fs = std::filesystem;

bool has_bytes(const std::string& path) {
    std::error_code code;
    const auto size = fs::file_size(path, code);
    return !code && size > 0;
}

bool may_write(const std::string& path) { return faccessat(AT_FDCWD, path.c_str(), W_OK, AT_EACCESS) == 0; }

}  // namespace

DatabaseFiles files_of(const std::string& path) {
    std::error_code code;
    const fs::path resolved = fs::weakly_canonical(path, code);
    DatabaseFiles out;
    out.file = code ? path : resolved.string();
    out.log = has_bytes(out.file + "-wal");
    out.journal = has_bytes(out.file + "-journal");
    out.index = fs::exists(out.file + "-shm", code);
    const std::string folder = fs::path(out.file).parent_path().string();
    out.writable = may_write(out.file) && may_write(folder.empty() ? "." : folder);
    return out;
}

std::string plain_name(const std::string& path) { return path.starts_with('/') ? path : "./" + path; }

std::string immutable_uri(const std::string& file) {
    static constexpr char kDigits[] = "0123456789ABCDEF";
    std::string out = "file://";
    for (const char each : file) {
        const auto byte = static_cast<unsigned char>(each);
        const bool plain = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') || byte == '/' || byte == '.' ||
                           byte == '-' || byte == '_';
        out += plain ? std::string(1, each) : std::string{'%', kDigits[byte >> 4], kDigits[byte & 15]};
    }
    return out + "?mode=ro&immutable=1";
}

Result<std::string> first_bytes(const std::string& path) {
    struct stat what {};
    const auto refused = [&path](const char* doing, int reason) { return io_error(path, std::string("cannot be ") + doing + ": " + std::strerror(reason)); };
    if (stat(path.c_str(), &what) != 0) {
        return refused("opened", errno);
    }
    if (!S_ISREG(what.st_mode)) {  // a pipe would keep us waiting
        return S_ISDIR(what.st_mode) ? refused("read", EISDIR) : io_error(path, "is no regular file");
    }
    sqlite3* handle = nullptr;
    errno = 0;
    const int opened = sqlite3_open_v2(plain_name(path).c_str(), &handle, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, nullptr);
    const std::unique_ptr<sqlite3, decltype(&sqlite3_close_v2)> closes(handle, sqlite3_close_v2);
    if (opened != SQLITE_OK) {
        const int reason = handle != nullptr ? sqlite3_system_errno(handle) : ENOMEM;
        return refused("opened", reason != 0 ? reason : EIO);
    }
    sqlite3_file* file = nullptr;
    sqlite3_int64 size = 0;
    if (sqlite3_file_control(handle, "main", SQLITE_FCNTL_FILE_POINTER, &file) != SQLITE_OK || file == nullptr || file->pMethods == nullptr ||
        file->pMethods->xFileSize(file, &size) != SQLITE_OK) {
        return refused("read", errno != 0 ? errno : EIO);
    }
    size = std::max<sqlite3_int64>(size, what.st_size == 1 ? 1 : 0);  // SQLite takes a file of one byte for an empty one
    std::string bytes(static_cast<std::size_t>(std::min<sqlite3_int64>(size, 100)), '\0');
    if (!bytes.empty() && file->pMethods->xRead(file, bytes.data(), static_cast<int>(bytes.size()), 0) != SQLITE_OK) {
        return refused("read", errno != 0 ? errno : EIO);
    }
    return bytes;
}

std::string file_state(const std::string& file) {
    struct stat now {};
    if (stat(file.c_str(), &now) != 0) {
        return "gone";
    }
    return std::to_string(now.st_ino) + " " + std::to_string(now.st_size) + " " + std::to_string(now.st_mtim.tv_sec) + "." +
           std::to_string(now.st_mtim.tv_nsec) + (has_bytes(file + "-wal") ? " with a log" : "");
}

}  // namespace r2t2::sqlite
