#include "ui/figures/accuracy_figure.h"

#include <QFontMetricsF>
#include <QPainterPath>
#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <optional>

#include "ui/models/run_colours.h"
#include "ui/plots/axis_range.h"

namespace r2t2::ui {

namespace {

QString series_tsv(const QString& axis, const QStringList& labels, const std::vector<AccuracySeries>& all) {
    QString out = tsv_line({QStringLiteral("method"), axis, QStringLiteral("percent right"), QStringLiteral("low"), QStringLiteral("high"), QStringLiteral("scored")});
    for (const AccuracySeries& series : all) {
        const QStringList& at = series.labels.isEmpty() ? labels : series.labels;
        for (std::size_t i = 0; i < series.accuracy.size() && i < static_cast<std::size_t>(at.size()); ++i) {
            if (!std::isfinite(series.accuracy[i].value)) {
                continue;  // nobody was scored there
            }
            out += tsv_line({series.name, at[static_cast<qsizetype>(i)], tsv_number(series.accuracy[i].value), tsv_number(series.accuracy[i].low),
                             tsv_number(series.accuracy[i].high), i < series.scored.size() ? QString::number(series.scored[i]) : QString()});
        }
    }
    return out;
}

std::vector<FigureKey> series_keys(const std::vector<AccuracySeries>& all) {
    std::vector<FigureKey> keys;
    for (const AccuracySeries& series : all) {
        const QPen pen = series_pen(series, 1.4);
        keys.push_back({series.name, pen.color(), pen.style() == Qt::CustomDashLine ? Qt::DotLine : pen.style()});
    }
    return keys;
}

/// Smallest and largest percentage shown, rounded outwards to tens.
std::array<double, 2> range_of(const std::vector<AccuracySeries>& all, bool intervals) {
    double low = 100.0, high = 0.0;
    for (const AccuracySeries& series : all) {
        for (const Estimate& at : series.accuracy) {
            for (const double v : {at.value, intervals ? at.low : at.value, intervals ? at.high : at.value}) {
                if (std::isfinite(v)) {
                    low = std::min(low, v);
                    high = std::max(high, v);
                }
            }
        }
    }
    if (low > high) {
        return {0.0, 100.0};
    }
    const AxisRange range = axis_range(std::max(0.0, std::floor(low / 10.0) * 10.0), std::min(100.0, std::ceil(high / 10.0) * 10.0), {0.0, 100.0, 10.0});
    const double from = std::floor(range.low / 10.0) * 10.0;  // 50 alone stands in 40 to 60
    return {from, std::max(std::ceil(range.high / 10.0) * 10.0, from + 10.0)};
}

/// A line through neighbouring labels, with its interval; a level series: its last accuracy, across.
template <typename X, typename Y>
void draw_series(QPainter& painter, const AccuracySeries& series, Marker marker, const QRectF& plot, X x_of, Y y_of) {
    const QPen pen = series_pen(series, 1.4);
    if (series.level) {
        const auto known = std::find_if(series.accuracy.rbegin(), series.accuracy.rend(), [](const Estimate& at) { return std::isfinite(at.value); });
        if (known != series.accuracy.rend()) {
            painter.setPen(pen);
            painter.drawLine(QPointF(plot.left(), y_of(known->value)), QPointF(plot.right(), y_of(known->value)));
        }
        return;
    }
    std::optional<std::size_t> last;
    for (std::size_t i = 0; i < series.accuracy.size(); ++i) {
        const Estimate& at = series.accuracy[i];
        if (!std::isfinite(at.value)) {
            continue;
        }
        if (last && *last + 1 == i) {
            const Estimate& before = series.accuracy[*last];
            QColor faint = pen.color();
            faint.setAlphaF(0.15F);
            painter.setPen(Qt::NoPen);
            painter.setBrush(faint);
            painter.drawPolygon(QPolygonF({QPointF(x_of(*last), y_of(before.high)), QPointF(x_of(i), y_of(at.high)), QPointF(x_of(i), y_of(at.low)),
                                           QPointF(x_of(*last), y_of(before.low))}));
            painter.setPen(pen);
            painter.drawLine(QPointF(x_of(*last), y_of(before.value)), QPointF(x_of(i), y_of(at.value)));
        }
        last = i;
        painter.setPen(Qt::NoPen);
        painter.setBrush(pen.color());
        draw_marker(painter, marker, QPointF(x_of(i), y_of(at.value)), 2.2);
    }
}

/// A polygon through the sets that have a number: no line passes over one that has none, and a corner between two of those is a dot.
void draw_corners(QPainter& painter, const std::vector<std::optional<QPointF>>& corners, const QPen& pen) {
    const std::size_t n = corners.size();
    if (std::all_of(corners.begin(), corners.end(), [](const std::optional<QPointF>& corner) { return corner.has_value(); })) {
        QPolygonF polygon;
        for (const std::optional<QPointF>& corner : corners) {
            polygon.append(*corner);
        }
        painter.setPen(pen);
        painter.setBrush(Qt::NoBrush);
        painter.drawPolygon(polygon);
        return;
    }
    for (std::size_t i = 0; i < n; ++i) {
        if (!corners[i]) {
            continue;
        }
        const std::optional<QPointF>& next = corners[(i + 1) % n];
        if (next) {
            painter.setPen(pen);
            painter.drawLine(*corners[i], *next);
        } else if (!corners[(i + n - 1) % n]) {
            painter.setPen(Qt::NoPen);
            painter.setBrush(pen.color());
            draw_marker(painter, Marker::Circle, *corners[i], 2.2);
        }
    }
}

}  // namespace

QPen series_pen(const AccuracySeries& series, double width) {
    const MethodRow& method = method_row(series.method);
    QPen pen(series.colour.isValid() ? series.colour : method_colour(series.method), width);
    pen.setStyle(method.role == MethodRole::UpperBound ? Qt::DashLine : series.level ? Qt::DotLine : Qt::SolidLine);
    if (pen.style() == Qt::DotLine) {  // dots of equal lines stand beside one another
        pen.setCapStyle(Qt::FlatCap);
        pen.setDashPattern({2.0, 4.0});
        pen.setDashOffset(method.dash_offset);
    }
    pen.setJoinStyle(Qt::RoundJoin);
    return pen;
}

QString RadarFigure::tsv() const { return series_tsv(QStringLiteral("set"), labels_, series_); }

RadarFigure::RadarFigure(QStringList labels, std::vector<AccuracySeries> series)
    : Figure(QStringLiteral("radar")), labels_(std::move(labels)), series_(std::move(series)) {
    const auto [least, most] = labels_.isEmpty() ? std::pair<std::int64_t, std::int64_t>() : scored(0);
    alike_ = least == most;
    for (qsizetype i = 1; i < labels_.size(); ++i) {
        alike_ = alike_ && scored(i) == std::pair(least, most);
    }
    if (alike_ && most > 0) {
        set_note(QStringLiteral("n\u00a0=\u00a0%1 of each set").arg(most));
    }
}

/// Fewest and most of the series that have any.
std::pair<std::int64_t, std::int64_t> RadarFigure::scored(qsizetype set) const {
    std::int64_t least = 0, most = 0;
    for (const AccuracySeries& series : series_) {
        const auto i = static_cast<std::size_t>(set);
        const std::int64_t count = i < series.scored.size() ? series.scored[i] : 0;
        least = count > 0 && (least == 0 || count < least) ? count : least;
        most = std::max(most, count);
    }
    return {least, most};
}

/// "G-dim, n 200"; "n 190\u2013200" where the series were not scored alike.
QString RadarFigure::drawn_label(qsizetype set) const {
    const auto [least, most] = scored(set);
    const QString name = labels_[set];
    return alike_ || most == 0 ? name : least == most ? QStringLiteral("%1, n %2").arg(name).arg(most) : QStringLiteral("%1, n %2\u2013%3").arg(name).arg(least).arg(most);
}

double RadarFigure::words_width(const QFontMetricsF& metrics) const {
    double words = 0.0;
    for (qsizetype i = 0; i < labels_.size(); ++i) {
        words = std::max(words, metrics.horizontalAdvance(drawn_label(i)));
    }
    return words;
}

/// How far the corners reach to the side and below the middle, in radii.
QSizeF RadarFigure::reach() const {
    double side = 0.0, below = 0.0;
    for (qsizetype i = 0; i < labels_.size(); ++i) {
        const double angle = 2.0 * std::numbers::pi * static_cast<double>(i) / static_cast<double>(labels_.size()) - std::numbers::pi / 2.0;
        side = std::max(side, std::cos(angle));
        below = std::max(below, std::sin(angle));
    }
    return {std::max(0.1, side), below};
}

double RadarFigure::natural_height(double width, const QFontMetricsF& metrics) const {
    const double radius = std::min((width / 2.0 - words_width(metrics) - 6.0) / reach().width(), 0.42 * width);
    return radius * (1.0 + reach().height()) + keys_height(metrics, width - 4.0, series_keys(series_)) + 2.0 * metrics.height() + 8.0;
}

void RadarFigure::draw(QPainter& painter, const QRectF& area, const PlotLook& look) const {
    const QFontMetricsF metrics(look.font);
    const auto n = static_cast<std::size_t>(labels_.size());
    if (n < 3) {
        draw_empty(painter, look, area, QStringLiteral("a radar needs three sets"));
        return;
    }
    const double top = area.top() + draw_keys(painter, area.adjusted(2, 0, -2, 0), look, series_keys(series_)) + 2.0;
    const double words = words_width(metrics);
    const QRectF plot(QPointF(area.left() + words + 6.0, top + metrics.height() + 2.0), QPointF(area.right() - words - 6.0, area.bottom() - metrics.height() - 4.0));
    const double radius = std::min(plot.width() / 2.0 / reach().width(), plot.height() / (1.0 + reach().height()));
    const QPointF middle(plot.center().x(), plot.center().y() + radius * (1.0 - reach().height()) / 2.0);
    if (radius < 10.0) {
        return;
    }
    const auto [low, high] = range_of(series_, false);
    const double from = std::max(0.0, low - 10.0);  // a ring of room in the middle: the centre is written down
    const auto at = [&, from = from, high = high](std::size_t i, double percent) {
        const double angle = 2.0 * std::numbers::pi * static_cast<double>(i) / static_cast<double>(n) - std::numbers::pi / 2.0;
        const double r = radius * std::clamp((percent - from) / std::max(1.0, high - from), 0.0, 1.0);
        return middle + QPointF(r * std::cos(angle), r * std::sin(angle));
    };
    painter.setBrush(Qt::NoBrush);
    const double step = high - from > 50.0 ? 20.0 : 10.0;
    for (double ring = from + step; ring <= high + 0.1; ring += step) {
        QPolygonF polygon;
        for (std::size_t i = 0; i < n; ++i) {
            polygon.append(at(i, ring));
        }
        painter.setPen(QPen(ink(look.palette, 0.18), 0.8));
        painter.drawPolygon(polygon);
    }
    for (std::size_t i = 0; i < n; ++i) {
        painter.setPen(QPen(ink(look.palette, 0.18), 0.8));
        painter.drawLine(at(i, from), at(i, high));
        const QPointF tip = middle + (at(i, high) - middle) * ((radius + 5.0) / radius);
        const QString label = drawn_label(static_cast<qsizetype>(i));
        const double width = metrics.horizontalAdvance(label);
        const double side = (tip.x() - middle.x()) / radius, up = (tip.y() - middle.y()) / radius;
        painter.setPen(look.text());
        painter.drawText(QPointF(tip.x() - width / 2.0 + side * width / 2.0, tip.y() + metrics.ascent() / 2.0 - 1.0 + up * metrics.ascent() / 2.0),
                         label);
    }
    for (std::size_t s = 0; s < series_.size(); ++s) {
        std::vector<std::optional<QPointF>> corners(n);
        for (std::size_t i = 0; i < n && i < series_[s].accuracy.size(); ++i) {
            if (std::isfinite(series_[s].accuracy[i].value)) {
                corners[i] = at(i, series_[s].accuracy[i].value);
            }
        }
        draw_corners(painter, corners, series_pen(series_[s], 1.5));
    }
    for (double ring = from; ring <= high + 0.1; ring += step) {
        const QString number = QString::number(ring, 'f', 0) + QStringLiteral(" %");
        const QString named = QStringLiteral("centre: ") + number;
        const QString text = ring == from && metrics.horizontalAdvance(named) + 4.0 < radius ? named : number;
        const QPointF where = at(0, ring) + QPointF(2.0, metrics.ascent() / 2.0 - 1.0);
        QColor ground = look.base();
        ground.setAlphaF(0.75F);
        painter.setPen(Qt::NoPen);
        painter.setBrush(ground);
        painter.drawRect(QRectF(where.x(), where.y() - 0.8 * metrics.ascent(), metrics.horizontalAdvance(text), 0.85 * metrics.ascent()));
        painter.setPen(ink(look.palette, 0.75));
        painter.drawText(where, text);
    }
}

QString AccuracyLinesFigure::tsv() const { return series_tsv(axis_, labels_, series_); }

double AccuracyLinesFigure::natural_height(double width, const QFontMetricsF& metrics) const {
    return 0.55 * width + keys_height(metrics, width - 4.0, series_keys(series_)) + 2.0 * metrics.height();
}

void AccuracyLinesFigure::draw(QPainter& painter, const QRectF& area, const PlotLook& look) const {
    const QFontMetricsF metrics(look.font);
    if (series_.empty() || labels_.isEmpty()) {
        draw_empty(painter, look, area, QStringLiteral("no scored samples"));
        return;
    }
    const double line = metrics.height();
    const double top = area.top() + draw_keys(painter, area.adjusted(2, 0, -2, 0), look, series_keys(series_)) + 4.0;
    const QRectF plot(QPointF(area.left() + metrics.horizontalAdvance(QStringLiteral("100 %")) + 8.0, top), QPointF(area.right() - 6.0, area.bottom() - 2.0 * line - 6.0));
    const auto [low, high] = range_of(series_, true);
    const auto y_of = [&, low = low, high = high](double percent) { return plot.bottom() - plot.height() * (percent - low) / std::max(1.0, high - low); };
    const double pitch = plot.width() / std::max(1.0, static_cast<double>(labels_.size()) - 0.4);
    const auto x_of = [&](std::size_t i) { return plot.left() + (static_cast<double>(i) + 0.3) * pitch; };
    for (const double tick : round_ticks(low, high, 6)) {
        painter.setPen(QPen(ink(look.palette, 0.15), 0.8));
        painter.drawLine(QPointF(plot.left(), y_of(tick)), QPointF(plot.right(), y_of(tick)));
        const QString text = QString::number(tick, 'f', 0) + (tick >= high - 1e-9 ? QStringLiteral(" %") : QString());
        painter.setPen(look.text());
        painter.drawText(QPointF(plot.left() - 4.0 - metrics.horizontalAdvance(text), y_of(tick) + metrics.ascent() / 2.0 - 1.0), text);
    }
    painter.setPen(QPen(ink(look.palette, 0.6), 0.8));
    painter.drawLine(plot.bottomLeft(), plot.bottomRight());
    double free = plot.left() - 10.0;
    for (std::size_t i = 0; i < static_cast<std::size_t>(labels_.size()); ++i) {
        const QString& text = labels_[static_cast<qsizetype>(i)];
        const double x = x_of(i) - metrics.horizontalAdvance(text) / 2.0;
        if (x >= free) {
            painter.setPen(look.text());
            painter.drawText(QPointF(x, plot.bottom() + metrics.ascent() + 2.0), text);
            free = x + metrics.horizontalAdvance(text) + 4.0;
        }
    }
    painter.drawText(QPointF(plot.center().x() - metrics.horizontalAdvance(axis_) / 2.0, plot.bottom() + line + metrics.ascent() + 2.0), axis_);
    for (std::size_t s = 0; s < series_.size(); ++s) {
        draw_series(painter, series_[s], static_cast<Marker>(s % 3), plot, x_of, y_of);
    }
}

}  // namespace r2t2::ui
