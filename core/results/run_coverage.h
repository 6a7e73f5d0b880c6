// How much of what a run was begun for is in it: belongs beside every number of the run, on screen, in figures and in files.
//
// Thread rule: pure functions on values.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/results/reference_samples.h"
#include "core/session/session_reader.h"

namespace r2t2 {

struct RunCoverage {
    RunState state = RunState::Finished;
    std::int64_t samples = 0;             ///< recorded, failed and damaged ones among them
    std::optional<std::int64_t> planned;  ///< none: made by a program that did not store it
    std::int64_t failed = 0;
    std::int64_t without_truth = 0;  ///< run, but nobody knows whether it is right; 0 where only the list of runs was read
    std::int64_t damaged = 0;        ///< left out because a row's checksum does not hold; likewise

    std::optional<ReferenceSamples> references;  ///< samples that are references too; none: made by a program that did not look

    /// It was finished, and all that was planned is there.
    [[nodiscard]] bool complete() const;
    /// It is stored as finished, and samples of it are gone: something took them away, or this is a copy of a part.
    [[nodiscard]] bool lacks_samples() const { return state == RunState::Finished && !complete(); }
    [[nodiscard]] bool has_references() const { return references && references->count > 0; }
    /// Complete, every sample of it was scored, and none is known to be a reference: its numbers need no word beside them.
    [[nodiscard]] bool whole() const { return complete() && failed == 0 && without_truth == 0 && damaged == 0 && !has_references(); }
    /// "80 of 600"; "80" where it is not known of how many.
    [[nodiscard]] std::string count_text() const;
    /// "80 of 600 samples, incomplete (interrupted); 2 failed; 1 without a known truth; 1 damaged and left out;
    /// 12 are references too (3, 7, ...), none its own neighbour".
    [[nodiscard]] std::string text() const;
};

/// "finished", "interrupted", "still running or killed", "too many bad samples": why a run has no more than it has.
[[nodiscard]] std::string state_text(RunState state);

/// Its times as they are stored say that it ended before it began: the clock was set back meanwhile.
[[nodiscard]] bool ended_before_it_began(const StoredRun& run);

/// From the list of runs alone.
[[nodiscard]] RunCoverage run_coverage(const StoredRun& run);

/// Of a run that lacks samples: names session, run, how many there are and were planned. No number of such a run is shown without it, and
/// the exit code says so. Says how to get them back: where going on with the evaluation would refuse, that (reads it whole). A run that never finished is incomplete, which is said beside its numbers, and no error.
[[nodiscard]] std::optional<Error> missing_samples(const std::string& session, const StoredRun& run);

/// config.planned: samples of every set that the run was begun for, records that could not be read among them. Empty: not stored.
[[nodiscard]] std::map<std::string, std::int64_t> planned_samples(const RunInfo& info);
/// Of one set. None: not stored.
[[nodiscard]] std::optional<std::int64_t> planned_of(const RunInfo& info, const std::string& set);
/// config.left_out of one set: good records that are not of its task and so count nowhere, by reason. Empty: none, or not stored.
[[nodiscard]] std::map<std::string, std::int64_t> left_out_of(const RunInfo& info, const std::string& set);
/// "NGD, k 5: 80 of 600 samples, incomplete (interrupted)": a line a run that is not whole. `title`: of each, parallel to `runs`.
[[nodiscard]] std::vector<std::string> coverage_lines(const std::vector<RunCoverage>& runs, const std::vector<std::string>& titles);

}  // namespace r2t2
