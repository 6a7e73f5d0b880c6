#include "ui/panels/picture_view.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QWheelEvent>
#include <algorithm>
#include <cmath>

#include "ui/plots/colours.h"

namespace r2t2::ui {

namespace {

constexpr double kMargin = 6.0;
constexpr double kMostPixels = 64.0;  // screen pixels a picture pixel
constexpr double kZoomStep = 1.25;

QString percent(double value) { return QString::number(100.0 * value, 'f', 0) + QStringLiteral(" %"); }

}  // namespace

PictureView::PictureView(QWidget* parent) : QWidget(parent), empty_text_(tr("No picture")) {
    setMouseTracking(true);
    setFocusPolicy(Qt::StrongFocus);
    setAccessibleName(tr("Picture"));
    setToolTip(tr("Wheel or + and -: zoom. Drag or arrow keys: move. Double click or 0: fit."));
}

void PictureView::set_picture(SamplePicture picture) {
    const Image& from = picture.image;
    image_ = from.empty() ? QImage()
                          : QImage(from.rgb.data(), from.width, from.height, from.width * 3, QImage::Format_RGB888).copy();
    facts_ = std::move(picture.facts);
    heat_.reset();
    setAccessibleDescription(tr("%1 by %2 pixels").arg(image_.width()).arg(image_.height()));
    fit();
}

void PictureView::clear(const QString& why) {
    image_ = QImage();
    facts_.reset();
    heat_.reset();
    empty_text_ = why;
    update();
}

void PictureView::set_overlays(int overlays) {
    overlays_ = overlays;
    update();
}

void PictureView::set_heat(std::optional<PictureHeat> heat) {
    heat_ = std::move(heat);
    update();
}

void PictureView::fit() {
    fitted_ = true;
    if (!image_.isNull()) {
        scale_ = std::min((width() - 2 * kMargin) / image_.width(), (height() - 2 * kMargin) / image_.height());
        scale_ = std::max(scale_, 1e-3);
        origin_ = QPointF((width() - scale_ * image_.width()) / 2.0, (height() - scale_ * image_.height()) / 2.0);
    }
    update();
}

void PictureView::zoom(double factor, QPointF at) {
    if (image_.isNull()) {
        return;
    }
    const double least = std::min(1.0, 0.5 * std::min(double(width()) / image_.width(), double(height()) / image_.height()));
    const double scale = std::clamp(scale_ * factor, least, kMostPixels);
    origin_ = at - (at - origin_) * (scale / scale_);
    scale_ = scale;
    fitted_ = false;
    keep_in_view();
    update();
}

/// Some of the picture stays on the screen.
void PictureView::keep_in_view() {
    const double w = scale_ * image_.width(), h = scale_ * image_.height();
    constexpr double visible = 24.0;
    origin_.setX(std::clamp(origin_.x(), visible - w, width() - visible));
    origin_.setY(std::clamp(origin_.y(), visible - h, height() - visible));
}

QPointF PictureView::to_picture(QPointF pixel) const { return (pixel - origin_) / scale_; }

QRectF PictureView::to_screen(const Box& box) const {
    const double w = scale_ * image_.width(), h = scale_ * image_.height();
    return {origin_.x() + box.x1 * w, origin_.y() + box.y1 * h, (box.x2 - box.x1) * w, (box.y2 - box.y1) * h};
}

void PictureView::draw_tag(QPainter& painter, LabelRoom& room, QPointF at, const QString& text, const QColor& colour) const {
    const QFontMetricsF metrics(painter.font());
    QRectF box(at, QSizeF(metrics.horizontalAdvance(text) + 8, metrics.height() + 2));
    box.moveLeft(std::clamp(box.left(), 0.0, std::max(0.0, width() - box.width())));  // never cut off
    box.moveTop(std::clamp(box.top(), 0.0, std::max(0.0, height() - box.height())));
    const double top = box.top();
    const int places = 2 * static_cast<int>(height() / box.height()) + 1;
    bool free = room.claim(box);
    for (int i = 1; i <= places && !free; ++i) {
        box.moveTop(top + (i % 2 == 0 ? -1.0 : 1.0) * ((i + 1) / 2) * (box.height() + 1.0));
        free = room.claim(box);
    }
    if (!free) {
        return;
    }
    painter.setPen(Qt::NoPen);
    painter.setBrush(colour);
    painter.drawRoundedRect(box, 3, 3);
    painter.setPen(colour.lightnessF() > 0.55 ? Qt::black : Qt::white);
    painter.drawText(box, Qt::AlignCenter, text);
}

void PictureView::draw_segments(QPainter& painter, LabelRoom& room) const {
    if (facts_->map.ids.empty()) {
        for (const SegmentFact& segment : facts_->segments) {
            painter.setPen(QPen(category_colour(segment.id), 1.5, Qt::DashLine));
            painter.setBrush(Qt::NoBrush);
            painter.drawRect(to_screen(segment.box));
        }
        return;
    }
    QImage colours(facts_->map.width, facts_->map.height, QImage::Format_ARGB32);
    for (int y = 0; y < colours.height(); ++y) {
        auto* line = reinterpret_cast<QRgb*>(colours.scanLine(y));
        for (int x = 0; x < colours.width(); ++x) {
            const int id = facts_->map.ids[static_cast<std::size_t>(y) * static_cast<std::size_t>(colours.width()) +
                                           static_cast<std::size_t>(x)];
            QColor colour = category_colour(id);
            colour.setAlpha(id == 0 ? 0 : 110);
            line[x] = colour.rgba();
        }
    }
    painter.drawImage(QRectF(origin_, QSizeF(image_.size()) * scale_), colours);
    for (const SegmentFact& segment : facts_->segments) {
        const QRectF at = to_screen(segment.box);
        draw_tag(painter, room, at.topLeft(), QString::fromStdString(segment.label), category_colour(segment.id));
    }
}

void PictureView::draw_boxes(QPainter& painter, LabelRoom& room) const {
    int number = 0;
    for (const DetectionFact& detection : facts_->detections) {
        const QRectF box = to_screen(detection.box);
        const QColor colour = category_colour(number++);
        painter.setPen(QPen(colour, 2.0));
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(box);
    }
    number = 0;
    for (const DetectionFact& detection : facts_->detections) {  // above every box
        draw_tag(painter, room, to_screen(detection.box).bottomLeft(),
                 QString::fromStdString(detection.label) + " " + percent(detection.score), category_colour(number++));
    }
}

void PictureView::draw_relations(QPainter& painter, LabelRoom& room) const {
    QPointF at(kMargin, kMargin);
    for (const RelationFact& relation : facts_->relations) {
        const QString text = QString::fromStdString(relation.subject + " " + relation.predicate + " " + relation.object);
        draw_tag(painter, room, at, text, ink(palette(), 0.15));
        at.ry() += QFontMetricsF(painter.font()).height() + 4;
        if (at.y() > height() - 30) {
            break;  // the facts' text says all of them
        }
    }
}

void PictureView::draw_texts(QPainter& painter, LabelRoom& room) const {
    QPointF at(kMargin, height() - kMargin - QFontMetricsF(painter.font()).height());
    for (const TextFact& text : facts_->texts) {
        draw_tag(painter, room, at, QStringLiteral("\u201c%1\u201d %2").arg(QString::fromStdString(text.text), percent(text.confidence)),
                 category_colour(3));
        at.ry() -= QFontMetricsF(painter.font()).height() + 4;
    }
}

void PictureView::draw_heat(QPainter& painter, LabelRoom& room) const {
    if (!heat_ || heat_->rows <= 0 || heat_->columns <= 0 ||
        heat_->values.size() != static_cast<std::size_t>(heat_->rows) * static_cast<std::size_t>(heat_->columns)) {
        return;
    }
    const float most = std::max(1e-9F, *std::max_element(heat_->values.begin(), heat_->values.end()));
    const QSizeF cell(scale_ * image_.width() / heat_->columns, scale_ * image_.height() / heat_->rows);
    painter.setPen(Qt::NoPen);
    for (int r = 0; r < heat_->rows; ++r) {
        for (int c = 0; c < heat_->columns; ++c) {
            const float value = heat_->values[static_cast<std::size_t>(r) * static_cast<std::size_t>(heat_->columns) +
                                              static_cast<std::size_t>(c)];
            QColor colour = magnitude_colour(double(value) / double(most));
            colour.setAlphaF(0.62F);
            painter.setBrush(colour);
            painter.drawRect(QRectF(origin_ + QPointF(c * cell.width(), r * cell.height()), cell));
        }
    }
    draw_tag(painter, room, QPointF(width(), 0), QStringLiteral("%1, darkest 0, lightest %2").arg(heat_->name).arg(double(most), 0, 'f', 2),
             ink(palette(), 0.12));
}

void PictureView::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.fillRect(rect(), palette().color(QPalette::Base));
    if (image_.isNull()) {
        painter.setPen(palette().color(QPalette::PlaceholderText));
        painter.drawText(rect().adjusted(12, 12, -12, -12), Qt::AlignCenter | Qt::TextWordWrap, empty_text_);
    } else {
        painter.setRenderHint(QPainter::SmoothPixmapTransform, scale_ < 1.0);  // pixels stay pixels when they are large
        painter.drawImage(QRectF(origin_, QSizeF(image_.size()) * scale_), image_);
        painter.setRenderHint(QPainter::Antialiasing);
        LabelRoom room(QRectF(rect()).adjusted(-1, -1, 1, 1));
        draw_heat(painter, room);
        if (facts_) {
            if (overlays_ & Segments) {
                draw_segments(painter, room);
            }
            if (overlays_ & Boxes) {
                draw_boxes(painter, room);
            }
            if (overlays_ & Relations) {
                draw_relations(painter, room);
            }
            if (overlays_ & Texts) {
                draw_texts(painter, room);
            }
        }
    }
    if (hasFocus()) {
        painter.setPen(palette().color(QPalette::Highlight));
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(rect().adjusted(0, 0, -1, -1));
    }
}

void PictureView::resizeEvent(QResizeEvent*) {
    if (fitted_) {
        fit();
    } else {
        keep_in_view();
    }
}

void PictureView::wheelEvent(QWheelEvent* event) {
    const double steps = event->angleDelta().y() / 120.0;
    zoom(std::pow(kZoomStep, steps), event->position());
    event->accept();
}

void PictureView::mousePressEvent(QMouseEvent* event) {
    if (event->button() == Qt::LeftButton && !image_.isNull()) {
        grabbed_ = event->position() - origin_;
        setCursor(Qt::ClosedHandCursor);
    }
}

void PictureView::mouseMoveEvent(QMouseEvent* event) {
    if (grabbed_) {
        origin_ = event->position() - *grabbed_;
        fitted_ = false;
        keep_in_view();
        update();
        return;
    }
    const QPointF at = to_picture(event->position());
    const QPoint pixel(static_cast<int>(std::floor(at.x())), static_cast<int>(std::floor(at.y())));
    if (image_.isNull() || !image_.rect().contains(pixel)) {
        Q_EMIT pointed({});
        return;
    }
    const QColor colour = image_.pixelColor(pixel);
    Q_EMIT pointed(tr("x %1, y %2: red %3, green %4, blue %5")
                       .arg(pixel.x()).arg(pixel.y()).arg(colour.red()).arg(colour.green()).arg(colour.blue()));
}

void PictureView::mouseReleaseEvent(QMouseEvent*) {
    grabbed_.reset();
    unsetCursor();
}

void PictureView::mouseDoubleClickEvent(QMouseEvent*) { fit(); }

void PictureView::keyPressEvent(QKeyEvent* event) {
    const QPointF middle(width() / 2.0, height() / 2.0);
    constexpr double shift = 24.0;
    switch (event->key()) {
        case Qt::Key_Plus:
        case Qt::Key_Equal:
            zoom(kZoomStep, middle);
            return;
        case Qt::Key_Minus:
            zoom(1.0 / kZoomStep, middle);
            return;
        case Qt::Key_0:
            fit();
            return;
        default:
            break;
    }
    const bool moving = event->modifiers() & Qt::ShiftModifier;  // plain arrows step through time
    const QPointF by = event->key() == Qt::Key_Left    ? QPointF(shift, 0)
                       : event->key() == Qt::Key_Right ? QPointF(-shift, 0)
                       : event->key() == Qt::Key_Up    ? QPointF(0, shift)
                       : event->key() == Qt::Key_Down  ? QPointF(0, -shift)
                                                       : QPointF();
    if (!moving || by.isNull()) {
        QWidget::keyPressEvent(event);
        return;
    }
    origin_ += by;
    fitted_ = false;
    keep_in_view();
    update();
}

}  // namespace r2t2::ui
