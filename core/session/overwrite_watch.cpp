#include "core/session/overwrite_watch.h"

#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <string_view>

namespace r2t2::sqlite {

namespace {

constexpr int kIndexBlock = 32'768;
constexpr std::size_t kHeaders = 96;      // two copies of the index's header; behind them what was moved
constexpr std::size_t kSalt = 32, kMoved = 96, kAttempted = 128;
constexpr int kBegin = 64 << 10;  // of the file: its header, the runs

sqlite3_file* main_file(sqlite3* handle) {
    sqlite3_file* file = nullptr;
    const bool there = sqlite3_file_control(handle, "main", SQLITE_FCNTL_FILE_POINTER, &file) == SQLITE_OK;
    return there && file != nullptr && file->pMethods != nullptr ? file : nullptr;
}

const char* main_name(sqlite3* handle) {
    const char* name = sqlite3_db_filename(handle, "main");
    return name != nullptr && *name != '\0' ? name : nullptr;
}

/// The first block of the log's index; null where this connection has none.
volatile unsigned char* index_of(sqlite3* handle) {
    const char* name = main_name(handle);
    sqlite3_file* file = main_file(handle);
    struct stat index {};
    if (name == nullptr || file == nullptr || file->pMethods->iVersion < 2 || ::stat((std::string(name) + "-shm").c_str(), &index) != 0 ||
        index.st_size < kIndexBlock) {
        return nullptr;
    }
    void volatile* block = nullptr;
    return file->pMethods->xShmMap(file, 0, kIndexBlock, 0, &block) == SQLITE_OK ? static_cast<volatile unsigned char*>(block) : nullptr;
}

std::uint32_t number_at(const volatile unsigned char* block, std::size_t place) {  // in this machine's order
    unsigned char bytes[4];
    for (std::size_t i = 0; i < sizeof bytes; ++i) {
        bytes[i] = block[place + i];
    }
    std::uint32_t number = 0;
    std::memcpy(&number, bytes, sizeof number);
    return number;
}

/// The file says that it is read with a log.
bool has_log(std::string_view begin) { return begin.size() > 19 && begin[18] == 2 && begin[19] == 2; }

std::string read_begin(sqlite3_file* file, off_t size) {
    std::string bytes(static_cast<std::size_t>(std::min<off_t>(size, kBegin)), '\0');
    if (!bytes.empty()) {
        (void)file->pMethods->xRead(file, bytes.data(), static_cast<int>(bytes.size()), 0);  // cut short meanwhile: zeros
    }
    return bytes;
}

}  // namespace

std::optional<OverwriteWatch::LogState> OverwriteWatch::log_state(sqlite3* handle) {
    const volatile unsigned char* block = index_of(handle);
    if (block == nullptr) {
        return std::nullopt;
    }
    return LogState{number_at(block, kMoved), number_at(block, kAttempted), {number_at(block, kSalt), number_at(block, kSalt + 4)}};
}

/// Of one moment: nobody moved anything meanwhile.
std::optional<OverwriteWatch::Look> OverwriteWatch::look(sqlite3* handle) {
    constexpr int kTimes = 5;
    const char* name = main_name(handle);
    sqlite3_file* file = main_file(handle);
    struct stat now {};
    for (int time = 0; time < kTimes && name != nullptr && file != nullptr; ++time) {
        const std::optional<LogState> before = log_state(handle);
        if (!before || ::stat(name, &now) != 0) {
            return std::nullopt;
        }
        const std::pair<dev_t, ino_t> file_now{now.st_dev, now.st_ino};
        if (file_.value_or(file_now) != file_now) {
            return std::nullopt;
        }
        file_ = file_now;
        Look out{*before, now.st_size, now.st_mtim, {}};
        const bool same = last_ && last_->size == out.size && last_->changed.tv_sec == out.changed.tv_sec && last_->changed.tv_nsec == out.changed.tv_nsec;
        out.begin = same ? last_->begin : read_begin(file, out.size);
        if (log_state(handle) == before) {
            return has_log(out.begin) || last_ ? std::optional(std::move(out)) : std::nullopt;
        }
    }
    return std::nullopt;
}

bool OverwriteWatch::overwritten(sqlite3* handle) {
    if (overwritten_) {
        return true;
    }
    std::optional<Look> now = look(handle);
    if (now && last_) {
        const bool moving = now->log != last_->log || now->log.moved != now->log.attempted;
        overwritten_ = !moving && (now->size != last_->size || now->begin != last_->begin);
    }
    last_ = std::move(now);
    return overwritten_;
}

void OverwriteWatch::note(sqlite3* handle) {
    if (!overwritten_) {
        last_ = look(handle);
    }
}

void OverwriteWatch::drop_log(sqlite3* handle) {
    const char* name = main_name(handle);
    volatile unsigned char* block = index_of(handle);
    if (name == nullptr || block == nullptr) {
        return;
    }
    (void)!::truncate((std::string(name) + "-wal").c_str(), 0);
    for (std::size_t i = 0; i < kHeaders; ++i) {
        block[i] = 0;  // not initialised: read from the log anew
    }
}

}  // namespace r2t2::sqlite
