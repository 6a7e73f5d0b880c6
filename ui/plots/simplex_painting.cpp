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

/// Round weights of an expert, strictly inside the window.
std::vector<double> grid_values(const SimplexWindow& window, int expert) {
    const double low = window.low[static_cast<std::size_t>(expert)], margin = 0.03 * window.span;
    std::vector<double> values = round_ticks(low, low + window.span, 6);
    std::erase_if(values, [&](double v) { return v < low + margin || v > low + window.span - margin; });
    return values;
}

/// Where the line of equal weight of `expert` meets the edge that leads to `towards`: the third expert is at its lowest.
QPointF on_edge(const SimplexGeometry& g, int expert, double value, int towards) {
    const SimplexWindow& window = g.window();
    Triple u{};
    u[static_cast<std::size_t>(expert)] = (value - window.low[static_cast<std::size_t>(expert)]) / window.span;
    u[static_cast<std::size_t>(towards)] = 1.0 - u[static_cast<std::size_t>(expert)];
    return g.to_pixel(window.weights(u));
}

void draw_grid(QPainter& painter, const SimplexGeometry& g, const PlotLook& look) {
    painter.setPen(QPen(ink(look.palette, 0.14), 1.0));
    for (int expert = 0; expert < 3; ++expert) {
        for (const double value : grid_values(g.window(), expert)) {
            painter.drawLine(on_edge(g, expert, value, (expert + 1) % 3), on_edge(g, expert, value, (expert + 2) % 3));
        }
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
    const double y = expert == 2 ? corner.y() - line - 4.0 : corner.y() + (layout.ticks ? 11.0 : 3.0);  // below r, should it stand in the corner
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

/// As many decimals as neighbouring grid lines need to differ.
QString tick_text(double value, double span) {
    return QString::number(value, 'f', span > 0.6 ? 1 : span > 0.06 ? 2 : 3);
}

/// Weight of expert 1 along the base, of expert 2 up the right edge, of expert 0 down the left one.
void draw_ticks(QPainter& painter, const SimplexLayout& layout, const PlotLook& look, LabelRoom& room) {
    const QFontMetricsF metrics(look.font);
    painter.setFont(look.font);
    painter.setPen(ink(look.palette, 0.7));
    for (int expert = 0; expert < 3; ++expert) {
        std::vector<double> values = grid_values(layout.geometry.window(), expert);
        if (!layout.ticks && !values.empty()) {
            values = {values[(values.size() - 1) / 2]};
        }
        for (const double value : values) {
            const QString text = tick_text(value, layout.geometry.window().span);
            const double width = metrics.horizontalAdvance(text);
            const QPointF shift = expert == 1   ? QPointF(-width / 2, metrics.ascent() + 3.0)
                                  : expert == 2 ? QPointF(6.0, metrics.ascent() / 2 - 1.0)
                                                : QPointF(-width - 6.0, metrics.ascent() / 2 - 1.0);
            const QPointF where = on_edge(layout.geometry, expert, value, (expert + 2) % 3) + shift;
            if (room.claim(QRectF(where.x(), where.y() - metrics.ascent(), width, metrics.height()))) {
                painter.drawText(where, text);
            }
        }
    }
}

/// Which part of the whole triangle is looked at.
void draw_whole(QPainter& painter, const SimplexLayout& layout, const PlotLook& look) {
    const SimplexGeometry whole(layout.whole);
    const SimplexWindow& window = layout.geometry.window();
    painter.setPen(QPen(ink(look.palette, 0.55), 1.0));
    painter.setBrush(Qt::NoBrush);
    painter.drawPolygon(QPolygonF({whole.corner(0), whole.corner(1), whole.corner(2)}));
    QPolygonF part;
    for (std::size_t e = 0; e < 3; ++e) {
        Triple corner{};
        corner[e] = 1.0;
        part.append(whole.to_pixel(window.weights(corner)));
    }
    painter.setPen(QPen(look.palette.color(QPalette::Highlight), 1.4));
    painter.setBrush(look.palette.color(QPalette::Highlight));
    painter.drawPolygon(part);
}

/// The lines as pixels, with their level.
std::vector<std::pair<double, QPolygonF>> contour_lines(const SimplexScene& scene, const SimplexGeometry& g) {
    std::vector<std::pair<double, QPolygonF>> lines;
    for (const SimplexContour& contour : scene.contours) {
        for (QPolygonF& line : g.clipped(contour.points)) {
            lines.emplace_back(contour.level, std::move(line));
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
    const double side_margin =
        size.width() > 18.0 * line ? metrics.horizontalAdvance(QStringLiteral("0.8")) + 8.0 : line * 0.8;
    double foot = 0.0;  // of a scale that has no room beside the triangle
    const auto arrange = [&](bool low) {
        const double below = line + (size.height() > 15.0 * line ? 15.0 : 8.0) + foot;
        layout.geometry = SimplexGeometry(layout.area.adjusted(side_margin, line * (low ? 1.6 : 2.6) + 2.0, -side_margin, -below), scene.window);
        return layout.geometry.corner(2).x() - metrics.horizontalAdvance(scene.experts.value(2)) / 2.0 - 22.0;
    };
    bool low = size.height() < 14.0 * line;  // the title shares a line with the third expert's name, if both have room there
    double beside = arrange(low);
    if (low && beside < QFontMetricsF(bold(look.font)).horizontalAdvance(scene.name)) {
        low = false;
        beside = arrange(low);
    }
    layout.ticks = layout.geometry.side() > 15.0 * line;
    layout.title = QRectF(6.0, 3.0, low ? std::max(0.0, beside) : size.width() - 12.0, line);
    layout.bar = place_field_bar(scene, layout, look);
    if (layout.bar.isEmpty() && has_scale(scene.field)) {
        foot = line + 2.0;
        beside = arrange(low);
        if (layout.geometry.side() >= 4.0 * line) {
            layout.ticks = layout.geometry.side() > 15.0 * line;
            layout.strip = QRectF(6.0, size.height() - line - 2.0, size.width() - 12.0, line);
        } else {  // the names of the experts come first
            foot = 0.0;
            beside = arrange(low);
        }
    }
    if (!scene.window.whole()) {
        // Left of the third corner, as far as its name and the left edge leave room.
        const double side = std::clamp(0.16 * layout.geometry.side(), 22.0, 56.0);
        const QRectF at(8.0, layout.title.bottom() + 4.0, side, side * 0.87);
        const double edge = layout.geometry.corner(2).x() - (at.bottom() - layout.geometry.corner(2).y()) * 0.578;
        const double ticks = layout.ticks ? metrics.horizontalAdvance(QStringLiteral("0.888")) + 10.0 : 6.0;
        if (!low && at.right() < std::min(edge - ticks, beside + 8.0)) {
            layout.whole = at;
        }
    }
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
    room.block(layout.strip);
    for (int expert = 0; expert < 3; ++expert) {
        draw_expert(painter, scene, layout, look, expert, room);
    }
    draw_field_bar(painter, scene.field, layout, look);
    if (!layout.whole.isEmpty()) {
        draw_whole(painter, layout, look);
        room.block(layout.whole);
    }
    if (layout.ticks || layout.geometry.side() > 5.0 * QFontMetricsF(look.font).height()) {
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
    const bool whole = scene.window.whole();
    for (const SimplexPoint& point : scene.points) {
        if (!whole && !scene.window.shows(point.weights)) {
            continue;
        }
        canvas.stamp(sprites[static_cast<std::size_t>(((point.category % 7) + 7) % 7)],
                     layout.geometry.to_pixel(point.weights) * ratio);
    }
}

void draw_simplex_points(QPainter& painter, const SimplexScene& scene, const SimplexLayout& layout,
                         const PlotLook& look) {
    const auto [radius, opacity] = style_of(scene, layout);
    painter.setPen(Qt::NoPen);
    for (const SimplexPoint& point : scene.points) {
        if (scene.window.shows(point.weights)) {
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
            scene.window.shows(scene.points[static_cast<std::size_t>(i)].weights)) {
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
        if (i >= 0 && i < static_cast<int>(scene.points.size()) &&
            scene.window.shows(scene.points[static_cast<std::size_t>(i)].weights)) {
            canvas.stamp(ring, layout.geometry.to_pixel(scene.points[static_cast<std::size_t>(i)].weights) * ratio);
        }
    }
}

}  // namespace r2t2::ui
