// Internal to core/session: the connection behind a SessionReader.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/session/row_checksum.h"
#include "core/session/session_reader.h"
#include "core/session/session_rows.h"
#include "core/session/session_schema.h"
#include "core/session/sqlite.h"

namespace r2t2 {

struct SessionReader::State {
    using Statement = sqlite::Statement;
    sqlite::Database database;
    std::int64_t version = session_schema::kVersion;  ///< of the file's schema
    std::map<std::int64_t, RoutingSpace> spaces;  ///< of runs whose samples were read: a run's does not change

    [[nodiscard]] bool has_scoring() const { return version >= session_schema::kScoring; }

    /// A table's columns in their order and then its checksum, for a SELECT; NULL where the file has none.
    [[nodiscard]] std::string columns(const std::string& table, const std::string& alias) const {
        return row_checksum::list(table, alias + ".", version) + (version < session_schema::kChecksums ? ", NULL" : ", " + alias + ".checksum");
    }

    /// Of the columns above, the first of which is column `first` of the row. A file without checksums holds always.
    [[nodiscard]] bool holds(const Statement& statement, const std::vector<std::string>& columns, int first = 0) const {
        return version < session_schema::kChecksums || statement.checksum_holds(first, static_cast<int>(columns.size()));
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

    /// Every row of "table AS t" that `rest` leaves, whole: each(statement, does the row hold).
    template <typename Each>
    Status for_each_row(const std::string& table, const std::string& rest, std::optional<std::int64_t> parameter, Each each) {
        const std::vector<std::string>& all = row_checksum::columns(table, version);
        return for_each("SELECT " + columns(table, "t") + " FROM " + table + " AS t " + rest, parameter, "read " + table,
                        [&](const Statement& statement) { return each(statement, holds(statement, all)); });
    }

    Result<RoutingSpace> space_of(std::int64_t run);
    Status read_steps(const RoutingSpace& space, const std::string& where, StoredSample& sample);
    Status read_neighbours(const RoutingSpace& space, const std::string& where, StoredSample& sample);
    Result<std::vector<StoredRun>> read_runs(const std::string& rest, std::optional<std::int64_t> parameter);
};

}  // namespace r2t2
