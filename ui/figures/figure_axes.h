// What figures with several plots of the same kind share: their places, categories along the bottom, a percent axis.
// Units: 1/96 inch. Thread rule: as figure.h.
#pragma once

#include <QStringList>
#include <functional>

#include "ui/figures/figure.h"

namespace r2t2::ui {

/// Panels from left to right and top to bottom, as many a row as keep `least` width, rows filled evenly.
struct PanelGrid {
    std::size_t columns = 1, rows = 1;
    double width = 0.0;  ///< of a panel
    double gap = 0.0;

    PanelGrid(std::size_t panels, double whole, double least, double gap);
    /// Panel `i`, with `height` for each.
    [[nodiscard]] QRectF at(std::size_t i, QPointF corner, double height) const;
};

/// Interval and ticks that hold [low, high], rounded outwards, inside 0 .. 100.
struct PercentAxis {
    double low = 0.0, high = 100.0;
    std::vector<double> ticks;
    PercentAxis(double low, double high, int most);
    [[nodiscard]] double share(double percent) const { return (percent - low) / (high - low); }
};

/// "1 sample", "40 samples".
[[nodiscard]] QString samples_text(std::int64_t count);
/// Lines that the labels need below an axis when they stand `pitch` apart: every second one goes a line lower rather than
/// touch its neighbours.
[[nodiscard]] int category_lines(const QFontMetricsF& metrics, const QStringList& labels, double pitch);
/// Centred at x_of(i) but inside [left, right], the first line's top at `top`; cut where even that leaves no room.
struct CategoryPlace {
    double pitch, top, left, right;
};
void draw_categories(QPainter& painter, const PlotLook& look, const QStringList& labels, const CategoryPlace& place,
                     const std::function<double(std::size_t)>& x_of);
/// Turned by a quarter, read from below, centred on `middle`. `colour` not valid: the text's.
void draw_turned(QPainter& painter, const PlotLook& look, QPointF middle, double room, const QString& text, const QColor& colour = {});
/// Centred on x, its letters' middle at y.
void draw_centred(QPainter& painter, const QFontMetricsF& metrics, QPointF middle, const QString& text);

}  // namespace r2t2::ui
