#include "ui/figures/figure_axes.h"

#include <algorithm>
#include <cmath>

namespace r2t2::ui {

PanelGrid::PanelGrid(std::size_t panels, double whole, double least, double between) : gap(between) {
    const std::size_t most = std::max<std::size_t>(1, static_cast<std::size_t>((whole + gap) / (least + gap)));
    rows = std::max<std::size_t>(1, (panels + most - 1) / most);
    columns = std::max<std::size_t>(1, (panels + rows - 1) / rows);
    width = (whole - gap * static_cast<double>(columns - 1)) / static_cast<double>(columns);
}

QRectF PanelGrid::at(std::size_t i, QPointF corner, double height) const {
    return {corner.x() + static_cast<double>(i % columns) * (width + gap), corner.y() + static_cast<double>(i / columns) * height, width, height};
}

PercentAxis::PercentAxis(double least, double largest, int most) {
    if (!(least <= largest)) {  // NaN too
        ticks = round_ticks(low, high, most);
        return;
    }
    const double middle = std::clamp((least + largest) / 2.0, 1.0, 99.0);
    const std::vector<double> coarse = round_ticks(std::min(least, middle - 1.0), std::max(largest, middle + 1.0), most);
    const double step = coarse.size() > 1 ? coarse[1] - coarse[0] : 1.0;
    low = std::max(0.0, std::floor(least / step + 1e-9) * step);
    high = std::min(100.0, std::ceil(largest / step - 1e-9) * step);
    if (high - low < step) {
        high = std::min(100.0, low + step);
        low = high - step;
    }
    ticks = round_ticks(low, high, static_cast<int>(std::ceil((high - low) / step - 1e-9)));
}

QString samples_text(std::int64_t count) { return count == 1 ? QStringLiteral("1 sample") : QStringLiteral("%1 samples").arg(count); }

int category_lines(const QFontMetricsF& metrics, const QStringList& labels, double pitch) {
    for (qsizetype i = 1; i < labels.size(); ++i) {
        if ((metrics.horizontalAdvance(labels[i - 1]) + metrics.horizontalAdvance(labels[i])) / 2.0 + 3.0 > pitch) {
            return 2;
        }
    }
    return 1;
}

void draw_categories(QPainter& painter, const PlotLook& look, const QStringList& labels, const CategoryPlace& place,
                     const std::function<double(std::size_t)>& x_of) {
    const QFontMetricsF metrics(look.font);
    const int lines = category_lines(metrics, labels, place.pitch);
    painter.setPen(look.text());
    for (qsizetype i = 0; i < labels.size(); ++i) {
        const QString text = metrics.elidedText(labels[i], Qt::ElideRight, lines * place.pitch - 3.0);
        const double y = place.top + static_cast<double>(i % lines) * metrics.height() + metrics.ascent();
        const double width = metrics.horizontalAdvance(text), x = x_of(static_cast<std::size_t>(i)) - width / 2.0;
        painter.drawText(QPointF(std::max(place.left, std::min(x, place.right - width)), y), text);
    }
}

void draw_turned(QPainter& painter, const PlotLook& look, QPointF middle, double room, const QString& text, const QColor& colour) {
    const QFontMetricsF metrics(look.font);
    const QString shown = metrics.elidedText(text, Qt::ElideRight, room);
    painter.save();
    painter.translate(middle);
    painter.rotate(-90.0);
    painter.setPen(colour.isValid() ? colour : look.text());
    painter.drawText(QPointF(-metrics.horizontalAdvance(shown) / 2.0, (metrics.ascent() - metrics.descent()) / 2.0), shown);
    painter.restore();
}

void draw_centred(QPainter& painter, const QFontMetricsF& metrics, QPointF middle, const QString& text) {
    painter.drawText(QPointF(middle.x() - metrics.horizontalAdvance(text) / 2.0, middle.y() + metrics.ascent() / 2.0 - 1.0), text);
}

}  // namespace r2t2::ui
