#include "ui/plots/simplex_field.h"

#include <QFontMetricsF>
#include <algorithm>
#include <array>
#include <cmath>

namespace r2t2::ui {

namespace {

constexpr double kFieldOpacity = 0.6;

struct Range {
    double low = INFINITY, high = -INFINITY;
    [[nodiscard]] bool empty() const { return !(low <= high); }
};

bool well_formed(const SimplexField& field) {
    const auto n = static_cast<std::size_t>(std::max(field.divisions, 0));
    return n > 0 && field.values.size() == (n + 1) * (n + 2) / 2;
}

Range range_of(const SimplexField& field) {
    Range range;
    for (const double v : field.values) {
        if (std::isfinite(v)) {
            range.low = std::min(range.low, v);
            range.high = std::max(range.high, v);
        }
    }
    return range;
}

/// Low objective is bright: that is where routing should go.
std::array<QRgb, 256> field_colours() {
    std::array<QRgb, 256> table{};
    for (std::size_t i = 0; i < table.size(); ++i) {
        QColor colour = magnitude_colour(1.0 - static_cast<double>(i) / 255.0);
        colour.setAlphaF(static_cast<float>(kFieldOpacity));
        table[i] = qPremultiply(colour.rgba());
    }
    return table;
}

/// The grid's two rows around a line of pixels: third weight k / n below, (k + 1) / n above.
struct GridRows {
    const double* low;
    const double* high;
    double up;  ///< 0 .. 1 from low to high

    /// Linear inside each small triangle; NaN where one of its corners is.
    [[nodiscard]] double at(double wj) const {
        const int j = static_cast<int>(wj);
        const double along = wj - j;
        if (along + up <= 1.0) {
            return low[j] * (1.0 - along - up) + low[j + 1] * along + high[j] * up;
        }
        return high[j + 1] * (along + up - 1.0) + high[j] * (1.0 - along) + low[j + 1] * (1.0 - up);
    }
};

GridRows rows_around(const SimplexField& field, double wk) {
    const int n = field.divisions, k = std::clamp(static_cast<int>(wk), 0, n - 1);
    const auto start = [&](int row) { return field.values.data() + row * (n + 1) - row * (row - 1) / 2; };
    return {start(k), start(k + 1), std::clamp(wk - k, 0.0, 1.0)};
}

/// From the highest value, dark, to the lowest, bright.
void fill_scale(QPainter& painter, const QRectF& bar, QPointF high, QPointF low, const PlotLook& look) {
    const int rows = 64;
    painter.setPen(Qt::NoPen);
    QLinearGradient colours(high, low);
    for (int i = 0; i <= rows; ++i) {
        QColor colour = magnitude_colour(static_cast<double>(i) / rows);
        colour.setAlphaF(static_cast<float>(kFieldOpacity));
        colours.setColorAt(static_cast<double>(i) / rows, colour);
    }
    painter.setBrush(colours);
    painter.drawRect(bar);
    painter.setPen(QPen(ink(look.palette, 0.55), 0.8));
    painter.setBrush(Qt::NoBrush);
    painter.drawRect(bar);
}

}  // namespace

QImage simplex_field_image(const SimplexField& field, const SimplexGeometry& g, double ratio) {
    const Range range = range_of(field);
    const double height = g.corner(0).y() - g.corner(2).y();
    QImage image(static_cast<int>(std::ceil(g.side() * ratio)), static_cast<int>(std::ceil(height * ratio)),
                 QImage::Format_ARGB32_Premultiplied);
    if (image.isNull() || !well_formed(field) || range.empty()) {
        return {};
    }
    image.fill(Qt::transparent);
    const std::array<QRgb, 256> colours = field_colours();
    const double n = field.divisions, scale = range.high > range.low ? 255.0 / (range.high - range.low) : 0.0;
    const SimplexWindow& window = g.window();
    const double step = 1.0 / (g.side() * ratio);  // u: barycentric in the window
    for (int y = 0; y < image.height(); ++y) {
        auto* line = reinterpret_cast<QRgb*>(image.scanLine(y));
        const double uk = 1.0 - (y + 0.5) / (height * ratio);
        if (uk <= 0.0) {
            continue;
        }
        const double wk = n * (window.low[2] + window.span * uk);
        const GridRows rows = rows_around(field, wk);
        const int first = std::max(0, static_cast<int>(std::ceil(uk / 2.0 / step - 0.5)));
        const int last = std::min(image.width() - 1, static_cast<int>(std::floor((1.0 - uk / 2.0) / step - 0.5)));
        for (int x = first; x <= last; ++x) {
            const double uj = step * (x + 0.5) - uk / 2.0;
            const double wj = std::clamp(n * (window.low[1] + window.span * uj), 0.0, (n - wk) * (1.0 - 1e-9));
            if (const double value = rows.at(wj); std::isfinite(value)) {
                line[x] = colours[static_cast<std::size_t>(std::clamp((value - range.low) * scale, 0.0, 255.0))];
            }
        }
    }
    image.setDevicePixelRatio(ratio);
    return image;
}

bool has_scale(const SimplexField& field) { return well_formed(field) && !range_of(field).empty(); }

QRectF place_field_bar(const SimplexScene& scene, const SimplexLayout& layout, const PlotLook& look) {
    const Range range = range_of(scene.field);
    if (!has_scale(scene.field)) {
        return {};
    }
    const QFontMetricsF metrics(look.font);
    const double line = metrics.height();
    const QPointF top = layout.geometry.corner(2);
    const double words = std::max(metrics.horizontalAdvance(short_number(range.high)),
                                  metrics.horizontalAdvance(short_number(range.low)));
    const double height = std::clamp(layout.geometry.side() * 0.3, 2.2 * line, 160.0);
    const double y = std::max(top.y() - 0.6 * line, layout.title.bottom() + line + 4.0);
    const double left =
        layout.area.right() - 10.0 - std::max(words + 14.0, metrics.horizontalAdvance(scene.field.name));
    // The edge comes towards the bar by tan 30 degrees; its tick labels stand out a little more.
    const double ticks = layout.ticks ? metrics.horizontalAdvance(QStringLiteral("0.8")) + 14.0 : 8.0;
    const double edge = top.x() + (y + height - top.y()) * 0.578 + ticks;
    const double third = top.x() + metrics.horizontalAdvance(scene.experts.value(2)) / 2.0 + 20.0;  // its name's end
    return left > edge && left > third ? QRectF(left, y, 10.0, height) : QRectF();
}

void draw_field_bar(QPainter& painter, const SimplexField& field, const SimplexLayout& layout, const PlotLook& look) {
    const Range range = range_of(field);
    if (range.empty()) {
        return;
    }
    const QFontMetricsF metrics(look.font);
    painter.setFont(look.font);
    if (!layout.strip.isEmpty()) {  // "0.12 [bright .. dark] 3.4": as much as fits a small triangle
        const QString low = short_number(range.low), high = short_number(range.high);
        const double words = metrics.horizontalAdvance(low) + metrics.horizontalAdvance(high) + 12.0, length = std::min(layout.strip.width() - words, 90.0);
        QRectF bar(layout.strip.left() + (layout.strip.width() - words - length) / 2.0 + metrics.horizontalAdvance(low) + 6.0, layout.strip.center().y() - 4.0, length, 8.0);
        fill_scale(painter, bar, bar.topRight(), bar.topLeft(), look);
        painter.setPen(look.text());
        painter.drawText(QPointF(bar.left() - 6.0 - metrics.horizontalAdvance(low), bar.center().y() + metrics.ascent() / 2.0 - 1.0), low);
        painter.drawText(QPointF(bar.right() + 6.0, bar.center().y() + metrics.ascent() / 2.0 - 1.0), high);
    }
    if (layout.bar.isEmpty()) {
        return;
    }
    fill_scale(painter, layout.bar, layout.bar.topLeft(), layout.bar.bottomLeft(), look);
    painter.setPen(look.text());
    const double width = layout.area.right() - 6.0 - layout.bar.right();
    draw_elided(painter, QRectF(layout.bar.right() + 4.0, layout.bar.top() - 2.0, width, metrics.height()),
                Qt::AlignLeft, short_number(range.high));
    draw_elided(painter,
                QRectF(layout.bar.right() + 4.0, layout.bar.bottom() - metrics.height() + 2.0, width, metrics.height()),
                Qt::AlignLeft, short_number(range.low));
    draw_elided(painter,
                QRectF(layout.bar.left(), layout.bar.top() - metrics.height() - 3.0,
                       layout.area.right() - 4.0 - layout.bar.left(), metrics.height()),
                Qt::AlignLeft, field.name);
}

}  // namespace r2t2::ui
