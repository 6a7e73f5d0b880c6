#include "core/session/session_census.h"

#include <algorithm>
#include <limits>
#include <string>

#include "core/session/session_schema.h"

namespace r2t2 {

namespace {

using sqlite::Statement;

/// One pass over rows of (id, run, error or 0); ends at the first error.
template <typename Each>
Status for_each(sqlite::Database& database, const std::string& sql, Each each) {
    auto statement = database.prepare(sql, "read samples");
    if (!statement.ok()) {
        return statement.error();
    }
    for (;;) {
        const auto row = statement->step();
        if (!row.ok()) {
            return row.error();
        }
        if (!*row) {
            return {};
        }
        each(*statement);
    }
}

struct Walk {
    std::int64_t count = 0;
    std::uint64_t digest = 0;  ///< of the ids in their order
    void add(std::int64_t id) {
        ++count;
        digest = digest * 0x9E3779B97F4A7C15ULL + static_cast<std::uint64_t>(id) + 1;
    }
    bool operator==(const Walk&) const = default;
};

/// Which ids each of the two names, where they differ.
Status find_differences(sqlite::Database& database, SampleCensus& census) {
    std::map<std::int64_t, std::set<std::int64_t>> table, index;
    R2T2_TRY(for_each(database, "SELECT id, run_id FROM samples NOT INDEXED", [&](const Statement& row) { table[row.integer(1)].insert(row.integer(0)); }));
    // An index that breaks off has named what it has named.
    (void)for_each(database, "SELECT id, run_id FROM samples INDEXED BY samples_of_run", [&](const Statement& row) {
        index[row.integer(1)].insert(row.integer(0));
    }).ok();
    for (const auto& [run, ids] : index) {
        for (const std::int64_t id : ids) {
            if (!table[run].contains(id)) {
                census.runs[run].lost.push_back(id);
            }
        }
    }
    for (const auto& [run, ids] : table) {
        for (const std::int64_t id : ids) {
            if (!index[run].contains(id)) {
                census.runs[run].found.push_back(id);
            }
        }
        census.runs[run].samples = static_cast<std::int64_t>(ids.size() + census.runs[run].lost.size());
    }
    return {};
}

}  // namespace

Result<SampleCensus> SampleCensus::of(sqlite::Database& database, std::int64_t version) {
    SampleCensus census;
    std::map<std::int64_t, Walk> table, index;
    const auto indexed = database.number("SELECT COUNT(*) FROM sqlite_master WHERE type = 'index' AND name = 'samples_of_run' AND tbl_name = 'samples'", "read schema");
    if (!indexed.ok()) {
        return indexed.error();
    }
    // A savepoint begins a transaction where the reader holds none (SessionReader::hold).
    R2T2_TRY(database.execute("SAVEPOINT census", "read samples"));
    std::int64_t last = std::numeric_limits<std::int64_t>::min();
    const std::string keyed = version >= session_schema::kScoring ? "scoring IS NOT NULL" : "0";
    const std::string rules = version >= session_schema::kPrompt ? "IFNULL(scoring_version, 1)" : "1";  // version 1: before they had one
    const std::string rows = "SELECT id, run_id, error IS NOT NULL, " + keyed + ", CASE WHEN correct_by_step GLOB '*[01]*' THEN " + rules +
                             " ELSE 0 END FROM samples NOT INDEXED";
    Status read = for_each(database, rows, [&](const Statement& row) {
        if (row.integer(0) <= last) {
            ++census.doubles;
            return;
        }
        last = row.integer(0);
        Run& run = census.runs[row.integer(1)];
        ++run.samples;
        run.errors += row.integer(2);
        run.keyed += row.integer(3);
        if (const int scored_by = static_cast<int>(row.integer(4)); scored_by != 0) {
            run.scoring_version = run.scoring_version == 0 ? scored_by : std::min(run.scoring_version, scored_by);
        }
        table[row.integer(1)].add(last);
    });
    if (read.ok() && *indexed == 1) {
        const Status walked = for_each(database, "SELECT id, run_id FROM samples INDEXED BY samples_of_run", [&](const Statement& row) {
            index[row.integer(1)].add(row.integer(0));
        });
        census.index_holds = walked.ok() && index == table && census.doubles == 0;
        read = census.index_holds ? Status() : find_differences(database, census);
    } else if (read.ok()) {
        census.index_holds = false;
    }
    const Status done = database.execute("RELEASE census", "read samples");
    if (!read.ok() || !done.ok()) {
        return read.ok() ? done.error() : read.error();
    }
    return census;
}

}  // namespace r2t2
