// What a stored run says: right and wrong after every step, per set and overall, and which experts led before and after.
// Nothing is recomputed: figures, tables and the benchmark page read the same numbers from here.
//
// Thread rule: pure functions on a reader, which belongs to one thread.
#pragma once

#include <string>
#include <vector>

#include "core/analysis/expert_shift.h"
#include "core/analysis/statistics.h"
#include "core/analysis/transitions.h"
#include "core/results/benchmark_results.h"
#include "core/results/clustered_result.h"
#include "core/results/run_coverage.h"
#include "core/session/session_reader.h"

namespace r2t2 {

/// One set of a run, or all of them together.
struct SetResults {
    std::string name;
    std::vector<SampleKey> keys;                ///< of samples without error, in the order they were written
    std::vector<StepCorrectness> samples;       ///< parallel to keys
    std::vector<std::size_t> clusters;          ///< parallel to keys: the number of the cluster in the run (sample_clusters.h)
    std::vector<StepTransitions> steps;         ///< step 0 .. longest trajectory
    /// Percent right of the scored samples after a step (steps beyond a trajectory's end keep its last answer), with
    /// its 95 % interval (ClusteredResult); value NaN without scored samples.
    [[nodiscard]] Estimate accuracy(std::size_t step) const;
    [[nodiscard]] std::int64_t scored(std::size_t step) const;
    /// Of its samples.
    [[nodiscard]] std::int64_t cluster_count() const;
    /// Native answer and that after the last step.
    [[nodiscard]] std::vector<BeforeAndAfter> changes() const;
};

struct RunResults {
    StoredRun run;
    std::vector<SetResults> sets;  ///< by name
    SetResults overall;            ///< all samples pooled; name "overall"
    std::vector<BenchmarkResult> benchmarks;  ///< of the sets that are benchmarks
    std::int64_t damaged = 0;      ///< samples left out: their checksum does not hold
    RunCoverage coverage;          ///< how much of the run this is
    [[nodiscard]] std::size_t last_step() const { return overall.steps.empty() ? 0 : overall.steps.size() - 1; }
};

/// Errors: no such run; what the reader finds wrong.
[[nodiscard]] Result<RunResults> run_results(SessionReader& session, std::int64_t run);

/// Top experts and weights, native against last step. One entry a group of the run's space.
[[nodiscard]] Result<std::vector<GroupShift>> run_shift(SessionReader& session, std::int64_t run);

}  // namespace r2t2
