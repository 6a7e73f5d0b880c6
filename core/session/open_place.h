// Internal to core/session: is the file that a connection writes still the one that has its name?
//
// A file that is renamed or replaced is written on all the same, under another name or none; its log (-wal) stays where it was, beside
// whatever file has the name then, and SQLite would take it for that file's.
// https://www.sqlite.org/howtocorrupt.html#_unlinking_or_renaming_a_database_file_while_in_use
// The database file itself is never opened and closed for this: that would take away every lock that this process holds on it.
//
// Thread rule: belongs to its connection's thread.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>

#include "core/base/result.h"

struct sqlite3;

namespace r2t2::sqlite {

class OpenPlace {
public:
    /// Of a connection that was just opened. `path`: as the user wrote it, for messages.
    OpenPlace(std::string path, sqlite3* handle);

    /// Cheap: three looks at names. Errors: file or log renamed, removed, replaced; what was committed is moved from the log into the file
    /// then, and the log's files are taken away where they are this connection's. The same error ever after.
    [[nodiscard]] Status check(sqlite3* handle);

private:
    struct Identity {
        dev_t device = 0;
        ino_t number = 0;
        bool operator==(const Identity&) const = default;
    };
    [[nodiscard]] static std::optional<Identity> identity(const std::string& file);
    [[nodiscard]] std::string name_now() const;
    void drop_log(const std::string& file) const;

    std::string path_;
    std::string file_;  ///< resolved by SQLite; empty: no file
    std::optional<Identity> main_, log_, index_;
    std::optional<Error> fault_;
};

}  // namespace r2t2::sqlite
