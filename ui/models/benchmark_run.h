// A running evaluation as the benchmark page shows it: counted live, paused, cancelled, gone on with.
//
// Samples arrive on worker threads and are counted there; five times a second what they came to is taken over and `changed` tells.
// Thread rule: the interface's.
#pragma once

#include <QElapsedTimer>
#include <QObject>
#include <QTimer>
#include <memory>
#include <mutex>

#include "core/analysis/transitions.h"
#include "core/inspect/inspector.h"
#include "ui/models/failures.h"
#include "ui/models/job_runner.h"

namespace r2t2::ui {

/// Its slot in the JobRunner.
inline const QString kBenchmarkSlot = QStringLiteral("benchmark");

class BenchmarkRun final : public QObject {
    Q_OBJECT

public:
    enum class State { Idle, Starting, Running, Paused, Stopping };

    explicit BenchmarkRun(JobRunner& jobs, QObject* parent = nullptr);
    ~BenchmarkRun() override;

    void start(const InspectorPtr& inspector, const BenchmarkRequest& request);
    void pause();  ///< after the samples in hand
    void go_on();
    void cancel();  ///< what is finished is kept; the session can be resumed

    [[nodiscard]] State state() const { return state_; }
    [[nodiscard]] bool active() const { return state_ != State::Idle; }
    [[nodiscard]] bool standing() const;  ///< paused, and what was in hand is finished
    [[nodiscard]] std::int64_t telling_run() const;  ///< of started(): its last NGD run, else its last; 0: none was begun
    /// Of the present or the last run; `methods` is empty before the first sample can run.
    [[nodiscard]] const BenchmarkStart& started() const { return start_; }
    [[nodiscard]] const BenchmarkRequest& request() const { return request_; }

    /// Counts so far. All per method of started(): against step 0, one a step.
    struct Counts {
        std::vector<std::vector<StepTransitions>> steps;  ///< from_previous is not counted
        std::int64_t done = 0, earlier = 0, failed = 0;  ///< of those that are run
        std::int64_t unread = 0;                         ///< records that could not be read: counted as failed samples, as the session does
        std::int64_t forward_passes = 0, backward_passes = 0;
        Failures failures{};  ///< of this part
    };
    [[nodiscard]] const Counts& counts() const { return counts_; }
    /// The samples with those that could not be read: what every place counts.
    [[nodiscard]] std::int64_t finished() const { return counts_.done + counts_.unread; }
    [[nodiscard]] std::int64_t failed_samples() const { return counts_.failed + counts_.unread; }
    [[nodiscard]] std::int64_t total() const { return start_.total + counts_.unread; }
    /// "41 of 800 samples": the one count of it, wherever it is told; empty before the first sample can run.
    [[nodiscard]] QString count_text() const;
    /// "paused", "pauses after the samples in hand", "stopping after ..."; empty while it works.
    [[nodiscard]] QString standing_text() const;
    /// "with the run's own references, refs6 (6 references)"; empty: with what is open, or not known yet. Also after its end.
    [[nodiscard]] QString ground_text() const;
    [[nodiscard]] bool sweeps() const;  ///< its methods are run with several values of a parameter
    [[nodiscard]] double seconds() const;             ///< that it has worked, pauses left out
    [[nodiscard]] double samples_per_second() const;  ///< of this part; 0 before the first
    [[nodiscard]] double seconds_left() const;        ///< NaN: not known yet
    [[nodiscard]] const Progress& before() const { return before_; }                                  ///< the samples: how far the stage is
    [[nodiscard]] QString stage() const { return QString::fromStdString(before_.stage); }  ///< "fit constant offset", ... before the samples
    [[nodiscard]] QString stage_text() const;                                              ///< "read stored samples, 300 of 900"
    [[nodiscard]] static double resident_megabytes();  ///< of this program; 0 where the system does not say

Q_SIGNALS:
    void changed();
    void ended(const r2t2::BenchmarkEnd& end);  ///< finished or interrupted
    void failed(const QString& message);

private:
    struct Shared;
    void set_state(State state);
    void take();
    void close();

    JobRunner& jobs_;
    State state_ = State::Idle;
    BenchmarkRequest request_;
    BenchmarkStart start_;
    Counts counts_;
    Progress before_;
    std::shared_ptr<Shared> shared_;  ///< with the worker
    QTimer refresh_;
    QElapsedTimer since_;      ///< the last go
    double worked_ = 0.0;      ///< seconds before it
};

/// Adds a sample's steps to counts per step (all but from_previous); a trajectory that ends early keeps its last answer in later ones.
void count_steps(const StepCorrectness& sample, std::vector<StepTransitions>& steps);

}  // namespace r2t2::ui
