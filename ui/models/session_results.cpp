#include "ui/models/session_results.h"

#include <algorithm>

#include "core/base/log.h"
#include "ui/paths/file_path.h"

namespace r2t2::ui {

namespace {

constexpr int kWatchMilliseconds = 2000;
const QString kLookSlot = QStringLiteral("session runs"), kChosenSlot = QStringLiteral("session results");

QString words_of(const Error& error) { return QString::fromStdString(error.message()); }

}  // namespace

SessionResults::SessionResults(JobRunner& jobs, QObject* parent) : QObject(parent), jobs_(jobs), notes_(jobs) {
    connect(&notes_, &RunNotes::refused, this, [this](const QString& path, std::int64_t run, const std::string& stored, const QString& why) {
        for (StoredRun& each : runs_) {
            if (path == path_ && each.id == run) {
                each.info.notes = stored;
            }
        }
        log_error("notes", why.toStdString());
        Q_EMIT runsChanged();
        Q_EMIT failed(why);
    });
    watch_.setInterval(kWatchMilliseconds);
    connect(&watch_, &QTimer::timeout, this, &SessionResults::look_again);
    watch_.start();
}

const StoredRun* SessionResults::stored_run() const {
    const auto at = std::find_if(runs_.begin(), runs_.end(), [this](const StoredRun& run) { return run.id == run_; });
    return at == runs_.end() ? nullptr : &*at;
}

std::optional<std::int64_t> SessionResults::unfinished() const {
    const StoredRun* chosen = stored_run();
    for (const StoredRun* of : {chosen, runs_.empty() ? nullptr : &runs_.back()}) {
        const std::string name = of != nullptr ? evaluation_name(of->info) : std::string();
        std::optional<std::int64_t> first;
        bool cut = false;
        for (const StoredRun& run : runs_) {
            const bool member = !name.empty() && evaluation_name(run.info) == name;
            first = member && !first ? run.id : first;
            cut = cut || (member && run.state != RunState::Finished);
        }
        if (cut) {
            return first;
        }
    }
    return std::nullopt;
}

const Failures& SessionResults::failures(std::int64_t run) const {
    static const Failures none;
    const auto at = failures_.find(run);
    return at == failures_.end() ? none : at->second;
}

QString SessionResults::emptiness() const {
    if (path_.isEmpty()) {
        return tr("No results yet: start an evaluation, or open a session.");
    }
    const QString name = path_.section(QLatin1Char('/'), -1);
    if (runs_.empty()) {
        return tr("%1 has no runs: no evaluation was begun in it.").arg(name);
    }
    if (std::all_of(runs_.begin(), runs_.end(), [](const StoredRun& run) { return run.samples == 0; })) {
        return tr("%1 has %2 runs without a sample (%3): nothing was finished.").arg(name).arg(runs_.size()).arg(QString::fromStdString(state_text(runs_.back().state)));
    }
    if (std::all_of(runs_.begin(), runs_.end(), [](const StoredRun& run) { return run.samples == run.errors; })) {
        return tr("%1 has no answered sample: all %2 of run %3 failed.").arg(name).arg(runs_.back().errors).arg(runs_.back().id);
    }
    return {};
}

bool SessionResults::miniature() const {
    const StoredRun* run = stored_run();
    return run != nullptr && run->info.model_name == "miniature";
}

/// Another session: what is on screen is not its own, and goes as soon as its runs are known.
void SessionResults::open(const QString& path, std::int64_t run) { read(path, run, Why::Opened); }

void SessionResults::reload() {
    if (!path_.isEmpty()) {
        read(path_, run_, Why::Changed);
    }
}

void SessionResults::read(const QString& path, std::int64_t run, Why why) {
    const SessionWanted wanted{file_path(path).string(), run, path == path_ ? pair_ : RunPair{0, 0}};
    const bool another = why == Why::Opened;
    jobs_.cancel(kChosenSlot);
    begin_reading();
    jobs_.start<SessionLook>(
        kLookSlot, another ? tr("Open session") : tr("Read session again"), this,
        [wanted, another, path, this](const JobRunner::Context& context) {
            const auto begun = [&](const SessionLook& look) {
                if (another) {
                    context.post([this, path, look] { begin(path, look); });
                }
            };
            return read_session(wanted, begun, context.progress, context.cancel);
        },
        [this, path, why](Result<SessionLook> look) {
            took_ = reading_.elapsed();
            since_.start();
            if (!look) {
                state_ = path == path_ ? file_state(file_path(path).string()) : state_;  // not tried again until something changes
                Q_EMIT failed(words_of(look.error()));
                return;
            }
            const std::int64_t looked_at = look->run;
            take(std::move(*look), why);
            if (run_ != looked_at) {  // the user has chosen another one meanwhile
                look_at_run();
            }
        });
}

void SessionResults::begin_reading() {
    reading_.start();
    notes_.reading_begins();
}

void SessionResults::begin(const QString& path, const SessionLook& look) {
    path_ = path;
    state_ = look.state;
    runs_ = look.runs;
    notes_.lay_over(path_, runs_);
    labels_ = look.labels;
    failures_ = look.failures;
    run_ = look.run;
    pair_ = look.pair;
    evaluation_.reset();
    changed_.reset();
    comparison_.reset();
    neighbours_.reset();
    Q_EMIT failed({});
    Q_EMIT runsChanged();
    Q_EMIT neighboursChanged();
    Q_EMIT runChanged();
    Q_EMIT evaluationChanged();
    Q_EMIT changedChanged();
    Q_EMIT comparisonChanged();
}

/// All of it at once. What the user has chosen since it was asked for stays chosen.
void SessionResults::take(SessionLook look, Why why) {
    state_ = look.state;
    if (why == Why::Changed) {
        const bool kept = std::any_of(look.runs.begin(), look.runs.end(), [this](const StoredRun& run) { return run.id == run_; });
        const bool another = !kept || run_ == 0;
        runs_ = std::move(look.runs);
        notes_.lay_over(path_, runs_);
        labels_ = std::move(look.labels);
        failures_ = std::move(look.failures);
        run_ = another ? look.run : run_;
        neighbours_.reset();
        Q_EMIT failed({});
        Q_EMIT runsChanged();
        Q_EMIT neighboursChanged();
        if (another) {
            Q_EMIT runChanged();
        }
    }
    if (look.run == run_) {
        const bool same = evaluation_ == look.evaluation;
        evaluation_ = std::move(look.evaluation);
        changed_ = std::move(look.changed);
        if (!same) {
            Q_EMIT evaluationChanged();
        }
        Q_EMIT changedChanged();
    }
    if ((look.pair == pair_ || pair_ == RunPair{0, 0}) && comparison_ != look.comparison) {
        pair_ = look.pair;
        comparison_ = std::move(look.comparison);
        Q_EMIT comparisonChanged();
    }
    if (why == Why::Changed) {
        Q_EMIT readAgain();
    }
}

void SessionResults::set_following(Follow follow) {
    if (follow == Follow::No) {
        watch_.stop();
    } else if (!watch_.isActive()) {
        watch_.start();
        look_again();
    }
}

/// A look at two names. Whoever writes all the time is read at most a fifth of it.
void SessionResults::look_again() {
    const bool rested = !since_.isValid() || since_.elapsed() >= 4 * took_;
    if (path_.isEmpty() || !rested || jobs_.busy(kLookSlot) || jobs_.busy(kChosenSlot) || file_state(file_path(path_).string()) == state_) {
        return;
    }
    reload();
}

void SessionResults::choose_run(std::int64_t run) {
    if (run == run_) {
        return;
    }
    run_ = run;
    changed_.reset();
    neighbours_.reset();
    Q_EMIT neighboursChanged();
    Q_EMIT runChanged();
    Q_EMIT changedChanged();
    if (!jobs_.busy(kLookSlot)) {  // else it ends by looking at this run
        look_at_run();
    }
}

/// The file may have changed since: then the whole page is of what it is now.
void SessionResults::look_at_run() {
    if (run_ == 0) {
        return;
    }
    begin_reading();
    jobs_.start<SessionLook>(
        kChosenSlot, tr("Read results"), this,
        [wanted = SessionWanted{file_path(path_).string(), run_, pair_, state_, evaluation_, comparison_}](const JobRunner::Context& context) {
            return read_session(wanted, [](const SessionLook&) {}, context.progress, context.cancel);
        },
        [this](Result<SessionLook> look) {
            took_ = reading_.elapsed();
            since_.start();
            if (!look) {
                Q_EMIT failed(words_of(look.error()));
                return;
            }
            const bool same = look->state == state_;
            take(std::move(*look), same ? Why::Opened : Why::Changed);
        });
}

void SessionResults::read_neighbours() {
    if (run_ == 0 || neighbours_) {
        return;
    }
    const auto work = [path = file_path(path_).string(), run = run_](const JobRunner::Context& context) -> Result<NeighbourResultsPtr> {
        auto reader = SessionReader::open(path);
        if (!reader) {
            return reader.error();
        }
        auto results = neighbour_results(*reader, run, context.cancel);
        if (!results) {
            return results.error();
        }
        return NeighbourResultsPtr(std::make_shared<NeighbourResults>(std::move(*results)));
    };
    jobs_.start<NeighbourResultsPtr>(QStringLiteral("session neighbours"), tr("Read neighbours"), this, work, [this](Result<NeighbourResultsPtr> results) {
        if (!results) {
            Q_EMIT failed(words_of(results.error()));
        } else if ((*results)->run.id == run_) {
            neighbours_ = std::move(*results);
            Q_EMIT neighboursChanged();
        }
    });
}

void SessionResults::set_notes(std::int64_t run, const QString& notes) {
    const auto at = std::find_if(runs_.begin(), runs_.end(), [run](const StoredRun& each) { return each.id == run; });
    if (at == runs_.end() || at->info.notes == notes.toStdString()) {
        return;
    }
    notes_.write(path_, run, notes, at->info.notes);
    at->info.notes = notes.toStdString();
}

void SessionResults::compare(std::int64_t a, std::int64_t b) {
    pair_ = {a, b};
    comparison_.reset();
    const auto work = [path = file_path(path_).string(), a, b](const JobRunner::Context&) -> Result<ComparisonPtr> {
        auto comparison = compare_sessions({path, a}, {path, b});
        if (!comparison) {
            return comparison.error();
        }
        return ComparisonPtr(std::make_shared<SessionComparison>(std::move(*comparison)));
    };
    jobs_.start<ComparisonPtr>(QStringLiteral("session comparison"), tr("Compare two runs"), this, work, [this](Result<ComparisonPtr> comparison) {
        if (!comparison) {
            Q_EMIT failed(words_of(comparison.error()));
            return;
        }
        comparison_ = std::move(*comparison);
        Q_EMIT comparisonChanged();
    });
}

}  // namespace r2t2::ui
