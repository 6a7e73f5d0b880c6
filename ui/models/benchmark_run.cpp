#include "ui/models/benchmark_run.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <limits>
#include <optional>
#include <unistd.h>

#include "core/routing/method_table.h"
#include "ui/models/counted.h"
#include "ui/models/error_words.h"
#include "ui/models/reference_words.h"
#include "ui/paths/file_path.h"

namespace r2t2::ui {

/// What the worker writes and the interface reads.
struct BenchmarkRun::Shared {
    std::mutex mutex;
    std::optional<BenchmarkStart> start;
    Counts counts;
    Progress before;  ///< the samples
    PauseSwitch pause;
};

void count_steps(const StepCorrectness& sample, std::vector<StepTransitions>& steps) {
    if (sample.empty()) {
        return;
    }
    if (steps.size() < sample.size()) {  // everybody so far ended earlier and keeps the last state
        steps.resize(sample.size(), steps.empty() ? StepTransitions() : StepTransitions(steps.back()));
    }
    for (std::size_t t = 0; t < steps.size(); ++t) {
        const std::optional<bool>& now = sample[std::min(t, sample.size() - 1)];
        steps[t].step = t;
        steps[t].scored += now ? 1 : 0;
        steps[t].right += now.value_or(false) ? 1 : 0;
        if (sample.front() && now) {
            steps[t].from_start.add(outcome_of(*sample.front(), *now));
        } else {
            ++steps[t].from_start.unknown;
        }
    }
}

BenchmarkRun::BenchmarkRun(JobRunner& jobs, QObject* parent) : QObject(parent), jobs_(jobs) {
    refresh_.setInterval(200);
    connect(&refresh_, &QTimer::timeout, this, &BenchmarkRun::take);
    // A job that was cancelled delivers nothing: its end is told by the runner.
    connect(&jobs, &JobRunner::ended, this, [this](const JobInfo& job) {
        if (job.slot == kBenchmarkSlot && job.cancelled && active()) {
            close();
            Q_EMIT ended({start_.session, true, false, counts_.done, counts_.failed, worked_, {}});
        }
    });
}

BenchmarkRun::~BenchmarkRun() {
    if (shared_) {
        shared_->pause.go_on();
    }
}

void BenchmarkRun::start(const InspectorPtr& inspector, const BenchmarkRequest& request) {
    if (active() || !inspector) {
        return;
    }
    request_ = request;
    start_ = {};
    start_.session = request.session;
    counts_ = {};
    before_ = {};
    worked_ = 0.0;
    shared_ = std::make_shared<Shared>();
    const auto work = [inspector, request, shared = shared_](const JobRunner::Context& context) {
        BenchmarkHooks hooks;
        hooks.cancel = context.cancel;
        hooks.pause = &shared->pause;
        hooks.progress = [&](const Progress& progress) {
            {
                const std::lock_guard lock(shared->mutex);
                shared->before = progress;
            }
            context.progress(progress);
        };
        hooks.on_start = [&](const BenchmarkStart& start) {
            const std::lock_guard lock(shared->mutex);
            shared->start = start;
            shared->counts.steps.resize(start.methods.size());
            shared->counts.unread = static_cast<std::int64_t>(start.unread.size());
            for (const BenchmarkUnread& record : start.unread) {
                shared->counts.failures.add(record.set, record.error.where, record.error.message());
            }
        };
        hooks.on_sample = [&](const BenchmarkSample& sample) {
            const std::lock_guard lock(shared->mutex);
            Counts& counts = shared->counts;
            ++counts.done;
            counts.earlier += sample.earlier ? 1 : 0;
            counts.failed += sample.failed ? 1 : 0;
            if (sample.failed && !sample.error.empty()) {
                const bool named = shared->start && sample.set < shared->start->sets.size();
                counts.failures.add(named ? shared->start->sets[sample.set] : std::string(), sample.key, sample.error);
            }
            counts.forward_passes += sample.forward_passes;
            counts.backward_passes += sample.backward_passes;
            for (std::size_t m = 0; m < sample.correct.size() && m < counts.steps.size(); ++m) {
                count_steps(sample.correct[m], counts.steps[m]);
            }
        };
        return inspector->benchmark(request, hooks);
    };
    set_state(State::Starting);
    since_.start();
    refresh_.start();
    jobs_.start<BenchmarkEnd>(kBenchmarkSlot, tr("Evaluation"), this, work, [this](Result<BenchmarkEnd> end) {
        close();
        if (!end) {
            Q_EMIT failed(window_words(end.error()));
        } else {
            start_.session = end->session;
            Q_EMIT ended(*end);
        }
    });
}

void BenchmarkRun::pause() {
    if (state_ == State::Running || state_ == State::Starting) {
        shared_->pause.pause();
        worked_ = seconds();
        set_state(State::Paused);
    }
}

void BenchmarkRun::go_on() {
    if (state_ == State::Paused) {
        since_.start();
        set_state(start_.methods.empty() ? State::Starting : State::Running);
        shared_->pause.go_on();
    }
}

void BenchmarkRun::cancel() {
    if (active()) {
        worked_ = seconds();
        set_state(State::Stopping);
        jobs_.cancel(kBenchmarkSlot);
    }
}

bool BenchmarkRun::standing() const { return state_ == State::Paused && shared_->pause.standing(); }

QString BenchmarkRun::count_text() const { return start_.methods.empty() ? QString() : tr("%1 of %2 samples").arg(finished()).arg(total()); }

QString BenchmarkRun::standing_text() const {
    const bool samples = !start_.methods.empty();
    if (state_ == State::Paused) {
        return standing() ? tr("paused") : samples ? tr("pauses after the samples in hand") : tr("pauses after the mini-batch or sample in hand");
    }
    return state_ != State::Stopping ? QString() : samples ? tr("stopping after the samples in hand") : tr("stopping");
}

QString BenchmarkRun::ground_text() const {
    QStringList own;
    if (start_.own_references) {
        const QString count = counted(static_cast<qlonglong>(start_.own_references->count), tr("1 reference"), tr("%L1 references"));
        own << tr("with the run's own references, %1 (%2)").arg(reference_name(start_.own_references->path), count);
    }
    if (start_.own_model) {
        own << tr("with the run's own model, %1").arg(shown_path(path_text(*start_.own_model)));
    }
    return own.join(QStringLiteral(" \u00b7 "));
}

bool BenchmarkRun::sweeps() const {
    return !request_.sweep.empty() || std::any_of(start_.variants.begin(), start_.variants.end(), [](const std::string& variant) { return !variant.empty(); });
}

std::int64_t BenchmarkRun::telling_run() const {
    std::int64_t run = start_.runs.empty() ? 0 : start_.runs.back();
    for (std::size_t m = 0; m < start_.methods.size() && m < start_.runs.size(); ++m) {
        run = start_.methods[m].method == kLeadingMethod ? start_.runs[m] : run;
    }
    return run;
}

void BenchmarkRun::set_state(State state) {
    state_ = state;
    Q_EMIT changed();
}

void BenchmarkRun::take() {
    {
        const std::lock_guard lock(shared_->mutex);
        if (shared_->start && start_.methods.empty()) {
            start_ = *shared_->start;
            if (state_ == State::Starting) {
                state_ = State::Running;
            }
            worked_ = 0.0;
            since_.start();
        }
        counts_ = shared_->counts;
        before_ = shared_->before;
    }
    Q_EMIT changed();
}

void BenchmarkRun::close() {
    take();
    refresh_.stop();
    worked_ = seconds();
    set_state(State::Idle);
}

QString BenchmarkRun::stage_text() const {
    return before_.total > 0 ? tr("%1, %2 of %3").arg(stage()).arg(before_.done).arg(before_.total) : stage();
}

double BenchmarkRun::seconds() const {
    const bool working = state_ == State::Running || state_ == State::Starting;
    return worked_ + (working ? static_cast<double>(since_.elapsed()) / 1000.0 : 0.0);
}

double BenchmarkRun::samples_per_second() const {
    const auto here = static_cast<double>(counts_.done - counts_.earlier);
    return seconds() > 0.0 ? here / seconds() : 0.0;
}

double BenchmarkRun::seconds_left() const {
    const double rate = samples_per_second();
    return rate > 0.0 && start_.total > 0 ? static_cast<double>(start_.total - counts_.done) / rate : std::numeric_limits<double>::quiet_NaN();
}

double BenchmarkRun::resident_megabytes() {
    std::ifstream statm("/proc/self/statm");
    double size = 0.0, resident = 0.0;
    statm >> size >> resident;
    return resident * static_cast<double>(sysconf(_SC_PAGESIZE)) / (1024.0 * 1024.0);
}

}  // namespace r2t2::ui
