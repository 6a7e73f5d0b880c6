// What a session's last evaluation was asked to do, for going on with it. Thread rule: opens its own readers; any thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <vector>

#include "core/run/evaluation.h"
#include "core/run/open_reference.h"
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
    GroundSource source;        ///< defaults where the run is from before it was kept
};
/// `runs` of one evaluation, at least one. Errors: one of an older program that kept less.
[[nodiscard]] Result<StoredEvaluation> stored_evaluation(const std::vector<StoredRun>& runs, const std::filesystem::path& path);
/// What its runs stand on; empty fields' defaults where they are from before it was kept.
[[nodiscard]] GroundSource stored_ground(const RunInfo& info);

/// The constants that its controls used, so that a resumed run need not fit them again; empty ones where it had none.
[[nodiscard]] Result<ControlConstants> stored_controls(const std::vector<StoredRun>& runs, const std::filesystem::path& path);

/// For writing. A file that is there; blank if it was killed while it was made. Error: none there, or no session.
[[nodiscard]] Result<SessionWriter> open_to_resume(const std::filesystem::path& path);
/// The runs of every evaluation, the one begun last at the end; none where there are no runs at all (killed before the first).
/// Error: runs, but no evaluation.
[[nodiscard]] Result<std::vector<std::vector<StoredRun>>> evaluations_to_resume(const std::filesystem::path& path);
/// The evaluation that `run` is of, or the last. None as above. Error also: no such run.
[[nodiscard]] Result<std::vector<StoredRun>> runs_to_resume(const std::filesystem::path& path, std::optional<std::int64_t> run = {});

/// "evaluation 7": a name that no evaluation there has; N is the first run's number where it is free.
[[nodiscard]] Result<std::string> free_evaluation_name(const std::filesystem::path& path, std::int64_t first_run);

}  // namespace r2t2
