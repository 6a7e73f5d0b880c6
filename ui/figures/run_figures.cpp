// Figures of one run, or of the runs made together with it (declared in figure_sources.h).
#include <algorithm>
#include <cmath>
#include <map>

#include "core/results/made_together.h"
#include "core/results/sample_clusters.h"
#include "ui/figures/accuracy_figure.h"
#include "ui/figures/figure_axes.h"
#include "ui/figures/figure_sources.h"
#include "ui/figures/shift_figure.h"
#include "ui/figures/transition_figure.h"
#include "ui/models/method_names.h"
#include "ui/models/run_colours.h"
#include "ui/models/session_results.h"

namespace r2t2::ui {

namespace {

/// Of those that are not whole.
QStringList lacking(const std::vector<RunResults>& all) { return coverage_note(all).split(QLatin1Char('\n'), Qt::SkipEmptyParts); }

QStringList lacking(const RunResults& results) {
    return results.coverage.whole() ? QStringList()
                                    : QStringList{QStringLiteral("%1: %2").arg(run_title(results.run), QString::fromStdString(results.coverage.text()))};
}

/// "sets: G-dim, G-noise": of many sets the first ones, and how many more.
QString sets_note(const std::vector<RunResults>& all) {
    constexpr qsizetype kMost = 8;
    QStringList names;
    for (const std::string& set : sets_of(all)) {
        names << QString::fromStdString(set);
    }
    const qsizetype more = names.size() - kMost;
    const QString shown = names.mid(0, more > 1 ? kMost : names.size()).join(QStringLiteral(", "));
    return names.isEmpty() ? QString()
                           : (names.size() == 1 ? QStringLiteral("set: ") : QStringLiteral("sets: ")) + shown +
                                 (more > 1 ? QStringLiteral(" and %1 more").arg(more) : QString());
}

std::int64_t scored_at_last(const RunResults& results) { return results.overall.scored(results.last_step()); }

bool scored_alike(const std::vector<RunResults>& all) {
    return std::all_of(all.begin(), all.end(), [&](const RunResults& each) { return scored_at_last(each) == scored_at_last(all.front()); });
}

/// "n = 800"; where the numbers differ, the series say them.
QString count_note(const std::vector<RunResults>& all) {
    return !all.empty() && scored_alike(all) ? QStringLiteral("n\u00a0=\u00a0%1").arg(scored_at_last(all.front())) : QString();
}

/// Series of different numbers of samples say how many. `runs`: of the session.
AccuracySeries series_of(const RunResults& results, const std::vector<RunResults>& all, const std::vector<StoredRun>& runs) {
    AccuracySeries series;
    series.name = run_title(results.run);
    if (!scored_alike(all)) {
        series.name += QStringLiteral(", n %1").arg(scored_at_last(results));
    }
    series.method = parse_method(results.run.info.method).ok() ? *parse_method(results.run.info.method) : Method::Base;
    series.colour = run_colour(runs, results.run.id);
    return series;
}

/// "not drawn: NGD, k 3; kernel regression, k 3": settings of a method of which another one stands for all.
Result<QString> others_note(SessionReader& session, std::int64_t run, const std::vector<RunResults>& drawn) {
    const auto together = made_together(session, run);
    if (!together) {
        return together.error();
    }
    constexpr qsizetype kMost = 4;
    QStringList others;
    for (const StoredRun& each : *together) {
        const auto is = [&each](const RunResults& one) { return one.run.id == each.id; };
        const auto stands_for = [&each](const RunResults& one) { return one.run.info.method == each.info.method; };
        if (std::none_of(drawn.begin(), drawn.end(), is) && std::any_of(drawn.begin(), drawn.end(), stands_for)) {
            others << run_title(each);
        }
    }
    const qsizetype more = others.size() - kMost;
    return others.isEmpty() ? QString()
                            : QStringLiteral("not drawn: ") + others.mid(0, more > 1 ? kMost : others.size()).join(QStringLiteral("; ")) +
                                  (more > 1 ? QStringLiteral(" and %1 more").arg(more) : QString());
}

Result<MadeFigure> transition_figure(SessionReader& session, std::int64_t run) {
    const auto results = run_results(session, run);
    if (!results) {
        return results.error();
    }
    TransitionFigureData data = transition_data(results->overall.steps, results->overall.samples);
    data.title = QStringLiteral("%1, %2").arg(run_title(results->run), samples_text(results->overall.scored(0)));
    return MadeFigure{std::make_unique<TransitionFigure>(std::move(data)), run, std::nullopt, -1, lacking(*results)};
}

template <typename Kind>
Result<MadeFigure> shift_figure(SessionReader& session, std::int64_t run) {
    auto groups = run_shift(session, run);
    if (!groups) {
        return groups.error();
    }
    const auto results = run_results(session, run);
    if (!results) {
        return results.error();
    }
    const std::int64_t samples = groups->empty() ? 0 : groups->front().all.total();
    for (GroupShift& group : *groups) {
        for (std::string& expert : group.experts) {
            expert = expert_title(expert).toStdString();
        }
    }
    auto figure = std::make_unique<Kind>(std::move(*groups));
    figure->set_title(QStringLiteral("%1, %2").arg(run_title(results->run), samples_text(samples)));
    if (std::is_same_v<Kind, WeightChangeFigure>) {
        figure->set_note(QStringLiteral("lines: 95 % t interval of the mean over the samples"));
    }
    return MadeFigure{std::move(figure), run, std::nullopt, -1, lacking(*results)};
}

Result<MadeFigure> radar_figure(SessionReader& session, const QString& path, std::int64_t run) {
    const auto all = one_of_each_method(session, run);
    const auto runs = session.runs();
    if (!all || !runs) {
        return all ? runs.error() : all.error();
    }
    const Result<QString> others = others_note(session, run, *all);
    if (!others) {
        return others.error();
    }
    QStringList labels;
    for (const RunResults& results : *all) {
        for (const SetResults& set : results.sets) {
            if (!labels.contains(QString::fromStdString(set.name))) {
                labels << QString::fromStdString(set.name);
            }
        }
    }
    if (labels.size() < 3) {
        return Error{ErrorKind::NotFound, path.toStdString(), "sets", std::to_string(labels.size()), "three or more, for a radar"};
    }
    std::vector<AccuracySeries> series;
    for (const RunResults& results : *all) {
        AccuracySeries one = series_of(results, *all, *runs);
        one.level = method_row(one.method).steps != StepKind::Descent;  // dotted: equal ones show between one another
        for (const QString& label : labels) {
            const auto at = std::find_if(results.sets.begin(), results.sets.end(), [&](const SetResults& set) { return set.name == label.toStdString(); });
            const bool there = at != results.sets.end();
            one.accuracy.push_back(there ? at->accuracy(results.last_step()) : Estimate{std::nan(""), std::nan(""), std::nan("")});
            one.scored.push_back(there ? at->scored(results.last_step()) : 0);
        }
        series.push_back(std::move(one));
    }
    auto figure = std::make_unique<RadarFigure>(labels, std::move(series));
    QStringList notes{sets_note(*all), figure->note(), *others};
    notes.removeAll(QString());
    figure->set_note(notes.join(QStringLiteral("; ")));
    return MadeFigure{std::move(figure), run, std::nullopt, -1, lacking(*all)};
}

/// "equal results: Base, Mode finding": levels that lie on one another.
QString equal_note(const std::vector<AccuracySeries>& all) {
    std::map<double, QStringList> levels;
    for (const AccuracySeries& series : all) {
        if (series.level && !series.accuracy.empty() && std::isfinite(series.accuracy.back().value)) {
            levels[series.accuracy.back().value] << series.name;
        }
    }
    QStringList equal;
    for (const auto& [value, names] : levels) {
        if (names.size() > 1) {
            equal << QStringLiteral("equal results: ") + names.join(QStringLiteral(", "));
        }
    }
    return equal.join(QStringLiteral("; "));
}

/// Of a run without comparable steps: whose steps are drawn.
QString path_note(const std::vector<RunResults>& all, std::int64_t run) {
    const RunResults *chosen = nullptr, *path = nullptr;
    for (const RunResults& results : all) {
        const Result<Method> method = parse_method(results.run.info.method);
        const bool steps = method && draws_steps(*method);
        chosen = results.run.id == run && !steps ? &results : chosen;
        path = steps ? &results : path;
    }
    if (chosen == nullptr) {
        return {};
    }
    return path == nullptr ? QStringLiteral("no run with comparable steps") : QStringLiteral("%1 is a level; the steps are those of %2").arg(run_title(chosen->run), run_title(path->run));
}

Result<MadeFigure> step_figure(SessionReader& session, std::int64_t run) {
    const auto all = one_of_each_method(session, run);
    const auto runs = session.runs();
    if (!all || !runs) {
        return all ? runs.error() : all.error();
    }
    const Result<QString> others = others_note(session, run, *all);
    if (!others) {
        return others.error();
    }
    // Steps mean the same in the two descents only: kernel regression's are probes, mode finding stops by itself.
    std::size_t last = 0;
    for (const RunResults& results : *all) {
        const Result<Method> method = parse_method(results.run.info.method);
        last = method && draws_steps(*method) ? results.last_step() : last;
    }
    QStringList labels;
    for (std::size_t t = 0; t <= last; ++t) {
        labels << QString::number(t);
    }
    std::vector<AccuracySeries> series;
    for (const RunResults& results : *all) {
        AccuracySeries one = series_of(results, *all, *runs);
        one.level = !draws_steps(one.method);
        one.labels = one.level ? QStringList{QStringLiteral("result")} : QStringList();
        for (std::size_t t = one.level ? results.last_step() : 0; t <= results.last_step(); ++t) {
            one.accuracy.push_back(results.overall.accuracy(t));
            one.scored.push_back(results.overall.scored(t));
        }
        series.push_back(std::move(one));
    }
    const bool banded = std::any_of(series.begin(), series.end(), [](const AccuracySeries& each) { return !each.level; });
    QStringList notes{sets_note(*all), count_note(*all), banded ? QStringLiteral("band: ") + QString::fromStdString(interval_note(all->front().overall.cluster_count(), static_cast<std::int64_t>(all->front().overall.keys.size()))) : QString()};
    notes << equal_note(series) << path_note(*all, run) << *others;
    notes.removeAll(QString());
    auto figure = std::make_unique<AccuracyLinesFigure>(QStringLiteral("accuracy-per-step"), QStringLiteral("step"), labels, std::move(series));
    figure->set_note(notes.join(QStringLiteral("; ")));
    return MadeFigure{std::move(figure), run, std::nullopt, -1, lacking(*all)};
}

}  // namespace

QString run_method_title(const StoredRun& run) {
    const Result<Method> method = parse_method(run.info.method);
    return method ? method_title(*method) : QString::fromStdString(run.info.method);
}

Result<MadeFigure> run_figure(const QString& name, SessionReader& session, const QString& path, std::int64_t run) {
    if (name == QLatin1String("accuracy-transitions")) {
        return transition_figure(session, run);
    }
    if (name == QLatin1String("accuracy-per-step")) {
        return step_figure(session, run);
    }
    if (name == QLatin1String("expert-shift-flow")) {
        return shift_figure<ShiftFlowFigure>(session, run);
    }
    if (name == QLatin1String("expert-shift-matrix")) {
        return shift_figure<ShiftMatrixFigure>(session, run);
    }
    if (name == QLatin1String("weight-change")) {
        return shift_figure<WeightChangeFigure>(session, run);
    }
    return radar_figure(session, path, run);
}

}  // namespace r2t2::ui
