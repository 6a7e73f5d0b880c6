// What the benchmark and figure pages look at: one session, the evaluation of one of its runs, and that run's samples.
//
// The session is read on a worker with a reader of its own, also while a run writes it. Nothing is recomputed.
// Thread rule: the interface's.
#pragma once

#include <QObject>
#include <memory>
#include <optional>

#include "core/results/neighbour_results.h"
#include "core/results/result_table.h"
#include "core/results/session_compare.h"
#include "core/results/sweep_results.h"
#include "ui/models/job_runner.h"

namespace r2t2::ui {

using SweepPtr = std::shared_ptr<const Sweep>;

/// Everything about one evaluation of a session; immutable.
struct EvaluationView {
    std::string evaluation;
    std::vector<RunResults> runs;
    ResultTable table;
    SweepPtr sweep;  ///< of NGD where it was swept, else of another method; null: none was
    std::vector<LeftOut> left_out{};  ///< samples that these numbers do without: something of them does not hold
    [[nodiscard]] const RunResults* run(std::int64_t id) const;  ///< null: not of this evaluation
};
using EvaluationViewPtr = std::shared_ptr<const EvaluationView>;
using SampleRowsPtr = std::shared_ptr<const std::vector<r2t2::SampleRow>>;
using NeighbourResultsPtr = std::shared_ptr<const NeighbourResults>;
using ComparisonPtr = std::shared_ptr<const SessionComparison>;

class SessionResults final : public QObject {
    Q_OBJECT

public:
    explicit SessionResults(JobRunner& jobs, QObject* parent = nullptr);

    /// Reads the session's runs and looks at the one that `run` names, or at the one that tells most (0).
    void open(const QString& path, std::int64_t run = 0);
    void reload();  ///< the same session and run again
    void choose_run(std::int64_t run);
    void set_notes(std::int64_t run, const QString& notes);
    /// Two runs of this session on their common samples.
    void compare(std::int64_t a, std::int64_t b);
    /// The neighbours of the chosen run; seconds for 100,000 samples, so only when somebody looks.
    void read_neighbours();

    [[nodiscard]] const QString& path() const { return path_; }
    [[nodiscard]] const std::vector<StoredRun>& runs() const { return runs_; }
    [[nodiscard]] std::int64_t run() const { return run_; }  ///< 0: none
    [[nodiscard]] const StoredRun* stored_run() const;
    [[nodiscard]] const EvaluationViewPtr& evaluation() const { return evaluation_; }  ///< null until it is read
    /// Of the chosen run, with an outcome that changed; harmed first.
    [[nodiscard]] const SampleRowsPtr& changed() const { return changed_; }
    [[nodiscard]] const ComparisonPtr& comparison() const { return comparison_; }
    [[nodiscard]] const NeighbourResultsPtr& neighbours() const { return neighbours_; }  ///< of the chosen run; null until read
    /// First run of an evaluation that was cut and can be gone on with: the chosen run's, else the session's last. None: neither was.
    [[nodiscard]] std::optional<std::int64_t> unfinished() const;
    /// Why there is nothing to see: no session, no run, runs without a sample. Empty: there is something.
    [[nodiscard]] QString emptiness() const;
    [[nodiscard]] bool miniature() const;

Q_SIGNALS:
    void runsChanged();
    void runChanged();         ///< another one is chosen; its numbers may follow
    void evaluationChanged();
    void changedChanged();
    void comparisonChanged();
    void neighboursChanged();
    void failed(const QString& message);  ///< empty: the last one is over

private:
    void read_evaluation();
    void read_samples();

    JobRunner& jobs_;
    QString path_;
    std::vector<StoredRun> runs_;
    std::int64_t run_ = 0;
    EvaluationViewPtr evaluation_;
    SampleRowsPtr changed_;
    ComparisonPtr comparison_;
    NeighbourResultsPtr neighbours_;
};

/// The run to look at first: the last finished NGD run, else the last with a method, else the last; 0: none.
[[nodiscard]] std::int64_t telling_run(const std::vector<StoredRun>& runs);
/// "NGD, k 5, steps 20"
[[nodiscard]] QString run_title(const StoredRun& run);
/// The same, and beside it the parameters ("k 10") by which it differs from runs of its title in other evaluations of the session.
[[nodiscard]] QString run_title_among(const std::vector<StoredRun>& runs, const StoredRun& run);
/// "evaluation of run 6": by the first run that was made in it; empty for runs that stand alone.
[[nodiscard]] QString evaluation_title(const std::vector<StoredRun>& runs, const StoredRun& run);
/// "NGD, kernel regression and base on G-dim, G-noise": methods and sets of the evaluation that the run was made in.
[[nodiscard]] QString evaluation_words(const std::vector<StoredRun>& runs, const StoredRun& run);
/// "NGD: 80 of 600 samples, incomplete (interrupted)", a line a run that is not whole; runs that lack the same are one line.
[[nodiscard]] QString coverage_note(const std::vector<RunResults>& runs);

}  // namespace r2t2::ui
