#include "ui/models/session_results.h"
#include "ui/paths/file_path.h"

#include <algorithm>

#include "core/session/session_writer.h"
#include "ui/models/method_names.h"

namespace r2t2::ui {

namespace {

struct OpenedRuns {
    std::vector<StoredRun> runs;
    std::int64_t run = 0;
};

QString message_of(const Error& error) { return QString::fromStdString(error.message()); }

}  // namespace

const RunResults* EvaluationView::run(std::int64_t id) const {
    const auto at = std::find_if(runs.begin(), runs.end(), [id](const RunResults& run) { return run.run.id == id; });
    return at == runs.end() ? nullptr : &*at;
}

std::int64_t telling_run(const std::vector<StoredRun>& runs) {
    const auto last = [&runs](const auto& wanted) {
        const auto at = std::find_if(runs.rbegin(), runs.rend(), wanted);
        return at == runs.rend() ? std::int64_t{0} : at->id;
    };
    const auto method = [](const std::string& name) { return [name](const StoredRun& run) { return run.info.method == name && run.samples > run.errors; }; };
    if (const std::int64_t leading = last(method(to_string(kLeadingMethod))); leading != 0) {
        return leading;
    }
    const std::int64_t other = last([](const StoredRun& run) { return run.info.method != "base" && run.samples > run.errors; });
    return other != 0 || runs.empty() ? other : runs.back().id;
}

QString run_title(const StoredRun& run) {
    const Result<Method> method = parse_method(run.info.method);
    const QString name = method ? method_title(*method) : QString::fromStdString(run.info.method);
    const QString variant = QString::fromStdString(variant_of(run.info));
    return variant.isEmpty() ? name : name + QStringLiteral(", ") + variant;
}

QString run_title_among(const std::vector<StoredRun>& runs, const StoredRun& run) {
    const std::string apart = different_parameters(runs, run.id);
    return apart.empty() ? run_title(run) : run_title(run) + QStringLiteral(", ") + QString::fromStdString(apart);
}

QString evaluation_title(const std::vector<StoredRun>& runs, const StoredRun& run) {
    const std::string name = evaluation_name(run.info);
    const auto first = std::find_if(runs.begin(), runs.end(), [&name](const StoredRun& each) { return evaluation_name(each.info) == name; });
    return name.empty() || first == runs.end() ? QString() : QObject::tr("evaluation of run %1").arg(first->id);
}

QString evaluation_words(const std::vector<StoredRun>& runs, const StoredRun& run) {
    const std::string name = evaluation_name(run.info);
    QStringList methods, sets;
    for (const StoredRun& each : runs) {
        if (each.id != run.id && (name.empty() || evaluation_name(each.info) != name)) {
            continue;
        }
        const Result<Method> method = parse_method(each.info.method);
        const QString title = method ? method_title(*method) : QString::fromStdString(each.info.method);
        if (!methods.contains(title)) {
            methods << title;
        }
        for (const auto& [set, count] : planned_samples(each.info)) {
            if (!sets.contains(QString::fromStdString(set))) {
                sets << QString::fromStdString(set);
            }
        }
    }
    return sets.isEmpty() ? QString::fromStdString(run.info.name) : QObject::tr("%1 on %2").arg(methods.join(QStringLiteral(", ")), sets.join(QStringLiteral(", ")));
}

QString coverage_note(const std::vector<RunResults>& runs) {
    QStringList said, titles;
    for (const RunResults& run : runs) {
        if (run.coverage.whole()) {
            continue;
        }
        const QString text = QString::fromStdString(run.coverage.text());
        const qsizetype at = said.indexOf(text);
        if (at < 0) {
            said << text;
            titles << run_title(run.run);
        } else {
            titles[at] += QStringLiteral(", ") + run_title(run.run);
        }
    }
    QStringList lines;
    for (qsizetype i = 0; i < said.size(); ++i) {
        const bool all = said.size() == 1 && std::none_of(runs.begin(), runs.end(), [](const RunResults& run) { return run.coverage.whole(); });
        lines << (all ? said[i] : QStringLiteral("%1: %2").arg(titles[i], said[i]));
    }
    return lines.join(QLatin1Char('\n'));
}

SessionResults::SessionResults(JobRunner& jobs, QObject* parent) : QObject(parent), jobs_(jobs) {}

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

void SessionResults::open(const QString& path, std::int64_t run) {
    const auto work = [path = file_path(path).string(), run](const JobRunner::Context&) -> Result<OpenedRuns> {
        auto reader = SessionReader::open(path);
        if (!reader) {
            return reader.error();
        }
        auto runs = reader->runs();
        if (!runs) {
            return runs.error();
        }
        const bool there = std::any_of(runs->begin(), runs->end(), [run](const StoredRun& each) { return each.id == run; });
        const std::int64_t chosen = there ? run : telling_run(*runs);
        return OpenedRuns{std::move(*runs), chosen};
    };
    jobs_.start<OpenedRuns>(QStringLiteral("session runs"), tr("Open session"), this, work, [this, path](Result<OpenedRuns> opened) {
        if (!opened) {
            Q_EMIT failed(message_of(opened.error()));
            return;
        }
        path_ = path;
        runs_ = std::move(opened->runs);
        run_ = opened->run;
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
        read_evaluation();
        read_samples();
    });
}

void SessionResults::reload() {
    if (!path_.isEmpty()) {
        open(path_, run_);
    }
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
    if (!evaluation_ || evaluation_->run(run) == nullptr) {
        read_evaluation();
    }
    read_samples();
}

void SessionResults::read_evaluation() {
    if (run_ == 0) {
        return;
    }
    const auto work = [path = file_path(path_).string(), run = run_](const JobRunner::Context& context) -> Result<EvaluationViewPtr> {
        auto reader = SessionReader::open(path);
        if (!reader) {
            return reader.error();
        }
        auto results = evaluation_results(*reader, run, context.progress, context.cancel);
        if (!results) {
            return results.error();
        }
        auto view = std::make_shared<EvaluationView>();
        view->evaluation = results->empty() ? std::string() : evaluation_name(results->front().run.info);
        view->table = result_table(*results);
        view->runs = std::move(*results);
        auto all = sweeps(*reader);
        if (!all) {
            return all.error();
        }
        for (Sweep& sweep : *all) {
            if (sweep.evaluation == view->evaluation && (!view->sweep || sweep.method == to_string(kLeadingMethod))) {
                R2T2_TRY(read_scores(*reader, sweep));
                view->sweep = std::make_shared<Sweep>(std::move(sweep));
            }
        }
        view->left_out = reader->take_left_out();
        return EvaluationViewPtr(std::move(view));
    };
    jobs_.start<EvaluationViewPtr>(QStringLiteral("session results"), tr("Read results"), this, work, [this](Result<EvaluationViewPtr> view) {
        if (!view) {
            Q_EMIT failed(message_of(view.error()));
            return;
        }
        evaluation_ = std::move(*view);
        Q_EMIT evaluationChanged();
    });
}

void SessionResults::read_samples() {
    if (run_ == 0) {
        return;
    }
    const auto work = [path = file_path(path_).string(), run = run_](const JobRunner::Context&) -> Result<SampleRowsPtr> {
        auto reader = SessionReader::open(path);
        if (!reader) {
            return reader.error();
        }
        auto rows = reader->samples(run);
        if (!rows) {
            return rows.error();
        }
        std::erase_if(*rows, [](const r2t2::SampleRow& row) { return row.damaged || (row.outcome != "RW" && row.outcome != "WR"); });
        std::stable_partition(rows->begin(), rows->end(), [](const r2t2::SampleRow& row) { return row.outcome == "RW"; });
        return SampleRowsPtr(std::make_shared<std::vector<r2t2::SampleRow>>(std::move(*rows)));
    };
    jobs_.start<SampleRowsPtr>(QStringLiteral("session samples"), tr("Read changed samples"), this, work, [this](Result<SampleRowsPtr> rows) {
        if (!rows) {
            Q_EMIT failed(message_of(rows.error()));
            return;
        }
        changed_ = std::move(*rows);
        Q_EMIT changedChanged();
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
            Q_EMIT failed(message_of(results.error()));
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
    at->info.notes = notes.toStdString();
    const auto work = [path = file_path(path_).string(), run, text = notes.toStdString()](const JobRunner::Context&) -> Result<bool> {
        auto writer = SessionWriter::open(path);
        if (!writer) {
            return writer.error();
        }
        R2T2_TRY(writer->set_notes(run, text));
        return true;
    };
    jobs_.start<bool>(QStringLiteral("notes %1").arg(run), tr("Write notes"), this, work, [this](Result<bool> written) {
        if (!written) {
            Q_EMIT failed(message_of(written.error()));
        }
    });
}

void SessionResults::compare(std::int64_t a, std::int64_t b) {
    const auto work = [path = file_path(path_).string(), a, b](const JobRunner::Context&) -> Result<ComparisonPtr> {
        auto comparison = compare_sessions({path, a}, {path, b});
        if (!comparison) {
            return comparison.error();
        }
        return ComparisonPtr(std::make_shared<SessionComparison>(std::move(*comparison)));
    };
    jobs_.start<ComparisonPtr>(QStringLiteral("session comparison"), tr("Compare two runs"), this, work, [this](Result<ComparisonPtr> comparison) {
        if (!comparison) {
            Q_EMIT failed(message_of(comparison.error()));
            return;
        }
        comparison_ = std::move(*comparison);
        Q_EMIT comparisonChanged();
    });
}

}  // namespace r2t2::ui
