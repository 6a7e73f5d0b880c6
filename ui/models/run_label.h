// What a session's runs are called: in tables, lists, titles and words. Thread rule: pure functions.
#pragma once

#include <QString>
#include <vector>

#include "core/results/run_results.h"
#include "core/session/session_reader.h"

namespace r2t2::ui {

/// "NGD, k 5, steps 20": the method, and what tells the run from the others of its method in the session.
[[nodiscard]] QString run_title(const StoredRun& run);

/// What tells a run from the others of its session.
struct RunLabel {
    QString title;       ///< run_title()
    QString evaluation;  ///< evaluation_title()
    QString line;        ///< "13: NGD, k 10 · evaluation of runs 9–13 · incomplete, 12 of 16" where there are several evaluations: of lists to choose from
};
/// Parallel to `runs`. Parses every configuration once: for a worker.
[[nodiscard]] std::vector<RunLabel> run_labels(const std::vector<StoredRun>& runs);

/// "evaluation of runs 6–9", "evaluation of run 6", "evaluation of runs 1, 4": every run that was made in it, in whatever order; empty for none.
[[nodiscard]] QString evaluation_of(std::vector<std::int64_t> runs);
/// evaluation_of() those that were made with `run`; empty for runs that stand alone.
[[nodiscard]] QString evaluation_title(const std::vector<StoredRun>& runs, const StoredRun& run);
/// "NGD, kernel regression and base on G-dim, G-noise": methods and sets of the evaluation that the run was made in.
[[nodiscard]] QString evaluation_words(const std::vector<StoredRun>& runs, const StoredRun& run);
/// "80 of 600 samples, incomplete (interrupted); 2 failed": what the run lacks, of the list of runs alone; empty: nothing.
[[nodiscard]] QString lacking_words(const StoredRun& run);
/// "NGD: 80 of 600 samples, incomplete (interrupted)", a line a run that is not whole; runs that lack the same are one line.
[[nodiscard]] QString coverage_note(const std::vector<RunResults>& runs);

/// The run to look at first: the last finished NGD run, else the last with a method, else the last; 0: none.
[[nodiscard]] std::int64_t telling_run(const std::vector<StoredRun>& runs);
/// The base of the same evaluation, which was asked the same samples; else the last base that was begun before it, any base, another run; 0: there is none.
[[nodiscard]] std::int64_t compared_with(const std::vector<StoredRun>& runs, std::int64_t run);

}  // namespace r2t2::ui
