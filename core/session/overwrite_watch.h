// Internal to core/session: is what the open file holds still what SQLite put there?
//
// A file that is overwritten in place (cp other.r2t2 session.r2t2) keeps its name and its number, so nobody notices: pages of the former
// contents that are remembered or wait in the log are mixed with those of the new. SQLite changes the file itself only while it moves the
// log into it, and says so in the log's index (-shm) before and after: a file that changed while that did not was changed by somebody else.
// https://www.sqlite.org/walformat.html, section 2.2. Nothing is opened: that would take away locks (sqlite_files.h).
//
// Thread rule: belongs to its connection's thread.
#pragma once

#include <sys/types.h>

#include <array>
#include <cstdint>
#include <ctime>
#include <optional>
#include <string>
#include <utility>

struct sqlite3;

namespace r2t2::sqlite {

class OverwriteWatch {
public:
    /// Cheap (one stat) as long as the file stays. False also where it cannot be told: another journal, nothing read yet. True ever after.
    [[nodiscard]] bool overwritten(sqlite3* handle);
    /// This connection has just moved its log: what the file is now is right.
    void note(sqlite3* handle);

    /// Nobody may take the log for one of the file that is there now: it is emptied, and all connections are made to look anew.
    static void drop_log(sqlite3* handle);

private:
    struct LogState {
        std::uint32_t moved = 0, attempted = 0;   ///< frames that are in the file, frames that somebody began to move
        std::array<std::uint32_t, 2> salt{};      ///< another one whenever the log begins anew
        bool operator==(const LogState&) const = default;
    };
    struct Look {
        LogState log;
        off_t size = 0;
        std::timespec changed{};
        std::string begin;  ///< of the file; read where size or time are not those of the look before
    };
    [[nodiscard]] static std::optional<LogState> log_state(sqlite3* handle);
    /// None also where another file has the name now: that is no overwriting (open_place.h).
    [[nodiscard]] std::optional<Look> look(sqlite3* handle);

    std::optional<std::pair<dev_t, ino_t>> file_;  ///< of the first look
    std::optional<Look> last_;
    bool overwritten_ = false;
};

}  // namespace r2t2::sqlite
