// Figures of sweeps from a session (declared in figure_sources.h).
#include <algorithm>

#include "core/results/run_coverage.h"
#include "core/routing/method_params.h"
#include "ui/figures/ablation_figure.h"
#include "ui/figures/figure_sources.h"

namespace r2t2::ui {

Result<std::size_t> choose_sweep(const std::vector<Sweep>& all, std::int64_t run) {
    std::optional<std::size_t> chosen;
    for (std::size_t i = 0; i < all.size(); ++i) {
        if (run > 0 ? all[i].find(run) != nullptr : !chosen || all[*chosen].method != to_string(Method::Ngd) || all[i].method == to_string(Method::Ngd)) {
            chosen = i;
        }
    }
    if (!chosen) {
        return Error{ErrorKind::NotFound, run > 0 ? "run " + std::to_string(run) : "session", "sweep", "none",
                     "runs that were made together with different parameters"};
    }
    return *chosen;
}

/// One line for all of them: a sweep may have hundreds.
static Result<QStringList> lacking_runs(SessionReader& session, const Sweep& sweep) {
    std::vector<RunCoverage> part;
    std::int64_t failed = 0;
    for (const SweepCell& cell : sweep.cells) {
        const Result<StoredRun> run = session.run(cell.run);
        if (!run) {
            return run.error();
        }
        const RunCoverage coverage = run_coverage(*run);
        failed = std::max(failed, coverage.failed);
        if (!coverage.complete()) {
            part.push_back(coverage);
        }
    }
    QStringList lines;
    if (!part.empty()) {
        const auto least = std::min_element(part.begin(), part.end(), [](const RunCoverage& a, const RunCoverage& b) { return a.samples < b.samples; });
        lines << QStringLiteral("%1 of %2 runs are incomplete, the least has %3 samples").arg(part.size()).arg(sweep.cells.size()).arg(QString::fromStdString(least->count_text()));
    }
    if (failed > 0) {
        lines << QStringLiteral("up to %1 samples of a run failed").arg(failed);
    }
    return lines;
}

Result<MadeFigure> sweep_figure(const FigureRequest& request, SessionReader& session) {
    auto all = sweeps(session);
    if (!all) {
        return all.error();
    }
    const Result<std::size_t> chosen = choose_sweep(*all, request.run);
    if (!chosen) {
        return chosen.error();
    }
    Sweep& sweep = (*all)[*chosen];
    const bool map = request.name == QLatin1String("ablation-map");
    if (map && sweep.axes.size() < 2) {
        return Error{ErrorKind::NotFound, sweep.evaluation + ", " + sweep.method, "axes", sweep.axes.front().parameter + " alone", "two, for a map"};
    }
    R2T2_TRY(read_scores(session, sweep));
    const SweepCell* best = sweep.best();
    if (best == nullptr) {
        return Error{ErrorKind::NotFound, sweep.evaluation + ", " + sweep.method, "samples", "none scored", "one or more"};
    }
    const Result<SweepSlice> free = slice(sweep, request.axes, request.hold);
    if (!free) {
        return free.error();
    }
    if (map && !free->other) {
        return invalid_input(sweep.evaluation + ", " + sweep.method, "axes", "all but one are held", "two that are free, for a map");
    }
    const Result<StoredRun> run = session.run(best->run);
    if (!run) {
        return run.error();
    }
    auto lacking = lacking_runs(session, sweep);
    if (!lacking) {
        return lacking.error();
    }
    AblationData data = ablation_data(sweep, *free, run_method_title(*run), request.by_set);
    MadeFigure made;
    made.run = best->run;
    made.lacking = std::move(*lacking);
    if (map) {
        made.figure = std::make_unique<AblationMapFigure>(std::move(data));
    } else {
        made.figure = std::make_unique<AblationCurvesFigure>(std::move(data));
    }
    return made;
}

}  // namespace r2t2::ui
