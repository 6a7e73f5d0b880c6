// Internal to core/session: verdicts of older scoring rules become those of today's, from the keys that are stored with the samples.
//
// Thread rule: that of the database.
#pragma once

#include <vector>

#include "core/base/result.h"
#include "core/session/session_types.h"
#include "core/session/sqlite.h"

namespace r2t2::session_rescoring {

/// Is there a sample that rescore() would look at?
[[nodiscard]] Result<bool> needed(sqlite::Database& database);

/// Inside a transaction, on a file of this schema. Every sample with a key and of older rules (core/scoring/scoring_version.h):
/// its answers are scored again, and where a verdict changes so do `steps.correct`, `samples.native_correct`, `final_correct`,
/// `outcome` and `correct_by_step`; the run's notes get a line. Samples of which a row does not hold, or whose key cannot be read, stay as they are
/// and keep their version. One entry a run that had such samples.
[[nodiscard]] Result<std::vector<RescoredRun>> rescore(sqlite::Database& database);

}  // namespace r2t2::session_rescoring
