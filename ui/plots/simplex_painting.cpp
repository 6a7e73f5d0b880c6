#include "ui/plots/simplex_painting.h"

#include <QFontMetricsF>
#include <algorithm>
#include <array>
#include <cmath>

#include "ui/plots/simplex_field.h"
#include "ui/plots/sprites.h"

namespace r2t2::ui {

namespace {

/// Above a field points give way to it.
PointStyle style_of(const SimplexScene& scene, const SimplexLayout& layout) {
    PointStyle style = point_style(scene.points.size(), layout.geometry.side());
    style.opacity *= scene.field.values.empty() ? 1.0 : 0.75;
    return style;
}

void draw_grid(QPainter& painter, const SimplexGeometry& g, const PlotLook& look) {
    painter.setPen(QPen(ink(look.palette, 0.14), 1.0));
    for (int i = 1; i < 5; ++i) {
        const double t = i / 5.0;
        painter.drawLine(g.to_pixel({t, 1 - t, 0}), g.to_pixel({t, 0, 1 - t}));
        painter.drawLine(g.to_pixel({1 - t, t, 0}), g.to_pixel({0, t, 1 - t}));
        painter.drawLine(g.to_pixel({1 - t, 0, t}), g.to_pixel({0, 1 - t, t}));
    }
    painter.setPen(QPen(ink(look.palette, 0.55), 1.2));
    painter.setBrush(Qt::NoBrush);
    painter.drawPolygon(QPolygonF({g.corner(0), g.corner(1), g.corner(2)}));
}

/// A corner's expert: its marker in its colour, then its name, centred below (or above) the corner, on the page.
void draw_expert(QPainter& painter, const SimplexScene& scene, const SimplexLayout& layout, const PlotLook& look,
                 int expert, LabelRoom& room) {
    const QFontMetricsF metrics(look.font);
    const double line = metrics.height();
    const QString name = scene.experts.value(expert);
    const double most = expert == 2 ? layout.area.width() - 8.0 : layout.area.width() / 2.0 - 8.0;
    const double width = std::min(metrics.horizontalAdvance(name) + 15.0, most);
    const QPointF corner = layout.geometry.corner(expert);
    const double y = expert == 2 ? corner.y() - line - 4.0 : corner.y() + 3.0;
    const double x = std::clamp(corner.x() - width / 2.0, layout.area.left() + 4.0,
                                std::max(layout.area.left() + 4.0, layout.area.right() - 4.0 - width));
    const QRectF box(x, y, width, line);
    room.block(box.adjusted(-3, 0, 3, 0));
    painter.setPen(Qt::NoPen);
    painter.setBrush(expert_colour(expert));
    draw_marker(painter, marker_shape(scene.group), QPointF(box.left() + 5.0, box.center().y()), 4.5);
    painter.setPen(look.text());
    painter.setFont(look.font);
    draw_elided(painter, box.adjusted(13.0, 0, 1, 0), Qt::AlignLeft, name);
}

/// Weight of expert 1 along the base, of expert 2 up the right edge, of expert 0 down the left one.
void draw_ticks(QPainter& painter, const SimplexLayout& layout, const PlotLook& look, LabelRoom& room) {
    const QFontMetricsF metrics(look.font);
    painter.setFont(look.font);
    painter.setPen(ink(look.palette, 0.7));
    for (int i = 1; i < 5; ++i) {
        const double t = i / 5.0;
        const QString text = QString::number(t, 'f', 1);
        const double width = metrics.horizontalAdvance(text);
        const std::array<QPointF, 3> at = {layout.geometry.to_pixel({1 - t, t, 0}),
                                           layout.geometry.to_pixel({0, 1 - t, t}),
                                           layout.geometry.to_pixel({t, 0, 1 - t})};
        const std::array<QPointF, 3> shift = {QPointF(-width / 2, metrics.ascent() + 3.0),
                                              QPointF(6.0, metrics.ascent() / 2 - 1.0),
                                              QPointF(-width - 6.0, metrics.ascent() / 2 - 1.0)};
        for (std::size_t edge = 0; edge < 3; ++edge) {
            const QPointF where = at[edge] + shift[edge];
            if (room.claim(QRectF(where.x(), where.y() - metrics.ascent(), width, metrics.height()))) {
                painter.drawText(where, text);
            }
        }
    }
}

/// The lines as pixels, with their level.
std::vector<std::pair<double, QPolygonF>> contour_lines(const SimplexScene& scene, const SimplexGeometry& g) {
    std::vector<std::pair<double, QPolygonF>> lines;
    for (const SimplexContour& contour : scene.contours) {
        QPolygonF line;
        for (const Triple& at : contour.points) {
            if (is_finite(at)) {
                line.append(g.to_pixel(at));
            }
        }
        if (line.size() > 1) {
            lines.emplace_back(contour.level, line);
        }
    }
    return lines;
}

/// The level in the middle of its line, where that is longer than the word and inside the triangle.
void draw_levels(QPainter& painter, const std::vector<std::pair<double, QPolygonF>>& lines, const SimplexGeometry& g,
                 const PlotLook& look, LabelRoom& room) {
    const QFontMetricsF metrics(look.font);
    painter.setFont(look.font);
    for (const auto& [level, line] : lines) {
        double length = 0.0;
        for (qsizetype i = 1; i < line.size(); ++i) {
            length += QLineF(line[i - 1], line[i]).length();
        }
        const QString text = short_number(level);
        const QSizeF size(metrics.horizontalAdvance(text) + 4.0, metrics.height() - 3.0);
        const QPointF middle = line[line.size() / 2];
        const QRectF box(middle.x() - size.width() / 2, middle.y() - size.height() / 2, size.width(), size.height());
        if (length < 3.0 * size.width() || !g.contains(box.topLeft()) || !g.contains(box.topRight()) ||
            !g.contains(box.bottomLeft()) || !g.contains(box.bottomRight()) || !room.claim(box)) {
            continue;
        }
        QColor behind = look.base();
        behind.setAlphaF(0.8F);
        painter.setPen(Qt::NoPen);
        painter.setBrush(behind);
        painter.drawRoundedRect(box, 2.0, 2.0);
        painter.setPen(ink(look.palette, 0.85));
        painter.drawText(QPointF(box.left() + 2.0, box.center().y() + (metrics.ascent() - metrics.descent()) / 2),
                         text);
    }
}

}  // namespace

bool is_finite(const Triple& weights) {
    return std::all_of(weights.begin(), weights.end(), [](double v) { return std::isfinite(v); });
}

std::optional<Triple> SimplexScene::stepped() const {
    if (step < 0 || step >= static_cast<int>(steps.size()) ||
        !is_finite(steps[static_cast<std::size_t>(step)].weights)) {
        return std::nullopt;
    }
    return steps[static_cast<std::size_t>(step)].weights;
}

std::optional<Triple> SimplexScene::current() const {
    return what_if && is_finite(*what_if) ? what_if : stepped();
}

SimplexLayout lay_out_simplex(const SimplexScene& scene, const QSizeF& size, const PlotLook& look) {
    const QFontMetricsF metrics(look.font);
    const double line = metrics.height();
    SimplexLayout layout;
    layout.area = QRectF(QPointF(0, 0), size);
    const bool low = size.height() < 14.0 * line;  // the title shares a line with the third expert's name
    const double side_margin =
        size.width() > 18.0 * line ? metrics.horizontalAdvance(QStringLiteral("0.8")) + 8.0 : line * 0.8;
    layout.geometry =
        SimplexGeometry(layout.area.adjusted(side_margin, line * (low ? 1.6 : 2.6) + 2.0, -side_margin, -line - 8.0));
    layout.ticks = layout.geometry.side() > 15.0 * line;
    const double beside =
        layout.geometry.corner(2).x() - metrics.horizontalAdvance(scene.experts.value(2)) / 2.0 - 22.0;
    layout.title = QRectF(6.0, 3.0, low ? std::max(0.0, beside) : size.width() - 12.0, line);
    layout.bar = place_field_bar(scene, layout, look);
    return layout;
}

LabelRoom draw_simplex_ground(QPainter& painter, const SimplexScene& scene, const SimplexLayout& layout,
                              const PlotLook& look, const QImage& field) {
    const SimplexGeometry& g = layout.geometry;
    if (!field.isNull()) {
        painter.drawImage(QRectF(QPointF(g.corner(0).x(), g.corner(2).y()), field.deviceIndependentSize()), field);
    }
    painter.setRenderHint(QPainter::Antialiasing);
    draw_grid(painter, g, look);
    LabelRoom room(layout.area);
    draw_title(painter, look, layout.title.topLeft(), layout.title.width(), scene.name);
    room.block(
        QRectF(layout.title.topLeft(),
               QSizeF(std::min(layout.title.width(), QFontMetricsF(bold(look.font)).horizontalAdvance(scene.name)),
                      layout.title.height())));
    if (!layout.bar.isEmpty()) {
        room.block(
            QRectF(layout.bar.topLeft() - QPointF(4, 20), QPointF(layout.area.right(), layout.bar.bottom() + 4)));
    }
    for (int expert = 0; expert < 3; ++expert) {
        draw_expert(painter, scene, layout, look, expert, room);
    }
    draw_field_bar(painter, scene.field, layout, look);
    if (layout.ticks) {
        draw_ticks(painter, layout, look, room);
    }
    return room;
}

void draw_simplex_contours(QPainter& painter, const SimplexScene& scene, const SimplexLayout& layout,
                           const PlotLook& look, LabelRoom& room) {
    const std::vector<std::pair<double, QPolygonF>> lines = contour_lines(scene, layout.geometry);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setBrush(Qt::NoBrush);
    QColor halo = look.base();
    halo.setAlphaF(0.55F);
    for (const QPen& pen : {QPen(halo, 2.6), QPen(ink(look.palette, 0.8), 0.9)}) {
        painter.setPen(pen);
        for (const auto& [level, line] : lines) {
            painter.drawPolyline(line);
        }
    }
    if (layout.geometry.side() >= 200.0) {
        draw_levels(painter, lines, layout.geometry, look, room);
    }
}

void stamp_simplex_points(QImage& image, const SimplexScene& scene, const SimplexLayout& layout, double ratio) {
    const PointStyle style = style_of(scene, layout);
    std::vector<QImage> sprites;
    for (int c = 0; c < 7; ++c) {
        QColor colour = category_colour(c);
        colour.setAlphaF(static_cast<float>(style.opacity));
        sprites.push_back(disc_sprite(colour, style.radius, ratio));
    }
    SpriteCanvas canvas(image, image.rect());
    for (const SimplexPoint& point : scene.points) {
        canvas.stamp(sprites[static_cast<std::size_t>(((point.category % 7) + 7) % 7)],
                     layout.geometry.to_pixel(point.weights) * ratio);
    }
}

void draw_simplex_points(QPainter& painter, const SimplexScene& scene, const SimplexLayout& layout,
                         const PlotLook& look) {
    const auto [radius, opacity] = style_of(scene, layout);
    painter.setPen(Qt::NoPen);
    for (const SimplexPoint& point : scene.points) {
        if (is_finite(point.weights)) {
            QColor fill = category_colour(point.category);
            fill.setAlphaF(static_cast<float>(opacity));
            painter.setBrush(fill);
            painter.drawEllipse(layout.geometry.to_pixel(point.weights), radius, radius);
        }
    }
    painter.setPen(QPen(look.text(), 1.2));
    painter.setBrush(Qt::NoBrush);
    for (const int i : scene.selection) {
        if (i >= 0 && i < static_cast<int>(scene.points.size()) &&
            is_finite(scene.points[static_cast<std::size_t>(i)].weights)) {
            painter.drawEllipse(layout.geometry.to_pixel(scene.points[static_cast<std::size_t>(i)].weights),
                                radius + 1.5, radius + 1.5);
        }
    }
}

void stamp_simplex_selection(QImage& image, const SimplexScene& scene, const SimplexLayout& layout,
                             const PlotLook& look, double ratio) {
    const QImage ring = ring_sprite(look.text(), look.base(), style_of(scene, layout).radius + 1.5, 1.2, ratio);
    SpriteCanvas canvas(image, image.rect());
    for (const int i : scene.selection) {
        if (i >= 0 && i < static_cast<int>(scene.points.size())) {
            canvas.stamp(ring, layout.geometry.to_pixel(scene.points[static_cast<std::size_t>(i)].weights) * ratio);
        }
    }
}

}  // namespace r2t2::ui
