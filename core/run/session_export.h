// A session as files for other programs: samples as JSON lines in the shape of VLM evaluation harnesses, a summary, a table
// of accuracies per step and a LaTeX table. docs/exports.md says what is in each.
//
// Shares (accuracy, interval) are 0 .. 1, only the LaTeX table is in percent; benchmarks have their own units. The same session gives the same bytes.
// Rows that do not hold what was written (checksums, lengths) are left out of everything and named.
// Thread rule: pure functions; export_session opens its own reader and is callable from any thread.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/analysis/neighbour_statistics.h"
#include "core/analysis/statistics.h"
#include "core/analysis/transitions.h"
#include "core/base/cancel.h"
#include "core/base/progress.h"
#include "core/base/result.h"
#include "core/results/clustered_result.h"
#include "core/results/run_coverage.h"
#include "core/scoring/benchmark_score.h"
#include "core/session/session_reader.h"

namespace r2t2 {

/// Right or wrong at one step; samples that stopped earlier keep their last answer.
struct StepAccuracy {
    std::int64_t scored = 0;  ///< known to be right or wrong
    std::int64_t right = 0;
};

/// One set of one run, or all of them pooled.
struct SetSummary {
    std::string name;
    std::int64_t scored = 0;      ///< samples whose result is known to be right or wrong
    std::int64_t right = 0;       ///< of them
    std::int64_t not_scored = 0;  ///< not answered, or the truth is unknown
    std::int64_t failed = 0;      ///< samples with an error instead of a result
    std::optional<std::int64_t> planned;  ///< samples that the run was begun for; none: not stored
    std::optional<ReferenceSamples> references{};  ///< samples that are references too; none: not stored
    std::map<std::string, std::int64_t> left_out{};  ///< good records that are not of the set's task, by reason; counted nowhere
    ClusteredResult told;         ///< interval, gain and test against the run's own native answers; holm_p: over the file's runs x sets but base's
    TransitionCounts change;      ///< native -> result
    std::vector<StepTransitions> transitions;
    /// Nothing is known of a step that no sample of the set was scored at: the files leave it out.
    [[nodiscard]] bool has_step(std::size_t step) const { return step < steps.size() && steps[step].scored > 0; }
    std::vector<StepAccuracy> steps;  ///< 0 .. last step of the run, in every set
    std::string benchmark;            ///< whose set it is; empty: no benchmark's
    std::vector<NamedNumber> benchmark_native, benchmark_result;  ///< its own score before and after, the headline first
    std::vector<NamedNumber> official_native, official_result;    ///< the same by the benchmark's own pattern; empty: it has none
    std::string official_pattern;                                 ///< its name
    std::int64_t native_unread = 0, result_unread = 0;            ///< answers that name no option

    [[nodiscard]] double accuracy() const;  ///< 0 .. 1, NaN without scored samples
};

struct RunSummary {
    StoredRun run;
    std::string samples_file;        ///< name inside the folder
    std::vector<SetSummary> sets;    ///< in the order of their first sample
    SetSummary overall;
    RunCoverage coverage;            ///< how much of the run this is
    NeighbourReport neighbours;        ///< neighbours.all.samples is 0 for methods without
    std::vector<std::string> damaged;  ///< one line a row that was left out
    std::int64_t scored_again = 0;     ///< samples whose stored verdicts were of older rules: here they are of today's
    std::int64_t verdicts_changed = 0; ///< of them: with another verdict at some step
    std::int64_t by_older_rules = 0;   ///< samples that keep the verdicts of older rules: no key is stored with them
};

struct SessionSummary {
    std::string session;  ///< file name without folder
    std::vector<RunSummary> runs;

    [[nodiscard]] bool miniature() const;  ///< of the bundled model: must be said wherever the numbers are
    [[nodiscard]] std::size_t damaged() const;
};

struct ExportedSession {
    std::vector<std::filesystem::path> files;  ///< in the order they were written
    std::vector<std::filesystem::path> removed;  ///< of an earlier export into the folder, which this one has no file for
    SessionSummary summary;
    std::optional<std::int64_t> waiting_in_log{};  ///< samples that a copy of the session without its -wal would have lacked (SessionReader)
};

/// Writes samples_<run>_<method>.jsonl for every run, accuracy.csv, benchmarks.csv, neighbours.csv, table.tex and, last, results.json into `directory`, which
/// is made if it is not there. Every file is there whole or not at all; files of these names are replaced. Samples of other runs that an
/// earlier export put there (its results.json names them, or they have such a name and begin as one) are removed: the folder holds one
/// export. All other files stay.
/// `runs`: numbers, in the session's order whatever theirs; empty: all.
/// Errors: the session's; a run that is not there; a session without runs; a folder that cannot be written; cancelled.
[[nodiscard]] Result<ExportedSession> export_session(const std::string& session, const std::filesystem::path& directory,
                                                     const std::vector<std::int64_t>& runs = {},
                                                     const ProgressCallback& progress = {}, const CancelToken& cancel = {});

/// results.json: one object, indented.
[[nodiscard]] std::string results_json(const SessionSummary& summary);
/// accuracy.csv: run, method, set, step, scored, right, accuracy, planned, complete (1 or 0, of the run), references (samples that are references too; empty: not known); the set "overall" pools all
/// sets. Steps that no sample of a set was scored at have no line.
[[nodiscard]] std::string accuracy_csv(const SessionSummary& summary);
/// benchmarks.csv: run, method, set, benchmark, measure, unit, maximum, questions, native, result, incomplete (groups left out),
/// official_pattern, official_native, official_result (empty: the benchmark has no pattern of its own), planned, complete, references. Sets that are no
/// benchmarks have no lines.
[[nodiscard]] std::string benchmark_csv(const SessionSummary& summary);
/// neighbours.csv: run, method, outcome ("all", "RR", ...), samples, uniform, and of every mean of NeighbourStatistics `<name>`,
/// `<name>_low`, `<name>_high`, then planned, complete and references; empty where it is not known. Runs without neighbours have no lines.
[[nodiscard]] std::string neighbour_csv(const SessionSummary& summary);
/// table.tex: a row a run, a column a set, accuracy in percent (of a benchmark its own score; where it has a pattern of its own, a second
/// column by that), the best of each column bold. Runs that use the label
/// are upper bounds: they stand apart and are never bold. Runs that are not complete have a star, a line below the table that says
/// how much of them there is, and are not bold beside complete ones. Needs booktabs.
[[nodiscard]] std::string accuracy_table_latex(const SessionSummary& summary);
/// `text` as LaTeX prints it: special characters escaped, control characters become spaces.
[[nodiscard]] std::string latex_escaped(const std::string& text);

/// "NGD", "NGD, k 5, steps 20" of a sweep, "oracle (uses label)"; a method of another program is shown as it is stored.
[[nodiscard]] std::string stored_method_title(const StoredRun& run);
/// True where the method sees the truth.
[[nodiscard]] bool stored_method_uses_label(const StoredRun& run);

}  // namespace r2t2
