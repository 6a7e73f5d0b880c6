#include "core/session/sqlite_error.h"

#include <sqlite3.h>

#include <cerrno>

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

Error error_of(const std::string& path, const std::string& doing, sqlite3* handle, int code) {
    const std::string message = handle != nullptr ? sqlite3_errmsg(handle) : sqlite3_errstr(code);
    const int extended = handle != nullptr ? sqlite3_extended_errcode(handle) : code;
    const std::string coded = " (SQLite code " + std::to_string(extended) + ")";
    if (const char* full = obstacle(handle, extended)) {
        return {ErrorKind::Io, path, doing, full + coded, "room to grow; what was written before is safe, and a run can be resumed"};
    }
    return {kind_of(code), path, doing, message + coded, {}};
}

}  // namespace r2t2::sqlite
