// Is a run that goes on asked the same as before? Private to core/run. Thread rule: opens its own reader; any thread.
#pragma once

#include <filesystem>
#include <vector>

#include "core/run/sample_set.h"
#include "core/session/session_reader.h"

namespace r2t2 {

/// Errors: other data than the stored run's; names set, sample and field where a stored sample differs (question, instruction, truth, way of
/// scoring, picture), else the hashes. Of a run from before contents were hashed: by names and ids, and by what its samples' rows say.
[[nodiscard]] Status check_stored_data(const std::filesystem::path& session, const StoredRun& stored, const RunInfo& wanted,
                                       const std::vector<SampleSetPtr>& sets, const ModelInfo& model);

/// Where a run from before contents were hashed is resumed, a line of the log says so.
void warn_of_unknown_data(const RunInfo& stored, const RunInfo& wanted, const std::string& where);

}  // namespace r2t2
