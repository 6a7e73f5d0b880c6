// What the benchmark and figure pages look at: one session, the evaluation of one of its runs, and that run's samples.
//
// The session is read on a worker with a reader of its own, also while a run writes it: everything in one look, so that all numbers
// are of one moment. A session that changes on disk is looked at again. Nothing is recomputed. Thread rule: the interface's.
#pragma once

#include <QElapsedTimer>
#include <QObject>
#include <QTimer>
#include <memory>
#include <optional>

#include "core/results/neighbour_results.h"
#include "ui/models/job_runner.h"
#include "ui/models/run_notes.h"
#include "ui/models/session_reading.h"

namespace r2t2::ui {

using NeighbourResultsPtr = std::shared_ptr<const NeighbourResults>;

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
    /// Whether the file is looked after: not while nobody can see it, nor while this program itself writes it. On at first.
    enum class Follow { No, Yes };
    void set_following(Follow follow);

    [[nodiscard]] const QString& path() const { return path_; }
    [[nodiscard]] const std::vector<StoredRun>& runs() const { return runs_; }
    [[nodiscard]] const std::vector<RunLabel>& labels() const { return labels_; }  ///< parallel to runs()
    [[nodiscard]] const Failures& failures(std::int64_t run) const;  ///< why samples of it failed; empty: none did
    [[nodiscard]] std::int64_t run() const { return run_; }  ///< 0: none
    [[nodiscard]] const StoredRun* stored_run() const;
    [[nodiscard]] const EvaluationViewPtr& evaluation() const { return evaluation_; }  ///< null until it is read
    /// Of the chosen run, with an outcome that changed; harmed first.
    [[nodiscard]] const SampleRowsPtr& changed() const { return changed_; }
    [[nodiscard]] const RunPair& pair() const { return pair_; }  ///< that comparison() is of, or will be
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
    void readAgain();          ///< the file had changed, and everything above is of it as it is now
    void failed(const QString& message);  ///< empty: the last one is over

private:
    enum class Why { Opened, Changed };
    void read(const QString& path, std::int64_t run, Why why);
    void begin_reading();
    void begin(const QString& path, const SessionLook& look);
    void take(SessionLook look, Why why);
    void look_again();
    void look_at_run();

    JobRunner& jobs_;
    RunNotes notes_;
    QString path_;
    std::string state_;  ///< of the file, when it was read or tried last
    std::vector<StoredRun> runs_;
    std::vector<RunLabel> labels_;
    std::map<std::int64_t, Failures> failures_;
    std::int64_t run_ = 0;
    EvaluationViewPtr evaluation_;
    SampleRowsPtr changed_;
    RunPair pair_{0, 0};
    ComparisonPtr comparison_;
    NeighbourResultsPtr neighbours_;
    QTimer watch_;
    QElapsedTimer since_;      ///< the last look ended
    QElapsedTimer reading_;
    qint64 took_ = 0;          ///< ms
};

}  // namespace r2t2::ui
