#include "core/session/sqlite_log.h"

#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <thread>

#include "core/session/sqlite_files.h"

namespace r2t2::sqlite {

int empty_log(sqlite3* handle, const char* schema, int patience) {
    constexpr int kAttempt = 200;  // ms
    sqlite3_busy_timeout(handle, kAttempt);
    int code = SQLITE_BUSY;
    for (int attempt = 0; attempt < patience / kAttempt && (code & 0xFF) == SQLITE_BUSY; ++attempt) {
        code = sqlite3_wal_checkpoint_v2(handle, schema, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
    }
    sqlite3_busy_timeout(handle, kPatience);
    return code;
}

bool settle_log(const std::string& file, UnusedLog unused) {
    sqlite3* handle = nullptr;
    bool alone = sqlite3_open_v2(file.c_str(), &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr) == SQLITE_OK &&
                 sqlite3_db_config(handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, unused == UnusedLog::Stays ? 1 : 0, nullptr) == SQLITE_OK &&
                 sqlite3_exec(handle, "PRAGMA locking_mode = EXCLUSIVE; SELECT COUNT(*) FROM sqlite_master", nullptr, nullptr, nullptr) == SQLITE_OK;
    if (alone) {
        (void)std::remove((file + "-shm").c_str());
        if (unused == UnusedLog::MovesIn) {
            alone = sqlite3_wal_checkpoint_v2(handle, "main", SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr) == SQLITE_OK;
        } else if (!files_of(file).log) {
            (void)std::remove((file + "-wal").c_str());
        }
    }
    sqlite3_close_v2(handle);
    return alone;
}

void fold_log_in(const std::string& file) {
    constexpr int kTimes = 3;
    for (int time = 0; time < kTimes && files_of(file).log; ++time) {
        std::this_thread::sleep_for(std::chrono::milliseconds(time * (1 + ::getpid() % 5)));
        if (settle_log(file, UnusedLog::MovesIn)) {
            return;
        }
    }
}

}  // namespace r2t2::sqlite
