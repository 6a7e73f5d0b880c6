#include "ui/plots/projection_painting.h"

#include <QFontMetricsF>
#include <algorithm>
#include <cmath>

#include "ui/plots/sprites.h"

namespace r2t2::ui {

namespace {

constexpr double kMargin = 0.05;  // of the frame, around everything when fitted

QPointF position(const ProjectionPoint& point) {
    return {static_cast<double>(point.x), static_cast<double>(point.y)};
}

const ProjectionPoint* point_at(const ProjectionScene& scene, int reference) {
    return reference >= 0 && reference < static_cast<int>(scene.points.size())
               ? &scene.points[static_cast<std::size_t>(reference)]
               : nullptr;
}

std::vector<LegendEntry> legend_of(const ProjectionScene& scene) {
    std::vector<LegendEntry> entries;
    for (std::size_t c = 0; c < scene.categories.size(); ++c) {
        entries.push_back(
            {scene.categories[c].name, colour_of(scene, static_cast<int>(c)), Marker::Circle, false, false});
    }
    return entries;
}

PointStyle style_of(const ProjectionScene& scene, const ProjectionLayout& layout) {
    return point_style(scene.points.size(), std::min(layout.frame.width(), layout.frame.height()));
}

QRect device_frame(const ProjectionLayout& layout, double ratio) {
    return QRectF(layout.frame.topLeft() * ratio, layout.frame.size() * ratio).toAlignedRect().adjusted(1, 1, -1, -1);
}

void draw_axis_numbers(QPainter& painter, const ProjectionLayout& layout, const ProjectionCamera& camera,
                       const PlotLook& look) {
    const QFontMetricsF metrics(look.font);
    const QPointF low = layout.to_data(camera, layout.frame.bottomLeft()),
                  high = layout.to_data(camera, layout.frame.topRight());
    LabelRoom room(layout.area);
    painter.setFont(look.font);
    for (const double v : round_ticks(low.x(), high.x(), std::max(1, static_cast<int>(layout.frame.width() / 70.0)))) {
        const double x = layout.to_pixel(camera, {v, low.y()}).x();
        const QString text = short_number(v);
        const double width = metrics.horizontalAdvance(text);
        painter.setPen(QPen(ink(look.palette, 0.5), 1.0));
        painter.drawLine(QPointF(x, layout.frame.bottom()), QPointF(x, layout.frame.bottom() + 4.0));
        if (room.claim(QRectF(x - width / 2 - 3, layout.frame.bottom() + 4.0, width + 6, metrics.height()))) {
            painter.setPen(ink(look.palette, 0.7));
            painter.drawText(QPointF(x - width / 2, layout.frame.bottom() + 4.0 + metrics.ascent()), text);
        }
    }
    for (const double v : round_ticks(low.y(), high.y(), std::max(1, static_cast<int>(layout.frame.height() / 50.0)))) {
        const double y = layout.to_pixel(camera, {low.x(), v}).y();
        const QString text = short_number(v);
        const double width = metrics.horizontalAdvance(text);
        painter.setPen(QPen(ink(look.palette, 0.5), 1.0));
        painter.drawLine(QPointF(layout.frame.left(), y), QPointF(layout.frame.left() - 4.0, y));
        const QRectF box(layout.frame.left() - 6.0 - width, y - metrics.height() / 2, width, metrics.height());
        if (room.claim(box)) {
            painter.setPen(ink(look.palette, 0.7));
            painter.drawText(QPointF(box.left(), y + metrics.ascent() / 2 - 1.0), text);
        }
    }
}

}  // namespace

QColor colour_of(const ProjectionScene& scene, int category) {
    if (category < 0 || (category >= static_cast<int>(scene.categories.size()) && !scene.categories.empty())) {
        return {128, 128, 128};
    }
    if (scene.categories.empty() || !scene.categories[static_cast<std::size_t>(category)].colour.isValid()) {
        return category_colour(category);
    }
    return scene.categories[static_cast<std::size_t>(category)].colour;
}

QPointF ProjectionLayout::to_pixel(const ProjectionCamera& camera, QPointF data) const {
    const QPointF from = (data - camera.centre) * camera.scale;
    return frame.center() + QPointF(from.x(), -from.y());
}

QPointF ProjectionLayout::to_data(const ProjectionCamera& camera, QPointF pixel) const {
    const QPointF from = (pixel - frame.center()) / camera.scale;
    return camera.centre + QPointF(from.x(), -from.y());
}

ProjectionLayout lay_out_projection(const ProjectionScene& scene, const QSizeF& size, const PlotLook& look) {
    const QFontMetricsF metrics(look.font);
    const double line = metrics.height();
    ProjectionLayout layout;
    layout.area = QRectF(QPointF(0, 0), size);
    QRectF rest = layout.area.adjusted(8, 6, -8, -6);
    if (!scene.name.isEmpty() && rest.height() > 9.0 * line) {
        layout.title = QRectF(rest.left(), rest.top() - 3.0, rest.width(), line);
        rest.setTop(rest.top() + line + 1.0);
    }
    layout.legend = LegendLayout(legend_of(scene), rest.width(), rest.height() * 0.28, look.font);
    if (layout.legend.height() > 0.0) {
        rest.setBottom(rest.bottom() - layout.legend.height() - 4.0);
        layout.legend_at = QPointF(rest.left(), rest.bottom() + 4.0);
    }
    const bool roomy = rest.height() > 8.0 * line && rest.width() > 11.0 * line;
    const bool numbers = scene.axes.ticks && rest.height() > 11.0 * line && rest.width() > 15.0 * line;
    const double bottom = (roomy && !scene.axes.x.isEmpty() ? line + 2.0 : 0.0) + (numbers ? line + 3.0 : 0.0);
    const double left = (roomy && !scene.axes.y.isEmpty() ? line + 2.0 : 0.0) +
                        (numbers ? metrics.horizontalAdvance(QStringLiteral("−0.00")) + 6.0 : 0.0);
    layout.numbers = numbers;
    layout.frame = rest.adjusted(left, 0, 0, -bottom);
    if (layout.frame.width() < 1.0 || layout.frame.height() < 1.0) {
        layout.frame = QRectF(rest.topLeft(), QSizeF(1, 1));
    }
    if (roomy && !scene.axes.x.isEmpty()) {
        layout.x_label = QRectF(layout.frame.left(), rest.bottom() - line, layout.frame.width(), line);
    }
    if (roomy && !scene.axes.y.isEmpty()) {
        layout.y_label = QRectF(rest.left(), layout.frame.top(), line, layout.frame.height());
    }
    return layout;
}

ProjectionCamera fit_projection(const ProjectionScene& scene, const QRectF& bounds, const QRectF& frame) {
    double left = INFINITY, right = -INFINITY, low = INFINITY, high = -INFINITY;
    const auto take = [&](QPointF p) {
        if (finite(p)) {
            left = std::min(left, p.x());
            right = std::max(right, p.x());
            low = std::min(low, p.y());
            high = std::max(high, p.y());
        }
    };
    if (!scene.points.empty()) {
        take(bounds.topLeft());
        take(bounds.bottomRight());
    }
    std::for_each(scene.trajectory.begin(), scene.trajectory.end(), take);
    if (scene.sample) {
        take(*scene.sample);
    }
    if (!(left <= right)) {
        return {QPointF(0, 0), frame.width() / 2.0};
    }
    const double across = right - left, up = high - low;
    const double room = 1.0 - 2.0 * kMargin;
    const double scale = std::min(across > 0.0 ? (frame.width() - 20.0) * room / across : INFINITY,
                                  up > 0.0 ? (frame.height() - 20.0) * room / up : INFINITY);
    return {QPointF((left + right) / 2.0, (low + high) / 2.0), std::isfinite(scale) && scale > 0.0 ? scale : 100.0};
}

void draw_projection_ground(QPainter& painter, const ProjectionScene& scene, const ProjectionLayout& layout,
                            const ProjectionCamera& camera, const PlotLook& look) {
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(ink(look.palette, 0.4), 1.0));
    painter.setBrush(Qt::NoBrush);
    painter.drawRect(layout.frame);
    draw_title(painter, look, layout.title.topLeft(), layout.title.width(),
               layout.title.isEmpty() ? QString() : scene.name);
    painter.setPen(look.text());
    draw_elided(painter, layout.x_label, Qt::AlignHCenter, scene.axes.x);
    if (layout.numbers) {
        draw_axis_numbers(painter, layout, camera, look);
    }
    if (!layout.y_label.isEmpty()) {
        painter.save();
        painter.translate(layout.y_label.center());
        painter.rotate(-90.0);
        painter.setPen(look.text());
        const QSizeF turned = layout.y_label.size().transposed();
        draw_elided(painter, QRectF(QPointF(-turned.width() / 2, -turned.height() / 2), turned), Qt::AlignHCenter,
                    scene.axes.y);
        painter.restore();
    }
    layout.legend.draw(painter, look, layout.legend_at);
}

void stamp_projection_points(QImage& image, const ProjectionScene& scene, const ProjectionLayout& layout,
                             const ProjectionCamera& camera, double ratio) {
    const PointStyle style = style_of(scene, layout);
    std::vector<QImage> sprites;  // one a category, the last for points of none
    const int kinds = scene.categories.empty() ? 7 : static_cast<int>(scene.categories.size());
    for (int c = 0; c <= kinds; ++c) {
        QColor colour = colour_of(scene, c < kinds ? c : -1);
        colour.setAlphaF(static_cast<float>(style.opacity));
        sprites.push_back(disc_sprite(colour, style.radius, ratio));
    }
    SpriteCanvas canvas(image, device_frame(layout, ratio));
    for (const ProjectionPoint& point : scene.points) {
        const int kind = scene.categories.empty() ? ((point.category % 7) + 7) % 7 : point.category;
        const auto sprite = static_cast<std::size_t>(kind >= 0 && kind < kinds ? kind : kinds);
        canvas.stamp(sprites[sprite], layout.to_pixel(camera, position(point)) * ratio);
    }
}

void stamp_projection_selection(QImage& image, const ProjectionScene& scene, const ProjectionLayout& layout,
                                const ProjectionCamera& camera, const PlotLook& look, double ratio) {
    const QImage ring = ring_sprite(look.text(), look.base(), style_of(scene, layout).radius + 1.5, 1.2, ratio);
    SpriteCanvas canvas(image, device_frame(layout, ratio));
    for (const int i : scene.selection) {
        if (const ProjectionPoint* point = point_at(scene, i)) {
            canvas.stamp(ring, layout.to_pixel(camera, position(*point)) * ratio);
        }
    }
}

void draw_projection_points(QPainter& painter, const ProjectionScene& scene, const ProjectionLayout& layout,
                            const ProjectionCamera& camera, const PlotLook& look) {
    const auto [radius, opacity] = style_of(scene, layout);
    const auto place = [&](const ProjectionPoint& point) { return layout.to_pixel(camera, position(point)); };
    painter.setPen(Qt::NoPen);
    for (const ProjectionPoint& point : scene.points) {
        if (const QPointF at = place(point); contains(layout.frame, at)) {
            QColor colour =
                colour_of(scene, scene.categories.empty() ? ((point.category % 7) + 7) % 7 : point.category);
            colour.setAlphaF(static_cast<float>(opacity));
            painter.setBrush(colour);
            painter.drawEllipse(at, radius, radius);
        }
    }
    painter.setPen(QPen(look.text(), 1.2));
    painter.setBrush(Qt::NoBrush);
    for (const int i : scene.selection) {
        const ProjectionPoint* point = point_at(scene, i);
        if (point != nullptr && contains(layout.frame, place(*point))) {
            painter.drawEllipse(place(*point), radius + 1.5, radius + 1.5);
        }
    }
}

}  // namespace r2t2::ui
