// Internal to core/session: the connection behind a SessionReader.
#pragma once

#include <limits>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/session/row_checksum.h"
#include "core/session/session_census.h"
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

    /// A table's columns in their order and then its checksum, for a SELECT; NULL where the file has none.
    [[nodiscard]] std::string columns(const std::string& table, const std::string& alias) const {
        return row_checksum::list(table, alias + ".", version) + (version < session_schema::kChecksums ? ", NULL" : ", " + alias + ".checksum");
    }

    /// Of the columns above, the first of which is column `first` of the row. A file without checksums holds always.
    [[nodiscard]] bool holds(const Statement& statement, const std::vector<std::string>& columns, int first = 0) const {
        return version < session_schema::kChecksums || statement.checksum_holds(first, static_cast<int>(columns.size()));
    }

    /// A step of a LEFT JOIN, the first column of which is `first`: is it there, and does it hold?
    [[nodiscard]] bool step_holds(const Statement& statement, int first) const {
        return !statement.is_null(first) && holds(statement, row_checksum::columns("steps"), first);
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
                database.leave_log();
                R2T2_TRY(database.unchanged());
                return row.error();
            }
            if (!*row) {
                return database.unchanged();
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

    std::map<std::pair<std::int64_t, std::int64_t>, std::string> left_out;  ///< run, sample row: why
    std::optional<SampleCensus> known_census;
    std::int64_t census_of = 0;  ///< the state of the file that it is about: PRAGMA data_version

    /// Counted again when another program has written.
    Result<const SampleCensus*> census();

    struct SampleRows {
        std::string columns;            ///< of samples AS t first; the checksum behind them
        std::string joins{}, where{};   ///< " LEFT JOIN ...", " AND ..."
    };
    /// Samples of a run in the order they were written, by its index where that can be relied on:
    /// each(statement, does the sample's row hold). The value: rows that are known of and not there; they are left out.
    template <typename Each>
    Result<std::vector<std::int64_t>> for_each_sample(std::int64_t run, const SampleRows& rows, Each each) {
        const auto counted = census();
        if (!counted.ok()) {
            return counted.error();
        }
        const std::vector<std::string>& all = row_checksum::columns("samples", version);
        std::int64_t last = std::numeric_limits<std::int64_t>::min();
        R2T2_TRY(for_each("SELECT " + rows.columns + " FROM samples AS t " + ((*counted)->index_holds ? "INDEXED BY samples_of_run" : "NOT INDEXED") +
                              rows.joins + " WHERE t.run_id = ?" + rows.where + " ORDER BY t.id",
                          run, "read samples", [&](const Statement& statement) -> Status {
                              const std::int64_t id = statement.integer(session_rows::SampleColumn::id);
                              if (id <= last) {  // a page that the table shows twice
                                  return {};
                              }
                              last = id;
                              return each(statement, holds(statement, all));
                          }));
        const auto of_run = (*counted)->runs.find(run);
        if (of_run == (*counted)->runs.end()) {
            return std::vector<std::int64_t>();
        }
        for (const std::int64_t id : of_run->second.lost) {
            leave_out(run, id, "the index of the samples names it, and the table has it no more");
        }
        return of_run->second.lost;
    }

    void leave_out(std::int64_t run, std::int64_t sample, const std::string& why) {
        database.leave_log();
        left_out.try_emplace({run, sample}, why);
    }

    Result<RoutingSpace> space_of(std::int64_t run);
    Status read_steps(const RoutingSpace& space, const std::string& where, StoredSample& sample);
    Status read_neighbours(const RoutingSpace& space, const std::string& where, StoredSample& sample);
    /// Are those that were read all that were written?
    static Status check_neighbours(const std::string& where, const StoredSample& sample);
    Result<std::vector<SampleRow>> rows_of(std::int64_t run, const std::string& where);
    Status check_runs(const std::vector<StoredRun>& runs);
    Result<std::vector<StoredRun>> read_runs(const std::string& rest, std::optional<std::int64_t> parameter);
    std::map<std::int64_t, std::string> known_variants{};  ///< of the runs in the state of the file that known_census is about
    void read_variants();
};

}  // namespace r2t2
