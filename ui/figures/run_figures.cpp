// Figures of one run, or of all runs of a session (declared in figure_sources.h).
#include <algorithm>
#include <cmath>

#include "core/results/run_results.h"
#include "ui/figures/accuracy_figure.h"
#include "ui/figures/figure_sources.h"
#include "ui/figures/shift_figure.h"
#include "ui/figures/transition_figure.h"
#include "ui/models/method_names.h"
#include "ui/models/session_results.h"

namespace r2t2::ui {

namespace {

using FigurePtr = std::unique_ptr<Figure>;

/// The last run of every method that answered something; controls belong into tables, nine lines into no figure.
Result<std::vector<RunResults>> all_results(SessionReader& session) {
    const auto runs = session.runs();
    if (!runs) {
        return runs.error();
    }
    std::vector<RunResults> out;
    for (const StoredRun& run : *runs) {
        const Result<Method> method = parse_method(run.info.method);
        const bool newer = std::any_of(runs->begin(), runs->end(), [&run](const StoredRun& other) {
            return other.id > run.id && other.info.method == run.info.method && other.samples > other.errors;
        });
        if (!method || is_control(*method) || newer) {
            continue;
        }
        auto results = run_results(session, run.id);
        if (!results) {
            return results.error();
        }
        if (!results->overall.samples.empty()) {
            out.push_back(std::move(*results));
        }
    }
    return out;
}

AccuracySeries series_of(const RunResults& results) {
    AccuracySeries series;
    series.name = run_method_title(results.run);
    series.method = parse_method(results.run.info.method).ok() ? *parse_method(results.run.info.method) : Method::Base;
    return series;
}

Result<FigurePtr> transition_figure(SessionReader& session, std::int64_t run) {
    const auto results = run_results(session, run);
    if (!results) {
        return results.error();
    }
    TransitionFigureData data = transition_data(results->overall.steps, results->overall.samples);
    data.title = QStringLiteral("%1, %2 samples").arg(run_title(results->run)).arg(results->overall.scored(0));
    return FigurePtr(std::make_unique<TransitionFigure>(std::move(data)));
}

template <typename Kind>
Result<FigurePtr> shift_figure(SessionReader& session, std::int64_t run) {
    auto groups = run_shift(session, run);
    if (!groups) {
        return groups.error();
    }
    for (GroupShift& group : *groups) {
        for (std::string& expert : group.experts) {
            expert = expert_title(expert).toStdString();
        }
    }
    return FigurePtr(std::make_unique<Kind>(std::move(*groups)));
}

Result<FigurePtr> radar_figure(SessionReader& session, const QString& path) {
    const auto all = all_results(session);
    if (!all) {
        return all.error();
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
        AccuracySeries one = series_of(results);
        one.level = one.method != Method::Ngd && one.method != Method::Oracle;  // dotted: equal ones show between one another
        for (const QString& label : labels) {
            const auto at = std::find_if(results.sets.begin(), results.sets.end(), [&](const SetResults& set) { return set.name == label.toStdString(); });
            const bool there = at != results.sets.end();
            one.accuracy.push_back(there ? at->accuracy(results.last_step()) : Estimate{std::nan(""), std::nan(""), std::nan("")});
            one.scored.push_back(there ? at->scored(results.last_step()) : 0);
        }
        series.push_back(std::move(one));
    }
    return FigurePtr(std::make_unique<RadarFigure>(labels, std::move(series)));
}

Result<FigurePtr> step_figure(SessionReader& session) {
    const auto all = all_results(session);
    if (!all) {
        return all.error();
    }
    // Steps mean the same in the two descents only: kernel regression's are probes, mode finding stops by itself.
    std::size_t last = 0;
    for (const RunResults& results : *all) {
        last = results.run.info.method == to_string(Method::Ngd) ? results.last_step() : last;
    }
    QStringList labels;
    for (std::size_t t = 0; t <= last; ++t) {
        labels << QString::number(t);
    }
    std::vector<AccuracySeries> series;
    for (const RunResults& results : *all) {
        AccuracySeries one = series_of(results);
        one.level = one.method != Method::Ngd;
        for (std::size_t t = one.level ? results.last_step() : 0; t <= results.last_step(); ++t) {
            one.accuracy.push_back(results.overall.accuracy(t));
            one.scored.push_back(results.overall.scored(t));
        }
        series.push_back(std::move(one));
    }
    return FigurePtr(std::make_unique<AccuracyLinesFigure>(QStringLiteral("accuracy_per_step"), QStringLiteral("step"), labels, std::move(series)));
}

}  // namespace

QString run_method_title(const StoredRun& run) {
    const Result<Method> method = parse_method(run.info.method);
    return method ? method_title(*method) : QString::fromStdString(run.info.method);
}

Result<std::unique_ptr<Figure>> run_figure(const QString& name, SessionReader& session, const QString& path, std::int64_t run) {
    if (name == QLatin1String("accuracy-transitions")) {
        return transition_figure(session, run);
    }
    if (name == QLatin1String("accuracy-per-step")) {
        return step_figure(session);
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
    return radar_figure(session, path);
}

}  // namespace r2t2::ui
