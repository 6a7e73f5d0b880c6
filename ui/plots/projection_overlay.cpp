// What moves on the map (declared in projection_painting.h). Lines are cut at the frame by hand: QSvgGenerator of
// Qt 6.4 writes no clip paths.
#include <QFontMetricsF>
#include <QLineF>
#include <algorithm>
#include <cmath>

#include "ui/plots/projection_painting.h"

namespace r2t2::ui {

namespace {

/// The part of a line inside the box (Liang and Barsky 1984); null: none.
QLineF cut(const QLineF& line, const QRectF& box) {
    double from = 0.0, to = 1.0;
    const auto edge = [&](double direction, double distance) {
        if (direction == 0.0) {
            return distance >= 0.0;
        }
        const double t = distance / direction;
        if (direction < 0.0) {
            from = std::max(from, t);
        } else {
            to = std::min(to, t);
        }
        return from <= to;
    };
    const bool inside = edge(-line.dx(), line.x1() - box.left()) && edge(line.dx(), box.right() - line.x1()) &&
                        edge(-line.dy(), line.y1() - box.top()) && edge(line.dy(), box.bottom() - line.y1());
    return inside ? QLineF(line.pointAt(from), line.pointAt(to)) : QLineF();
}

/// A five-pointed star, area about that of a circle of `radius`.
QPolygonF star(QPointF at, double radius) {
    QPolygonF shape;
    for (int i = 0; i < 10; ++i) {
        const double angle = -M_PI / 2 + i * M_PI / 5;
        const double reach = radius * (i % 2 == 0 ? 1.35 : 0.56);
        shape.append(at + QPointF(std::cos(angle), std::sin(angle)) * reach);
    }
    return shape;
}

struct Pixels {
    std::vector<QPointF> neighbours;  ///< NaN: not to be drawn
    std::vector<QPointF> steps;
};

Pixels place(const ProjectionScene& scene, const ProjectionLayout& layout, const ProjectionCamera& camera) {
    const QPointF nowhere(NAN, NAN);
    const QRectF inside = layout.frame.adjusted(7, 7, -7, -7);
    Pixels pixels;
    for (const ProjectionNeighbour& neighbour : scene.neighbours) {
        QPointF at = nowhere;
        if (neighbour.reference >= 0 && neighbour.reference < static_cast<int>(scene.points.size())) {
            const ProjectionPoint& point = scene.points[static_cast<std::size_t>(neighbour.reference)];
            at = layout.to_pixel(camera, {static_cast<double>(point.x), static_cast<double>(point.y)});
        }
        pixels.neighbours.push_back(contains(inside, at) ? at : nowhere);
    }
    for (const QPointF& step : scene.trajectory) {
        pixels.steps.push_back(layout.to_pixel(camera, step));
    }
    return pixels;
}

void draw_rings(QPainter& painter, const ProjectionScene& scene, const Pixels& pixels, const PlotLook& look) {
    painter.setBrush(Qt::NoBrush);
    for (std::size_t i = 0; i < pixels.neighbours.size(); ++i) {
        if (finite(pixels.neighbours[i])) {
            const double weight = scene.neighbours[i].weight;
            const double width = 1.4 + 2.5 * (std::isfinite(weight) ? std::clamp(weight, 0.0, 1.0) : 0.0);
            painter.setPen(QPen(look.base(), width + 2.5));
            painter.drawEllipse(pixels.neighbours[i], 6.0, 6.0);
            painter.setPen(QPen(look.text(), width));
            painter.drawEllipse(pixels.neighbours[i], 6.0, 6.0);
        }
    }
}

void draw_path(QPainter& painter, const ProjectionLayout& layout, const Pixels& pixels, const PlotLook& look) {
    for (const bool halo : {true, false}) {
        painter.setPen(QPen(halo ? look.base() : look.text(), halo ? 4.5 : 2.0, Qt::SolidLine, Qt::RoundCap));
        for (std::size_t t = 1; t < pixels.steps.size(); ++t) {
            if (finite(pixels.steps[t - 1]) && finite(pixels.steps[t])) {
                if (const QLineF part = cut(QLineF(pixels.steps[t - 1], pixels.steps[t]), layout.frame);
                    !part.isNull()) {
                    painter.drawLine(part);
                }
            }
        }
    }
    painter.setPen(QPen(look.base(), 1.0));
    painter.setBrush(look.text());
    for (const QPointF& step : pixels.steps) {
        if (contains(layout.frame, step)) {
            painter.drawEllipse(step, 3.2, 3.2);
        }
    }
}

}  // namespace

void draw_projection_overlay(QPainter& painter, const ProjectionScene& scene, const ProjectionLayout& layout,
                             const ProjectionCamera& camera, const PlotLook& look) {
    painter.setRenderHint(QPainter::Antialiasing);
    const Pixels pixels = place(scene, layout, camera);
    draw_rings(painter, scene, pixels, look);
    draw_path(painter, layout, pixels, look);
    if (scene.highlight >= 0 && scene.highlight < static_cast<int>(scene.points.size())) {
        const ProjectionPoint& point = scene.points[static_cast<std::size_t>(scene.highlight)];
        const QPointF at = layout.to_pixel(camera, {static_cast<double>(point.x), static_cast<double>(point.y)});
        if (contains(layout.frame, at)) {
            painter.setBrush(Qt::NoBrush);
            for (const QPen& pen :
                 {QPen(look.base(), 6.5), QPen(look.text(), 4.0), QPen(look.palette.color(QPalette::Highlight), 2.0)}) {
                painter.setPen(pen);
                painter.drawEllipse(at, 8.5, 8.5);
            }
        }
    }
    QPointF now(NAN, NAN);  // the sample: at its step, or where it stands
    const auto step = static_cast<std::size_t>(std::max(scene.step, 0));
    if (step < pixels.steps.size()) {
        now = pixels.steps[step];
    } else if (scene.sample) {
        now = layout.to_pixel(camera, *scene.sample);
    }
    LabelRoom room(layout.frame);
    if (contains(layout.frame, now)) {
        painter.setPen(QPen(look.base(), 4.0, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
        painter.setBrush(look.palette.color(QPalette::Highlight));
        painter.drawPolygon(star(now, 9.0));
        painter.setPen(QPen(look.text(), 1.2, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
        painter.drawPolygon(star(now, 9.0));
        room.block(QRectF(now.x() - 9, now.y() - 9, 18, 18));
    }
    for (const QPointF& at : pixels.neighbours) {
        if (finite(at)) {
            room.block(QRectF(at.x() - 4, at.y() - 4, 8, 8));
        }
    }
    if (step < pixels.steps.size() && contains(layout.frame, now)) {
        draw_beside(painter, {look.palette, bold(look.font)}, room, now, 9.0, QString::number(step), look.text());
    }
    for (std::size_t i = 0; i < pixels.neighbours.size(); ++i) {
        if (finite(pixels.neighbours[i])) {
            draw_beside(painter, look, room, pixels.neighbours[i], 5.5, QStringLiteral("n%1").arg(scene.number_of(i)), look.text());
        }
    }
    for (std::size_t t = 0; t < pixels.steps.size(); ++t) {
        if (t != step && contains(layout.frame, pixels.steps[t])) {
            draw_beside(painter, look, room, pixels.steps[t], 4.0, QString::number(t), look.text());
        }
    }
}

}  // namespace r2t2::ui
