// Internal to core/session: what SQLite says, as an Error of ours.
#pragma once

#include <string>

#include "core/base/result.h"

struct sqlite3;

namespace r2t2::sqlite {

/// `code`: what a call returned; `handle` may be null. A disk, quota or file size limit that is reached says so.
[[nodiscard]] Error error_of(const std::string& path, const std::string& doing, sqlite3* handle, int code);

/// The last failure was for want of room: disk, quota, file size limit, or the place of a log's index.
[[nodiscard]] bool no_room(sqlite3* handle);

}  // namespace r2t2::sqlite
