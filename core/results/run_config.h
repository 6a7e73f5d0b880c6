// What the configuration of a stored run says about its place among others. Thread rule: pure functions.
#pragma once

#include <string>
#include <vector>

#include "core/session/session_reader.h"

namespace r2t2 {

/// The evaluation that a run was made in: config.evaluation; empty for runs that stand alone.
[[nodiscard]] std::string evaluation_name(const RunInfo& info);
/// "2/4": the part of the samples that was run; empty: all.
[[nodiscard]] std::string shard_name(const RunInfo& info);
/// RunInfo::data_hash of runs that say what their samples are, not only what they are called, begins with this.
inline constexpr const char* kContentHash = "content-";
/// Were two runs made on the same data?
enum class SameData {
    Yes,
    ByNames,  ///< sets, files and ids are the same; one of the two is from before contents were hashed
    No
};
[[nodiscard]] SameData same_data(const RunInfo& a, const RunInfo& b);
/// The runs of the evaluation that was begun last; none where no run belongs to one.
[[nodiscard]] std::vector<StoredRun> last_evaluation(std::vector<StoredRun> runs);

}  // namespace r2t2
