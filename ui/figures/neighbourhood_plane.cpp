// The plane of routings that are no triangle (declared in neighbourhood_marks.h).
#include <algorithm>
#include <cmath>

#include "core/analysis/projection.h"
#include "ui/figures/figure_axes.h"
#include "ui/figures/neighbourhood_marks.h"

namespace r2t2::ui {

namespace {

constexpr double kPlaneStub = 2.5;

}  // namespace

RoutingPlane fit_routing_plane(std::span<const double> rows, std::size_t experts) {
    RoutingPlane plane;
    const std::size_t count = experts == 0 ? 0 : rows.size() / experts;
    const Result<Pca> pca = fit_pca(rows, count, experts, 2);
    if (!pca || !(pca->explained_variance[0] > 1e-12)) {
        return plane;
    }
    double total = 0.0;
    for (const double variance : pca->explained_variance) {
        total += std::max(0.0, variance);
    }
    plane.explained = {pca->explained_variance[0] / total, pca->explained_variance[1] / total};
    const std::vector<double> xy = project(*pca, rows);
    for (std::size_t i = 0; i < count; ++i) {
        plane.places.emplace_back(xy[2 * i], xy[2 * i + 1]);
    }
    return plane;
}

QPointF PlaneFrame::to_pixel(QPointF place) const {
    return {box.left() + (place.x() - range.left()) / range.width() * box.width(), box.bottom() - (place.y() - range.top()) / range.height() * box.height()};
}

PlaneFrame draw_plane_ground(QPainter& painter, const QRectF& area, const RoutingPlane& plane, LabelRoom& room, const PlotLook& look) {
    const QFontMetricsF metrics(look.font);
    const double line = metrics.height();
    PlaneFrame frame;
    frame.box = area.adjusted(metrics.horizontalAdvance(QStringLiteral("\u22120.88")) + line + 6.0, 4.0, -4.0, -2.0 * line - 6.0);
    double left = HUGE_VAL, right = -HUGE_VAL, low = HUGE_VAL, high = -HUGE_VAL;
    for (const QPointF& place : plane.places) {
        left = std::min(left, place.x());
        right = std::max(right, place.x());
        low = std::min(low, place.y());
        high = std::max(high, place.y());
    }
    // One unit is as long on both axes: distances are distances of routings.
    const double scale = 1.1 * std::max({(right - left) / frame.box.width(), (high - low) / frame.box.height(), 1e-9});
    const QPointF middle((left + right) / 2.0, (low + high) / 2.0);
    frame.range = QRectF(middle.x() - scale * frame.box.width() / 2.0, middle.y() - scale * frame.box.height() / 2.0, scale * frame.box.width(),
                         scale * frame.box.height());
    painter.setPen(QPen(ink(look.palette, 0.6), 0.9));
    painter.setBrush(Qt::NoBrush);
    painter.drawRect(frame.box);
    room.block(QRectF(area.left(), area.top(), frame.box.left() - area.left(), area.height()));
    room.block(QRectF(area.left(), frame.box.bottom(), area.width(), area.bottom() - frame.box.bottom()));
    for (const double tick : round_ticks(frame.range.left(), frame.range.right(), 5)) {
        const double x = frame.to_pixel({tick, frame.range.top()}).x();
        const QString text = short_number(tick);
        painter.setPen(QPen(ink(look.palette, 0.6), 0.9));
        painter.drawLine(QPointF(x, frame.box.bottom()), QPointF(x, frame.box.bottom() + kPlaneStub));
        if (std::abs(x - frame.box.center().x()) < frame.box.width() / 2.0 - metrics.horizontalAdvance(text) / 2.0) {
            painter.setPen(look.text());
            draw_centred(painter, metrics, QPointF(x, frame.box.bottom() + 3.0 + line / 2.0), text);
        }
    }
    for (const double tick : round_ticks(frame.range.top(), frame.range.bottom(), 5)) {
        const double y = frame.to_pixel({frame.range.left(), tick}).y();
        const QString text = short_number(tick);
        painter.setPen(QPen(ink(look.palette, 0.6), 0.9));
        painter.drawLine(QPointF(frame.box.left(), y), QPointF(frame.box.left() - kPlaneStub, y));
        if (std::abs(y - frame.box.center().y()) < frame.box.height() / 2.0 - line / 2.0) {
            painter.setPen(look.text());
            painter.drawText(QPointF(frame.box.left() - 4.0 - metrics.horizontalAdvance(text), y + metrics.ascent() / 2.0 - 1.0), text);
        }
    }
    const auto axis = [&plane](int i) {
        return QStringLiteral("component %1 (%2 %)").arg(i + 1).arg(100.0 * plane.explained[static_cast<std::size_t>(i)], 0, 'f', 0);
    };
    painter.setPen(look.text());
    draw_centred(painter, metrics, QPointF(frame.box.center().x(), area.bottom() - line / 2.0), axis(0));
    draw_turned(painter, look, QPointF(area.left() + line / 2.0, frame.box.center().y()), frame.box.height(), axis(1));
    return frame;
}

}  // namespace r2t2::ui
