// What answers owe to every expert: a knock-out study (core/results/knockout_table.h) as a figure. Thread rule: as figure.h.
#pragma once

#include <memory>

#include "core/results/knockout_table.h"
#include "ui/figures/session_figures.h"

namespace r2t2::ui {

/// "knockout-loss", "knockout-right".
[[nodiscard]] const std::vector<FigureKind>& knockout_kinds();
/// Null: another name. `file`: where the table was read from.
[[nodiscard]] std::unique_ptr<Figure> knockout_figure(const QString& name, const KnockoutTable& table, const QString& file);

/// A panel a mixer, a row an expert, a mark a kind of knock with its 95 % interval; hollow where Holm's p is not below 0.05. One axis for all panels.
class KnockoutFigure final : public Figure {
public:
    enum class Measure {
        Loss,  ///< change of the truth's loss, nats
        Right  ///< change of right answers, points
    };
    KnockoutFigure(const QString& name, KnockoutTable table, Measure measure);
    [[nodiscard]] QString tsv() const override;

protected:
    [[nodiscard]] double natural_height(double width, const QFontMetricsF& metrics) const override;
    void draw(QPainter& painter, const QRectF& area, const PlotLook& look) const override;

private:
    struct Shown {
        Estimate change;    ///< nats or points
        double holm = 1.0;
    };
    [[nodiscard]] Shown shown(const KnockoutRow& row) const;
    [[nodiscard]] std::vector<FigureKey> keys() const;
    [[nodiscard]] double names_width(const QFontMetricsF& metrics) const;
    /// Height of a row of panels without its rows of experts: its title, ticks.
    [[nodiscard]] static double frame(const QFontMetricsF& metrics) { return 2.6 * metrics.height(); }
    void draw_panel(QPainter& painter, const QRectF& panel, const PlotLook& look, const std::string& mixer, double low, double high) const;

    KnockoutTable table_;
    Measure measure_;
    std::vector<std::string> kinds_, mixers_, experts_;
};

}  // namespace r2t2::ui
