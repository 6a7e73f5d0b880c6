// Internal to core/session: a checksum in every row.
//
// row_checksum(column, column, ...) is a function of every connection that sqlite::Database opens: writing a row stores it.
// Verifying a row compares it, in SQL or over the columns of a statement's row (much faster). SHA-256 over the columns, the first 8 bytes as a signed little-endian integer. A column is
// its kind as one character and its value: "n" (NULL); "i" and 8 bytes; "r" and a float64 (-0 as +0, as SQLite keeps it);
// "t" or "b", the length in 8 bytes, the bytes. All little-endian. So a reader in any language can check a row.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/session/session_schema.h"

struct sqlite3;
struct sqlite3_stmt;

namespace r2t2::row_checksum {

/// Adds the function to a connection; an SQLite result code.
[[nodiscard]] int define(sqlite3* handle);

/// The same over columns first, ..., first + count - 1 of the row that a statement stands on.
[[nodiscard]] std::int64_t of_columns(sqlite3_stmt* statement, int first, int count);

/// What the checksum covers, in this order: every column that the table has in that version of the schema, but `checksum`.
/// Empty: not a table of a session.
[[nodiscard]] const std::vector<std::string>& columns(const std::string& table,
                                                      std::int64_t version = session_schema::kVersion);

/// "id, name, ...": those columns; `alias` in front of each, "r." or nothing.
[[nodiscard]] std::string list(const std::string& table, const std::string& alias = {},
                               std::int64_t version = session_schema::kVersion);

/// "row_checksum(id, name, ...)" over a row of the table.
[[nodiscard]] std::string of_row(const std::string& table, const std::string& alias = {},
                                 std::int64_t version = session_schema::kVersion);

/// INSERT into the named columns, parameters in this order, the checksum computed from the same parameters.
[[nodiscard]] std::string insert(const std::string& table, const std::vector<std::string>& columns);

}  // namespace r2t2::row_checksum
