#include "ui/figures/figure.h"

#include <QFontMetricsF>
#include <QGuiApplication>
#include <QPainterPath>
#include <algorithm>

namespace r2t2::ui {

namespace {

constexpr double kKeyGap = 8.0;

double key_width(const QFontMetricsF& metrics, const FigureKey& key) {
    return 1.6 * metrics.ascent() + metrics.horizontalAdvance(key.text) + kKeyGap;
}

/// First and past-the-last key of every line, and its width.
struct KeyLine {
    std::size_t begin, end;
    double width;
};

std::vector<KeyLine> key_lines(const QFontMetricsF& metrics, double width, const std::vector<FigureKey>& keys) {
    std::vector<KeyLine> lines;
    for (std::size_t i = 0; i < keys.size(); ++i) {
        const double next = key_width(metrics, keys[i]);
        if (lines.empty() || lines.back().width + next > width + kKeyGap) {
            lines.push_back({i, i, 0.0});
        }
        lines.back().end = i + 1;
        lines.back().width += next;
    }
    return lines;
}

}  // namespace

QFont Figure::font() const {
    QFont font = QGuiApplication::font();
    if (!style_.family.isEmpty()) {
        font.setFamily(style_.family);
    }
    font.setPixelSize(std::max(1, static_cast<int>(std::lround(style_.font_pt * kPoint))));
    return font;
}

QSizeF Figure::plot_size() const {
    const double width = style_.width_mm * kMillimetre, line = QFontMetricsF(font()).height();
    const double note = note_.isEmpty() ? 0.0 : line;
    return {width, style_.height_mm > 0.0 ? style_.height_mm * kMillimetre : natural_height(width, line) + note};
}

void Figure::render_to(QPainter& painter, const QSizeF& size) const {
    painter.setFont(font());
    const PlotLook look = export_look(painter);
    QRectF area(QPointF(0, 0), size);
    if (!note_.isEmpty()) {
        const QFontMetricsF metrics(look.font);
        painter.setPen(ink(look.palette, 0.65));
        painter.drawText(QPointF(2.0, size.height() - metrics.descent() - 1.0), note_);
        area.setBottom(size.height() - metrics.height());
    }
    draw(painter, area, look);
}

double keys_height(const QFontMetricsF& metrics, double width, const std::vector<FigureKey>& keys) {
    return static_cast<double>(key_lines(metrics, width, keys).size()) * metrics.height();
}

double draw_keys(QPainter& painter, const QRectF& area, const PlotLook& look, const std::vector<FigureKey>& keys) {
    const QFontMetricsF metrics(look.font);
    double y = area.top();
    for (const KeyLine& line : key_lines(metrics, area.width(), keys)) {
        double x = area.center().x() - (line.width - kKeyGap) / 2.0;
        for (std::size_t i = line.begin; i < line.end; ++i) {
            const double side = 0.75 * metrics.ascent(), base = y + metrics.ascent();
            if (keys[i].line == Qt::NoPen) {
                painter.setPen(Qt::NoPen);
                painter.setBrush(keys[i].colour);
                painter.drawRect(QRectF(x, base - side, side, side));
            } else {
                painter.setPen(QPen(keys[i].colour, 1.4, keys[i].line));
                painter.drawLine(QPointF(x, base - side / 2), QPointF(x + 1.25 * metrics.ascent(), base - side / 2));
            }
            painter.setPen(look.text());
            painter.drawText(QPointF(x + (keys[i].line == Qt::NoPen ? 1.1 : 1.6) * metrics.ascent(), base), keys[i].text);
            x += key_width(metrics, keys[i]);
        }
        y += metrics.height();
    }
    return y - area.top();
}

QPainterPath ribbon(double x0, double top0, double bottom0, double x1, double top1, double bottom1) {
    const double middle = (x0 + x1) / 2.0;
    QPainterPath path(QPointF(x0, top0));
    path.cubicTo(QPointF(middle, top0), QPointF(middle, top1), QPointF(x1, top1));
    path.lineTo(QPointF(x1, bottom1));
    path.cubicTo(QPointF(middle, bottom1), QPointF(middle, bottom0), QPointF(x0, bottom0));
    path.closeSubpath();
    return path;
}

QColor text_on(const QColor& ground) {
    const double light = 0.2126 * ground.redF() + 0.7152 * ground.greenF() + 0.0722 * ground.blueF();
    return light > 0.5 ? Qt::black : Qt::white;
}

}  // namespace r2t2::ui
