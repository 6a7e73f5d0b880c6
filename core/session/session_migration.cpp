// From an older schema to this one, a step a version. Columns are added in place, so that indices, views and triggers that
// a user put beside ours stay.
#include <string>

#include "core/session/row_checksum.h"
#include "core/session/session_rescoring.h"
#include "core/session/session_schema.h"
#include "core/session/session_tables.h"

namespace r2t2::session_schema {

namespace {

/// 1 -> 2.
Status add_checksums(sqlite::Database& database) {
    for (const std::string table : kTableNames) {
        R2T2_TRY(database.execute("ALTER TABLE " + table + " ADD COLUMN checksum INTEGER NOT NULL DEFAULT 0; UPDATE " +
                                      table + " SET checksum = " + row_checksum::of_row(table, {}, kChecksums),
                                  "give every row a checksum"));
    }
    return {};
}

/// 2 -> 3. A new column stands behind `checksum`, which is to be the last: it is replaced by one that is.
Status add_reference_details(sqlite::Database& database) {
    return database.execute(
        "ALTER TABLE neighbours ADD COLUMN routing BLOB;"
        "ALTER TABLE neighbours ADD COLUMN question TEXT;"
        "ALTER TABLE neighbours ADD COLUMN answer TEXT;"
        "ALTER TABLE neighbours ADD COLUMN image_path TEXT;"
        "ALTER TABLE neighbours ADD COLUMN new_checksum INTEGER NOT NULL DEFAULT 0;"
        "UPDATE neighbours SET new_checksum = CASE WHEN checksum IS " +
            row_checksum::of_row("neighbours", {}, kChecksums) + " THEN " + row_checksum::of_row("neighbours", {}, kReferenceDetails) +
            " ELSE checksum END;"
            "ALTER TABLE neighbours DROP COLUMN checksum;"
            "ALTER TABLE neighbours RENAME COLUMN new_checksum TO checksum",
        "give neighbours the columns of schema version 3");
}

/// `columns` behind those of version `from`, and the checksum of version `to` behind them where the former one holds.
Status add_sample_columns(sqlite::Database& database, const std::string& columns, std::int64_t from, std::int64_t to) {
    return database.execute(
        columns +
            "ALTER TABLE samples ADD COLUMN new_checksum INTEGER NOT NULL DEFAULT 0;"
            "UPDATE samples SET new_checksum = CASE WHEN checksum IS " +
            row_checksum::of_row("samples", {}, from) + " THEN " + row_checksum::of_row("samples", {}, to) +
            " ELSE checksum END;"
            "ALTER TABLE samples DROP COLUMN checksum;"
            "ALTER TABLE samples RENAME COLUMN new_checksum TO checksum",
        "give samples the columns of schema version " + std::to_string(to));
}

/// 3 -> 4.
Status add_scoring(sqlite::Database& database) {
    return add_sample_columns(database, "ALTER TABLE samples ADD COLUMN scoring TEXT;", kReferenceDetails, kScoring);
}

/// 4 -> 5. Nothing is known of the prompts; the neighbours that are there are not known to be all.
Status add_prompt(sqlite::Database& database) {
    return add_sample_columns(database,
                              "ALTER TABLE samples ADD COLUMN instruction TEXT;"
                              "ALTER TABLE samples ADD COLUMN suffix TEXT;"
                              "ALTER TABLE samples ADD COLUMN picture_hash TEXT;"
                              "ALTER TABLE samples ADD COLUMN scoring_version INTEGER;"
                              "ALTER TABLE samples ADD COLUMN neighbour_count INTEGER CHECK (neighbour_count >= 0);",
                              kScoring, kPrompt);
}

Status renew_indices_and_views(sqlite::Database& database) {
    for (const std::string view : kViewNames) {
        R2T2_TRY(database.execute("DROP VIEW IF EXISTS " + view, "renew views"));
    }
    R2T2_TRY(database.execute("DROP INDEX IF EXISTS samples_by_outcome", "renew indices"));  // before version 3
    R2T2_TRY(database.execute(kIndices, "renew indices"));
    return database.execute(kViews, "renew views");
}

Status renew_tables(sqlite::Database& database, std::int64_t version) {
    if (version < kChecksums) {
        R2T2_TRY(add_checksums(database));
    }
    if (version < kReferenceDetails) {
        R2T2_TRY(add_reference_details(database));
    }
    if (version < kScoring) {
        R2T2_TRY(add_scoring(database));
    }
    if (version < kPrompt) {
        R2T2_TRY(add_prompt(database));
    }
    R2T2_TRY(renew_indices_and_views(database));
    return database.execute("PRAGMA user_version = " + std::to_string(kVersion), "mark the schema's version");
}

}  // namespace

Result<std::vector<RescoredRun>> migrate(sqlite::Database& database) {
    const auto now = database.number("PRAGMA user_version", "read user_version");
    if (!now.ok()) {
        return now.error();
    }
    if (*now == kVersion) {
        const auto rescoring = session_rescoring::needed(database);
        if (!rescoring.ok() || !*rescoring) {
            return rescoring.ok() ? Result<std::vector<RescoredRun>>(std::vector<RescoredRun>()) : rescoring.error();
        }
    }
    auto transaction = sqlite::Transaction::begin(database);
    if (!transaction.ok()) {
        return transaction.error();
    }
    R2T2_TRY(check(database));  // another program may have been faster, and a newer one
    const auto version = database.number("PRAGMA user_version", "read user_version");
    if (!version.ok()) {
        return version.error();
    }
    if (*version < kVersion) {
        R2T2_TRY(renew_tables(database, *version));
    }
    auto rescored = session_rescoring::rescore(database);
    if (!rescored.ok()) {
        return rescored.error();
    }
    R2T2_TRY(transaction->commit());
    return rescored;
}

}  // namespace r2t2::session_schema
