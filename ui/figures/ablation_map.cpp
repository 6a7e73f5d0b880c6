// Accuracy over two swept parameters as a heat map (declared in ablation_figure.h).
#include <algorithm>
#include <cmath>

#include "ui/figures/ablation_figure.h"
#include "ui/figures/figure_axes.h"

namespace r2t2::ui {

namespace {

constexpr double kLeastCells = 24.0 * kMillimetre, kMapGap = 10.0;
constexpr double kWidestCell = 15.0 * kMillimetre;

/// Lowest and highest accuracy of all panels; equal where there are none.
Interval accuracy_range(const std::vector<AblationPanel>& panels) {
    Interval range{100.0, 0.0};
    for (const AblationPanel& panel : panels) {
        for (const AblationSeries& series : panel.series) {
            for (const AblationPoint& point : series.points) {
                if (std::isfinite(point.accuracy.value)) {
                    range = {std::min(range.low, point.accuracy.value), std::max(range.high, point.accuracy.value)};
                }
            }
        }
    }
    return range.low > range.high ? Interval{0.0, 0.0} : range;
}

/// Highest of the complete runs; a part of the samples is not compared with all of them.
const AblationPoint* best_of(const AblationPanel& panel) {
    const AblationPoint* best = nullptr;
    for (const AblationSeries& series : panel.series) {
        for (const AblationPoint& point : series.points) {
            if (std::isfinite(point.accuracy.value) && !point.part && (best == nullptr || point.accuracy.value > best->accuracy.value)) {
                best = &point;
            }
        }
    }
    return best;
}

/// As they are written: no colour and no frame tells them apart.
bool all_alike(const Interval& range) { return fixed_number(range.low, 1) == fixed_number(range.high, 1); }

QString cell_text(const AblationPoint& point, int decimals) {
    if (!std::isfinite(point.accuracy.value)) {
        return QStringLiteral("\u2013");
    }
    const QString number = fixed_number(point.accuracy.value, decimals);
    return point.part ? QLatin1Char('(') + number + QLatin1Char(')') : number;
}

}  // namespace

AblationMapFigure::AblationMapFigure(AblationData data) : AblationFigure(QStringLiteral("ablation-map"), std::move(data)) {
    if (!all_alike(accuracy_range(data_.panels))) {
        set_note(QStringLiteral("framed: the highest"));
    }
}

struct AblationMapFigure::Frame {
    double names;      ///< left of the first column of panels: values of the second parameter and its name
    PanelGrid grid;    ///< of the cells alone
    double cell, row;  ///< width and height
    double above, below;
};

AblationMapFigure::Frame AblationMapFigure::frame(double width, const QFontMetricsF& metrics) const {
    double names = 0.0;
    for (const AblationPanel& panel : data_.panels) {
        for (const AblationSeries& series : panel.series) {
            names = std::max(names, metrics.horizontalAdvance(drawn_value(series.value)));
        }
    }
    names += metrics.height() + 10.0;
    const PanelGrid grid(data_.panels.size(), width - names - 3.0, kLeastCells, kMapGap);
    const auto values = static_cast<double>(data_.panels.empty() ? 1 : std::max<qsizetype>(1, data_.panels.front().values.size()));
    Frame out{names, grid, std::min(grid.width / values, kWidestCell), 0.0, metrics.height() + 2.0, 0.0};
    out.row = std::clamp(0.62 * out.cell, 1.35 * metrics.height(), 2.2 * metrics.height());
    const auto series = static_cast<double>(data_.panels.empty() ? 1 : std::max<std::size_t>(1, data_.panels.front().series.size()));
    out.row = std::max(out.row, (metrics.horizontalAdvance(data_.other) + 4.0 - out.above) / series);  // few rows: room for their name
    const int lines = data_.panels.empty() ? 1 : category_lines(metrics, drawn_values(data_.panels.front()), out.cell);
    out.below = (lines + 1.0) * metrics.height() + 3.0;
    return out;
}

double AblationMapFigure::natural_height(double width, const QFontMetricsF& metrics) const {
    const Frame at = frame(width, metrics);
    const auto rows = static_cast<double>(data_.panels.empty() ? 1 : data_.panels.front().series.size());
    return heading_height(metrics) + 2.0 + static_cast<double>(at.grid.rows) * (at.above + rows * at.row + at.below + 4.0) +
           (any_part() ? 2.4 : 1.4) * metrics.height();
}

void AblationMapFigure::draw(QPainter& painter, const QRectF& whole, const PlotLook& look) const {
    const QFontMetricsF metrics(look.font);
    QRectF area = draw_heading(painter, whole, look).adjusted(0.0, 2.0, 0.0, 0.0);
    if (data_.panels.empty() || data_.panels.front().series.empty()) {
        draw_empty(painter, look, area, QStringLiteral("no sweep over two parameters"));
        return;
    }
    const double line = metrics.height();
    const Interval range = accuracy_range(data_.panels);
    if (any_part()) {
        const QString text = QStringLiteral("(in brackets: part of the samples)");
        painter.setPen(ink(look.palette, 0.7));
        draw_elided(painter, QRectF(area.left(), area.bottom() - line, area.width(), line), Qt::AlignHCenter, text);
        area.setBottom(area.bottom() - line);
    }
    const QRectF legend(area.left(), area.bottom() - line, area.width(), line);
    const QString low = fixed_number(range.low, 1) + QStringLiteral(" %"), high = fixed_number(range.high, 1) + QStringLiteral(" %");
    if (all_alike(range)) {  // a bar from a number to itself says nothing
        painter.setPen(look.text());
        draw_elided(painter, legend, Qt::AlignHCenter, QStringLiteral("right, %: the same everywhere"));
    } else {
        draw_magnitude_bar(painter, legend, look, QStringLiteral("right: ") + low, high);
    }
    area.setBottom(area.bottom() - 1.4 * line);
    const Frame at = frame(area.width(), metrics);
    const double height = area.height() / static_cast<double>(at.grid.rows);
    for (std::size_t i = 0; i < data_.panels.size(); ++i) {
        const AblationPanel& panel = data_.panels[i];
        const QRectF place = at.grid.at(i, area.topLeft() + QPointF(at.names, 0.0), height);
        const double width = at.cell * static_cast<double>(panel.values.size());
        const QRectF cells(place.left() + (place.width() - width) / 2.0, place.top() + at.above, width, height - at.above - at.below - 4.0);
        const QString base = std::isfinite(panel.base) ? QStringLiteral(" (base %1)").arg(fixed_number(panel.base, 1)) : QString();
        painter.setPen(look.text());
        draw_elided(painter, QRectF(place.left(), place.top(), place.width(), line), Qt::AlignHCenter, panel.title + base);
        draw_panel(painter, panel, cells, range, look);
        draw_categories(painter, look, drawn_values(panel), {at.cell, cells.bottom() + 2.0, place.left() - kMapGap / 2.0, place.right() + 2.0},
                        [&](std::size_t c) { return cells.left() + (static_cast<double>(c) + 0.5) * at.cell; });
        painter.setPen(look.text());
        draw_elided(painter, QRectF(place.left(), cells.bottom() + at.below - line, place.width(), line), Qt::AlignHCenter, panel.parameter);
        if (i % at.grid.columns == 0) {
            const double row = cells.height() / static_cast<double>(panel.series.size());
            for (std::size_t r = 0; r < panel.series.size(); ++r) {
                const QString text = drawn_value(panel.series[r].value);
                painter.drawText(QPointF(cells.left() - 4.0 - metrics.horizontalAdvance(text),
                                         cells.bottom() - (static_cast<double>(r) + 0.5) * row + metrics.ascent() / 2.0 - 1.0), text);
            }
            draw_turned(painter, look, QPointF(cells.left() - at.names + line / 2.0 + 2.0, cells.center().y()), cells.height() + at.above, data_.other);
        }
    }
}

/// Second parameter upwards.
void AblationMapFigure::draw_panel(QPainter& painter, const AblationPanel& panel, const QRectF& cells, const Interval& range,
                                   const PlotLook& look) const {
    const QFontMetricsF metrics(look.font);
    const double width = cells.width() / static_cast<double>(panel.values.size()), height = cells.height() / static_cast<double>(panel.series.size());
    int decimals = 1;  // for all cells
    for (const AblationSeries& series : panel.series) {
        for (const AblationPoint& point : series.points) {
            decimals = metrics.horizontalAdvance(cell_text(point, 1)) + 4.0 > width ? 0 : decimals;
        }
    }
    const AblationPoint* best = best_of(panel);
    std::vector<QRectF> framed;  // all that are equally good
    for (std::size_t r = 0; r < panel.series.size(); ++r) {
        for (std::size_t c = 0; c < panel.series[r].points.size(); ++c) {
            const AblationPoint& point = panel.series[r].points[c];
            const QRectF cell(cells.left() + static_cast<double>(c) * width, cells.bottom() - static_cast<double>(r + 1) * height, width, height);
            const bool known = std::isfinite(point.accuracy.value);
            const double share = !all_alike(range) ? (point.accuracy.value - range.low) / (range.high - range.low) : 0.5;
            const QColor colour = known ? magnitude_colour(share) : ink(look.palette, 0.06);
            painter.setPen(QPen(look.base(), 1.0));
            painter.setBrush(colour);
            painter.drawRect(cell);
            painter.setPen(known ? text_on(colour) : ink(look.palette, 0.6));
            draw_centred(painter, metrics, cell.center(), cell_text(point, decimals));
            if (best != nullptr && !all_alike(range) && !point.part && point.accuracy.value == best->accuracy.value) {
                framed.push_back(cell);
            }
        }
    }
    painter.setBrush(Qt::NoBrush);
    for (const QRectF& cell : framed) {
        for (const auto& [colour, pen, inset] : {std::tuple(look.base(), 1.0, 2.2), std::tuple(look.text(), 1.8, 0.6)}) {
            painter.setPen(QPen(colour, pen, Qt::SolidLine, Qt::SquareCap, Qt::MiterJoin));
            painter.drawRect(cell.adjusted(inset, inset, -inset, -inset));
        }
    }
}

}  // namespace r2t2::ui
