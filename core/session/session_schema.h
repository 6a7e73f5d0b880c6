// Internal to core/session: the tables and views of schema version 5, and what makes a file a session.
//
// docs/session-schema.md describes them for SQL users; the two change together.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/session/session_types.h"
#include "core/session/sqlite.h"

namespace r2t2::session_schema {

inline constexpr std::int64_t kApplicationId = 0x52325432;  // "R2T2"
inline constexpr std::int64_t kVersion = 5;
inline constexpr std::int64_t kChecksums = 2;        ///< the first version whose rows have a checksum
inline constexpr std::int64_t kReferenceDetails = 3;  ///< the first whose neighbours have routing, question, answer, picture
inline constexpr std::int64_t kScoring = 4;  ///< the first whose samples say how a benchmark scores them
inline constexpr std::int64_t kPrompt = 5;  ///< the first whose samples keep prompt, picture, version of the scoring rules, number of neighbours

/// From the file's first bytes and its length, before SQLite opens it: SQLite takes a file of a few bytes for a new
/// database and fills up a last page that is cut off. Errors: the system's reason; not an SQLite file; shorter than its header
/// says. Where a write-ahead log is present its recovery has the last word and the length is not judged.
[[nodiscard]] Status check_file(const std::string& path);

/// Also an error: longer than its header says. What is read is right then.
[[nodiscard]] Status check_length(const std::string& path);

/// A database without any table and without an application id: newly made, or a creation that was cut short.
[[nodiscard]] Result<bool> is_blank(sqlite::Database& database);

/// Tables, views, application id and version, in one transaction.
[[nodiscard]] Status create(sqlite::Database& database);

/// Errors: not SQLite, another program's database, a creation that was cut short, a newer schema, damaged, tables missing, tables that are not
/// those of the version that the file states: a column that it has and they lack, or of a later version. Older schemas can be read.
[[nodiscard]] Status check(sqlite::Database& database);

/// Before anything is written: a session has no triggers, and one can change or swallow what is written. Error: names it.
[[nodiscard]] Status check_triggers(sqlite::Database& database);

/// An older schema becomes this one, and verdicts of older scoring rules become today's (session_rescoring.h), in one
/// transaction; nothing where both are so already. A row whose checksum does not hold keeps one that does not. The value: runs
/// that were scored again.
[[nodiscard]] Result<std::vector<RescoredRun>> migrate(sqlite::Database& database);

/// Tables, indices and views that are not as create() or migrate() made them, and triggers; other tables, indices and views that users
/// added are theirs. Of an older schema only columns and triggers are looked at: migrate() makes its indices and views anew.
[[nodiscard]] std::vector<Error> compare(sqlite::Database& database);

}  // namespace r2t2::session_schema
