#include "core/session/open_place.h"

#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "core/base/shell_word.h"

namespace r2t2::sqlite {

namespace fs = std::filesystem;

std::optional<OpenPlace::Identity> OpenPlace::identity(const std::string& file) {
    struct stat what {};
    if (::stat(file.c_str(), &what) != 0) {
        return std::nullopt;
    }
    return Identity{what.st_dev, what.st_ino};
}

namespace {

/// All that was committed, from the log into the file. A reader of an older state keeps the log from being emptied, not from being moved.
bool move_log(sqlite3* handle) {
    if (sqlite3_wal_checkpoint_v2(handle, "main", SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr) == SQLITE_OK) {
        return true;
    }
    int frames = 0, moved = -1;
    return sqlite3_wal_checkpoint_v2(handle, "main", SQLITE_CHECKPOINT_PASSIVE, &frames, &moved) == SQLITE_OK && frames == moved;
}

}  // namespace

OpenPlace::OpenPlace(std::string path, sqlite3* handle) : path_(std::move(path)) {
    const char* name = sqlite3_db_filename(handle, "main");
    file_ = name == nullptr ? "" : name;
    main_ = identity(file_);
}

/// What the open file is called now, by its descriptor; empty: it has no name any more, or the system does not say.
std::string OpenPlace::name_now() const {
    std::error_code code;
    for (fs::directory_iterator each("/proc/self/fd", code), end; !code && each != end; each.increment(code)) {
        if (main_ && identity(each->path().string()) == main_) {
            std::error_code unread;
            const std::string name = fs::read_symlink(each->path(), unread).string();
            return !unread && identity(name) == main_ ? name : std::string();
        }
    }
    return {};
}

/// What this connection made beside `file`, and nobody else's.
void OpenPlace::drop_log(const std::string& file) const {
    for (const auto& [end, ours] : {std::pair{"-wal", log_}, std::pair{"-shm", index_}}) {
        if (ours && identity(file + end) == ours) {
            ::unlink((file + end).c_str());
        }
    }
}

Status OpenPlace::check(sqlite3* handle) {
    if (fault_ || file_.empty()) {
        return fault_ ? Status(*fault_) : Status();
    }
    int moved = 0;
    (void)sqlite3_file_control(handle, "main", SQLITE_FCNTL_HAS_MOVED, &moved);
    const std::optional<Identity> log = identity(file_ + "-wal");
    if (moved == 0 && (!log_ || log == log_)) {
        log_ = log;
        index_ = identity(file_ + "-shm");
        return {};
    }
    // The open files know each other still, whatever they are called.
    const bool whole = move_log(handle);
    const std::string now = name_now();
    if (moved != 0 && whole) {
        drop_log(file_);
        if (!now.empty() && now != file_) {
            drop_log(now);
        }
    }
    const std::string instead = moved != 0 && identity(file_) ? ", and another file has its name" : "";
    const std::string what = moved == 0 ? "its log (-wal) was removed or replaced" : now.empty() ? "the file was removed" : "the file was renamed to " + now;
    const std::string kept = now.empty() ? "what it held went with it"
                             : whole     ? "what was committed is in it: go on with r2t2 evaluate --resume --session " + shell_word(now)
                                         : "what was committed last could not be moved from its log into it";
    fault_ = Error{ErrorKind::Io, path_, "session", what + instead + " while it was written", "files that stay until the run has ended; " + kept};
    return *fault_;
}

}  // namespace r2t2::sqlite
