#include "ui/plots/curve_plot.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QPicture>
#include <algorithm>
#include <cmath>
#include <optional>

#include "ui/plots/axis_range.h"
#include "ui/plots/qcustomplot_header.h"

namespace r2t2::ui {

namespace {

constexpr double kFlipRoom = 0.16;  // of the axis, for the marks of changed answers

AxisLimits limits_of(const Curve& curve) {
    return curve.unit == QLatin1String("%") ? kPercentLimits : curve.range == Curve::Range::Fraction ? kFractionLimits : AxisLimits();
}

/// From the lowest to the highest value (axis_range) with a twentieth above and below.
QCPRange range_of(const std::vector<Curve>& curves, Curve::Axis axis) {
    double low = INFINITY, high = -INFINITY;
    std::optional<AxisLimits> limits;  // the first's: curves of one axis are of one kind
    for (const Curve& curve : curves) {
        limits = limits || curve.axis != axis ? limits : limits_of(curve);
        for (const double v : curve.values) {
            if (curve.axis == axis && std::isfinite(v)) {
                low = std::min(low, v);
                high = std::max(high, v);
            }
        }
    }
    const AxisRange range = axis_range(low, high, limits.value_or(AxisLimits()));
    const double margin = low <= high ? 0.06 * (range.high - range.low) : 0.0;
    return {range.low - margin, range.high + margin};
}

}  // namespace

CurvePlot::CurvePlot(QWidget* parent) : QWidget(parent), plot_(new QCustomPlot(this)) {
    setFocusPolicy(Qt::StrongFocus);
    setAccessibleName(tr("Curves over the steps"));
    plot_->setFocusPolicy(Qt::NoFocus);
    plot_->setAttribute(Qt::WA_TransparentForMouseEvents);
    plot_->setInteractions(QCP::Interactions());
    plot_->layer(QStringLiteral("overlay"))->setMode(QCPLayer::lmBuffered);
    plot_->xAxis->setTicker(QSharedPointer<QCPAxisTickerFixed>::create());
    cursor_ = new QCPItemLine(plot_);
    cursor_->setLayer(QStringLiteral("overlay"));
    cursor_->start->setTypeY(QCPItemPosition::ptAxisRectRatio);
    cursor_->end->setTypeY(QCPItemPosition::ptAxisRectRatio);
    cursor_->setVisible(false);
    set_up_plot_menu(this, this);
}

void CurvePlot::set_name(const QString& name) {
    name_ = name;
    setAccessibleName(tr("%1 over the steps").arg(name));
    lay_out();
}

void CurvePlot::set_curves(std::vector<Curve> curves, std::vector<FlipMark> flips) {
    curves_ = std::move(curves);
    flips_ = std::move(flips);
    QStringList names;
    for (const Curve& curve : curves_) {
        names << curve.name;
    }
    setAccessibleDescription(
        tr("%1 steps: %2. Left and Right move the step cursor.").arg(steps()).arg(names.join(QStringLiteral(", "))));
    refill();
}

void CurvePlot::set_flips(std::vector<FlipMark> flips) {
    flips_ = std::move(flips);
    refill();
}

void CurvePlot::set_step(int step) {
    step_ = step;
    cursor_->setVisible(step >= 0 && step < steps());
    cursor_->start->setCoords(step, 0.0);
    cursor_->end->setCoords(step, 1.0);
    if (replots_ > 0) {  // before the first of all there is nothing to paint the cursor on; it comes with that
        plot_->layer(QStringLiteral("overlay"))->replot();
    }
}

int CurvePlot::steps() const {
    std::size_t most = 0;
    for (const Curve& curve : curves_) {
        most = std::max(most, curve.values.size());
    }
    return static_cast<int>(most);
}

/// A curve becomes two graphs, its line and its dots; then every flip is one. What they look like is dress()'s.
void CurvePlot::refill() {
    plot_->clearGraphs();
    bool right = false;
    for (const Curve& curve : curves_) {
        right = right || curve.axis == Curve::Axis::Right;
        QCPAxis* vertical = curve.axis == Curve::Axis::Left ? plot_->yAxis : plot_->yAxis2;
        QVector<double> keys, values, dot_keys, dot_values;
        for (std::size_t t = 0; t < curve.values.size(); ++t) {
            const bool known = std::isfinite(curve.values[t]);
            keys.append(static_cast<double>(t));
            values.append(known ? curve.values[t] : NAN);
            if (known) {
                dot_keys.append(static_cast<double>(t));
                dot_values.append(curve.values[t]);
            }
        }
        QCPGraph* line = plot_->addGraph(plot_->xAxis, vertical);
        line->setAdaptiveSampling(false);  // its default drops points without a word
        line->setData(keys, values, true);
        QCPGraph* dots = plot_->addGraph(plot_->xAxis, vertical);  // apart: lines have gaps, QCustomPlot's markers none
        dots->setAdaptiveSampling(false);
        dots->setData(dot_keys, dot_values, true);
        dots->setLineStyle(QCPGraph::lsNone);
    }
    QCPRange upright = range_of(curves_, Curve::Axis::Left);
    if (!flips_.empty()) {  // at the upper edge, as in the other views; above the curves, whole
        upright.upper += kFlipRoom * upright.size();
    }
    for (const FlipMark& flip : flips_) {
        QCPGraph* mark = plot_->addGraph(plot_->xAxis, plot_->yAxis);
        mark->setData({static_cast<double>(flip.step)}, {upright.upper - 0.5 * kFlipRoom * upright.size()}, true);
        mark->setLineStyle(QCPGraph::lsNone);
    }
    plot_->yAxis2->setVisible(right);
    plot_->xAxis->setRange(steps() > 1 ? QCPRange(-0.02 * (steps() - 1), 1.02 * (steps() - 1)) : QCPRange(-0.5, 0.5));
    plot_->yAxis->setRange(upright);
    plot_->yAxis2->setRange(range_of(curves_, Curve::Axis::Right));
    lay_out();
    set_step(step_);
}

std::pair<double, double> CurvePlot::span(Curve::Axis axis) const {
    const QCPRange range = (axis == Curve::Axis::Left ? plot_->yAxis : plot_->yAxis2)->range();
    return {range.lower, range.upper};
}

void CurvePlot::lay_out() {
    const PlotLook look = screen_look(*this);
    const Arrangement made = arrange(size(), look);
    const bool room = steps() > 0 && made.plot.height() > 24.0 && made.plot.width() > 24.0;
    plot_->setVisible(room);
    update();
    if (!room) {  // QCustomPlot cannot paint on nothing
        return;
    }
    plot_->setGeometry(made.plot.toRect());
    dress(look, made.plot.size());
    plot_->replot(QCustomPlot::rpImmediateRefresh);
    ++replots_;
}

void CurvePlot::paintEvent(QPaintEvent*) {
    const PlotLook look = screen_look(*this);
    QPainter painter(this);
    painter.fillRect(rect(), look.base());
    painter.setRenderHint(QPainter::Antialiasing);
    draw_words(painter, arrange(size(), look), size(), look);
    if (steps() == 0) {
        draw_empty(painter, look, rect(), tr("No steps yet"));
    }
    draw_focus_frame(painter, *this);
}

/// QCustomPlot wants a painter of its own class: it draws into a record, which is then played.
void CurvePlot::render_to(QPainter& painter, const QSizeF& size) const {
    const PlotLook look = export_look(painter);
    const Arrangement made = arrange(size, look);
    draw_words(painter, made, size, look);
    if (steps() == 0) {
        draw_empty(painter, look, QRectF(QPointF(0, 0), size), tr("No steps"));
        return;
    }
    if (made.plot.height() < 24.0 || made.plot.width() < 24.0) {
        return;
    }
    const bool cursor = cursor_->visible();
    cursor_->setVisible(false);
    dress(look, made.plot.size());
    plot_->setBackground(Qt::NoBrush);
    QPicture record;
    {
        QCPPainter into(&record);
        into.setMode(QCPPainter::pmVectorized);
        into.setMode(QCPPainter::pmNoCaching);
        into.setMode(QCPPainter::pmNonCosmetic);
        plot_->toPainter(&into, static_cast<int>(made.plot.width()), static_cast<int>(made.plot.height()));
    }
    painter.save();
    painter.translate(made.plot.topLeft());
    painter.drawPicture(0, 0, record);
    painter.restore();
    cursor_->setVisible(cursor);
    const PlotLook screen = screen_look(*this);
    dress(screen, arrange(this->size(), screen).plot.size());
    plot_->replot(QCustomPlot::rpQueuedReplot);
}

QString CurvePlot::tsv() const {
    QStringList header{tr("step")};
    for (const Curve& curve : curves_) {
        header << (curve.unit.isEmpty() ? curve.name : QStringLiteral("%1 (%2)").arg(curve.name, curve.unit));
    }
    QString out = tsv_line(header);
    for (int t = 0; t < steps(); ++t) {
        QStringList cells{QString::number(t)};
        for (const Curve& curve : curves_) {
            cells << (static_cast<std::size_t>(t) < curve.values.size()
                          ? tsv_number(curve.values[static_cast<std::size_t>(t)])
                          : QString());
        }
        out += tsv_line(cells);
    }
    return out;
}

QString CurvePlot::plot_name() const {
    return file_stem(name_.isEmpty() ? QStringLiteral("curves") : QStringLiteral("curves ") + name_);
}

void CurvePlot::resizeEvent(QResizeEvent* event) {
    lay_out();
    QWidget::resizeEvent(event);
}

void CurvePlot::changeEvent(QEvent* event) {
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange ||
        event->type() == QEvent::StyleChange) {
        lay_out();
    }
    QWidget::changeEvent(event);
}

double CurvePlot::x_of(int step) const {
    return plot_->x() + plot_->xAxis->coordToPixel(step);
}

void CurvePlot::request(double x) {
    if (steps() > 0) {
        const double step = plot_->xAxis->pixelToCoord(x - plot_->x());
        Q_EMIT stepRequested(std::clamp(static_cast<int>(std::lround(step)), 0, steps() - 1));
    }
}

void CurvePlot::mousePressEvent(QMouseEvent* event) {
    if (event->button() == Qt::LeftButton) {
        request(event->position().x());
    }
}

void CurvePlot::mouseMoveEvent(QMouseEvent* event) {
    if (event->buttons().testFlag(Qt::LeftButton)) {
        request(event->position().x());
    }
}

void CurvePlot::keyPressEvent(QKeyEvent* event) {
    const std::optional<int> wanted = step_by_key(event->key(), step_, steps());
    if (wanted) {
        Q_EMIT stepRequested(*wanted);
    } else {
        QWidget::keyPressEvent(event);
    }
}

void CurvePlot::focusInEvent(QFocusEvent* event) {
    update();
    QWidget::focusInEvent(event);
}

void CurvePlot::focusOutEvent(QFocusEvent* event) {
    update();
    QWidget::focusOutEvent(event);
}

}  // namespace r2t2::ui
