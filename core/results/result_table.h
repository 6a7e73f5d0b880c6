// The table of a paper: methods down, sets across, with intervals, tests against base and the share of the gap to the oracle. Samples that belong
// together are units of all of them (clustered_result.h).
//
// "Base" is step 0 of a run itself: the native answers of the same samples. Sources: rerouting, "Analysis". Shares are 0 .. 1.
// Thread rule: pure functions on values; evaluation_results uses a reader, which belongs to one thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/base/cancel.h"
#include "core/base/progress.h"
#include "core/results/clustered_result.h"
#include "core/results/run_config.h"
#include "core/results/run_results.h"

namespace r2t2 {

struct ResultCell {
    std::int64_t scored = 0;  ///< samples whose result is known
    std::int64_t right = 0;
    std::optional<std::int64_t> planned;  ///< samples that the run was begun for; none: not stored
    TransitionCounts change;  ///< native -> result
    ClusteredResult told;     ///< intervals, and the test against base; holm_p: told_together with the other methods x sets, of pooled samples with the
                              ///< other methods; NaN of base itself
    std::vector<NamedNumber> benchmark_native, benchmark;  ///< of a benchmark: its own score before and after; else none
    std::vector<NamedNumber> benchmark_official;           ///< the same after, by the benchmark's own pattern; else none
    std::string official_pattern;                          ///< its name
    std::int64_t unread = 0;                               ///< answers after that name no option
    GapClosed gap;            ///< NaN of base itself, and where no run of the table sees the label or it is not above base
    [[nodiscard]] double accuracy() const;  ///< NaN without scored samples
    /// The number that the set is judged by: a benchmark's headline, else the accuracy in percent. NaN: there is none.
    [[nodiscard]] double headline() const;
};

struct ResultRow {
    StoredRun run;
    RunCoverage coverage;
    std::vector<ResultCell> sets;  ///< parallel to ResultTable::sets
    ResultCell overall;
};

struct ResultTable {
    std::vector<std::string> sets;  ///< by name; those of which no sample was reached too, where the runs say what they were begun for
    std::vector<ResultRow> rows;  ///< in the session's order
    /// Has the highest headline of its column (sets.size(): overall) among rows that may be compared: complete runs that do not see
    /// the label. A part of the samples is never the best.
    [[nodiscard]] bool best(std::size_t row, std::size_t column) const;
};

/// The runs that were made together with `run` (made_together.h), itself among them, in the session's order.
/// Errors: the reader's; no such run; cancelled.
[[nodiscard]] Result<std::vector<RunResults>> evaluation_results(SessionReader& session, std::int64_t run,
                                                                 const ProgressCallback& progress = {}, const CancelToken& cancel = {});

/// "67 [0, 100]", in percent; "too few": fewer than kLeastShareWithGap of the resamples have a gap; "-": there is no gap.
[[nodiscard]] std::string gap_text(const GapClosed& gap);
/// "1600 samples in 400 clusters ..." of the row with the most scored samples (clusters_note). Empty: every sample stands alone.
[[nodiscard]] std::string clusters_note(const ResultTable& table);
/// "0.031", "1.4e-04"; without a discordant pair "1.000".
[[nodiscard]] std::string p_text(double p);

[[nodiscard]] ResultTable result_table(const std::vector<RunResults>& runs, const BootstrapOptions& bootstrap = kToldBootstrap);

}  // namespace r2t2
