#include "ui/plots/projection_view.h"

#include <QPainter>
#include <QResizeEvent>
#include <algorithm>
#include <cmath>

namespace r2t2::ui {

ProjectionView::ProjectionView(QWidget* parent) : QWidget(parent) {
    setMouseTracking(true);
    setFocusPolicy(Qt::StrongFocus);
    setAttribute(Qt::WA_OpaquePaintEvent);
    setBackgroundRole(QPalette::Base);
    set_up_plot_menu(this, this);
    describe();
}

void ProjectionView::set_name(const QString& name) {
    scene_.name = name;
    describe();
    invalidate();
}

void ProjectionView::set_empty(const QString& words) {
    empty_ = words;
    describe();
    update();
}

void ProjectionView::set_points(std::vector<ProjectionPoint> points, std::vector<ProjectionCategory> categories) {
    scene_.points = std::move(points);
    scene_.categories = std::move(categories);
    std::vector<QPointF> places;
    places.reserve(scene_.points.size());
    for (const ProjectionPoint& point : scene_.points) {
        places.emplace_back(static_cast<double>(point.x), static_cast<double>(point.y));
    }
    grid_ = PointGrid(std::move(places));
    fitted_ = true;
    describe();
    invalidate();
}

void ProjectionView::set_axes(ProjectionAxes axes) {
    scene_.axes = std::move(axes);
    invalidate();
}

void ProjectionView::set_neighbours(std::vector<ProjectionNeighbour> neighbours) {
    scene_.neighbours = std::move(neighbours);
    visited_ = -1;
    describe();
    update();
}

void ProjectionView::set_trajectory(std::vector<QPointF> steps) {
    scene_.trajectory = std::move(steps);
    scene_.step = std::clamp(scene_.step, 0, std::max(0, static_cast<int>(scene_.trajectory.size()) - 1));
    refit();
}

void ProjectionView::set_sample(std::optional<QPointF> at) {
    scene_.sample = at;
    refit();
}

void ProjectionView::set_step(int step) {
    const int inside = std::clamp(step, 0, std::max(0, static_cast<int>(scene_.trajectory.size()) - 1));
    if (inside != scene_.step) {
        scene_.step = inside;
        update();
    }
}

void ProjectionView::set_highlight(int reference) {
    if (reference != scene_.highlight) {
        scene_.highlight = reference;
        update();
    }
}

void ProjectionView::set_selection(std::vector<int> references) {
    scene_.selection = std::move(references);
    marked_ = QImage();
    update();
}

void ProjectionView::fit() {
    fitted_ = true;
    invalidate();
}

void ProjectionView::zoom(double factor, QPointF pixel) {
    const QPointF held = to_data(pixel);
    const double scale = camera_.scale * factor;
    const double whole = fit_projection(scene_, grid_.bounds(), layout_.frame).scale;
    camera_.scale = std::clamp(scale, whole * 0.2, whole * 5000.0);
    camera_.centre += held - to_data(pixel);
    fitted_ = false;
    invalidate();
}

QPointF ProjectionView::to_pixel(QPointF place) const {
    return layout_.to_pixel(camera_, place);
}

QPointF ProjectionView::to_data(QPointF pixel) const {
    return layout_.to_data(camera_, pixel);
}

void ProjectionView::describe() {
    setAccessibleName(scene_.name.isEmpty() ? tr("Map of the reference set") : tr("Map: %1").arg(scene_.name));
    setAccessibleDescription(scene_.points.empty() && !empty_.isEmpty()
                                 ? empty_
                                 : tr("%1 reference points, %2 neighbours. Plus, minus and 0 zoom, arrows move, Page Down goes through "
                                      "the neighbours.")
                                       .arg(scene_.points.size())
                                       .arg(scene_.neighbours.size()));
}

void ProjectionView::invalidate() {
    drawn_ = false;  // the picture's memory is kept: fresh pages cost more than the points
    marked_ = QImage();
    update();
}

/// The points stay where they are unless the trajectory leaves the picture.
void ProjectionView::refit() {
    if (fitted_ && drawn_) {
        const ProjectionCamera camera = fit_projection(scene_, grid_.bounds(), layout_.frame);
        if (camera.scale != camera_.scale || camera.centre != camera_.centre) {
            invalidate();
        }
    }
    update();
}

void ProjectionView::rebuild() {
    const double ratio = devicePixelRatioF();
    const PlotLook look = screen_look(*this);
    const QSize wanted = (QSizeF(size()) * ratio).toSize().expandedTo({1, 1});
    if (!drawn_ || static_.size() != wanted) {
        layout_ = lay_out_projection(scene_, size(), look);
        if (fitted_) {
            camera_ = fit_projection(scene_, grid_.bounds(), layout_.frame);
        }
        marked_ = QImage();
        if (static_.size() != wanted) {
            static_ = QImage(wanted, QImage::Format_ARGB32_Premultiplied);
        }
        static_.setDevicePixelRatio(ratio);
        static_.fill(look.base());
        {
            QPainter painter(&static_);
            draw_projection_ground(painter, scene_, layout_, camera_, look);
        }
        stamp_projection_points(static_, scene_, layout_, camera_, ratio);
        drawn_ = true;
        ++rebuilds_;
    }
    if (marked_.isNull() && !scene_.selection.empty()) {
        marked_ = static_;
        stamp_projection_selection(marked_, scene_, layout_, camera_, look, ratio);
    }
}

void ProjectionView::paintEvent(QPaintEvent*) {
    rebuild();
    const PlotLook look = screen_look(*this);
    QPainter painter(this);
    painter.drawImage(0, 0, marked_.isNull() ? static_ : marked_);
    draw_projection_overlay(painter, scene_, layout_, camera_, look);
    if (scene_.points.empty() && scene_.trajectory.empty() && !scene_.sample) {
        draw_empty(painter, look, layout_.frame, words_of_empty());
    }
    if (hold_ == Hold::Selecting) {
        QColor fill = palette().color(QPalette::Highlight);
        painter.setPen(QPen(fill, 1.0, Qt::DashLine));
        fill.setAlphaF(0.15F);
        painter.setBrush(fill);
        painter.drawRect(QRectF(pressed_, last_).normalized());
    }
    draw_focus_frame(painter, *this);
}

void ProjectionView::render_to(QPainter& painter, const QSizeF& size) const {
    const PlotLook look = export_look(painter);
    const ProjectionLayout layout = lay_out_projection(scene_, size, look);
    ProjectionCamera camera = fit_projection(scene_, grid_.bounds(), layout.frame);
    if (!fitted_) {  // the same section as on screen
        camera = {camera_.centre, camera_.scale * std::min(layout.frame.width() / layout_.frame.width(),
                                                           layout.frame.height() / layout_.frame.height())};
    }
    draw_projection_ground(painter, scene_, layout, camera, look);
    if (scene_.points.size() > kMostVectorPoints) {
        QImage points((size * kPrintScale).toSize(), QImage::Format_ARGB32_Premultiplied);
        points.fill(Qt::transparent);
        stamp_projection_points(points, scene_, layout, camera, kPrintScale);
        stamp_projection_selection(points, scene_, layout, camera, look, kPrintScale);
        painter.drawImage(QRectF(QPointF(0, 0), size), points);
    } else {
        draw_projection_points(painter, scene_, layout, camera, look);
    }
    draw_projection_overlay(painter, scene_, layout, camera, look);
    if (scene_.points.empty() && scene_.trajectory.empty() && !scene_.sample) {
        draw_empty(painter, look, layout.frame, words_of_empty());
    }
}

QString ProjectionView::words_of_empty() const { return empty_.isEmpty() ? tr("No reference points") : empty_; }

QString ProjectionView::tsv() const {
    QString out = tsv_line({tr("kind"), tr("number"), scene_.axes.x.isEmpty() ? tr("x") : scene_.axes.x,
                            scene_.axes.y.isEmpty() ? tr("y") : scene_.axes.y, tr("category"), tr("kernel weight")});
    for (std::size_t i = 0; i < scene_.points.size(); ++i) {
        const ProjectionPoint& point = scene_.points[i];
        const auto category = static_cast<std::size_t>(point.category);
        out += tsv_line(
            {QStringLiteral("reference"),
             QString::number(i),
             tsv_number(point.x),
             tsv_number(point.y),
             category < scene_.categories.size() ? scene_.categories[category].name : QString::number(point.category),
             {}});
    }
    for (std::size_t i = 0; i < scene_.neighbours.size(); ++i) {
        const int reference = scene_.neighbours[i].reference;
        const bool known = reference >= 0 && reference < static_cast<int>(scene_.points.size());
        const QPointF at = known ? grid_.points()[static_cast<std::size_t>(reference)] : QPointF(NAN, NAN);
        out += tsv_line({QStringLiteral("neighbour"),
                         QString::number(scene_.number_of(i)),
                         tsv_number(static_cast<float>(at.x())),
                         tsv_number(static_cast<float>(at.y())),
                         {},
                         tsv_number(scene_.neighbours[i].weight)});
    }
    for (std::size_t t = 0; t < scene_.trajectory.size(); ++t) {
        out += tsv_line({QStringLiteral("step"),
                         QString::number(t),
                         tsv_number(scene_.trajectory[t].x()),
                         tsv_number(scene_.trajectory[t].y()),
                         {},
                         {}});
    }
    if (scene_.sample) {
        out += tsv_line(
            {QStringLiteral("sample"), {}, tsv_number(scene_.sample->x()), tsv_number(scene_.sample->y()), {}, {}});
    }
    return out;
}

QString ProjectionView::plot_name() const {
    return file_stem(QStringLiteral("map ") + scene_.name);
}

void ProjectionView::resizeEvent(QResizeEvent* event) {
    if (!fitted_ && event->oldSize().width() > 0) {  // the same section, larger
        camera_.scale *= static_cast<double>(event->size().width()) / event->oldSize().width();
    }
    QWidget::resizeEvent(event);
}

void ProjectionView::changeEvent(QEvent* event) {
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange ||
        event->type() == QEvent::StyleChange) {
        invalidate();
    }
    QWidget::changeEvent(event);
}

}  // namespace r2t2::ui
