// What a session's last evaluation was asked to do, for going on with it. Thread rule: opens its own readers; any thread.
#pragma once

#include <filesystem>
#include <vector>

#include "core/run/evaluation.h"
#include "core/routing/sweep.h"
#include "core/run/sample_set.h"
#include "core/session/session.h"

namespace r2t2 {

/// What an evaluation was asked to do, as its runs say.
struct StoredEvaluation {
    SampleChoice data;
    std::vector<MethodParams> methods;
    std::vector<SweepAxis> sweep;
    ScoringRule scoring = ScoringRule::Exact;
    std::size_t side_by_side = 4;
    Shard shard;
    std::uint64_t seed = 1;
};
/// Of the session's last evaluation. Errors: the session's; none there; one of an older program that kept less.
[[nodiscard]] Result<StoredEvaluation> stored_evaluation(const std::filesystem::path& path);

/// The constants that its controls used, so that a resumed run need not fit them again; empty ones where it had none.
[[nodiscard]] Result<ControlConstants> stored_controls(const std::filesystem::path& path);

/// For writing. A file that is there; blank if it was killed while it was made. Error: none there, or no session.
[[nodiscard]] Result<SessionWriter> open_to_resume(const std::filesystem::path& path);
/// The runs of the last evaluation; none where there are no runs at all (killed before the first). Error: runs, but no evaluation.
[[nodiscard]] Result<std::vector<StoredRun>> runs_to_resume(const std::filesystem::path& path);

}  // namespace r2t2
