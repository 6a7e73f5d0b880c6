// Lines of accuracy over a swept parameter, and what both ablation figures share (declared in ablation_figure.h).
#include <algorithm>
#include <array>
#include <cmath>

#include "ui/figures/ablation_figure.h"
#include "ui/figures/figure_axes.h"
#include "ui/models/run_colours.h"

namespace r2t2::ui {

namespace {

constexpr double kLeastPanel = 36.0 * kMillimetre;
constexpr double kPanelGap = 10.0;
constexpr double kMarkerRadius = 2.4;
constexpr int kTicks = 5;

/// Dark ones first; yellow is no colour for a line.
QColor series_colour(std::size_t number) {
    constexpr std::array<int, 6> order = {4, 5, 2, 0, 6, 1};
    return category_colour(order[number % order.size()]);
}

Marker series_marker(std::size_t number) { return static_cast<Marker>(number % 3); }

/// Everything that is drawn, intervals and bases too.
PercentAxis percent_axis(const std::vector<AblationPanel>& panels) {
    double low = 100.0, high = 0.0;
    for (const AblationPanel& panel : panels) {
        std::vector<double> values = {panel.base};
        for (const AblationSeries& series : panel.series) {
            for (const AblationPoint& point : series.points) {
                values.insert(values.end(), {point.accuracy.value, point.accuracy.low, point.accuracy.high});
            }
        }
        for (const double value : values) {
            if (std::isfinite(value)) {
                low = std::min(low, value);
                high = std::max(high, value);
            }
        }
    }
    return {low, high, kTicks};
}

QString tick_text(double tick) { return QString::number(tick, 'f', std::abs(tick - std::round(tick)) > 1e-6 ? 1 : 0); }

}  // namespace

QString AblationFigure::tsv() const {
    QString out = tsv_line({QStringLiteral("panel"), QStringLiteral("parameter"), QStringLiteral("value"), QStringLiteral("second parameter"),
                            QStringLiteral("second value"), QStringLiteral("percent right"), QStringLiteral("low"), QStringLiteral("high"),
                            QStringLiteral("scored"), QStringLiteral("base percent"), QStringLiteral("run")});
    for (const AblationPanel& panel : data_.panels) {
        for (const AblationSeries& series : panel.series) {
            for (std::size_t i = 0; i < series.points.size(); ++i) {
                const AblationPoint& point = series.points[i];
                out += tsv_line({panel.title, panel.parameter, panel.values[static_cast<qsizetype>(i)], data_.other, series.value,
                                 tsv_number(point.accuracy.value), tsv_number(point.accuracy.low), tsv_number(point.accuracy.high),
                                 point.scored > 0 ? QString::number(point.scored) : QString(), tsv_number(panel.base),
                                 point.run > 0 ? QString::number(point.run) : QString()});
            }
        }
    }
    return out;
}

bool AblationFigure::any_part() const {
    return std::any_of(data_.panels.begin(), data_.panels.end(), [](const AblationPanel& panel) {
        return std::any_of(panel.series.begin(), panel.series.end(), [](const AblationSeries& series) {
            return std::any_of(series.points.begin(), series.points.end(), [](const AblationPoint& point) { return point.part; });
        });
    });
}

QRectF AblationFigure::draw_heading(QPainter& painter, const QRectF& area, const PlotLook& look) const {
    if (data_.title.isEmpty()) {
        return area;
    }
    draw_title(painter, look, area.topLeft() + QPointF(2.0, 1.0), area.width() - 4.0, data_.title);
    return area.adjusted(0.0, heading_height(QFontMetricsF(look.font)), 0.0, 0.0);
}

AblationCurvesFigure::AblationCurvesFigure(AblationData data) : AblationFigure(QStringLiteral("ablation-curves"), std::move(data)) {
    const auto known = [](const AblationPoint& point) { return std::isfinite(point.accuracy.low); };
    if (std::any_of(data_.panels.begin(), data_.panels.end(), [&](const AblationPanel& panel) {
            return std::any_of(panel.series.begin(), panel.series.end(), [&](const AblationSeries& series) { return std::any_of(series.points.begin(), series.points.end(), known); });
        })) {
        set_note(QStringLiteral("bars: ") + data_.intervals);
    }
}

std::vector<FigureKey> AblationCurvesFigure::keys() const {
    std::vector<FigureKey> keys;
    if (!data_.panels.empty() && !data_.other.isEmpty()) {
        const std::vector<AblationSeries>& series = data_.panels.front().series;
        for (std::size_t s = 0; s < series.size(); ++s) {
            const QString text = s == 0 ? data_.other + QLatin1Char(' ') + drawn_value(series[s].value) : drawn_value(series[s].value);
            keys.push_back({text, series_colour(s), Qt::SolidLine, series_marker(s)});
        }
    }
    if (std::any_of(data_.panels.begin(), data_.panels.end(), [](const AblationPanel& panel) { return std::isfinite(panel.base); })) {
        const double first = data_.panels.front().base;
        const bool one = std::all_of(data_.panels.begin(), data_.panels.end(), [first](const AblationPanel& panel) { return panel.base == first; });
        keys.push_back({one ? QStringLiteral("base, %1 %").arg(fixed_number(first, 1)) : QStringLiteral("base"), method_colour(Method::Base), Qt::DashLine});
    }
    if (any_part()) {
        keys.push_back({QStringLiteral("part of the samples"), method_colour(Method::Base), Qt::NoPen, Marker::Circle, true});
    }
    return keys;
}

/// Panels of one row are equally high; a row whose values need two lines is higher.
struct AblationCurvesFigure::Rows {
    PanelGrid grid;
    double left;                ///< of the first column: percent numbers
    double head;                ///< above a plot
    std::vector<double> axis;   ///< below the plots of each row: values, in one or two lines, and the parameter's name
    [[nodiscard]] double around() const {
        double sum = 0.0;
        for (const double each : axis) {
            sum += head + each;
        }
        return sum;
    }
};

AblationCurvesFigure::Rows AblationCurvesFigure::rows(double width, const QFontMetricsF& metrics) const {
    const double left = metrics.horizontalAdvance(QStringLiteral("100")) + 8.0;
    Rows out{PanelGrid(data_.panels.size(), width - left - 4.0, kLeastPanel - left, kPanelGap), left, metrics.height() + 4.0, {}};
    for (std::size_t i = 0; i < data_.panels.size(); ++i) {
        const AblationPanel& panel = data_.panels[i];
        const int lines = category_lines(metrics, drawn_values(panel), out.grid.width / static_cast<double>(std::max<qsizetype>(1, panel.values.size())));
        const double axis = (lines + 1.0) * metrics.height() + 3.0;
        if (i % out.grid.columns == 0) {
            out.axis.push_back(axis);
        }
        out.axis.back() = std::max(out.axis.back(), axis);
    }
    return out;
}

double AblationCurvesFigure::natural_height(double width, const QFontMetricsF& metrics) const {
    const Rows at = rows(width, metrics);
    const double plot = std::clamp((data_.panels.size() > 1 ? 0.6 : 0.5) * at.grid.width, 5.0 * metrics.height(), 13.0 * metrics.height());
    return heading_height(metrics) + keys_height(metrics, width - 4.0, keys()) + 2.0 + static_cast<double>(at.axis.size()) * plot + at.around();
}

void AblationCurvesFigure::draw(QPainter& painter, const QRectF& whole, const PlotLook& look) const {
    const QFontMetricsF metrics(look.font);
    QRectF area = draw_heading(painter, whole, look);
    if (data_.panels.empty()) {
        draw_empty(painter, look, area, QStringLiteral("no sweep"));
        return;
    }
    area.adjust(0.0, draw_keys(painter, area.adjusted(2, 0, -2, 0), look, keys()) + 2.0, 0.0, 0.0);
    const Rows at = rows(area.width(), metrics);
    const double plot = (area.height() - at.around()) / static_cast<double>(at.axis.size());
    double y = area.top();
    for (std::size_t i = 0; i < data_.panels.size(); ++i) {
        const std::size_t row = i / at.grid.columns, column = i % at.grid.columns;
        const double x = area.left() + at.left + static_cast<double>(column) * (at.grid.width + at.grid.gap);
        draw_panel(painter, data_.panels[i], QRectF(x, y, at.grid.width, at.head + plot + at.axis[row]), at.axis[row], column == 0, look);
        if (column + 1 == at.grid.columns) {
            y += at.head + plot + at.axis[row];
        }
    }
}

/// `axis`: height below the plot. `numbers`: of the percent axis; its lines go through all panels.
void AblationCurvesFigure::draw_panel(QPainter& painter, const AblationPanel& panel, const QRectF& area, double axis, bool numbers,
                                      const PlotLook& look) const {
    const QFontMetricsF metrics(look.font);
    const QRectF plot = area.adjusted(0.0, metrics.height() + 4.0, 0.0, -axis);
    const PercentAxis percent = percent_axis(data_.panels);
    const auto y_of = [&](double value) { return plot.bottom() - plot.height() * percent.share(value); };
    const double pitch = plot.width() / static_cast<double>(std::max<qsizetype>(1, panel.values.size()));
    const auto x_of = [&](std::size_t i) { return plot.left() + (static_cast<double>(i) + 0.5) * pitch; };
    const QString title = data_.panels.size() == 1                                    ? QString()
                          : panel.title.isEmpty() || !std::isfinite(panel.base) ? panel.title
                                                                                : QStringLiteral("%1 (base %2)").arg(panel.title, fixed_number(panel.base, 1));
    painter.setPen(look.text());
    draw_elided(painter, QRectF(area.left(), area.top(), area.width(), metrics.height()), Qt::AlignHCenter, title);
    for (const double tick : percent.ticks) {
        painter.setPen(QPen(ink(look.palette, 0.15), 0.8));
        painter.drawLine(QPointF(plot.left(), y_of(tick)), QPointF(plot.right(), y_of(tick)));
        if (numbers) {
            const QString text = tick_text(tick);
            painter.setPen(look.text());
            painter.drawText(QPointF(plot.left() - 4.0 - metrics.horizontalAdvance(text), y_of(tick) + metrics.ascent() / 2.0 - 1.0), text);
        }
    }
    if (numbers) {  // above the topmost number, where the panels' titles are
        painter.setPen(look.text());
        const QString unit = QStringLiteral("%");
        painter.drawText(QPointF(plot.left() - 4.0 - metrics.horizontalAdvance(unit), y_of(percent.high) - metrics.ascent() / 2.0 - 2.0), unit);
    }
    painter.setPen(QPen(ink(look.palette, 0.6), 0.8));
    painter.drawLine(plot.bottomLeft(), plot.bottomRight());
    draw_categories(painter, look, drawn_values(panel), {pitch, plot.bottom() + 2.0, plot.left() - kPanelGap / 2.0, plot.right() + kPanelGap / 2.0 - 1.0}, x_of);
    painter.setPen(look.text());
    const double name = plot.bottom() + 2.0 + category_lines(metrics, drawn_values(panel), pitch) * metrics.height();
    draw_elided(painter, QRectF(area.left(), name, area.width(), metrics.height()), Qt::AlignHCenter, panel.parameter);
    if (std::isfinite(panel.base)) {
        painter.setPen(QPen(method_colour(Method::Base), 1.2, Qt::DashLine));
        painter.drawLine(QPointF(plot.left(), y_of(panel.base)), QPointF(plot.right(), y_of(panel.base)));
    }
    for (std::size_t s = 0; s < panel.series.size(); ++s) {
        draw_series(painter, panel, s, plot, look);
    }
}

void AblationCurvesFigure::draw_series(QPainter& painter, const AblationPanel& panel, std::size_t number, const QRectF& plot, const PlotLook& look) const {
    const PercentAxis percent = percent_axis(data_.panels);
    const std::vector<AblationPoint>& points = panel.series[number].points;
    const double pitch = plot.width() / static_cast<double>(std::max<qsizetype>(1, panel.values.size())), lines = static_cast<double>(panel.series.size());
    // Intervals of one value stand beside one another.
    const double aside = std::min(0.5 * pitch / lines, 5.0) * (static_cast<double>(number) - (lines - 1.0) / 2.0);
    const auto y_of = [&](double value) { return plot.bottom() - plot.height() * percent.share(value); };
    const auto place = [&](std::size_t i) { return QPointF(plot.left() + (static_cast<double>(i) + 0.5) * pitch + aside, y_of(points[i].accuracy.value)); };
    const QColor colour = series_colour(number);
    std::optional<std::size_t> last;
    for (std::size_t i = 0; i < points.size(); ++i) {
        const Estimate& at = points[i].accuracy;
        if (!std::isfinite(at.value)) {
            continue;
        }
        if (last) {  // dotted across a value without a run
            painter.setPen(QPen(colour, 1.2, *last + 1 == i ? Qt::SolidLine : Qt::DotLine));
            painter.drawLine(place(*last), place(i));
        }
        if (std::isfinite(at.low)) {
            const double x = place(i).x();
            painter.setPen(QPen(colour, 0.9));
            painter.drawLine(QPointF(x, y_of(at.low)), QPointF(x, y_of(at.high)));
            for (const double end : {at.low, at.high}) {
                painter.drawLine(QPointF(x - 1.5, y_of(end)), QPointF(x + 1.5, y_of(end)));
            }
        }
        last = i;
    }
    const QFontMetricsF metrics(look.font);
    const bool numbered = panel.series.size() == 1 && metrics.horizontalAdvance(any_part() ? QStringLiteral("(88.8)") : QStringLiteral("88.8")) + 3.0 < pitch;
    for (std::size_t i = 0; i < points.size(); ++i) {
        const Estimate& at = points[i].accuracy;
        if (!std::isfinite(at.value)) {
            continue;
        }
        painter.setPen(points[i].part ? QPen(colour, 1.0) : QPen(Qt::NoPen));
        painter.setBrush(points[i].part ? look.base() : colour);
        draw_marker(painter, series_marker(number), place(i), kMarkerRadius);
        if (numbered) {  // beside its point, on the side where the line does not go: at an end of its interval it would be read as that end's
            const double before = i > 0 ? points[i - 1].accuracy.value : std::nan(""), after = i + 1 < points.size() ? points[i + 1].accuracy.value : std::nan("");
            const QString plain = fixed_number(at.value, 1), text = points[i].part ? QLatin1Char('(') + plain + QLatin1Char(')') : plain;
            const double width = metrics.horizontalAdvance(text), gap = kMarkerRadius + 2.0;
            const bool left = place(i).x() + gap + width > plot.right() + 2.0;
            const double next = left ? before : after;
            const bool under = std::isfinite(next) && next > at.value && place(i).y() + metrics.ascent() + 2.0 < plot.bottom();
            const QPointF where(left ? place(i).x() - gap - width : place(i).x() + gap, under ? place(i).y() + 0.76 * metrics.ascent() + 2.0 : place(i).y() - 3.0);
            QColor ground = look.base();
            ground.setAlphaF(0.8F);
            painter.fillRect(QRectF(where.x() - 1.0, where.y() - 0.76 * metrics.ascent(), metrics.horizontalAdvance(text) + 2.0, 0.8 * metrics.ascent()), ground);
            painter.setPen(look.text());
            painter.drawText(where, text);
        }
    }
}

}  // namespace r2t2::ui
