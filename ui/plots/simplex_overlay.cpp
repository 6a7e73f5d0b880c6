// What moves in a triangle (declared in simplex_painting.h). Drawn anew at every step: only what was set is looked at,
// never the reference points.
#include <QFontMetricsF>
#include <algorithm>
#include <cmath>

#include "ui/plots/simplex_painting.h"

namespace r2t2::ui {

namespace {

constexpr double kLongestPull = 0.18;  // of the triangle's side: the strongest neighbour's arrow
constexpr double kOutside = 4.0;       // pixels an arrow may leave the triangle, so that it does not cover the names

/// Marks are smaller in small triangles.
double mark_scale(const SimplexGeometry& g) {
    return std::clamp(g.side() / 220.0, 0.55, 1.0);
}

/// Returns whether the arrow was long enough to be drawn.
bool draw_arrow(QPainter& painter, QPointF from, QPointF to) {
    const QPointF along = to - from;
    const double length = std::hypot(along.x(), along.y());
    if (!(length >= 3.0)) {
        return false;
    }
    const QPointF unit = along / length;
    const QPointF across(-unit.y(), unit.x());
    const double head = std::min(6.0, length * 0.5);
    painter.drawLine(from, to - unit * head * 0.6);
    painter.setBrush(painter.pen().color());
    painter.drawPolygon(
        QPolygonF({to, to - unit * head + across * head * 0.45, to - unit * head - across * head * 0.45}));
    return true;
}

/// A stroke on a wider one in the base's colour: readable above 45,000 points.
template <typename Draw>
void twice(QPainter& painter, const PlotLook& look, const QPen& pen, Draw draw) {
    QPen halo(look.base(), pen.widthF() + 2.5, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin);
    painter.setBrush(Qt::NoBrush);
    painter.setPen(halo);
    draw();
    painter.setPen(pen);
    draw();
}

void draw_kernel_lines(QPainter& painter, const SimplexScene& scene, const SimplexGeometry& g, const PlotLook& look,
                       QPointF from) {
    for (const SimplexNeighbour& neighbour : scene.neighbours) {
        const std::optional<QLineF> line = g.clipped(from, g.to_pixel(neighbour.weights));
        if (line) {
            const double share = std::isfinite(neighbour.weight) ? std::clamp(neighbour.weight, 0.0, 1.0) : 0.0;
            painter.setPen(QPen(ink(look.palette, 0.45), 0.6 + 5.0 * share, Qt::SolidLine, Qt::RoundCap));
            painter.drawLine(*line);
        }
    }
}

struct Tip {
    QPointF at;
    int number;
};

std::vector<Tip> draw_pulls(QPainter& painter, const SimplexScene& scene, const SimplexGeometry& g,
                            const PlotLook& look, const Triple& r) {
    double longest = 0.0;
    for (const SimplexNeighbour& neighbour : scene.neighbours) {
        if (neighbour.pull && is_finite(*neighbour.pull)) {
            for (const double v : *neighbour.pull) {
                longest = std::max(longest, std::abs(v));
            }
        }
    }
    std::vector<Tip> tips;
    for (std::size_t i = 0; longest > 0.0 && i < scene.neighbours.size(); ++i) {
        const SimplexNeighbour& neighbour = scene.neighbours[i];
        if (!neighbour.pull || !is_finite(*neighbour.pull)) {
            continue;
        }
        Triple end = r;
        for (std::size_t e = 0; e < 3; ++e) {
            end[e] += kLongestPull * g.window().span * (*neighbour.pull)[e] / longest;
        }
        const std::optional<QLineF> line = g.clipped(g.to_pixel(r), g.to_pixel(end), kOutside);
        if (!line) {
            continue;
        }
        const QPointF tip = line->p2();  // from a corner a pull goes out of the simplex: hardly seen there
        painter.setPen(QPen(look.base(), 4.0, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
        (void)draw_arrow(painter, g.to_pixel(r), tip);
        painter.setPen(QPen(readable(category_colour(5), look.palette), 1.6));
        if (draw_arrow(painter, g.to_pixel(r), tip)) {
            tips.push_back({tip, scene.number_of(i)});
        }
    }
    return tips;
}

void draw_path(QPainter& painter, const SimplexScene& scene, const SimplexGeometry& g, const PlotLook& look) {
    std::vector<Triple> path;
    for (const SimplexStep& step : scene.steps) {
        path.push_back(step.weights);
    }
    const QPen pen(look.text(), 2.0, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin);
    for (const QPolygonF& part : g.clipped(path)) {
        twice(painter, look, pen, [&] { painter.drawPolyline(part); });
    }
    for (const SimplexStep& step : scene.steps) {
        if (g.window().shows(step.weights)) {
            painter.setPen(QPen(look.base(), 1.0));
            painter.setBrush(step.flip ? outcome_colour(*step.flip) : look.text());
            draw_marker(painter, step.flip ? Marker::Diamond : marker_shape(scene.group), g.to_pixel(step.weights),
                        (step.flip ? 5.0 : 3.2) * mark_scale(g));
        }
    }
}

void draw_ghost(QPainter& painter, const SimplexScene& scene, const SimplexGeometry& g, const PlotLook& look) {
    const std::optional<Triple> from = scene.stepped();
    if (!scene.what_if || !is_finite(*scene.what_if) || !from) {
        return;
    }
    const QPointF a = g.to_pixel(*from);
    const std::optional<QLineF> line = g.clipped(a, g.to_pixel(*scene.what_if));
    QPen dashes(readable(category_colour(6), look.palette), 2.0);
    dashes.setDashPattern({3.0, 2.5});
    if (line) {
        twice(painter, look, dashes, [&] { painter.drawLine(*line); });
    }
    if (g.window().shows(*from)) {
        twice(painter, look, QPen(readable(category_colour(6), look.palette), 1.6),
              [&] { draw_marker(painter, marker_shape(scene.group), a, 7.0 * mark_scale(g)); });
    }
}

void draw_handle(QPainter& painter, const SimplexScene& scene, const PlotLook& look, QPointF at, double scale) {
    painter.setPen(QPen(look.base(), 2.5));
    painter.setBrush(scene.what_if ? category_colour(6) : look.palette.color(QPalette::Highlight));
    draw_marker(painter, marker_shape(scene.group), at, 8.0 * scale);
    painter.setPen(QPen(look.text(), 1.2));
    painter.setBrush(Qt::NoBrush);
    draw_marker(painter, marker_shape(scene.group), at, 9.2 * scale);
}

/// The current step's number first, then neighbours, arrows and the other steps, each where there is room.
void draw_numbers(QPainter& painter, const SimplexScene& scene, const SimplexLayout& layout, const PlotLook& look,
                  const std::vector<Tip>& tips, LabelRoom room) {
    const SimplexGeometry& g = layout.geometry;
    if (const std::optional<Triple> r = scene.current(); r && g.window().shows(*r)) {
        const QPointF at = g.to_pixel(*r);
        room.block(QRectF(at.x() - 9, at.y() - 9, 18, 18));
    }
    const auto block = [&room](QPointF at, double half) {
        room.block(QRectF(at.x() - half, at.y() - half, 2 * half, 2 * half));
    };
    for (const SimplexNeighbour& neighbour : scene.neighbours) {
        if (g.window().shows(neighbour.weights)) {
            block(g.to_pixel(neighbour.weights), 4.0);
        }
    }
    const auto number_step = [&](std::size_t t, const QColor& colour, const PlotLook& with) {
        if (g.window().shows(scene.steps[t].weights)) {
            draw_beside(painter, with, room, g.to_pixel(scene.steps[t].weights),
                        t == static_cast<std::size_t>(scene.step) ? 9.0 : 4.0, QString::number(t), colour);
        }
    };
    const PlotLook strong{look.palette, bold(look.font)};
    const auto current = static_cast<std::size_t>(std::max(scene.step, 0));
    if (scene.stepped()) {
        number_step(current, look.text(), strong);
    }
    for (std::size_t i = 0; i < scene.neighbours.size(); ++i) {
        if (g.window().shows(scene.neighbours[i].weights)) {
            draw_beside(painter, look, room, g.to_pixel(scene.neighbours[i].weights), 5.0,
                        QStringLiteral("n%1").arg(scene.number_of(i)), look.text());
        }
    }
    for (const Tip& tip : tips) {
        draw_beside(painter, look, room, tip.at, 2.0, QStringLiteral("n%1").arg(tip.number),
                    readable(category_colour(5), look.palette));
    }
    for (std::size_t t = 0; t < scene.steps.size(); ++t) {
        if (t != current) {
            number_step(t, look.text(), look);
        }
    }
}

}  // namespace

void draw_simplex_overlay(QPainter& painter, const SimplexScene& scene, const SimplexLayout& layout,
                          const PlotLook& look, LabelRoom room) {
    const SimplexGeometry& g = layout.geometry;
    painter.setRenderHint(QPainter::Antialiasing);
    const std::optional<Triple> r = scene.current();
    const double ring = 5.5 * mark_scale(g);
    std::vector<Tip> tips;
    if (r) {
        draw_kernel_lines(painter, scene, g, look, g.to_pixel(*r));
    }
    for (const SimplexNeighbour& neighbour : scene.neighbours) {
        if (g.window().shows(neighbour.weights)) {
            twice(painter, look, QPen(look.text(), 1.6, neighbour.remark.isEmpty() ? Qt::SolidLine : Qt::DotLine),
                  [&] { painter.drawEllipse(g.to_pixel(neighbour.weights), ring, ring); });
        }
    }
    draw_path(painter, scene, g, look);
    if (r && g.window().shows(*r)) {
        tips = draw_pulls(painter, scene, g, look, *r);
    }
    draw_ghost(painter, scene, g, look);
    if (scene.highlight >= 0 && scene.highlight < static_cast<int>(scene.points.size()) &&
        g.window().shows(scene.points[static_cast<std::size_t>(scene.highlight)].weights)) {
        const QPointF at = g.to_pixel(scene.points[static_cast<std::size_t>(scene.highlight)].weights);
        twice(painter, look, QPen(look.text(), 4.0), [&] { painter.drawEllipse(at, 8.0, 8.0); });
        painter.setPen(QPen(look.palette.color(QPalette::Highlight), 2.0));
        painter.drawEllipse(at, 8.0, 8.0);
    }
    if (r && g.window().shows(*r)) {
        draw_handle(painter, scene, look, g.to_pixel(*r), mark_scale(g));
    }
    if (r && !layout.whole.isEmpty()) {
        painter.setPen(QPen(look.base(), 1.0));
        painter.setBrush(look.text());
        painter.drawEllipse(SimplexGeometry(layout.whole).to_pixel(*r), 2.8, 2.8);
    }
    draw_numbers(painter, scene, layout, look, tips, std::move(room));
}

}  // namespace r2t2::ui
