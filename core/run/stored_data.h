// Is a run that goes on asked the same as before? Private to core/run. Thread rule: opens its own reader; any thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "core/run/evaluation.h"
#include "core/run/sample_set.h"
#include "core/session/session_reader.h"

namespace r2t2 {

/// What became of a run's data where all that it has answered is as it was.
struct MendedData {
    bool differs = false;             ///< false: nothing below
    std::vector<SampleKey> read_now;  ///< failed, or could not be read when the run was begun; can be read now
    std::vector<SampleKey> gone;      ///< failed rows of what is no sample, and no record that cannot be read, any more
    std::size_t elsewhere = 0;        ///< samples of other shards that differ: theirs say whether they may
};

/// The part of the samples that a run is of.
struct StoredPart {
    Shard shard;
    std::size_t side_by_side = 1;
};

/// A sample that failed, or whose record could not be read, has no answer that would have to be protected: it may be another now.
/// Errors: other data than the stored run's otherwise; names set, sample and field where a stored sample differs (question, instruction,
/// truth, way of scoring, picture), and the first other one where the run keeps prints of its samples; else the hashes. Of a run from
/// before contents were hashed: by names and ids, and by what its samples' rows say.
[[nodiscard]] Result<MendedData> check_stored_data(const std::filesystem::path& session, const StoredRun& stored, const RunInfo& wanted,
                                                   const std::vector<SampleSetPtr>& sets, const ModelInfo& model, const StoredPart& part);

/// Where samples that could not be read can be now, a line of the log names them; `mended`: of every run of one evaluation.
void tell_mended_data(const std::vector<MendedData>& mended, const std::string& where);

/// Where a run from before contents were hashed is resumed, a line of the log says so.
void warn_of_unknown_data(const RunInfo& stored, const RunInfo& wanted, const std::string& where);

}  // namespace r2t2
