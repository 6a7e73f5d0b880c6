// One sample of a session with everything that its runs say about how it was run. Thread rule: opens its own reader; any thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/run/stored_settings.h"

namespace r2t2 {

struct StoredSampleRuns {
    std::vector<StoredRun> runs;           ///< that were made together; base first where it is there
    std::vector<StoredSettings> settings;  ///< parallel
    std::vector<StoredSample> samples;     ///< parallel
};

/// Of run `run` with base beside it, else of the evaluation that was begun last among those that have the sample.
/// Errors: the session's, no such run, no such sample (names a few that are there), a sample that failed, a damaged row.
[[nodiscard]] Result<StoredSampleRuns> find_stored_sample(const std::string& session, const SampleKey& key, std::optional<std::int64_t> run);

}  // namespace r2t2
