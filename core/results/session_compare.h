// Two runs on the same samples: who is right where, and is the difference more than chance?
//
// Samples are paired by set and key. A pair is scored when both results are known to be right or wrong; every number below
// is over scored pairs. Sets whose benchmark scores by fractions are compared by them (compared_scores.h). Samples that belong together (sample_clusters.h) are drawn and flipped together (clustered_pairs.h); where every sample
// stands alone, the test is exact McNemar. Shares are 0 .. 1.
// Thread rule: pure functions; compare_sessions opens its own readers and is callable from any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/analysis/clustered_pairs.h"
#include "core/base/result.h"
#include "core/results/compared_scores.h"
#include "core/results/run_config.h"
#include "core/results/run_coverage.h"
#include "core/session/session_reader.h"

namespace r2t2 {

enum class ComparisonCell { OnlyA, OnlyB, Both, Neither };

/// "only-a", "only-b", "both", "neither": the spelling on the command line and in JSON.
[[nodiscard]] std::string_view name(ComparisonCell cell);
[[nodiscard]] Result<ComparisonCell> parse_comparison_cell(const std::string& text);

/// Which run of which file. Without a number the last run; of one file compared with itself the last two.
struct ComparedRun {
    std::string session;
    std::optional<std::int64_t> run;
};

struct ComparedPair {
    SampleKey id;
    std::string question;  ///< of both
    std::string truth;
    std::string answer_a;
    std::string answer_b;
    bool right_a = false;
    bool right_b = false;
    double worth_a = 0.0;  ///< 0 .. 1; of sets that are compared by right and wrong 0 or 1
    double worth_b = 0.0;

    [[nodiscard]] ComparisonCell cell() const;
};

/// In both runs under one set and key, and not the same sample.
struct OtherSample {
    enum class Why { Asked, Picture };
    SampleKey id;
    Why why = Why::Asked;  ///< the question or the truth; the picture, or the facts about it
};

struct SetComparison {
    std::string name;
    std::int64_t only_a = 0;
    std::int64_t only_b = 0;
    std::int64_t both = 0;
    std::int64_t neither = 0;
    std::int64_t not_scored = 0;  ///< in both runs, but failed or without a known result in one
    std::int64_t different = 0;   ///< in both runs, but with another question or truth: not the same sample, not paired
    std::int64_t other_picture = 0;  ///< likewise with another picture, where it is known of both
    ComparedBy by = ComparedBy::Right;  ///< what accuracies, difference, p and intervals are of; cells are of right and wrong always
    double mean_a = 0.0;          ///< of that, 0 .. 1; NaN without scored pairs
    double mean_b = 0.0;
    std::optional<OwnNumbers> own;  ///< none: no benchmark's set, or the pooled one
    std::int64_t missing_a = 0;   ///< in B only
    std::int64_t missing_b = 0;   ///< in A only
    std::int64_t clusters = 0;    ///< of the scored pairs; as many as there are pairs: every sample stands alone
    Interval interval_a;          ///< 95 %: Wilson; of clusters and of fractions, clustered_share
    Interval interval_b;
    double p = 1.0;       ///< two-sided, sign flips of clusters; exact McNemar where every sample stands alone and is right or wrong
    double holm_p = 1.0;  ///< corrected for the sets of the comparison (holm_adjusted); NaN: nothing scored, or the pooled one: no further test
    Estimate difference;  ///< B - A, 95 %; NaN without scored pairs
    IntervalKind interval = IntervalKind::Exact;

    [[nodiscard]] bool clustered() const { return clusters < scored(); }

    [[nodiscard]] std::int64_t scored() const { return only_a + only_b + both + neither; }
    [[nodiscard]] std::int64_t right_a() const { return only_a + both; }
    [[nodiscard]] std::int64_t right_b() const { return only_b + both; }
};

struct ComparedSide {
    std::string session;
    StoredRun run;
    std::int64_t damaged = 0;  ///< rows left out because their checksum does not hold
    std::vector<LeftOut> left_out{};  ///< these rows
    RunCoverage coverage{};    ///< how much of the run this is
};

/// A run as it is compared: with the rows that hold what was written.
struct ComparedRows {
    ComparedSide side;
    std::vector<SampleRow> rows;
};
/// `session`: what it is called. Errors: a run that is not there; what the reader finds wrong.
[[nodiscard]] Result<ComparedRows> compared_rows(SessionReader& reader, const std::string& session, std::int64_t run);

struct SessionComparison {
    ComparedSide a;
    ComparedSide b;
    std::vector<SetComparison> sets;  ///< in the order of their first sample in A, then in B
    SetComparison overall;
    std::vector<ComparedPair> pairs;  ///< scored, in A's order
    std::vector<OtherSample> others;  ///< in A's order
    ClusteredPairs together;          ///< all pairs by cluster
    std::vector<SampleKey> unread;    ///< of them those whose group is not known (ClusterKey::unread)

    [[nodiscard]] bool same_data() const { return r2t2::same_data(a.run.info, b.run.info) != SameData::No; }
    [[nodiscard]] bool miniature() const;  ///< one of them is of the bundled model
};

/// What a reader of the numbers must know: a side that is not whole, and that the numbers are of the common samples then; other
/// data; samples that were not paired. A sentence each; empty: nothing.
[[nodiscard]] std::vector<std::string> comparison_notes(const SessionComparison& comparison);

/// A line a set that is a benchmark's: its own number of both runs, and how it counts where that is not what is compared. With sets that are compared by
/// fractions a line that says so.
[[nodiscard]] std::vector<std::string> own_number_notes(const SessionComparison& comparison);

/// "exact McNemar", "sign flips of clusters", "sign flips of samples" (fractions).
[[nodiscard]] std::string_view test_name(const SetComparison& set);

/// "4 samples are in A only and 6 in B only: they are in no number."; empty: the two have the same samples.
[[nodiscard]] std::string unpaired_note(const SessionComparison& comparison);

/// Two runs of the session that is open; `path`: what it is called. Errors: a run that is not there; what the reader finds wrong.
[[nodiscard]] Result<SessionComparison> compare_runs(SessionReader& session, const std::string& path, std::int64_t a, std::int64_t b,
                                                     const BootstrapOptions& bootstrap = {0.95, 2000, 1});

/// Errors: the sessions'; a run that is not there; no run, or one file with one run and nothing said.
[[nodiscard]] Result<SessionComparison> compare_sessions(const ComparedRun& a, const ComparedRun& b,
                                                         const BootstrapOptions& bootstrap = {0.95, 2000, 1});

}  // namespace r2t2
