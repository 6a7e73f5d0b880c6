#include "ui/figures/neighbourhood_marks.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "core/analysis/statistics.h"

namespace r2t2::ui {

namespace {

constexpr double kTickStub = 2.5;

/// Round weights of an expert that the window shows, not at its corners.
std::vector<double> shown_weights(const SimplexWindow& window, std::size_t expert) {
    std::vector<double> values = round_ticks(window.low[expert], window.low[expert] + window.span, 5);
    std::erase_if(values, [&](double v) { return v < window.low[expert] + 0.04 * window.span || v > window.low[expert] + 0.96 * window.span; });
    return values;
}

/// On the edge between `expert` and `towards`, where the third one has its lowest weight.
QPointF edge_point(const SimplexGeometry& g, std::size_t expert, double value, std::size_t towards) {
    Triple inside{};
    inside[expert] = (value - g.window().low[expert]) / g.window().span;
    inside[towards] = 1.0 - inside[expert];
    return g.to_pixel(g.window().weights(inside));
}

QString weight_text(double value, double span) { return QString::number(value, 'f', span > 0.45 ? 1 : span > 0.045 ? 2 : 3); }

/// Weights of expert 1 stand along the base, of 2 up the right edge, of 0 down the left one.
void draw_weights(QPainter& painter, const TriangleFrame& frame, LabelRoom& room, const PlotLook& look) {
    const QFontMetricsF metrics(look.font);
    const SimplexGeometry& g = frame.geometry;
    for (std::size_t expert = 0; expert < 3; ++expert) {
        const QColor colour = readable(expert_colour(static_cast<int>(expert)), look.palette);
        QColor faint = colour;
        faint.setAlphaF(0.3F);
        for (const double value : shown_weights(g.window(), expert)) {
            const QPointF labelled = edge_point(g, expert, value, (expert + 2) % 3), other = edge_point(g, expert, value, (expert + 1) % 3);
            painter.setPen(QPen(faint, 0.7));
            painter.drawLine(labelled, other);
            const QPointF out = (labelled - other) / std::max(1e-9, std::hypot(labelled.x() - other.x(), labelled.y() - other.y()));
            painter.setPen(QPen(colour, 0.9));
            painter.drawLine(labelled, labelled + kTickStub * out);
            const QString text = weight_text(value, g.window().span);
            const double width = metrics.horizontalAdvance(text);
            const QPointF at = expert == 1   ? labelled + QPointF(-width * 0.6, metrics.ascent() + 2.5)
                               : expert == 2 ? labelled + QPointF(4.5, metrics.ascent() / 2.0 - 1.0)
                                             : labelled + QPointF(-width - 4.0, metrics.ascent() / 2.0 - 3.0);
            if (room.claim(QRectF(at.x(), at.y() - metrics.ascent(), width, metrics.ascent() + 1.0))) {
                painter.setPen(colour);
                painter.drawText(at, text);
            }
        }
    }
}

void draw_corner(QPainter& painter, const TriangleFrame& frame, const QString& name, std::size_t expert, int group, LabelRoom& room,
                 const PlotLook& look) {
    const QFontMetricsF metrics(look.font);
    const double width = metrics.horizontalAdvance(name) + 9.0, line = metrics.height();
    const QPointF corner = frame.geometry.corner(static_cast<int>(expert));
    const double x = std::clamp(corner.x() - width / 2.0, frame.area.left(), std::max(frame.area.left(), frame.area.right() - width));
    const QRectF box(x, expert == 2 ? corner.y() - line - 2.0 : corner.y() + metrics.ascent() + 5.0, width, line);
    room.block(box);
    painter.setPen(Qt::NoPen);
    painter.setBrush(expert_colour(static_cast<int>(expert)));
    draw_marker(painter, marker_shape(group), QPointF(box.left() + 3.0, box.center().y()), 3.0);
    painter.setPen(readable(expert_colour(static_cast<int>(expert)), look.palette));
    draw_elided(painter, box.adjusted(9.0, 0.0, 1.0, 0.0), Qt::AlignLeft, name);
}

/// A small whole triangle with the part that is shown, the whole way, and how much larger the part is.
void draw_part(QPainter& painter, const TriangleFrame& frame, const std::vector<Triple>& steps, std::span<const std::optional<OutcomeColour>> flips, LabelRoom& room,
               const PlotLook& look) {
    const QFontMetricsF metrics(look.font);
    const SimplexGeometry whole(frame.whole);
    const SimplexWindow& window = frame.geometry.window();
    QPolygonF part;
    for (std::size_t e = 0; e < 3; ++e) {
        Triple corner{};
        corner[e] = 1.0;
        part.append(whole.to_pixel(window.weights(corner)));
    }
    painter.setPen(QPen(ink(look.palette, 0.7), 0.9));
    painter.setBrush(Qt::NoBrush);
    painter.drawPolygon(QPolygonF({whole.corner(0), whole.corner(1), whole.corner(2)}));
    painter.setPen(QPen(category_colour(4), 0.9));
    painter.setBrush(Qt::NoBrush);
    QColor soft = category_colour(4);
    soft.setAlphaF(0.3F);
    painter.setBrush(soft);
    painter.drawPolygon(part);
    QPolygonF way;
    for (const Triple& step : steps) {
        way.append(whole.to_pixel(step));
    }
    painter.setPen(QPen(look.text(), 0.9));
    painter.setBrush(Qt::NoBrush);
    painter.drawPolyline(way);
    painter.setBrush(look.text());
    painter.setPen(Qt::NoPen);
    painter.drawEllipse(way.last(), 1.8, 1.8);
    painter.setPen(QPen(look.text(), 0.6));
    for (std::size_t t = 0; t < flips.size(); ++t) {
        if (flips[t]) {
            painter.setBrush(outcome_colour(*flips[t]));
            draw_marker(painter, Marker::Diamond, way[static_cast<qsizetype>(t)], 2.0);
        }
    }
    const QString text = QStringLiteral("enlarged %1 \u00d7").arg(QString::number(1.0 / window.span, 'f', window.span > 0.1 ? 1 : 0));
    painter.setPen(ink(look.palette, 0.75));
    painter.drawText(QPointF(frame.whole.left(), frame.whole.bottom() + metrics.ascent() + 1.0), text);
    room.block(frame.whole);
    room.block(QRectF(frame.whole.left(), frame.whole.bottom(), metrics.horizontalAdvance(text), metrics.height() + 1.0));
}

}  // namespace

SimplexWindow neighbourhood_window(const std::vector<Triple>& native, const std::vector<Triple>& steps, const std::vector<Triple>& neighbours) {
    constexpr double kOutliers = 0.02, kWorthwhile = 1.6;
    std::vector<Triple> near = neighbours;
    near.push_back(steps.front());
    Triple least{};
    for (std::size_t e = 0; e < 3 && !native.empty(); ++e) {
        std::vector<double> weights;
        for (const Triple& each : native) {
            weights.push_back(each[e]);
        }
        std::sort(weights.begin(), weights.end());
        least[e] = sorted_quantile(weights, kOutliers);
    }
    std::copy_if(native.begin(), native.end(), std::back_inserter(near),
                 [&least](const Triple& each) { return each[0] >= least[0] && each[1] >= least[1] && each[2] >= least[2]; });
    std::vector<Triple> all = near;
    all.insert(all.end(), steps.begin(), steps.end());
    const SimplexWindow wide = SimplexWindow::around(all), close = SimplexWindow::around(near);
    return near.size() < 3 || wide.span < kWorthwhile * close.span ? wide : close;
}

std::vector<PathExit> path_exits(const SimplexGeometry& geometry, const std::vector<Triple>& steps) {
    std::vector<PathExit> exits;
    for (std::size_t t = 0; t + 1 < steps.size(); ++t) {
        if (!geometry.window().shows(steps[t]) || geometry.window().shows(steps[t + 1])) {
            continue;
        }
        std::size_t end = t + 1;
        while (end + 1 < steps.size() && !geometry.window().shows(steps[end + 1])) {
            ++end;
        }
        const std::optional<QLineF> line = geometry.clipped(geometry.to_pixel(steps[t]), geometry.to_pixel(steps[t + 1]));
        const QString text = end == t + 1 ? QString::number(end) : QStringLiteral("%1\u2013%2").arg(t + 1).arg(end);
        exits.push_back({line.value_or(QLineF(geometry.to_pixel(steps[t]), geometry.to_pixel(steps[t]))), text});
    }
    return exits;
}

void draw_exit(QPainter& painter, const PathExit& exit, LabelRoom& room, const PlotLook& look) {
    const QPointF along = exit.last.p2() - exit.last.p1();
    const double length = std::hypot(along.x(), along.y());
    if (length > 1.0) {
        const QPointF unit = along / length, across(-unit.y(), unit.x()), tip = exit.last.p2() + 3.0 * unit;
        painter.setPen(Qt::NoPen);
        painter.setBrush(look.text());
        painter.drawPolygon(QPolygonF({tip, tip - 6.5 * unit + 2.8 * across, tip - 6.5 * unit - 2.8 * across}));
    }
    draw_beside(painter, {look.palette, bold(look.font)}, room, exit.last.p2(), 5.0, exit.steps, look.text(), 0.75);
}

TriangleFrame lay_out_triangle(const QRectF& area, const SimplexWindow& window, const QFontMetricsF& metrics) {
    const double line = metrics.height(), ticks = metrics.horizontalAdvance(QStringLiteral("0.88")) + 6.0;
    TriangleFrame frame{area, SimplexGeometry(area.adjusted(ticks, line + 4.0, -ticks, -2.0 * line - 6.0), window), {}};
    if (!window.whole()) {
        // Beside the left edge, which falls away from it.
        const double side = std::min((frame.geometry.corner(2).x() - area.left() - ticks - 12.0) / 1.5, 64.0);
        frame.whole = side >= 16.0 ? QRectF(area.left() + 2.0, area.top() + line + 5.0, side, side * 0.87) : QRectF();
    }
    return frame;
}

void draw_triangle_ground(QPainter& painter, const TriangleFrame& frame, const QString& name, const QStringList& experts, int group,
                          const std::vector<Triple>& steps, std::span<const std::optional<OutcomeColour>> flips, LabelRoom& room, const PlotLook& look) {
    const SimplexGeometry& g = frame.geometry;
    painter.setPen(QPen(ink(look.palette, 0.6), 0.9));
    painter.setBrush(Qt::NoBrush);
    painter.drawPolygon(QPolygonF({g.corner(0), g.corner(1), g.corner(2)}));
    draw_title(painter, look, frame.area.topLeft() + QPointF(0.0, 1.0), frame.area.width() / 2.0 - 24.0, name);
    for (std::size_t e = 0; e < 3; ++e) {
        draw_corner(painter, frame, experts.value(static_cast<qsizetype>(e)), e, group, room, look);
    }
    if (!frame.whole.isEmpty()) {
        draw_part(painter, frame, steps, flips, room, look);
    }
    draw_weights(painter, frame, room, look);
}

void draw_native_points(QPainter& painter, std::span<const QPointF> places, std::span<const OutcomeColour> colours, const PointStyle& style,
                        const QRectF& box, double raster) {
    const auto soft = [&style](OutcomeColour outcome) {
        QColor colour = outcome_colour(outcome);
        colour.setAlphaF(static_cast<float>(style.opacity));
        return colour;
    };
    if (raster <= 0.0) {
        painter.setPen(Qt::NoPen);
        for (std::size_t i = 0; i < places.size(); ++i) {
            if (finite(places[i])) {
                painter.setBrush(soft(colours[i]));
                painter.drawEllipse(places[i], style.radius, style.radius);
            }
        }
        return;
    }
    const QRectF around = box.adjusted(-2.0 - style.radius, -2.0 - style.radius, 2.0 + style.radius, 2.0 + style.radius);
    QImage image((around.size() * raster).toSize(), QImage::Format_ARGB32_Premultiplied);
    image.fill(Qt::transparent);
    {
        std::array<QImage, 5> sprites;
        for (std::size_t o = 0; o < sprites.size(); ++o) {
            sprites[o] = disc_sprite(soft(static_cast<OutcomeColour>(o)), style.radius, raster);
        }
        SpriteCanvas canvas(image, image.rect());
        for (std::size_t i = 0; i < places.size(); ++i) {
            if (finite(places[i])) {
                canvas.stamp(sprites[static_cast<std::size_t>(colours[i])], (places[i] - around.topLeft()) * raster);
            }
        }
    }
    painter.drawImage(QRectF(around.topLeft(), QSizeF(image.size()) / raster), image);
}

void draw_ringed(QPainter& painter, QPointF at, double radius, const PlotLook& look) {
    painter.setBrush(Qt::NoBrush);
    for (const QPen& pen : {QPen(look.base(), 2.8), QPen(look.text(), 1.2)}) {
        painter.setPen(pen);
        painter.drawEllipse(at, radius, radius);
    }
}

void block_path(const QPolygonF& path, LabelRoom& room) {
    constexpr double kPiece = 3.0;
    for (qsizetype i = 1; i < path.size(); ++i) {
        const QPointF along = path[i] - path[i - 1];
        const double length = std::hypot(along.x(), along.y());
        for (double t = 0.0; t < length; t += kPiece) {
            const QPointF at = path[i - 1] + along * (t / length);
            room.block(QRectF(at.x() - kPiece / 3.0, at.y() - kPiece / 3.0, kPiece / 1.5, kPiece / 1.5));
        }
    }
}

void draw_haloed_path(QPainter& painter, const QPolygonF& path, const PlotLook& look) {
    painter.setBrush(Qt::NoBrush);
    for (const auto& [colour, width] : {std::pair(look.base(), 3.2), std::pair(look.text(), 1.3)}) {
        painter.setPen(QPen(colour, width, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
        painter.drawPolyline(path);
    }
}

}  // namespace r2t2::ui
