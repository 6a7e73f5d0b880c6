// Internal to core/session: the connection behind a SessionReader.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "core/session/row_checksum.h"
#include "core/session/session_reader.h"
#include "core/session/session_rows.h"
#include "core/session/session_schema.h"
#include "core/session/sqlite.h"

namespace r2t2 {

struct SessionReader::State {
    sqlite::Database database;
    std::int64_t version = session_schema::kVersion;  ///< of the file's schema
    std::map<std::int64_t, RoutingSpace> spaces;  ///< of runs whose samples were read: a run's does not change

    /// "Does the checksum hold", over a row; in a file without checksums it always does.
    [[nodiscard]] std::string holds(const std::string& table, const std::string& alias = {}) const {
        const std::string dot = alias.empty() ? "" : alias + ".";
        return version < session_schema::kChecksums ? "1" : dot + "checksum IS " + row_checksum::of_row(table, dot, version);
    }

    /// "SELECT columns, does the checksum hold FROM table [alias] rest".
    [[nodiscard]] std::string select(const char* columns, const std::string& table, const std::string& rest,
                                     const std::string& alias = {}) const {
        return std::string("SELECT ") + columns + ", " + holds(table, alias) + " FROM " + table + " " + alias + " " + rest;
    }

    [[nodiscard]] static Error broken(const std::string& where) {
        return invalid_input(where, "checksum", "another one than the row was written with",
                             "the row as r2t2 wrote it (something changed the file)");
    }

    /// Prepare, bind one number, call `each` for every row until it fails.
    template <typename Each>
    Status for_each(const std::string& sql, std::optional<std::int64_t> parameter, const std::string& doing, Each each) {
        auto statement = database.prepare(sql, doing);
        if (!statement.ok()) {
            return statement.error();
        }
        if (parameter) {
            statement->bind(1, *parameter);
        }
        for (;;) {
            const auto row = statement->step();
            if (!row.ok()) {
                return row.error();
            }
            if (!*row) {
                return {};
            }
            R2T2_TRY(each(*statement));
        }
    }

    Result<RoutingSpace> space_of(std::int64_t run);
    Status read_steps(const RoutingSpace& space, const std::string& where, StoredSample& sample);
    Status read_neighbours(const RoutingSpace& space, const std::string& where, StoredSample& sample);
    Result<std::vector<StoredRun>> read_runs(const std::string& rest, std::optional<std::int64_t> parameter);
};

}  // namespace r2t2
