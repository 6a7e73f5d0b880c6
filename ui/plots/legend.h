// Names of categories or curves in rows that wrap, outside the plot so that no point is ever covered.
// What does not fit the allowed height is counted ("+ 3 more"). Thread rule: the interface's.
#pragma once

#include <QPen>
#include <vector>

#include "ui/plots/plot_drawing.h"

namespace r2t2::ui {

/// Of entry `place` among those of one hue: no two that stand together are alike.
[[nodiscard]] QVector<qreal> dash_pattern(int place);

struct LegendEntry {
    QString name;
    QColor colour;
    Marker marker = Marker::Circle;
    bool line = false;  ///< a stroke instead of a marker
    bool dashed = false;
    int place = 0;        ///< of its dashes (dash_pattern)
    bool marked = false;  ///< the marker on the stroke
};

class LegendLayout {
public:
    LegendLayout() = default;
    /// Widths and heights in logical pixels. No entries or no room for one row: height 0.
    LegendLayout(const std::vector<LegendEntry>& entries, double width, double most_height, const QFont& font);

    [[nodiscard]] double height() const { return height_; }
    [[nodiscard]] std::size_t left_out() const { return left_out_; }  ///< entries that are counted in place of being named
    [[nodiscard]] std::vector<std::pair<QString, QRectF>> shown() const;  ///< names, and the count of those left out, with the mark's and the word's room
    /// `origin`: upper left corner.
    void draw(QPainter& painter, const PlotLook& look, QPointF origin) const;

private:
    struct Place {
        LegendEntry entry;
        QRectF box;
    };
    std::vector<Place> places_;
    double height_ = 0.0;
    std::size_t left_out_ = 0;
};

}  // namespace r2t2::ui
