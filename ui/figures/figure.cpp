#include "ui/figures/figure.h"

#include <QFontMetricsF>
#include <QGuiApplication>
#include <QPainterPath>
#include <algorithm>

namespace r2t2::ui {

namespace {

constexpr double kKeyGap = 8.0;

double word_offset(const QFontMetricsF& metrics, const FigureKey& key) {
    return (!key.colour.isValid() ? 0.0 : key.line == Qt::NoPen ? 1.1 : 1.6) * metrics.ascent();
}

double key_width(const QFontMetricsF& metrics, const FigureKey& key) {
    return word_offset(metrics, key) + metrics.horizontalAdvance(key.text) + kKeyGap;
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

/// Broken between words; a word that is wider than the figure has a line of its own.
QStringList Figure::note_lines(double width) const {
    const QFontMetricsF metrics(font());
    QStringList lines;
    for (const QString& word : note_.split(QLatin1Char(' '), Qt::SkipEmptyParts)) {
        const QString longer = lines.isEmpty() ? word : lines.back() + QLatin1Char(' ') + word;
        if (lines.isEmpty() || metrics.horizontalAdvance(longer) > width - 6.0) {
            lines << word;
        } else {
            lines.back() = longer;
        }
    }
    return lines;
}

/// With what parts it from the axis or colour bar above.
double Figure::note_height(double width) const {
    const auto lines = static_cast<double>(note_lines(width).size());
    return lines > 0.0 ? (lines + 0.5) * QFontMetricsF(font()).height() : 0.0;
}

double Figure::title_space() const { return title_.isEmpty() ? 0.0 : 1.2 * QFontMetricsF(font()).height() + 1.0; }

QSizeF Figure::plot_size() const {
    const QFontMetricsF metrics(font());
    const double width = style_.width_mm * kMillimetre, note = note_height(width) + title_space();
    return {width, style_.height_mm > 0.0 ? style_.height_mm * kMillimetre : natural_height(width, metrics) + note};
}

void Figure::render_to(QPainter& painter, const QSizeF& size) const {
    painter.setFont(font());
    const PlotLook look = export_look(painter);
    QRectF area(QPointF(0, 0), size);
    const QStringList notes = note_lines(size.width());
    const QFontMetricsF metrics(look.font);
    const double top = size.height() - static_cast<double>(notes.size()) * metrics.height();
    area.setBottom(size.height() - note_height(size.width()));
    painter.setPen(ink(look.palette, 0.65));
    for (qsizetype i = 0; i < notes.size(); ++i) {
        draw_elided(painter, QRectF(2.0, top + static_cast<double>(i) * metrics.height() - 1.0, size.width() - 4.0, metrics.height()),
                    Qt::AlignLeft, notes[i]);
    }
    if (!title_.isEmpty()) {
        draw_title(painter, look, QPointF(2.0, 1.0), size.width() - 4.0, title_);
        area.setTop(title_space());
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
            const FigureKey& key = keys[i];
            const double half = 0.625 * metrics.ascent();
            if (!key.colour.isValid()) {
                // words only
            } else if (key.line != Qt::NoPen) {
                painter.setPen(QPen(key.colour, 1.4, key.line));
                painter.drawLine(QPointF(x, base - side / 2), QPointF(x + 2.0 * half, base - side / 2));
            } else if (!key.marker) {
                painter.setPen(Qt::NoPen);
                painter.setBrush(key.colour);
                painter.drawRect(QRectF(x, base - side, side, side));
            }
            if (key.marker) {
                painter.setPen(key.hollow ? QPen(key.colour, 1.0) : QPen(Qt::NoPen));
                painter.setBrush(key.hollow ? look.base() : key.colour);
                draw_marker(painter, *key.marker, QPointF(x + (key.line == Qt::NoPen ? side / 2 : half), base - side / 2), 2.6);
            }
            painter.setPen(look.text());
            painter.drawText(QPointF(x + word_offset(metrics, key), base), key.text);
            x += key_width(metrics, keys[i]);
        }
        y += metrics.height();
    }
    return y - area.top();
}

void draw_magnitude_bar(QPainter& painter, const QRectF& area, const PlotLook& look, const QString& low, const QString& high) {
    constexpr int kSteps = 32;
    const QFontMetricsF metrics(look.font);
    const double left = metrics.horizontalAdvance(low) + 5.0, right = metrics.horizontalAdvance(high) + 5.0;
    const double width = std::min(0.4 * area.width(), area.width() - left - right);
    if (width < 10.0) {
        return;
    }
    const double x = area.center().x() - (left + width + right) / 2.0 + left;
    const QRectF bar(x, area.center().y() - 0.32 * metrics.height(), width, 0.64 * metrics.height());
    painter.setPen(Qt::NoPen);
    for (int i = 0; i < kSteps; ++i) {  // each a little under the next: no gaps
        painter.setBrush(magnitude_colour(i / (kSteps - 1.0)));
        painter.drawRect(QRectF(QPointF(x + width * i / kSteps, bar.top()), bar.bottomRight()));
    }
    painter.setPen(look.text());
    const double base = area.center().y() + (metrics.ascent() - metrics.descent()) / 2.0;
    painter.drawText(QPointF(x - left, base), low);
    painter.drawText(QPointF(bar.right() + 5.0, base), high);
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

}  // namespace r2t2::ui
