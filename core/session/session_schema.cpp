#include "core/session/session_schema.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <map>
#include <optional>
#include <string_view>
#include <thread>

#include "core/base/git_lfs.h"
#include "core/session/row_checksum.h"
#include "core/session/session_tables.h"
#include "core/session/sqlite_files.h"

namespace r2t2::session_schema {

namespace {

std::string hex(std::int64_t value) {
    std::array<char, 24> text{};
    std::snprintf(text.data(), text.size(), "0x%08llx", static_cast<unsigned long long>(value));
    return text.data();
}

std::uint64_t big_endian(std::string_view bytes) {
    std::uint64_t value = 0;
    for (const char c : bytes) {
        value = value << 8 | static_cast<unsigned char>(c);
    }
    return value;
}

/// Bytes that a file has and that its header says. https://www.sqlite.org/fileformat.html, section 1.3.
struct FileLength {
    std::uint64_t bytes = 0;
    std::uint64_t pages = 0;  ///< as bytes; 0: the header does not say
};

/// None: the header is not judged, because a write-ahead log is there and has the last word.
std::optional<FileLength> length_of(const std::string& path, std::string_view header) {
    const sqlite::DatabaseFiles files = sqlite::files_of(path);
    std::error_code code;
    FileLength out;
    out.bytes = std::filesystem::file_size(path, code);
    if (files.log || code) {
        return std::nullopt;
    }
    const std::uint64_t field = big_endian(header.substr(16, 2));
    const std::uint64_t page = field == 1 ? 65536 : field;
    const bool valid = page >= 512 && header.substr(24, 4) == header.substr(92, 4);
    out.pages = valid ? page * big_endian(header.substr(28, 4)) : 0;
    return out;
}

std::optional<Error> file_fault(const std::string& path) {
    const auto header = sqlite::first_bytes(path);
    if (!header.ok()) {
        return header.error();
    }
    if (is_git_lfs_pointer(*header)) {
        return git_lfs_error(path);
    }
    if (header->empty()) {
        return invalid_input(path, "file header", "an empty file", "an R2-T2 session (SQLite)");
    }
    if (header->size() < 100 && sqlite::kMagic.starts_with(header->substr(0, sqlite::kMagic.size()))) {
        return invalid_input(path, "file header", "the first " + std::to_string(header->size()) + " bytes of one", "a whole R2-T2 session (SQLite)");
    }
    if (header->size() < 100 || !sqlite::has_database_magic(*header)) {
        return invalid_input(path, "file header", "not an SQLite file", "an R2-T2 session (SQLite)");
    }
    if (const auto length = length_of(path, *header); length && length->bytes < length->pages) {
        return invalid_input(path, "file length", std::to_string(length->bytes) + " bytes",
                             std::to_string(length->pages) + " bytes (the file is truncated)");
    }
    return std::nullopt;
}

}  // namespace

Status check_file(const std::string& path) {
    std::optional<Error> fault = file_fault(path);
    for (int again = 0; fault && fault->field == "file length" && again < 3; ++again) {
        // A writer may just be moving its log into the file.
        std::this_thread::sleep_for(std::chrono::milliseconds(3));
        fault = file_fault(path);
    }
    if (fault) {
        return *fault;
    }
    return {};
}

Status check_length(const std::string& path) {
    R2T2_TRY(check_file(path));
    const auto header = sqlite::first_bytes(path);
    if (!header.ok()) {
        return header.error();
    }
    if (const auto length = length_of(path, *header); length && length->pages != 0 && length->bytes > length->pages) {
        return invalid_input(path, "file length", std::to_string(length->bytes - length->pages) + " bytes more than its pages",
                             std::to_string(length->pages) + " bytes (what stands behind them was not written by r2t2, and is not read)");
    }
    return {};
}

Result<bool> is_blank(sqlite::Database& database) {
    const auto tables = database.number("SELECT COUNT(*) FROM sqlite_master", "read schema");
    if (!tables.ok()) {
        return tables.error();
    }
    const auto id = database.number("PRAGMA application_id", "read application_id");
    if (!id.ok()) {
        return id.error();
    }
    return *tables == 0 && *id == 0;
}

Status create(sqlite::Database& database) {
    auto transaction = sqlite::Transaction::begin(database);
    if (!transaction.ok()) {
        return transaction.error();
    }
    // Another program may have been faster; with the lock held the answer stands.
    const auto blank = is_blank(database);
    if (!blank.ok()) {
        return blank.error();
    }
    if (!*blank) {
        return check(database);
    }
    R2T2_TRY(database.execute(kTables, "create tables"));
    R2T2_TRY(database.execute(kIndices, "create indices"));
    R2T2_TRY(database.execute(kViews, "create views"));
    R2T2_TRY(database.execute("PRAGMA application_id = " + std::to_string(kApplicationId) +
                                  "; PRAGMA user_version = " + std::to_string(kVersion),
                              "mark as session"));
    return transaction->commit();
}

namespace {

/// The first column of every row.
Result<std::vector<std::string>> texts(sqlite::Database& database, const std::string& sql) {
    auto statement = database.prepare(sql, "read schema");
    if (!statement.ok()) {
        return statement.error();
    }
    std::vector<std::string> out;
    for (;;) {
        const auto row = statement->step();
        if (!row.ok()) {
            return row.error();
        }
        if (!*row) {
            return out;
        }
        out.push_back(statement->text(0));
    }
}

Result<std::vector<std::string>> columns_of(sqlite::Database& database, const std::string& table) {
    return texts(database, "SELECT name FROM pragma_table_info('" + table + "')");
}

std::vector<std::string> columns_of(const std::string& table, std::int64_t version) {
    std::vector<std::string> out = row_checksum::columns(table, version);
    if (version >= kChecksums) {
        out.push_back("checksum");
    }
    return out;
}

bool contains(const std::vector<std::string>& names, const std::string& name) { return std::find(names.begin(), names.end(), name) != names.end(); }

/// The version is four bytes of the header, and decides what is read and checked: the tables have to be of it.
Status check_columns(sqlite::Database& database, std::int64_t version) {
    for (const std::string table : kTableNames) {
        const auto found = columns_of(database, table);
        if (!found.ok()) {
            return found.error();
        }
        const std::vector<std::string> stated = columns_of(table, version), latest = columns_of(table, kVersion);
        const auto fault = [&](const std::string& column, const char* what) {
            return invalid_input(database.path(), "schema version", std::to_string(version) + ", but table " + table + what + column,
                                 "the version of the file's tables (one of the two was changed)");
        };
        for (const std::string& column : stated) {
            if (!contains(*found, column)) {
                return fault(column, " has no column ");
            }
        }
        for (const std::string& column : *found) {
            if (!contains(stated, column) && contains(latest, column)) {
                return fault(column, " has a later version's column ");
            }
        }
    }
    return {};
}

}  // namespace

Status check(sqlite::Database& database) {
    const auto id = database.number("PRAGMA application_id", "read application_id");
    if (!id.ok()) {
        return id.error();
    }
    if (const auto blank = is_blank(database); blank.ok() && *blank) {
        return invalid_input(database.path(), "session", "one that was begun and not finished: it has no tables yet, and no samples",
                             "a whole session (r2t2 evaluate --session goes on with this file; it can be removed, too)");
    }
    if (*id != kApplicationId) {
        return invalid_input(database.path(), "application_id", hex(*id),
                             hex(kApplicationId) + " (an R2-T2 session; this file belongs to something else)");
    }
    const auto version = database.number("PRAGMA user_version", "read user_version");
    if (!version.ok()) {
        return version.error();
    }
    if (*version > kVersion) {
        return Error{ErrorKind::Unsupported, database.path(), "schema version", std::to_string(*version),
                     "up to " + std::to_string(kVersion) + " (written by a newer program; the file is untouched)"};
    }
    if (*version < 1) {
        return invalid_input(database.path(), "schema version", std::to_string(*version),
                             "1 to " + std::to_string(kVersion));
    }
    for (const char* table : kTableNames) {
        const auto found = database.number(
            std::string("SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name = '") + table + "'",
            "read schema");
        if (!found.ok()) {
            return found.error();
        }
        if (*found != 1) {
            return invalid_input(database.path(), std::string("table ") + table, "missing", "a whole session");
        }
    }
    return check_columns(database, *version);
}

namespace {

Result<std::vector<std::string>> triggers(sqlite::Database& database) {
    return texts(database, "SELECT name FROM sqlite_master WHERE type = 'trigger' ORDER BY name");
}

Error trigger_fault(const std::string& path, const std::string& name) {
    return invalid_input(path, "trigger " + name, "one that r2t2 did not make",
                         "no triggers: one can change what is written, or swallow it (DROP TRIGGER takes it away)");
}

/// Name to definition without white space, of what is not SQLite's own.
Result<std::map<std::string, std::string>> definitions(sqlite::Database& database) {
    auto statement = database.prepare("SELECT type || ' ' || name, tbl_name || ' ' || sql FROM sqlite_master WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\'",
                                      "read schema");
    if (!statement.ok()) {
        return statement.error();
    }
    std::map<std::string, std::string> out;
    for (;;) {
        const auto row = statement->step();
        if (!row.ok()) {
            return row.error();
        }
        if (!*row) {
            return out;
        }
        std::string sql = statement->text(1);
        std::erase_if(sql, [](unsigned char c) { return std::isspace(c) != 0; });
        out[statement->text(0)] = sql;
    }
}

}  // namespace

Status check_triggers(sqlite::Database& database) {
    const auto found = triggers(database);
    if (!found.ok()) {
        return found.error();
    }
    return found->empty() ? Status() : Status(trigger_fault(database.path(), found->front()));
}

std::vector<Error> compare(sqlite::Database& database) {
    std::vector<Error> faults;
    const auto foreign = triggers(database);
    if (!foreign.ok()) {
        return {foreign.error()};
    }
    for (const std::string& name : *foreign) {
        faults.push_back(trigger_fault(database.path(), name));
    }
    const auto version = database.number("PRAGMA user_version", "read user_version");
    if (version.ok() && *version < kVersion) {
        const Status columns = check_columns(database, *version);
        if (!columns.ok()) {
            faults.push_back(columns.error());
        }
        return faults;  // migrate() makes its indices and views anew
    }
    auto model = sqlite::Database::in_memory();
    const Status made = model.ok() ? create(*model) : Status(model.error());
    if (!made.ok() || !version.ok()) {
        return {made.ok() ? version.error() : made.error()};
    }
    const auto expected = definitions(*model), found = definitions(database);
    if (!expected.ok() || !found.ok()) {
        return {expected.ok() ? found.error() : expected.error()};
    }
    for (const auto& [name, sql] : *expected) {
        const auto at = found->find(name);
        if (at == found->end()) {
            faults.push_back(invalid_input(database.path(), name, "missing", "a whole session"));
        } else if (at->second != sql) {
            faults.push_back(invalid_input(database.path(), name, "another definition", "that of schema version " + std::to_string(kVersion)));
        }
    }
    return faults;
}

}  // namespace r2t2::session_schema
