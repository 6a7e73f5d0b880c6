#include "core/session/sqlite_error.h"

#include <sqlite3.h>

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

namespace r2t2::sqlite {

namespace {

ErrorKind kind_of(int code) {
    switch (code & 0xff) {
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB:
        case SQLITE_CONSTRAINT:
        case SQLITE_MISMATCH:
            return ErrorKind::InvalidInput;
        case SQLITE_NOMEM:
            return ErrorKind::OutOfMemory;
        case SQLITE_INTERRUPT:
            return ErrorKind::Cancelled;
        case SQLITE_MISUSE:
        case SQLITE_ERROR:
            return ErrorKind::Internal;
        default:  // busy, full, read-only, cannot open, I/O, permissions
            return ErrorKind::Io;
    }
}

/// errno of the write that failed, to the file or to its journal: sqlite3_system_errno() does not know of those in a commit.
int write_errno(sqlite3* handle) {
    for (const int pointer : {SQLITE_FCNTL_JOURNAL_POINTER, SQLITE_FCNTL_FILE_POINTER}) {
        sqlite3_file* file = nullptr;
        int number = 0;
        if (sqlite3_file_control(handle, "main", pointer, &file) == SQLITE_OK && file != nullptr && file->pMethods != nullptr &&
            file->pMethods->xFileControl(file, SQLITE_FCNTL_LAST_ERRNO, &number) == SQLITE_OK && number != 0) {
            return number;
        }
    }
    return sqlite3_system_errno(handle);
}

/// Why a file cannot be opened. SQLite tries again without writing where it may not write: of a new file that says only that there is
/// none, and the folder says why.
int open_errno(const std::string& path, sqlite3* handle) {
    const int number = sqlite3_system_errno(handle);
    const std::string folder = std::filesystem::path(path).parent_path().string();
    return number == ENOENT && faccessat(AT_FDCWD, folder.empty() ? "." : folder.c_str(), W_OK, AT_EACCESS) != 0 ? errno : number;
}

/// What keeps a file from growing; nothing: another fault.
const char* obstacle(sqlite3* handle, int code) {
    if ((code & 0xff) == SQLITE_FULL) {
        return "the disk is full";
    }
    const bool growing = code == SQLITE_IOERR_WRITE || code == SQLITE_IOERR_TRUNCATE || code == SQLITE_IOERR_SHMSIZE;
    switch (growing && handle != nullptr ? write_errno(handle) : 0) {
        case ENOSPC:
            return "the disk is full";
        case EDQUOT:
            return "the disk quota is used up";
        case EFBIG:
            return "the file may not grow any more (ulimit -f, or the file system's limit)";
        default:
            return nullptr;
    }
}

}  // namespace

bool no_room(sqlite3* handle) {
    const int code = sqlite3_extended_errcode(handle);
    return code == SQLITE_IOERR_SHMSIZE || obstacle(handle, code) != nullptr;
}

Error error_of(const std::string& path, const std::string& doing, sqlite3* handle, int code) {
    const std::string message = handle != nullptr ? sqlite3_errmsg(handle) : sqlite3_errstr(code);
    const int extended = handle != nullptr ? sqlite3_extended_errcode(handle) : code;
    const std::string coded = " (SQLite code " + std::to_string(extended) + ")";
    if (const char* full = obstacle(handle, extended)) {
        return {ErrorKind::Io, path, doing, full + coded, "room to grow"};
    }
    if ((extended & 0xff) == SQLITE_READONLY) {
        return {ErrorKind::Io, path, doing, "the file or its folder cannot be written" + coded,
                "a session that can be written: copy it, with its -wal if there is one, into a folder of yours"};
    }
    const int reason = (extended & 0xff) == SQLITE_CANTOPEN && handle != nullptr ? open_errno(path, handle) : 0;
    return {kind_of(code), path, doing, message + (reason != 0 ? std::string(": ") + std::strerror(reason) : "") + coded, {}};
}

}  // namespace r2t2::sqlite
