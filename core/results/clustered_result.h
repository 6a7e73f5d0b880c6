// What a table tells of a result beside its counts: intervals and a test against base on the same samples, with clusters for the units.
//
// The same numbers wherever an evaluation is told (the window, the report, exports, figures), by the same code as a comparison of two runs
// (session_compare.h). Shares are 0 .. 1. Thread rule: pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/analysis/clustered_pairs.h"

namespace r2t2 {

/// One sample before and after; nullopt: not answered, or nobody knows.
struct BeforeAndAfter {
    std::size_t cluster = 0;  ///< its number (sample_clusters.h)
    std::optional<bool> before, after;
};

struct ClusteredResult {
    std::int64_t scored = 0;    ///< samples whose result is known
    std::int64_t clusters = 0;  ///< of them; as many: every sample stands alone
    Interval interval;          ///< of the accuracy, 95 %: Wilson; of clusters, clustered_share. Nothing scored: [0, 1]
    Estimate gain;              ///< after - before, 95 %, over the samples that both are known of; NaN without one
    IntervalKind gain_interval = IntervalKind::Exact;
    double p = 1.0;             ///< two-sided, sign flips of clusters; exact McNemar where every sample stands alone
    double holm_p = 1.0;        ///< corrected for what is told together (told_together); NaN: no test, or not corrected
    [[nodiscard]] bool clustered() const { return clusters < scored; }
    /// "exact McNemar" or "sign flips of clusters".
    [[nodiscard]] const char* test() const { return clustered() ? "sign flips of clusters" : "exact McNemar"; }
};
[[nodiscard]] ClusteredResult clustered_result(std::span<const BeforeAndAfter> samples, const BootstrapOptions& bootstrap = kToldBootstrap);

/// Sets holm_p of results that are told together (methods x sets, or the pooled results of the methods). Of those that scored nothing: NaN.
void told_together(const std::vector<ClusteredResult*>& tests);

/// "+13.2 [+9.9, +15.9]" in points; "*" or "^" behind it: interval_mark. "-": nothing is known.
[[nodiscard]] std::string gain_text(const ClusteredResult& result);

}  // namespace r2t2
