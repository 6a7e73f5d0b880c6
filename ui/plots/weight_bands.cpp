#include "ui/plots/weight_bands.h"

#include <QFontMetricsF>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <algorithm>
#include <cmath>

namespace r2t2::ui {

namespace {

constexpr double kLeastPlot = 50.0;  // of the bands; what is left is the names'

}  // namespace

WeightBands::WeightBands(QWidget* parent) : QWidget(parent) {
    setFocusPolicy(Qt::StrongFocus);
    setAccessibleName(tr("Weights by step"));
    set_up_plot_menu(this, this);
}

void WeightBands::set_group(const QString& name, const QStringList& experts, int group) {
    name_ = name;
    experts_ = experts;
    group_ = group;
    setAccessibleName(tr("Weights of the %1 group by step").arg(name));
    describe();
    update();
}

void WeightBands::set_columns(const QStringList& columns) { columns_ = columns; }

void WeightBands::set_colours(std::vector<QColor> colours) {
    colours_ = std::move(colours);
    update();
}

QColor WeightBands::colour(std::size_t expert) const {
    return expert < colours_.size() ? colours_[expert] : expert_colour(static_cast<int>(expert));
}

void WeightBands::set_steps(std::vector<std::vector<double>> weights) {
    steps_ = std::move(weights);
    describe();
    update();
}

void WeightBands::set_flips(std::vector<FlipMark> flips) {
    flips_ = std::move(flips);
    update();
}

void WeightBands::set_step(int step) {
    if (step != step_) {
        step_ = step;
        describe();
        update();
    }
}

void WeightBands::describe() {
    QStringList now;
    if (step_ >= 0 && step_ < static_cast<int>(steps_.size())) {
        for (qsizetype e = 0; e < experts_.size(); ++e) {
            now << QStringLiteral("%1 %2")
                       .arg(experts_[e])
                       .arg(weight(static_cast<std::size_t>(step_), static_cast<std::size_t>(e)), 0, 'f', 2);
        }
    }
    setAccessibleDescription(tr("Step %1 of %2: %3")
                                 .arg(step_)
                                 .arg(std::max<std::size_t>(steps_.size(), 1) - 1)
                                 .arg(now.join(QStringLiteral(", "))));
}

bool WeightBands::known(std::size_t step) const {
    return std::any_of(steps_[step].begin(), steps_[step].end(), [](double weight) { return std::isfinite(weight); });
}

double WeightBands::weight(std::size_t step, std::size_t expert) const {
    const std::vector<double>& row = steps_[step];
    return expert < row.size() && std::isfinite(row[expert]) ? row[expert] : 0.0;
}

QRectF WeightBands::plot_area(const QSizeF& size, const PlotLook& look) const {
    const QFontMetricsF metrics(look.font);
    double names = 0.0;
    for (const QString& expert : experts_) {
        names = std::max(names, metrics.horizontalAdvance(expert));
    }
    const double left = std::max(metrics.horizontalAdvance(QStringLiteral("1.0")) + 12.0, metrics.horizontalAdvance(tr("step")) + metrics.horizontalAdvance(QLatin1Char('0')) / 2.0 + 6.0);
    names = std::min(names + 24.0, std::max(size.width() * 0.35, size.width() - left - kLeastPlot));
    const double title = size.height() > 6.0 * metrics.height() ? metrics.height() + 4.0 : 0.0;
    return QRectF(QPointF(0, 0), size)
        .adjusted(left, title + 10, -names, -metrics.height() - 8);
}

double WeightBands::x_of(double step, const QRectF& plot) const {
    const double last = std::max<double>(static_cast<double>(steps_.size()) - 1.0, 1.0);
    return plot.left() + plot.width() * step / last;
}

/// Bands from known step to known step, parted where a step is not known.
void WeightBands::draw_bands(QPainter& painter, const QRectF& plot, const PlotLook& look) const {
    painter.setPen(QPen(look.base(), 1.0));
    for (std::size_t first = 0; first < steps_.size(); ++first) {
        if (known(first)) {
            std::size_t last = first;
            while (last + 1 < steps_.size() && known(last + 1)) {
                ++last;
            }
            draw_run(painter, plot, first, last);
            first = last;
        }
    }
}

void WeightBands::draw_run(QPainter& painter, const QRectF& plot, std::size_t first, std::size_t last) const {
    const auto y_of = [&plot](double share) { return plot.bottom() - plot.height() * std::clamp(share, 0.0, 1.0); };
    std::vector<double> below(last - first + 1, 0.0);
    for (std::size_t e = 0; e < static_cast<std::size_t>(experts_.size()); ++e) {
        QPolygonF band;
        for (std::size_t t = first; t <= last; ++t) {
            band.append({x_of(static_cast<double>(t), plot), y_of(below[t - first])});
        }
        const double under = below.front();
        for (std::size_t t = last + 1; t-- > first;) {
            below[t - first] += weight(t, e);
            band.append({x_of(static_cast<double>(t), plot), y_of(below[t - first])});
        }
        if (first == last) {  // one state: a bar, as wide as the plot where it is the only step
            const double half = steps_.size() == 1 ? plot.width() : std::min(0.35 * plot.width() / static_cast<double>(steps_.size() - 1), 10.0);
            const double x = x_of(static_cast<double>(first), plot);
            band = QPolygonF(QRectF(QPointF(std::max(plot.left(), x - half), y_of(below[0])), QPointF(std::min(plot.right(), x + half), y_of(under))));
        }
        painter.setBrush(colour(e));
        painter.drawPolygon(band);
    }
}

/// At the right end, each beside its band, pushed apart where bands are thin.
void WeightBands::draw_names(QPainter& painter, const QRectF& plot, const QSizeF& size, const PlotLook& look) const {
    const QFontMetricsF metrics(look.font);
    const auto count = static_cast<std::size_t>(experts_.size());
    std::vector<double> y(count);
    double below = 0.0;
    std::size_t last = steps_.size() - 1;
    while (last > 0 && !known(last)) {
        --last;
    }
    for (std::size_t e = 0; e < count; ++e) {
        const double share = weight(last, e);
        y[e] = plot.bottom() - plot.height() * (below + share / 2.0);
        below += share;
    }
    const double line =
        std::min(metrics.height(), plot.height() / static_cast<double>(std::max<std::size_t>(count, 1)));
    double floor = plot.bottom() - line / 2.0;
    for (double& at : y) {
        at = std::min(at, floor);
        floor = at - line;
    }
    double ceiling = plot.top() + line / 2.0;  // below the title
    for (std::size_t e = count; e-- > 0;) {
        y[e] = std::max(y[e], ceiling);
        ceiling = y[e] + line;
    }
    painter.setFont(look.font);
    for (std::size_t e = 0; e < count; ++e) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(colour(e));
        draw_marker(painter, marker_shape(group_), QPointF(plot.right() + 12, y[e]), 4.5);
        painter.setPen(look.text());
        draw_elided(painter, QRectF(plot.right() + 20, y[e] - line / 2, size.width() - plot.right() - 22, line),
                    Qt::AlignLeft, experts_[static_cast<qsizetype>(e)]);
    }
}

void WeightBands::draw_axes(QPainter& painter, const QRectF& plot, const PlotLook& look) const {
    const QFontMetricsF metrics(look.font);
    painter.setPen(QPen(ink(look.palette, 0.55), 1.0));
    painter.setBrush(Qt::NoBrush);
    painter.drawRect(plot);
    painter.setPen(ink(look.palette, 0.8));
    painter.setFont(look.font);
    for (const double tick : {0.0, 0.5, 1.0}) {
        if (tick == 0.5 && plot.height() < 3.0 * metrics.height()) {
            continue;
        }
        const QString number = QString::number(tick, 'f', 1);
        const double y = plot.bottom() - plot.height() * tick;
        painter.drawText(QPointF(plot.left() - metrics.horizontalAdvance(number) - 5, y + metrics.ascent() / 2 - 1),
                         number);
    }
    const QString axis = tr("step");
    painter.drawText(QPointF(plot.left() - metrics.horizontalAdvance(QLatin1Char('0')) / 2.0 - 4.0 - metrics.horizontalAdvance(axis), plot.bottom() + metrics.ascent() + 4), axis);
    const auto count = static_cast<int>(steps_.size());
    const double room = metrics.horizontalAdvance(QString::number(count)) + 8;
    const int stride = std::max(1, static_cast<int>(std::ceil(room * count / std::max(plot.width(), 1.0))));
    for (int t = 0; t < count; t += stride) {
        const QString number = QString::number(t);
        painter.drawText(
            QPointF(x_of(t, plot) - metrics.horizontalAdvance(number) / 2, plot.bottom() + metrics.ascent() + 4),
            number);
    }
}

void WeightBands::draw(QPainter& painter, const QSizeF& size, const PlotLook& look, bool with_cursor) const {
    const QRectF plot = plot_area(size, look);
    const QFontMetricsF metrics(look.font);
    painter.setRenderHint(QPainter::Antialiasing);
    if (size.height() > 6.0 * metrics.height()) {
        draw_title(painter, look, QPointF(6, 3), size.width() - 12, name_);
    }
    const auto count = static_cast<int>(steps_.size());
    bool any = false;
    for (std::size_t t = 0; t < steps_.size() && !any; ++t) {
        any = known(t);
    }
    if (!any || experts_.isEmpty()) {
        draw_empty(painter, look, QRectF(QPointF(0, 0), size), tr("No steps yet"));
        return;
    }
    if (plot.width() < 10 || plot.height() < 10) {
        return;
    }
    draw_bands(painter, plot, look);
    draw_names(painter, plot, size, look);
    draw_axes(painter, plot, look);
    painter.setPen(Qt::NoPen);
    for (const FlipMark& flip : flips_) {
        if (flip.step >= 0 && flip.step < count) {
            painter.setBrush(readable(outcome_colour(flip.outcome), look.palette));
            draw_marker(painter, Marker::Diamond, QPointF(x_of(flip.step, plot), plot.top() - 5.0), 3.6);
        }
    }
    if (with_cursor && step_ >= 0 && step_ < count) {
        const QPointF top(x_of(step_, plot), plot.top()), bottom(x_of(step_, plot), plot.bottom());
        painter.setPen(QPen(look.base(), 3.5));
        painter.drawLine(top, bottom);
        painter.setPen(QPen(look.text(), 1.5));
        painter.drawLine(top, bottom);
    }
}

void WeightBands::render_to(QPainter& painter, const QSizeF& size) const {
    draw(painter, size, export_look(painter), false);
}

QString WeightBands::tsv() const {
    QString out = tsv_line(QStringList{tr("step")} + (columns_.isEmpty() ? experts_ : columns_));
    for (std::size_t t = 0; t < steps_.size(); ++t) {
        if (!known(t)) {
            continue;
        }
        QStringList cells{QString::number(t)};
        for (const double value : steps_[t]) {
            cells << tsv_number(value);
        }
        out += tsv_line(cells);
    }
    return out;
}

QString WeightBands::plot_name() const {
    return file_stem(QStringLiteral("weights ") + name_);
}

void WeightBands::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.fillRect(rect(), palette().color(QPalette::Base));
    draw(painter, size(), screen_look(*this), true);
    draw_focus_frame(painter, *this);
}

void WeightBands::request(double x) {
    const QRectF plot = plot_area(size(), screen_look(*this));
    if (steps_.size() > 1 && plot.width() > 0) {
        const double last = static_cast<double>(steps_.size()) - 1.0;
        Q_EMIT stepRequested(
            static_cast<int>(std::lround(std::clamp((x - plot.left()) / plot.width(), 0.0, 1.0) * last)));
    }
}

void WeightBands::mousePressEvent(QMouseEvent* event) {
    if (event->button() == Qt::LeftButton) {
        request(event->position().x());
    }
}

void WeightBands::mouseMoveEvent(QMouseEvent* event) {
    if (event->buttons().testFlag(Qt::LeftButton)) {
        request(event->position().x());
    }
}

void WeightBands::keyPressEvent(QKeyEvent* event) {
    if (const std::optional<int> wanted = step_by_key(event->key(), step_, static_cast<int>(steps_.size()))) {
        Q_EMIT stepRequested(*wanted);
    } else {
        QWidget::keyPressEvent(event);
    }
}

}  // namespace r2t2::ui
