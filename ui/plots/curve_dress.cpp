// How CurvePlot looks: where its parts are, and colours, fonts and ticks of QCustomPlot's, on screen and in exports.
#include <QFontMetricsF>
#include <algorithm>

#include "ui/plots/curve_plot.h"
#include "ui/plots/qcustomplot_header.h"

namespace r2t2::ui {

namespace {

constexpr int kMostMarkedSteps = 60;  // dots on every step up to here
constexpr double kWordGap = 6.0;

void dress_axis(QCPAxis* axis, const PlotLook& look, bool numbers) {
    const QPen line(ink(look.palette, 0.5), 1.0);
    axis->setBasePen(line);
    axis->setTickPen(line);
    axis->setSubTicks(false);
    axis->setTickLength(0, 4);
    axis->setTickLabelColor(ink(look.palette, 0.8));
    axis->setTickLabelFont(look.font);
    axis->setLabelColor(look.text());
    axis->setLabelFont(look.font);
    axis->setTickLabels(numbers);
    axis->setNumberFormat(QStringLiteral("g"));
    axis->setNumberPrecision(4);
    axis->grid()->setPen(QPen(ink(look.palette, 0.12), 1.0));
    axis->grid()->setZeroLinePen(QPen(ink(look.palette, 0.3), 1.0));
}

QCPScatterStyle scatter(Marker marker, const QColor& colour) {
    const QCPScatterStyle::ScatterShape shape = marker == Marker::Square     ? QCPScatterStyle::ssSquare
                                                : marker == Marker::Diamond  ? QCPScatterStyle::ssDiamond
                                                : marker == Marker::Triangle ? QCPScatterStyle::ssTriangle
                                                                             : QCPScatterStyle::ssDisc;
    return QCPScatterStyle(shape, QPen(colour), QBrush(colour), marker == Marker::Circle ? 5.0 : 6.0);
}

}  // namespace

void CurvePlot::dress(const PlotLook& look, const QSizeF& size) const {
    const QFontMetricsF metrics(look.font);
    const bool numbers = size.height() > 5.0 * metrics.height() && size.width() > 8.0 * metrics.height();
    const bool labels = size.height() > 8.0 * metrics.height() && size.width() > 14.0 * metrics.height();
    plot_->setBackground(QBrush(look.base()));
    for (QCPAxis* axis : {plot_->xAxis, plot_->yAxis, plot_->yAxis2}) {
        dress_axis(axis, look, numbers);
    }
    plot_->yAxis2->grid()->setVisible(false);
    plot_->xAxis->grid()->setZeroLinePen(Qt::NoPen);
    const double high = size.height() - 3.5 * metrics.height();  // of the axis itself: a longer label would be cut
    for (const auto& [axis, side] : {std::pair{plot_->yAxis, Curve::Axis::Left}, std::pair{plot_->yAxis2, Curve::Axis::Right}}) {
        const QString whole = axis_label(side), unit = axis_unit(side);
        axis->setLabel(!labels ? QString() : metrics.horizontalAdvance(whole) <= high ? whole : metrics.horizontalAdvance(unit) <= high ? unit : QString());
    }
    plot_->xAxis->setLabel(size.height() > 5.5 * metrics.height() && numbers ? tr("step") : QString());
    plot_->yAxis->ticker()->setTickCount(std::max(2, static_cast<int>(size.height() / (3.0 * metrics.height()))));
    plot_->yAxis2->ticker()->setTickCount(plot_->yAxis->ticker()->tickCount());
    const double room = metrics.horizontalAdvance(QStringLiteral("000")) + 14.0;
    const double wanted = std::max(1.0, steps() * room / std::max(size.width() - 80.0, room));
    double stride = 1.0;
    for (const double nice : {1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0}) {
        stride = nice;
        if (nice >= wanted) {
            break;
        }
    }
    static_cast<QCPAxisTickerFixed*>(plot_->xAxis->ticker().data())->setTickStep(stride);
    for (int c = 0; c < static_cast<int>(curves_.size()); ++c) {
        const Curve& curve = curves_[static_cast<std::size_t>(c)];
        const QColor colour = curve.ink(look.palette);
        QPen pen(colour, 1.8);
        if (curve.dashed) {
            pen.setDashPattern(dash_pattern(curve.place));
        }
        plot_->graph(2 * c)->setPen(pen);
        const bool dots = curve.style != Curve::Style::Level && (static_cast<int>(curve.values.size()) <= kMostMarkedSteps || curve.style == Curve::Style::Points);
        plot_->graph(2 * c + 1)->setScatterStyle(
            dots ? scatter(marker_of_place(curve.place), colour)
                 : QCPScatterStyle(QCPScatterStyle::ssNone));
    }
    for (int f = 0; f < static_cast<int>(flips_.size()); ++f) {
        const QColor colour = readable(outcome_colour(flips_[static_cast<std::size_t>(f)].outcome), look.palette);
        plot_->graph(2 * static_cast<int>(curves_.size()) + f)
            ->setScatterStyle(QCPScatterStyle(QCPScatterStyle::ssDiamond, QPen(colour), QBrush(colour), 9.0));
    }
    cursor_->setPen(QPen(look.text(), 1.5));
}

QString CurvePlot::axis_unit(Curve::Axis axis) const {
    QStringList units;
    for (const Curve& curve : curves_) {
        if (curve.axis == axis && !curve.unit.isEmpty() && !units.contains(curve.unit)) {
            units << curve.unit;
        }
    }
    return units.join(QStringLiteral(", "));
}

QString CurvePlot::axis_label(Curve::Axis axis) const {
    QStringList names;
    for (const Curve& curve : curves_) {
        if (curve.axis == axis) {
            names << curve.name;
        }
    }
    const QString unit = axis_unit(axis);
    if (names.size() == 1) {
        return unit.isEmpty() ? names[0] : QStringLiteral("%1 (%2)").arg(names[0], unit);
    }
    return unit;
}

std::vector<LegendEntry> CurvePlot::entries(const PlotLook& look) const {
    std::vector<LegendEntry> all;
    for (const Curve& curve : curves_) {
        const bool right = curve.axis == Curve::Axis::Right;
        all.push_back({right ? tr("%1 (right)").arg(curve.name) : curve.name,
                       curve.ink(look.palette), marker_of_place(curve.place), curve.style != Curve::Style::Points, curve.dashed, curve.place,
                       curve.style == Curve::Style::Line && curve.place > 0});
    }
    return all;
}

CurvePlot::Arrangement CurvePlot::arrange(const QSizeF& size, const PlotLook& look) const {
    const double line = QFontMetricsF(look.font).height();
    Arrangement made;
    if (!name_.isEmpty() && size.height() > 8.0 * line) {
        made.title = title_height(look, size.width() - 2 * kWordGap, size.height() > 14.0 * line ? 3 : 2, name_);
    }
    const double top = made.title > 0.0 ? made.title + 6.0 : 2.0;
    std::vector<LegendEntry> named = entries(look);
    for (const double share : {0.24, 0.38, 0.38}) {  // more of a small plot only where curves would be left without a name
        made.legend = LegendLayout(named, size.width() - 2 * kWordGap - 4.0, size.height() * share, look.font);
        if (made.legend.left_out() == 0) {
            break;
        }
        if (share > 0.3) {  // levels to compare with give way to what they are compared with
            std::stable_partition(named.begin(), named.end(), [](const LegendEntry& entry) { return !entry.dashed; });
        }
    }
    made.legend_at = QPointF(kWordGap + 2.0, size.height() - made.legend.height() - 4.0);
    made.plot = QRectF(2.0, top, size.width() - 4.0, made.legend_at.y() - top - 2.0).toAlignedRect();
    return made;
}

std::vector<std::pair<QString, QRectF>> CurvePlot::legend() const { return arrange(QSizeF(size()), screen_look(*this)).legend.shown(); }

void CurvePlot::draw_words(QPainter& painter, const Arrangement& arrangement, const QSizeF& size,
                           const PlotLook& look) const {
    if (arrangement.title > 0.0) {
        draw_wrapped_title(painter, look, QRectF(kWordGap, 4.0, size.width() - 2 * kWordGap, arrangement.title), name_);
    }
    arrangement.legend.draw(painter, look, arrangement.legend_at);
}

}  // namespace r2t2::ui
