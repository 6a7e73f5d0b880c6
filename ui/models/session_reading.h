// One look at a session: its runs, the evaluation of one of them, that run's changed samples, two runs against each other, all of one
// state of the file, so that no two numbers of a page are of different moments. Thread rule: immutable values; read_session() is for a
// worker.
#pragma once

#include <QString>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/base/cancel.h"
#include "core/base/progress.h"
#include "core/results/result_table.h"
#include "core/results/session_compare.h"
#include "core/results/sweep_results.h"
#include "ui/models/failures.h"
#include "ui/models/run_label.h"

namespace r2t2::ui {

using SweepPtr = std::shared_ptr<const Sweep>;

/// Everything about one evaluation of a session; immutable.
struct EvaluationView {
    std::string evaluation;
    std::vector<RunResults> runs;
    ResultTable table;
    std::vector<SweepPtr> sweeps{};  ///< one a method that was swept, in the session's order
    std::vector<LeftOut> left_out{};  ///< samples that these numbers do without: something of them does not hold
    [[nodiscard]] const RunResults* run(std::int64_t id) const;  ///< null: not of this evaluation
    [[nodiscard]] SweepPtr sweep_of(const std::string& method) const;  ///< null: it was not swept
};
using EvaluationViewPtr = std::shared_ptr<const EvaluationView>;
using SampleRowsPtr = std::shared_ptr<const std::vector<r2t2::SampleRow>>;
using ComparisonPtr = std::shared_ptr<const SessionComparison>;
using RunPair = std::pair<std::int64_t, std::int64_t>;  ///< 0: no run

struct SessionLook {
    std::string state;  ///< file_state() before it was read
    std::vector<StoredRun> runs;
    std::vector<RunLabel> labels;  ///< parallel
    std::map<std::int64_t, Failures> failures{};  ///< of the runs that have some
    std::int64_t run = 0;
    RunPair pair{0, 0};
    EvaluationViewPtr evaluation;  ///< null: there is no run
    SampleRowsPtr changed;         ///< of `run`, with an outcome that changed; harmed first
    ComparisonPtr comparison;      ///< null: not two runs
};

struct SessionWanted {
    std::string path;
    std::int64_t run = 0;  ///< 0, or not there: the one that tells most
    RunPair pair{0, 0};    ///< likewise: that one, and what it is compared with
    /// What was read of the file in this state is not read again.
    std::string known_state{};
    EvaluationViewPtr known{};
    ComparisonPtr known_comparison{};
};

/// `begun`: as soon as the runs are known, with what takes longer still missing.
[[nodiscard]] Result<SessionLook> read_session(const SessionWanted& wanted, const std::function<void(const SessionLook&)>& begun,
                                               const ProgressCallback& progress, const CancelToken& cancel);

/// Size, times and place of a session and of its write-ahead log: it is the same only where nobody has written. Looks at names only.
[[nodiscard]] std::string file_state(const std::string& path);

}  // namespace r2t2::ui
