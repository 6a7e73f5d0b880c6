// Mouse and keyboard of ProjectionView (projection_view.h says what does what).
#include <QKeyEvent>
#include <QMouseEvent>
#include <QWheelEvent>
#include <algorithm>
#include <cmath>

#include "ui/plots/projection_view.h"

namespace r2t2::ui {

namespace {

constexpr double kHoverReach = 7.0;  // pixels
constexpr double kClickReach = 4.0;  // pixels the mouse may move during a click
constexpr double kKeyZoom = 1.25;
constexpr double kKeyMove = 40.0;  // pixels

}  // namespace

/// While the map has the focus its arrows move it, whatever shortcuts the window has on them.
bool ProjectionView::event(QEvent* event) {
    if (event->type() == QEvent::ShortcutOverride) {
        const auto* key = static_cast<QKeyEvent*>(event);
        switch (key->key()) {
            case Qt::Key_Left:
            case Qt::Key_Right:
            case Qt::Key_Up:
            case Qt::Key_Down:
                if (key->modifiers() == Qt::NoModifier || key->modifiers() == Qt::KeypadModifier) {
                    event->accept();
                    return true;
                }
                break;
            default:
                break;
        }
    }
    return QWidget::event(event);
}

int ProjectionView::nearest(QPointF pixel) const {
    return layout_.frame.contains(pixel) ? grid_.nearest(to_data(pixel), kHoverReach / camera_.scale) : -1;
}

void ProjectionView::move_by(QPointF pixels) {
    camera_.centre -= QPointF(pixels.x(), -pixels.y()) / camera_.scale;
    fitted_ = false;
    invalidate();
}

void ProjectionView::select(const QRectF& pixels) {
    const QRectF inside = pixels.normalized().intersected(layout_.frame);
    std::vector<int> found;
    if (!inside.isEmpty()) {
        found = grid_.inside(QRectF(to_data(inside.bottomLeft()), to_data(inside.topRight())));
    }
    set_selection(std::move(found));
    Q_EMIT selectionChanged(scene_.selection);
}

void ProjectionView::visit_neighbour(int by) {
    const auto count = static_cast<int>(scene_.neighbours.size());
    visited_ = visited_ < 0 ? (by > 0 ? 0 : count - 1) : (visited_ + by + count) % count;
    Q_EMIT pointHovered(scene_.neighbours[static_cast<std::size_t>(visited_)].reference);
}

void ProjectionView::mousePressEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton) {
        return;
    }
    pressed_ = last_ = event->position();
    hold_ = event->modifiers().testFlag(Qt::ShiftModifier) ? Hold::Selecting : Hold::Pressed;
}

void ProjectionView::mouseMoveEvent(QMouseEvent* event) {
    const QPointF at = event->position();
    const QPointF gap = at - pressed_;
    if (hold_ == Hold::Pressed && std::hypot(gap.x(), gap.y()) > kClickReach) {
        hold_ = Hold::Moving;
        setCursor(Qt::ClosedHandCursor);
    }
    if (hold_ == Hold::Moving) {
        move_by(at - last_);
    } else if (hold_ == Hold::Selecting) {
        update();
    } else if (hold_ == Hold::Nothing) {
        Q_EMIT pointHovered(nearest(at));
    }
    last_ = at;
}

void ProjectionView::mouseReleaseEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton) {
        return;
    }
    const Hold held = hold_;
    hold_ = Hold::Nothing;
    unsetCursor();
    if (held == Hold::Selecting) {
        select(QRectF(pressed_, event->position()));
    } else if (held == Hold::Pressed) {
        if (const int point = nearest(event->position()); point >= 0) {
            Q_EMIT pointClicked(point);
        }
    }
}

void ProjectionView::mouseDoubleClickEvent(QMouseEvent* event) {
    if (event->button() == Qt::LeftButton) {
        hold_ = Hold::Nothing;
        fit();
    }
}

void ProjectionView::wheelEvent(QWheelEvent* event) {
    zoom(std::pow(1.0015, event->angleDelta().y()), event->position());
    event->accept();
}

void ProjectionView::leaveEvent(QEvent*) {
    Q_EMIT pointHovered(-1);
}

void ProjectionView::keyPressEvent(QKeyEvent* event) {
    const QPointF middle = layout_.frame.center();
    switch (event->key()) {
        case Qt::Key_Plus:
        case Qt::Key_Equal:
            return zoom(kKeyZoom, middle);
        case Qt::Key_Minus:
            return zoom(1.0 / kKeyZoom, middle);
        case Qt::Key_0:
            return fit();
        case Qt::Key_Left:
            return move_by({kKeyMove, 0});
        case Qt::Key_Right:
            return move_by({-kKeyMove, 0});
        case Qt::Key_Up:
            return move_by({0, kKeyMove});
        case Qt::Key_Down:
            return move_by({0, -kKeyMove});
        case Qt::Key_PageUp:
        case Qt::Key_PageDown:
            if (!scene_.neighbours.empty()) {
                return visit_neighbour(event->key() == Qt::Key_PageDown ? 1 : -1);
            }
            break;
        case Qt::Key_Return:
        case Qt::Key_Enter:
            if (scene_.highlight >= 0) {
                Q_EMIT pointClicked(scene_.highlight);
                return;
            }
            break;
        case Qt::Key_Escape:
            if (!scene_.selection.empty()) {
                set_selection({});
                Q_EMIT selectionChanged(scene_.selection);
                return;
            }
            break;
        default:
            break;
    }
    QWidget::keyPressEvent(event);
}

}  // namespace r2t2::ui
