#include "ui/plots/simplex_view.h"

#include <QEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QWheelEvent>
#include <algorithm>
#include <cmath>

#include "ui/plots/simplex_field.h"

namespace r2t2::ui {

namespace {

constexpr double kHoverReach = 7.0;              // pixels
constexpr double kNudge = 0.02;                  // weight moved by an arrow key, of what is looked at
constexpr double kZoomStep = 1.25;               // a notch of the wheel, a key

}  // namespace

SimplexView::SimplexView(QWidget* parent) : QWidget(parent) {
    setMouseTracking(true);
    setFocusPolicy(Qt::StrongFocus);
    setAttribute(Qt::WA_OpaquePaintEvent);
    setBackgroundRole(QPalette::Base);
    set_up_plot_menu(this, this);
    describe();
}

void SimplexView::set_group(const QString& name, const QStringList& experts, int group) {
    Q_ASSERT(experts.size() == 3);
    scene_.name = name;
    scene_.experts = experts;
    scene_.group = group;
    setAccessibleName(tr("Routing of the %1 group").arg(name));
    describe();
    invalidate();
}

void SimplexView::set_points(std::vector<SimplexPoint> points) {
    scene_.points = std::move(points);
    grid_.reset();
    describe();
    invalidate();
}

void SimplexView::set_field(SimplexField field, std::vector<SimplexContour> contours) {
    scene_.field = std::move(field);
    scene_.contours = std::move(contours);
    field_ = QImage();
    invalidate();
}

void SimplexView::set_neighbours(std::vector<SimplexNeighbour> neighbours) {
    scene_.neighbours = std::move(neighbours);
    visited_ = -1;
    describe();
    update();
}

void SimplexView::set_trajectory(std::vector<SimplexStep> steps) {
    scene_.steps = std::move(steps);
    scene_.step = std::clamp(scene_.step, 0, std::max(0, static_cast<int>(scene_.steps.size()) - 1));
    describe();
    update();
}

void SimplexView::set_step(int step) {
    const int inside = std::clamp(step, 0, std::max(0, static_cast<int>(scene_.steps.size()) - 1));
    if (inside != scene_.step) {
        scene_.step = inside;
        describe();
        update();
    }
}

void SimplexView::set_what_if(std::optional<Triple> weights) {
    scene_.what_if = weights;
    describe();
    update();
}

void SimplexView::set_highlight(int reference) {
    if (reference != scene_.highlight) {
        scene_.highlight = reference;
        update();
    }
}

void SimplexView::set_selection(std::vector<int> references) {
    scene_.selection = std::move(references);
    marked_ = QImage();
    update();
}

void SimplexView::set_draggable(bool draggable) {
    draggable_ = draggable;
}

void SimplexView::set_window(const SimplexWindow& window) {
    if (window.low == scene_.window.low && window.span == scene_.window.span) {
        return;
    }
    scene_.window = window;
    field_ = QImage();
    grid_.reset();
    invalidate();
}

void SimplexView::zoom_to_routing() {
    std::vector<Triple> seen;
    for (const SimplexStep& step : scene_.steps) {
        seen.push_back(step.weights);
    }
    for (const SimplexNeighbour& neighbour : scene_.neighbours) {
        seen.push_back(neighbour.weights);
    }
    if (scene_.what_if) {
        seen.push_back(*scene_.what_if);
    }
    if (seen.empty()) {
        for (const SimplexPoint& point : scene_.points) {
            seen.push_back(point.weights);
        }
    }
    set_window(SimplexWindow::around(seen));
}

void SimplexView::look_at(const SimplexWindow& window) {
    set_window(window);
    Q_EMIT windowChanged(scene_.window);
}

/// What a screen reader says: r, and how much there is around it.
void SimplexView::describe() {
    QStringList weights;
    if (const std::optional<Triple> r = scene_.current()) {
        for (int e = 0; e < 3; ++e) {
            weights << QStringLiteral("%1 %2")
                           .arg(scene_.experts.value(e))
                           .arg((*r)[static_cast<std::size_t>(e)], 0, 'f', 2);
        }
    }
    setAccessibleDescription(tr("Step %1 of %2: %3. %4 reference points, %5 neighbours. Shift and arrows move r, plus and minus zoom.")
                                 .arg(scene_.step)
                                 .arg(std::max<std::size_t>(scene_.steps.size(), 1) - 1)
                                 .arg(weights.isEmpty() ? tr("no routing") : weights.join(QStringLiteral(", ")))
                                 .arg(scene_.points.size())
                                 .arg(scene_.neighbours.size()));
}

void SimplexView::invalidate() {
    drawn_ = false;  // the picture's memory is kept: fresh pages cost more than the points
    marked_ = QImage();
    update();
}

void SimplexView::rebuild() {
    const double ratio = devicePixelRatioF();
    const QSize wanted = (QSizeF(size()) * ratio).toSize().expandedTo({1, 1});
    if (!drawn_ || static_.size() != wanted) {
        const PlotLook look = screen_look(*this);
        const double side = layout_.geometry.side();
        layout_ = lay_out_simplex(scene_, size(), look);
        if (field_.isNull() || side != layout_.geometry.side() || field_.devicePixelRatio() != ratio) {
            field_ = simplex_field_image(scene_.field, layout_.geometry, ratio);
        }
        marked_ = QImage();
        if (static_.size() != wanted) {
            static_ = QImage(wanted, QImage::Format_ARGB32_Premultiplied);
        }
        static_.setDevicePixelRatio(ratio);
        static_.fill(look.base());
        {
            QPainter painter(&static_);
            words_ = draw_simplex_ground(painter, scene_, layout_, look, field_);
        }
        stamp_simplex_points(static_, scene_, layout_, ratio);
        {
            QPainter painter(&static_);
            draw_simplex_contours(painter, scene_, layout_, look, words_);
        }
        grid_.reset();
        drawn_ = true;
        ++rebuilds_;
    }
    if (marked_.isNull() && !scene_.selection.empty()) {
        marked_ = static_;
        stamp_simplex_selection(marked_, scene_, layout_, screen_look(*this), ratio);
    }
}

int SimplexView::nearest(QPointF pixel) {
    if (!grid_) {
        const QPointF nowhere(std::nan(""), std::nan(""));
        std::vector<QPointF> pixels;
        pixels.reserve(scene_.points.size());
        for (const SimplexPoint& point : scene_.points) {
            pixels.push_back(scene_.window.shows(point.weights) ? layout_.geometry.to_pixel(point.weights) : nowhere);
        }
        grid_ = PointGrid(std::move(pixels));
    }
    return grid_->nearest(pixel, kHoverReach);
}

void SimplexView::paintEvent(QPaintEvent*) {
    rebuild();
    QPainter painter(this);
    painter.drawImage(0, 0, marked_.isNull() ? static_ : marked_);
    draw_simplex_overlay(painter, scene_, layout_, screen_look(*this), words_);
    draw_focus_frame(painter, *this);
}

void SimplexView::render_to(QPainter& painter, const QSizeF& size) const {
    const PlotLook look = export_look(painter);
    const SimplexLayout layout = lay_out_simplex(scene_, size, look);
    LabelRoom words = draw_simplex_ground(painter, scene_, layout, look,
                                          simplex_field_image(scene_.field, layout.geometry, kPrintScale));
    if (scene_.points.size() > kMostVectorPoints) {
        QImage points((size * kPrintScale).toSize(), QImage::Format_ARGB32_Premultiplied);
        points.fill(Qt::transparent);
        stamp_simplex_points(points, scene_, layout, kPrintScale);
        stamp_simplex_selection(points, scene_, layout, look, kPrintScale);
        painter.drawImage(QRectF(QPointF(0, 0), size), points);
    } else {
        draw_simplex_points(painter, scene_, layout, look);
    }
    draw_simplex_contours(painter, scene_, layout, look, words);
    draw_simplex_overlay(painter, scene_, layout, look, std::move(words));
}

QString SimplexView::tsv() const {
    QString out = tsv_line(QStringList{tr("kind"), tr("number")} + scene_.experts +
                           QStringList{tr("category"), tr("kernel weight"), tr("answer flips")});
    const auto row = [&out](const QString& kind, std::size_t number, const Triple& w, const QStringList& rest) {
        out += tsv_line(
            QStringList{kind, QString::number(number), tsv_number(w[0]), tsv_number(w[1]), tsv_number(w[2])} + rest);
    };
    for (std::size_t i = 0; i < scene_.points.size(); ++i) {
        row(QStringLiteral("reference"), i, scene_.points[i].weights,
            {QString::number(scene_.points[i].category), {}, {}});
    }
    for (std::size_t i = 0; i < scene_.neighbours.size(); ++i) {
        row(QStringLiteral("neighbour"), static_cast<std::size_t>(scene_.number_of(i)), scene_.neighbours[i].weights,
            {scene_.neighbours[i].remark, tsv_number(scene_.neighbours[i].weight), {}});
    }
    for (std::size_t t = 0; t < scene_.steps.size(); ++t) {
        row(QStringLiteral("step"), t, scene_.steps[t].weights,
            {{}, {}, QString::number(scene_.steps[t].flip ? 1 : 0)});
    }
    if (scene_.what_if) {
        row(QStringLiteral("what-if"), 0, *scene_.what_if, {{}, {}, {}});
    }
    return out;
}

QString SimplexView::plot_name() const {
    return file_stem(QStringLiteral("routing ") + scene_.name);
}

void SimplexView::changeEvent(QEvent* event) {
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange ||
        event->type() == QEvent::StyleChange) {
        invalidate();
    }
    QWidget::changeEvent(event);
}

void SimplexView::mousePressEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton) {
        return;
    }
    const std::optional<Triple> r = scene_.current();
    if (draggable_ && r) {
        const QPointF gap = layout_.geometry.to_pixel(*r) - event->position();
        if (std::hypot(gap.x(), gap.y()) <= 12.0) {
            dragging_ = true;
            setCursor(Qt::ClosedHandCursor);
            return;
        }
    }
    if (const int point = nearest(event->position()); point >= 0) {
        Q_EMIT pointClicked(point);
    } else if (!scene_.window.whole() && layout_.geometry.contains(event->position())) {
        held_ = layout_.geometry.to_weights(event->position());
        setCursor(Qt::SizeAllCursor);
    }
}

void SimplexView::mouseMoveEvent(QMouseEvent* event) {
    if (dragging_) {
        const Triple to = layout_.geometry.to_weights(event->position());
        set_what_if(to);
        Q_EMIT dragged(to);
        return;
    }
    if (held_) {
        // Unclamped: the pointer may leave the triangle, the ground follows as far as the simplex goes.
        const Triple at = layout_.geometry.window().weights(layout_.geometry.inside(event->position()));
        look_at(scene_.window.moved({(*held_)[0] - at[0], (*held_)[1] - at[1], (*held_)[2] - at[2]}));
        rebuild();
        return;
    }
    Q_EMIT pointHovered(nearest(event->position()));
}

void SimplexView::mouseDoubleClickEvent(QMouseEvent* event) {
    if (event->button() == Qt::LeftButton && !dragging_ && nearest(event->position()) < 0) {
        look_at({});
    }
}

void SimplexView::wheelEvent(QWheelEvent* event) {
    if (!layout_.geometry.contains(event->position()) || event->angleDelta().y() == 0) {
        event->ignore();
        return;
    }
    const Triple about = layout_.geometry.to_weights(event->position());
    look_at(scene_.window.zoomed(about, std::pow(kZoomStep, event->angleDelta().y() / 120.0)));
    event->accept();
}

void SimplexView::mouseReleaseEvent(QMouseEvent* event) {
    if (held_ && event->button() == Qt::LeftButton) {
        held_.reset();
        unsetCursor();
    }
    if (dragging_ && event->button() == Qt::LeftButton) {
        dragging_ = false;
        unsetCursor();
        if (const std::optional<Triple> to = scene_.what_if) {
            Q_EMIT dragEnded(*to);
        }
    }
}

void SimplexView::leaveEvent(QEvent*) {
    Q_EMIT pointHovered(-1);
}

void SimplexView::nudge(const Triple& by) {
    Triple moved = *scene_.current();
    for (std::size_t e = 0; e < 3; ++e) {
        moved[e] += by[e] * scene_.window.span;
    }
    const Triple to = onto_simplex(moved);
    set_what_if(to);
    Q_EMIT dragEnded(to);  // who refuses it takes the view's own away
}

void SimplexView::visit_neighbour(int by) {
    const auto count = static_cast<int>(scene_.neighbours.size());
    visited_ = visited_ < 0 ? (by > 0 ? 0 : count - 1) : (visited_ + by + count) % count;
    Q_EMIT pointHovered(scene_.neighbours[static_cast<std::size_t>(visited_)].reference);
}

void SimplexView::keyPressEvent(QKeyEvent* event) {
    const bool moves = draggable_ && scene_.current() && event->modifiers().testFlag(Qt::ShiftModifier);
    const int key = event->key();
    if (moves && key == Qt::Key_Left) {
        nudge({kNudge, -kNudge, 0});
    } else if (moves && key == Qt::Key_Right) {
        nudge({-kNudge, kNudge, 0});
    } else if (moves && key == Qt::Key_Up) {
        nudge({-kNudge / 2, -kNudge / 2, kNudge});
    } else if (moves && key == Qt::Key_Down) {
        nudge({kNudge / 2, kNudge / 2, -kNudge});
    } else if (key == Qt::Key_Plus || key == Qt::Key_Equal || key == Qt::Key_Minus) {
        const Triple middle = scene_.window.weights({1.0 / 3, 1.0 / 3, 1.0 / 3});
        look_at(scene_.window.zoomed(scene_.current().value_or(middle), key == Qt::Key_Minus ? 1 / kZoomStep : kZoomStep));
    } else if (key == Qt::Key_0) {
        look_at({});
    } else if ((key == Qt::Key_PageUp || key == Qt::Key_PageDown) && !scene_.neighbours.empty()) {
        visit_neighbour(key == Qt::Key_PageDown ? 1 : -1);
    } else if ((key == Qt::Key_Return || key == Qt::Key_Enter) && scene_.highlight >= 0) {
        Q_EMIT pointClicked(scene_.highlight);
    } else {
        QWidget::keyPressEvent(event);
    }
}

}  // namespace r2t2::ui
