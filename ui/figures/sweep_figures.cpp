// Figures of sweeps from a session (declared in figure_sources.h).
#include <algorithm>

#include "core/routing/method_table.h"
#include "ui/figures/ablation_figure.h"
#include "ui/figures/figure_sources.h"

namespace r2t2::ui {

Result<std::size_t> choose_sweep(const std::vector<Sweep>& all, std::int64_t run) {
    std::optional<std::size_t> chosen;
    for (std::size_t i = 0; i < all.size(); ++i) {
        if (run > 0 ? all[i].find(run) != nullptr : !chosen || all[*chosen].method != to_string(kLeadingMethod) || all[i].method == to_string(kLeadingMethod)) {
            chosen = i;
        }
    }
    if (!chosen) {
        return Error{ErrorKind::NotFound, run > 0 ? "run " + std::to_string(run) : "session", "sweep", "none",
                     "runs that were made together with different parameters"};
    }
    return *chosen;
}

static QStringList lacking_runs(const Sweep& sweep) {
    QStringList lines;
    if (const std::string incomplete = sweep.incomplete_text(); !incomplete.empty()) {
        lines << QString::fromStdString(incomplete);
    }
    std::int64_t failed = 0;
    for (const SweepCell& cell : sweep.cells) {
        failed = std::max(failed, cell.coverage.failed);
    }
    const auto shared = std::find_if(sweep.cells.begin(), sweep.cells.end(), [](const SweepCell& cell) { return cell.coverage.has_references(); });
    if (shared != sweep.cells.end()) {  // its runs were asked the same samples
        lines << QStringLiteral("of %1 samples %2").arg(shared->coverage.samples).arg(QString::fromStdString(shared->coverage.references->text()));
    }
    if (failed > 0) {
        lines << (failed == 1 ? QStringLiteral("up to 1 sample of a run failed") : QStringLiteral("up to %1 samples of a run failed").arg(failed));
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
    const SweepCell* best = sweep.leading();
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
    AblationData data = ablation_data(sweep, *free, run_method_title(*run), request.by_set);
    MadeFigure made;
    made.run = best->run;
    made.lacking = lacking_runs(sweep);
    if (map) {
        made.figure = std::make_unique<AblationMapFigure>(std::move(data));
    } else {
        made.figure = std::make_unique<AblationCurvesFigure>(std::move(data));
    }
    return made;
}

}  // namespace r2t2::ui
