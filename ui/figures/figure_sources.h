// From a session to the figures of its sweeps and samples: what make_figure is made of. Thread rule: the interface's.
#pragma once

#include "core/results/sweep_results.h"
#include "ui/figures/session_figures.h"

namespace r2t2::ui {

struct MadeFigure {
    std::unique_ptr<Figure> figure;   ///< its note: what the session does not say
    std::int64_t run = 0;             ///< where it comes from
    std::optional<SampleKey> sample;
    int step = -1;
    QStringList lacking{};            ///< "NGD: 80 of 600 samples, incomplete (interrupted)": of the runs whose numbers it shows
};

[[nodiscard]] QString run_method_title(const StoredRun& run);  ///< of its method

/// Figures of a run and of the session, by name.
[[nodiscard]] Result<MadeFigure> run_figure(const QString& name, SessionReader& session, const QString& session_path, std::int64_t run);
/// Index of the sweep that `run` is a cell of; 0: the last of NGD, else the last. NotFound: there is none.
[[nodiscard]] Result<std::size_t> choose_sweep(const std::vector<Sweep>& all, std::int64_t run);
/// "ablation-curves", "ablation-map"; the run is that of the best cell.
[[nodiscard]] Result<MadeFigure> sweep_figure(const FigureRequest& request, SessionReader& session);
/// "neighbourhood-map", "case-card".
[[nodiscard]] Result<MadeFigure> sample_figure(const FigureRequest& request, SessionReader& session);

}  // namespace r2t2::ui
