// Mean change of every expert's weight (declared in shift_figure.h).
#include <QFontMetricsF>
#include <algorithm>
#include <cmath>

#include "ui/figures/shift_figure.h"

namespace r2t2::ui {

QString WeightChangeFigure::tsv() const {
    QString out = tsv_line({QStringLiteral("group"), QStringLiteral("expert"), QStringLiteral("outcome"), QStringLiteral("mean change"), QStringLiteral("low"),
                            QStringLiteral("high"), QStringLiteral("samples")});
    for (const GroupShift& group : groups_) {
        for (const ShiftColumn& column : kShiftColumns) {
            const std::vector<Estimate>& change = column.outcome ? group.change_by_outcome[static_cast<std::size_t>(*column.outcome)] : group.change;
            for (std::size_t e = 0; e < group.experts.size() && e < change.size(); ++e) {
                out += tsv_line({QString::fromStdString(group.group), QString::fromStdString(group.experts[e]), QString::fromUtf8(column.title),
                                 tsv_number(change[e].value), tsv_number(change[e].low), tsv_number(change[e].high),
                                 QString::number(matrix_of(group, column).total())});
            }
        }
    }
    return out;
}

std::vector<FigureKey> WeightChangeFigure::keys() const {
    const std::array<QColor, 3> colours = {Qt::black, outcome_colour(OutcomeColour::Mended), outcome_colour(OutcomeColour::Harmed)};
    std::vector<FigureKey> keys;
    for (std::size_t c = 0; c < kShiftColumns.size(); ++c) {
        const std::int64_t samples = groups_.empty() ? 0 : matrix_of(groups_.front(), kShiftColumns[c]).total();
        keys.push_back({QStringLiteral("%1 (%2)").arg(QString::fromUtf8(kShiftColumns[c].title)).arg(samples), colours[c]});
    }
    return keys;
}

double WeightChangeFigure::natural_height(double width, const QFontMetricsF& metrics) const {
    double rows = 2.5;
    for (const GroupShift& group : groups_) {
        rows += 1.3 * (static_cast<double>(group.experts.size()) + 0.9);
    }
    return rows * metrics.height() + keys_height(metrics, width, keys());
}

void WeightChangeFigure::draw(QPainter& painter, const QRectF& area, const PlotLook& look) const {
    const QFontMetricsF metrics(look.font);
    const double line = metrics.height();
    double names = 0.0, most = 0.01;
    for (const GroupShift& group : groups_) {
        for (std::size_t e = 0; e < group.experts.size(); ++e) {
            names = std::max(names, metrics.horizontalAdvance(QString::fromStdString(group.experts[e])));
        }
        for (const ShiftColumn& column : kShiftColumns) {
            for (const Estimate& change : column.outcome ? group.change_by_outcome[static_cast<std::size_t>(*column.outcome)] : group.change) {
                for (const double v : {change.value, change.low, change.high}) {
                    most = std::isfinite(v) ? std::max(most, std::abs(v)) : most;
                }
            }
        }
    }
    const std::vector<FigureKey> shown = keys();
    double y = area.top() + draw_keys(painter, area, look, shown) + 2.0;
    const QRectF plot(QPointF(area.left() + names + 10.0, y), QPointF(area.right() - 8.0, area.bottom() - 2.0 * line - 3.0));
    const QString axis = QStringLiteral("mean change of weight");
    painter.setPen(look.text());
    painter.drawText(QPointF(plot.center().x() - metrics.horizontalAdvance(axis) / 2.0, plot.bottom() + line + metrics.ascent() + 2.0), axis);
    const auto x_of = [&](double value) { return plot.center().x() + value / most * plot.width() / 2.0; };
    for (const double tick : round_ticks(-most, most, 8)) {
        painter.setPen(QPen(ink(look.palette, tick == 0.0 ? 0.6 : 0.15), 0.8));
        painter.drawLine(QPointF(x_of(tick), plot.top()), QPointF(x_of(tick), plot.bottom()));
        const QString text = short_number(tick);
        const double x = x_of(tick) - metrics.horizontalAdvance(text) / 2.0;
        if (x + metrics.horizontalAdvance(text) < area.right()) {
            painter.setPen(look.text());
            painter.drawText(QPointF(x, plot.bottom() + metrics.ascent() + 2.0), text);
        }
    }
    double rows = 0.0;
    for (const GroupShift& group : groups_) {
        rows += static_cast<double>(group.experts.size()) + 0.9;
    }
    const double pitch = plot.height() / rows;
    for (std::size_t g = 0; g < groups_.size(); ++g) {
        const GroupShift& group = groups_[g];
        painter.setFont(bold(look.font));
        painter.setPen(look.text());
        painter.drawText(QPointF(area.left() + 2.0, y + 0.45 * pitch + metrics.ascent() / 2.0 - 1.0), QString::fromStdString(group.group));
        painter.setFont(look.font);
        y += 0.9 * pitch;
        for (std::size_t e = 0; e < group.experts.size(); ++e, y += pitch) {
            const QString name = QString::fromStdString(group.experts[e]);
            painter.setPen(readable(expert_colour(static_cast<int>(e)), look.palette));
            painter.drawText(QPointF(plot.left() - 5.0 - metrics.horizontalAdvance(name), y + 0.5 * pitch + metrics.ascent() / 2.0 - 1.0), name);
            for (std::size_t c = 0; c < kShiftColumns.size(); ++c) {
                const std::vector<Estimate>& change =
                    kShiftColumns[c].outcome ? group.change_by_outcome[static_cast<std::size_t>(*kShiftColumns[c].outcome)] : group.change;
                if (e >= change.size() || !std::isfinite(change[e].value)) {
                    continue;
                }
                const double at = y + pitch * (0.25 + 0.25 * static_cast<double>(c));
                if (std::isfinite(change[e].low)) {
                    painter.setPen(QPen(shown[c].colour, 1.0));
                    painter.drawLine(QPointF(x_of(change[e].low), at), QPointF(x_of(change[e].high), at));
                }
                painter.setPen(Qt::NoPen);
                painter.setBrush(shown[c].colour);
                draw_marker(painter, marker_shape(static_cast<int>(g)), QPointF(x_of(change[e].value), at), 2.4);
            }
        }
    }
}

}  // namespace r2t2::ui
