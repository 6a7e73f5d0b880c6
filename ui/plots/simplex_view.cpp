#include "ui/plots/simplex_view.h"

#include <QEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QPainterPath>
#include <algorithm>
#include <cmath>

#include "ui/plots/colours.h"

namespace r2t2::ui {

namespace {

constexpr int kBucket = 16;          // pixels
constexpr double kHoverReach = 7.0;  // pixels
constexpr double kNudge = 0.02;      // weight moved by an arrow key

/// A small disc in one colour, premultiplied, to be stamped: painting 45,000 ellipses takes ten times as long.
QImage stamp(const QColor& colour, double ratio) {
    const int side = std::max(3, static_cast<int>(std::lround(4.0 * ratio)));
    QImage image(side, side, QImage::Format_ARGB32_Premultiplied);
    image.fill(Qt::transparent);
    QPainter painter(&image);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    QColor fill = colour;
    fill.setAlphaF(0.55F);
    painter.setBrush(fill);
    painter.drawEllipse(QRectF(0, 0, side, side));
    return image;
}

/// Source-over of premultiplied pixels, whole stamp inside the image.
void put(QImage& image, const QImage& mark, int x, int y) {
    if (x < 0 || y < 0 || x + mark.width() > image.width() || y + mark.height() > image.height()) {
        return;
    }
    for (int row = 0; row < mark.height(); ++row) {
        const auto* from = reinterpret_cast<const QRgb*>(mark.constScanLine(row));
        auto* to = reinterpret_cast<QRgb*>(image.scanLine(y + row)) + x;
        for (int column = 0; column < mark.width(); ++column) {
            const QRgb s = from[column];
            const unsigned keep = 255U - static_cast<unsigned>(qAlpha(s));
            if (keep == 255U) {
                continue;
            }
            const QRgb d = to[column];
            const auto over = [keep](int a, int b) {
                return static_cast<int>(static_cast<unsigned>(a) + (static_cast<unsigned>(b) * keep + 127U) / 255U);
            };
            to[column] = qRgba(over(qRed(s), qRed(d)), over(qGreen(s), qGreen(d)), over(qBlue(s), qBlue(d)),
                               over(qAlpha(s), qAlpha(d)));
        }
    }
}

void draw_arrow(QPainter& painter, QPointF from, QPointF to) {
    const QPointF along = to - from;
    const double length = std::hypot(along.x(), along.y());
    if (length < 3.0) {
        return;
    }
    const QPointF unit = along / length;
    const QPointF across(-unit.y(), unit.x());
    const double head = std::min(6.0, length * 0.5);
    painter.drawLine(from, to - unit * head * 0.6);
    painter.setBrush(painter.pen().color());
    painter.drawPolygon(QPolygonF({to, to - unit * head + across * head * 0.45, to - unit * head - across * head * 0.45}));
}

}  // namespace

SimplexView::SimplexView(QWidget* parent) : QWidget(parent) {
    setMouseTracking(true);
    setFocusPolicy(Qt::StrongFocus);
    setAttribute(Qt::WA_OpaquePaintEvent);
    setBackgroundRole(QPalette::Base);
}

void SimplexView::set_group(const QString& name, const QStringList& experts) {
    Q_ASSERT(experts.size() == 3);
    name_ = name;
    experts_ = experts;
    setAccessibleName(tr("Routing of the %1 group").arg(name));
    invalidate();
}

void SimplexView::set_points(std::vector<SimplexPoint> points) {
    points_ = std::move(points);
    invalidate();
}

void SimplexView::set_field(SimplexField field) {
    field_ = std::move(field);
    invalidate();
}

void SimplexView::set_neighbours(std::vector<SimplexNeighbour> neighbours) {
    neighbours_ = std::move(neighbours);
    update();
}

void SimplexView::set_trajectory(std::vector<SimplexStep> steps) {
    steps_ = std::move(steps);
    step_ = std::clamp(step_, 0, std::max(0, static_cast<int>(steps_.size()) - 1));
    update();
}

void SimplexView::set_step(int step) {
    const int inside = std::clamp(step, 0, std::max(0, static_cast<int>(steps_.size()) - 1));
    if (inside != step_) {
        step_ = inside;
        update();
    }
}

void SimplexView::set_what_if(std::optional<Triple> weights) {
    what_if_ = weights;
    update();
}

void SimplexView::set_highlight(int reference) {
    if (reference != highlight_) {
        highlight_ = reference;
        update();
    }
}

void SimplexView::set_draggable(bool draggable) {
    draggable_ = draggable;
}

std::optional<Triple> SimplexView::current() const {
    if (what_if_) {
        return what_if_;
    }
    return steps_.empty() ? std::nullopt : std::optional(steps_[static_cast<std::size_t>(step_)].weights);
}

void SimplexView::invalidate() {
    static_ = QImage();
    update();
}

SimplexGeometry SimplexView::fit(const QSize& size) const {
    const double line = fontMetrics().height();
    return SimplexGeometry(QRectF(QPointF(0, 0), QSizeF(size)).adjusted(line * 1.2, line * 2.6, -line * 1.2, -line * 1.8));
}

void SimplexView::draw_background(QPainter& painter, const SimplexGeometry& g) const {
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(ink(palette(), 0.12), 1.0));
    for (int i = 1; i < 5; ++i) {
        const double t = i / 5.0;
        painter.drawLine(g.to_pixel({t, 1 - t, 0}), g.to_pixel({t, 0, 1 - t}));
        painter.drawLine(g.to_pixel({1 - t, t, 0}), g.to_pixel({0, t, 1 - t}));
        painter.drawLine(g.to_pixel({1 - t, 0, t}), g.to_pixel({0, 1 - t, t}));
    }
    painter.setPen(QPen(ink(palette(), 0.55), 1.2));
    painter.setBrush(Qt::NoBrush);
    painter.drawPolygon(QPolygonF({g.corner(0), g.corner(1), g.corner(2)}));
    const double line = fontMetrics().height();
    painter.setPen(palette().color(QPalette::Text));
    QFont bold = font();
    bold.setBold(true);
    painter.setFont(bold);
    painter.drawText(QPointF(line * 0.4, line), name_);
    painter.setFont(font());
    const auto label = [&](int expert, QPointF at, Qt::Alignment alignment) {
        const QRectF box(at.x() - 90, at.y() - line / 2, 180, line);
        painter.setPen(palette().color(QPalette::Text));
        painter.drawText(box, static_cast<int>(alignment) | Qt::AlignVCenter, experts_[expert]);
        const double width = fontMetrics().horizontalAdvance(experts_[expert]);
        painter.setPen(Qt::NoPen);
        painter.setBrush(expert_colour(expert));
        painter.drawRect(QRectF(at.x() - width / 2 - 12, at.y() - 4, 8, 8));
    };
    const auto inside = [&](QPointF at, int expert) {  // long names stay on the page
        const double half = fontMetrics().horizontalAdvance(experts_[expert]) / 2.0 + 14.0;
        const double right = painter.device() ? painter.window().width() - half : at.x();
        return QPointF(std::clamp(at.x(), half, std::max(half, right)), at.y());
    };
    label(0, inside(g.corner(0) + QPointF(0, line), 0), Qt::AlignHCenter);
    label(1, inside(g.corner(1) + QPointF(0, line), 1), Qt::AlignHCenter);
    label(2, inside(g.corner(2) - QPointF(0, line * 0.8), 2), Qt::AlignHCenter);
}

/// Small triangles, each in the colour of its three corners' mean.
void SimplexView::draw_field(QPainter& painter, const SimplexGeometry& g) const {
    const int n = field_.divisions;
    if (n <= 0 || field_.values.size() != static_cast<std::size_t>((n + 1) * (n + 2) / 2)) {
        return;
    }
    double low = INFINITY, high = -INFINITY;
    for (const double v : field_.values) {
        if (std::isfinite(v)) {
            low = std::min(low, v);
            high = std::max(high, v);
        }
    }
    const auto at = [&](int j, int k) {  // index of weights ((n - j - k), j, k) / n
        return static_cast<std::size_t>(k * (n + 1) - k * (k - 1) / 2 + j);
    };
    const auto pixel = [&](int j, int k) {
        return g.to_pixel({static_cast<double>(n - j - k) / n, static_cast<double>(j) / n, static_cast<double>(k) / n});
    };
    painter.setRenderHint(QPainter::Antialiasing, false);
    painter.setPen(Qt::NoPen);
    const auto tile = [&](int j0, int k0, int j1, int k1, int j2, int k2) {
        const double mean = (field_.values[at(j0, k0)] + field_.values[at(j1, k1)] + field_.values[at(j2, k2)]) / 3.0;
        if (std::isfinite(mean)) {
            QColor colour = magnitude_colour(high > low ? 1.0 - (mean - low) / (high - low) : 0.5);
            colour.setAlphaF(0.45F);
            painter.setBrush(colour);
            painter.drawPolygon(QPolygonF({pixel(j0, k0), pixel(j1, k1), pixel(j2, k2)}));
        }
    };
    for (int k = 0; k < n; ++k) {
        for (int j = 0; j + k < n; ++j) {
            tile(j, k, j + 1, k, j, k + 1);
            if (j + k + 1 < n) {
                tile(j + 1, k, j + 1, k + 1, j, k + 1);
            }
        }
    }
}

void SimplexView::draw_points(QImage& image, double ratio) const {
    std::vector<QImage> stamps;
    for (int c = 0; c < 7; ++c) {
        stamps.push_back(stamp(category_colour(c), ratio));
    }
    const int half = stamps[0].width() / 2;
    for (const SimplexPoint& point : points_) {
        const QPointF at = geometry_.to_pixel(point.weights) * ratio;
        put(image, stamps[static_cast<std::size_t>(((point.category % 7) + 7) % 7)], qRound(at.x()) - half,
            qRound(at.y()) - half);
    }
}

void SimplexView::draw_neighbours(QPainter& painter, const SimplexGeometry& g) const {
    const std::optional<Triple> r = current();
    double longest = 0.0;
    for (const SimplexNeighbour& neighbour : neighbours_) {
        if (neighbour.pull) {
            for (const double v : *neighbour.pull) {
                longest = std::max(longest, std::abs(v));
            }
        }
    }
    for (const SimplexNeighbour& neighbour : neighbours_) {
        const QPointF at = g.to_pixel(neighbour.weights);
        if (r) {
            painter.setPen(QPen(ink(palette(), 0.45), 0.6 + 5.0 * neighbour.weight, Qt::SolidLine, Qt::RoundCap));
            painter.drawLine(g.to_pixel(*r), at);
        }
        painter.setPen(QPen(palette().color(QPalette::Text), 1.6));
        painter.setBrush(Qt::NoBrush);
        painter.drawEllipse(at, 5.5, 5.5);
        if (r && neighbour.pull && longest > 0.0) {
            Triple end = *r;
            for (std::size_t e = 0; e < 3; ++e) {
                end[e] += 0.18 * (*neighbour.pull)[e] / longest;
            }
            painter.setPen(QPen(category_colour(5), 1.2));
            draw_arrow(painter, g.to_pixel(*r), g.to_pixel(end));
        }
    }
    if (highlight_ >= 0 && highlight_ < static_cast<int>(points_.size())) {
        painter.setPen(QPen(palette().color(QPalette::Highlight), 2.5));
        painter.setBrush(Qt::NoBrush);
        painter.drawEllipse(g.to_pixel(points_[static_cast<std::size_t>(highlight_)].weights), 8.0, 8.0);
    }
}

void SimplexView::draw_trajectory(QPainter& painter, const SimplexGeometry& g) const {
    if (steps_.empty()) {
        return;
    }
    QPolygonF path;
    for (const SimplexStep& step : steps_) {
        path.append(g.to_pixel(step.weights));
    }
    const QColor text = palette().color(QPalette::Text);
    painter.setPen(QPen(palette().color(QPalette::Base), 5.0, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    painter.setBrush(Qt::NoBrush);
    painter.drawPolyline(path);
    painter.setPen(QPen(text, 2.0, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    painter.drawPolyline(path);
    const QPointF far(-1e9, -1e9);
    QPointF labelled = far;
    for (std::size_t t = 0; t < steps_.size(); ++t) {
        const QPointF at = path[static_cast<qsizetype>(t)];
        painter.setPen(QPen(palette().color(QPalette::Base), 1.0));
        painter.setBrush(steps_[t].flips ? category_colour(2) : text);
        if (steps_[t].flips) {
            painter.drawPolygon(QPolygonF({at + QPointF(0, -6), at + QPointF(6, 0), at + QPointF(0, 6), at + QPointF(-6, 0)}));
        } else {
            painter.drawEllipse(at, 3.0, 3.0);
        }
        const QPointF gap = at - labelled;
        if (t == 0 || std::hypot(gap.x(), gap.y()) > 16.0) {  // numbers where there is room
            labelled = at;
            painter.setPen(text);
            painter.drawText(at + QPointF(6, -5), QString::number(t));
        }
    }
}

void SimplexView::draw_handle(QPainter& painter, const SimplexGeometry& g) const {
    const std::optional<Triple> r = current();
    if (!r) {
        return;
    }
    const QPointF at = g.to_pixel(*r);
    painter.setPen(QPen(palette().color(QPalette::Base), 2.5));
    painter.setBrush(what_if_ ? category_colour(6) : palette().color(QPalette::Highlight));
    painter.drawEllipse(at, 8.0, 8.0);
    painter.setPen(QPen(palette().color(QPalette::Text), 1.2));
    painter.setBrush(Qt::NoBrush);
    painter.drawEllipse(at, 9.0, 9.0);
}

void SimplexView::paintEvent(QPaintEvent*) {
    const double ratio = devicePixelRatioF();
    if (static_.isNull()) {
        geometry_ = fit(size());
        static_ = QImage(size() * ratio, QImage::Format_ARGB32_Premultiplied);
        static_.setDevicePixelRatio(ratio);
        static_.fill(palette().color(QPalette::Base));
        {
            QPainter painter(&static_);
            draw_field(painter, geometry_);
            draw_background(painter, geometry_);
        }
        draw_points(static_, ratio);
        bucket_columns_ = width() / kBucket + 1;
        buckets_.assign(static_cast<std::size_t>(bucket_columns_) * static_cast<std::size_t>(height() / kBucket + 1), {});
        for (std::size_t i = 0; i < points_.size(); ++i) {
            const QPointF at = geometry_.to_pixel(points_[i].weights);
            const int cell = static_cast<int>(at.y()) / kBucket * bucket_columns_ + static_cast<int>(at.x()) / kBucket;
            if (cell >= 0 && cell < static_cast<int>(buckets_.size())) {
                buckets_[static_cast<std::size_t>(cell)].push_back(static_cast<int>(i));
            }
        }
    }
    QPainter painter(this);
    painter.drawImage(0, 0, static_);
    painter.setRenderHint(QPainter::Antialiasing);
    draw_neighbours(painter, geometry_);
    draw_trajectory(painter, geometry_);
    draw_handle(painter, geometry_);
    if (hasFocus()) {
        painter.setPen(QPen(palette().color(QPalette::Highlight), 1.0));
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(rect().adjusted(0, 0, -1, -1));
    }
}

void SimplexView::render_to(QPainter& painter, const QSize& size) const {
    const SimplexGeometry g = fit(size);
    draw_field(painter, g);
    draw_background(painter, g);
    painter.setPen(Qt::NoPen);
    for (const SimplexPoint& point : points_) {
        QColor fill = category_colour(point.category);
        fill.setAlphaF(0.55F);
        painter.setBrush(fill);
        painter.drawEllipse(g.to_pixel(point.weights), 2.0, 2.0);
    }
    draw_neighbours(painter, g);
    draw_trajectory(painter, g);
    draw_handle(painter, g);
}

void SimplexView::resizeEvent(QResizeEvent* event) {
    invalidate();
    QWidget::resizeEvent(event);
}

void SimplexView::changeEvent(QEvent* event) {
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange || event->type() == QEvent::StyleChange) {
        invalidate();
    }
    QWidget::changeEvent(event);
}

int SimplexView::nearest_point(QPointF pixel) const {
    int best = -1;
    double nearest = kHoverReach;
    for (int dy = -1; dy <= 1; ++dy) {
        for (int dx = -1; dx <= 1; ++dx) {
            const int x = static_cast<int>(pixel.x()) / kBucket + dx;
            const int cell = (static_cast<int>(pixel.y()) / kBucket + dy) * bucket_columns_ + x;
            if (x < 0 || x >= bucket_columns_ || cell < 0 || cell >= static_cast<int>(buckets_.size())) {
                continue;
            }
            for (const int i : buckets_[static_cast<std::size_t>(cell)]) {
                const QPointF gap = geometry_.to_pixel(points_[static_cast<std::size_t>(i)].weights) - pixel;
                const double distance = std::hypot(gap.x(), gap.y());
                if (distance < nearest) {
                    nearest = distance;
                    best = i;
                }
            }
        }
    }
    return best;
}

void SimplexView::mousePressEvent(QMouseEvent* event) {
    const std::optional<Triple> r = current();
    if (event->button() == Qt::LeftButton && draggable_ && r) {
        const QPointF gap = geometry_.to_pixel(*r) - event->position();
        if (std::hypot(gap.x(), gap.y()) <= 12.0) {
            dragging_ = true;
            setCursor(Qt::ClosedHandCursor);
            return;
        }
    }
    if (const int point = nearest_point(event->position()); point >= 0) {
        Q_EMIT pointClicked(point);
    }
}

void SimplexView::mouseMoveEvent(QMouseEvent* event) {
    if (dragging_) {
        what_if_ = geometry_.to_weights(event->position());
        update();
        Q_EMIT dragged(*what_if_);
        return;
    }
    Q_EMIT pointHovered(nearest_point(event->position()));
}

void SimplexView::mouseReleaseEvent(QMouseEvent* event) {
    if (dragging_ && event->button() == Qt::LeftButton) {
        dragging_ = false;
        unsetCursor();
        if (what_if_) {
            Q_EMIT dragEnded(*what_if_);
        }
    }
}

void SimplexView::leaveEvent(QEvent*) {
    Q_EMIT pointHovered(-1);
}

/// Arrow keys move r: left and right along the base, up and down to and from the third expert.
void SimplexView::keyPressEvent(QKeyEvent* event) {
    const std::optional<Triple> r = current();
    Triple by{};
    switch (event->key()) {
        case Qt::Key_Left:
            by = {kNudge, -kNudge, 0};
            break;
        case Qt::Key_Right:
            by = {-kNudge, kNudge, 0};
            break;
        case Qt::Key_Up:
            by = {-kNudge / 2, -kNudge / 2, kNudge};
            break;
        case Qt::Key_Down:
            by = {kNudge / 2, kNudge / 2, -kNudge};
            break;
        default:
            QWidget::keyPressEvent(event);
            return;
    }
    if (!r || !draggable_ || !(event->modifiers() & Qt::ShiftModifier)) {
        QWidget::keyPressEvent(event);  // plain arrows step through time
        return;
    }
    Triple moved = *r;
    for (std::size_t e = 0; e < 3; ++e) {
        moved[e] += by[e];
    }
    what_if_ = onto_simplex(moved);
    update();
    Q_EMIT dragEnded(*what_if_);
}

}  // namespace r2t2::ui
