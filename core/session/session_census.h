// Internal to core/session: which samples every run has, by the table and by its index. A page of either that is damaged can hide rows
// without any row being damaged: SQLite searches a tree and does not ask whether it is in order.
//
// Thread rule: that of the database.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <vector>

#include "core/base/result.h"
#include "core/session/sqlite.h"

namespace r2t2 {

struct SampleCensus {
    struct Run {
        std::int64_t samples = 0;         ///< found by the table or by the index
        std::int64_t errors = 0;          ///< of the table's
        std::int64_t keyed = 0;           ///< likewise: those that a benchmark scores
        int scoring_version = 0;          ///< likewise: the oldest version of the rules behind a verdict; 0: no verdict
        std::vector<std::int64_t> lost;   ///< rows that the index names and the table does not show
        std::vector<std::int64_t> found;  ///< rows that the table shows and the index does not name: they can be read, past the index
    };
    std::map<std::int64_t, Run> runs;  ///< those that have samples
    bool index_holds = true;  ///< the index names the table's rows: reading a run by it misses none
    std::int64_t doubles = 0;  ///< rows that the table shows again, or out of order: they are passed over

    /// Reads `samples` once and its index once, in one transaction. Errors: SQLite's, about the table.
    /// `version`: of the schema, which says what columns there are.
    [[nodiscard]] static Result<SampleCensus> of(sqlite::Database& database, std::int64_t version);
};

}  // namespace r2t2
