#include "ui/plots/group_bars.h"

#include <QFontMetricsF>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <algorithm>
#include <cmath>

namespace r2t2::ui {

namespace {

constexpr double kNudge = 0.02;
constexpr double kReach = 10.0;  // pixels around a bar's end

double value_at(const std::vector<double>& weights, int expert) {
    return expert >= 0 && expert < static_cast<int>(weights.size()) ? weights[static_cast<std::size_t>(expert)] : NAN;
}

}  // namespace

std::vector<double> with_weight(const std::vector<double>& weights, std::size_t expert, double value) {
    std::vector<double> out(weights.size());
    std::transform(weights.begin(), weights.end(), out.begin(),
                   [](double v) { return std::isfinite(v) ? std::max(v, 0.0) : 0.0; });
    if (expert >= out.size()) {
        return out;
    }
    if (out.size() == 1) {
        return {1.0};
    }
    const double wanted = std::isfinite(value) ? std::clamp(value, 0.0, 1.0) : out[expert];
    double others = 0.0;
    for (std::size_t e = 0; e < out.size(); ++e) {
        others += e == expert ? 0.0 : out[e];
    }
    for (std::size_t e = 0; e < out.size(); ++e) {
        if (e != expert) {
            out[e] = others > 1e-12 ? out[e] * ((1.0 - wanted) / others)
                                    : (1.0 - wanted) / static_cast<double>(out.size() - 1);
        }
    }
    out[expert] = wanted;
    return out;
}

GroupBars::GroupBars(QWidget* parent) : QWidget(parent) {
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    setAccessibleName(tr("Weights of a group"));
    set_up_plot_menu(this, this);
}

void GroupBars::set_group(const QString& name, const QStringList& experts, int group) {
    name_ = name;
    experts_ = experts;
    group_ = group;
    chosen_ = std::clamp(chosen_, 0, std::max(0, static_cast<int>(experts.size()) - 1));
    setAccessibleName(tr("Weights of the %1 group").arg(name));
    describe();
    updateGeometry();
    update();
}

void GroupBars::set_weights(std::vector<double> base, std::vector<double> current) {
    base_ = std::move(base);
    current_ = std::move(current);
    describe();
    update();
}

void GroupBars::set_draggable(bool draggable) {
    draggable_ = draggable;
}

void GroupBars::describe() {
    QStringList parts;
    for (int e = 0; e < static_cast<int>(experts_.size()); ++e) {
        parts << QStringLiteral("%1 %2").arg(experts_[e], fixed_number(value_at(current_, e), 2));
    }
    setAccessibleDescription(tr("%1. Chosen: %2. Up and Down choose, Shift with Left and Right changes.")
                                 .arg(parts.join(QStringLiteral(", ")), experts_.value(chosen_)));
}

QSize GroupBars::sizeHint() const {
    return {320, static_cast<int>((fontMetrics().height() + 8) * std::max<qsizetype>(experts_.size(), 3) +
                                  2 * fontMetrics().height() + 16)};
}

GroupBars::Rows GroupBars::rows(const QSizeF& size, const PlotLook& look) const {
    const QFontMetricsF metrics(look.font);
    const auto count = static_cast<double>(std::max<qsizetype>(experts_.size(), 1));
    const double line = metrics.height();
    Rows made;
    double names = 0.0;
    for (const QString& expert : experts_) {
        names = std::max(names, metrics.horizontalAdvance(expert));
    }
    const bool title = size.height() > (count + 1.0) * line + 8.0;
    made.axis = size.height() > (count + 2.2) * line + 12.0;
    made.top = title ? line + 8.0 : 4.0;
    made.height = std::min((size.height() - made.top - (made.axis ? line + 8.0 : 4.0)) / count, 3.0 * line);
    made.words = made.height >= line * 0.85;
    made.names = made.words ? std::min(names + 24.0, size.width() * 0.4) : 8.0;
    made.left = made.names + 6.0;
    made.right = size.width() - (made.words ? metrics.horizontalAdvance(QStringLiteral("0.00")) : 0.0) - 20.0;
    return made;
}

void GroupBars::draw_row(QPainter& painter, const QSizeF& size, const PlotLook& look, const Rows& rows, int expert,
                         bool chosen) const {
    const double top = rows.top + rows.height * expert, middle = top + rows.height / 2.0;
    const double across = rows.right - rows.left;
    const double thick = std::clamp(rows.height * 0.55, 2.0, 22.0);
    const auto x_of = [&](double w) { return rows.left + across * std::clamp(w, 0.0, 1.0); };
    const double base = value_at(base_, expert), now = value_at(current_, expert);
    const QColor colour = expert_colour(expert);
    if (chosen) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(ink(look.palette, 0.08));
        painter.drawRoundedRect(QRectF(3, top, size.width() - 6, rows.height), 3, 3);
    }
    painter.setPen(QPen(ink(look.palette, 0.15), 1.0));
    painter.drawLine(QPointF(rows.left, middle), QPointF(rows.right, middle));
    if (std::isfinite(now)) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(colour);
        painter.drawRect(QRectF(rows.left, middle - thick / 2, x_of(now) - rows.left, thick));
    }
    if (std::isfinite(base)) {  // where the model itself would have it
        for (const bool halo : {true, false}) {
            painter.setPen(QPen(halo ? look.base() : look.text(), halo ? 4.5 : 2.0));
            painter.drawLine(QPointF(x_of(base), middle - thick / 2 - 2), QPointF(x_of(base), middle + thick / 2 + 2));
        }
    }
    if (std::isfinite(now)) {
        painter.setPen(QPen(look.text(), 1.2));
        painter.setBrush(colour);
        draw_marker(painter, marker_shape(group_), QPointF(x_of(now), middle), std::clamp(thick / 2, 3.0, 7.0));
    }
    if (!rows.words) {
        return;
    }
    painter.setPen(Qt::NoPen);
    painter.setBrush(colour);
    draw_marker(painter, marker_shape(group_), QPointF(12, middle), 4.5);
    painter.setPen(look.text());
    painter.setFont(look.font);
    const double line = QFontMetricsF(look.font).height();
    draw_elided(painter, QRectF(20, middle - line / 2, rows.names - 20, line), Qt::AlignLeft, experts_[expert]);
    draw_elided(painter, QRectF(rows.right + 10, middle - line / 2, size.width() - rows.right - 14, line),
                Qt::AlignRight, fixed_number(now, 2));
}

void GroupBars::draw(QPainter& painter, const QSizeF& size, const PlotLook& look, int chosen) const {
    painter.setRenderHint(QPainter::Antialiasing);
    const Rows made = rows(size, look);
    const double line = QFontMetricsF(look.font).height();
    if (experts_.isEmpty()) {
        draw_empty(painter, look, QRectF(QPointF(0, 0), size), tr("No experts yet"));
        return;
    }
    if (made.top > line) {
        draw_title(painter, look, QPointF(6, 3), size.width() - 12, name_);
    }
    if (made.right - made.left < 10.0 || made.height < 2.0) {
        return;
    }
    const double bottom = made.top + made.height * static_cast<double>(experts_.size());
    for (const double tick : {0.0, 0.25, 0.5, 0.75, 1.0}) {
        const double x = made.left + (made.right - made.left) * tick;
        painter.setPen(QPen(ink(look.palette, tick == 0.0 ? 0.55 : 0.12), 1.0));
        painter.drawLine(QPointF(x, made.top), QPointF(x, bottom));
        if (made.axis && (tick == 0.0 || tick == 0.5 || tick == 1.0)) {
            painter.setPen(ink(look.palette, 0.7));
            painter.setFont(look.font);
            draw_elided(painter, QRectF(x - 20, bottom + 3, 40, line), Qt::AlignHCenter, QString::number(tick, 'f', 1));
        }
    }
    for (int e = 0; e < static_cast<int>(experts_.size()); ++e) {
        draw_row(painter, size, look, made, e, e == chosen);
    }
    if (made.axis && !base_.empty() && made.names > 70.0) {  // what the strokes mean, below the names
        const double y = bottom + 3 + line / 2;
        painter.setPen(QPen(look.text(), 2.0));
        painter.drawLine(QPointF(12, y - line * 0.35), QPointF(12, y + line * 0.35));
        painter.setPen(ink(look.palette, 0.8));
        draw_elided(painter, QRectF(20, y - line / 2, made.names - 32, line), Qt::AlignLeft, tr("base"));
    }
}

void GroupBars::render_to(QPainter& painter, const QSizeF& size) const {
    draw(painter, size, export_look(painter), -1);
}

QString GroupBars::tsv() const {
    QString out = tsv_line({tr("expert"), tr("base"), tr("current")});
    for (int e = 0; e < static_cast<int>(experts_.size()); ++e) {
        out += tsv_line({experts_[e], tsv_number(value_at(base_, e)), tsv_number(value_at(current_, e))});
    }
    return out;
}

QString GroupBars::plot_name() const {
    return file_stem(QStringLiteral("group ") + name_);
}

void GroupBars::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.fillRect(rect(), palette().color(QPalette::Base));
    draw(painter, size(), screen_look(*this), hasFocus() ? chosen_ : -1);
    draw_focus_frame(painter, *this);
}

QPointF GroupBars::bar_end(int expert) const {
    const Rows made = rows(size(), screen_look(*this));
    const double now = value_at(current_, expert);
    return {made.left + (made.right - made.left) * (std::isfinite(now) ? std::clamp(now, 0.0, 1.0) : 0.0),
            made.top + made.height * (expert + 0.5)};
}

void GroupBars::drag_to(double x) {
    const Rows made = rows(size(), screen_look(*this));
    if (made.right > made.left) {
        current_ = with_weight(current_, static_cast<std::size_t>(chosen_), (x - made.left) / (made.right - made.left));
        describe();
        update();
        Q_EMIT dragged(current_);
    }
}

void GroupBars::mousePressEvent(QMouseEvent* event) {
    const Rows made = rows(size(), screen_look(*this));
    const int expert =
        made.height > 0.0 ? static_cast<int>(std::floor((event->position().y() - made.top) / made.height)) : -1;
    if (event->button() != Qt::LeftButton || expert < 0 || expert >= static_cast<int>(experts_.size())) {
        return;
    }
    chosen_ = expert;
    describe();
    update();
    if (draggable_ && expert < static_cast<int>(current_.size()) &&
        std::abs(event->position().x() - bar_end(expert).x()) <= kReach) {
        dragging_ = true;
        setCursor(Qt::SizeHorCursor);
    }
}

void GroupBars::mouseMoveEvent(QMouseEvent* event) {
    if (dragging_) {
        drag_to(event->position().x());
    }
}

void GroupBars::mouseReleaseEvent(QMouseEvent* event) {
    if (dragging_ && event->button() == Qt::LeftButton) {
        dragging_ = false;
        unsetCursor();
        Q_EMIT dragEnded(current_);
    }
}

void GroupBars::keyPressEvent(QKeyEvent* event) {
    const auto count = static_cast<int>(experts_.size());
    const int key = event->key();
    const bool sideways = key == Qt::Key_Left || key == Qt::Key_Right;
    if ((key == Qt::Key_Up && chosen_ > 0) || (key == Qt::Key_Down && chosen_ + 1 < count)) {
        chosen_ += key == Qt::Key_Up ? -1 : 1;
        describe();
        update();
    } else if (sideways && draggable_ && event->modifiers().testFlag(Qt::ShiftModifier) &&
               chosen_ < static_cast<int>(current_.size())) {
        const double now = value_at(current_, chosen_);
        current_ = with_weight(current_, static_cast<std::size_t>(chosen_),
                               (std::isfinite(now) ? now : 0.0) + (key == Qt::Key_Left ? -kNudge : kNudge));
        describe();
        update();
        Q_EMIT dragEnded(current_);
    } else {
        QWidget::keyPressEvent(event);
    }
}

}  // namespace r2t2::ui
