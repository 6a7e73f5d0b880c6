#include "ui/plots/legend.h"

#include <QCoreApplication>
#include <QFontMetricsF>
#include <algorithm>

namespace r2t2::ui {

namespace {

constexpr double kMark = 18.0;  // the stroke or marker and the gap to its name
constexpr double kEntryGap = 12.0;   // between entries

}  // namespace

QVector<qreal> dash_pattern(int place) {
    static const QVector<qreal> patterns[] = {{4.0, 2.5}, {1.2, 1.8}, {7.0, 2.0, 1.2, 2.0}, {2.5, 4.0}};
    return patterns[std::max(place, 0) % 4];
}

LegendLayout::LegendLayout(const std::vector<LegendEntry>& entries, double width, double most_height,
                           const QFont& font) {
    const QFontMetricsF metrics(font);
    const double line = metrics.height() + 2.0;
    const int rows = static_cast<int>(most_height / line);
    if (rows < 1 || width < kMark + metrics.horizontalAdvance(QStringLiteral("MM…"))) {
        return;
    }
    double x = 0.0;
    int row = 0;
    for (std::size_t i = 0; i < entries.size(); ++i) {
        double wanted = std::min(kMark + metrics.horizontalAdvance(entries[i].name) + 1.0, width);
        if (x > 0.0 && x + wanted > width && row + 1 < rows) {
            x = 0.0;
            ++row;
        }
        const QString more = QCoreApplication::translate("r2t2::ui::LegendLayout", "+ %1 more").arg(entries.size() - i);
        const bool last = i + 1 == entries.size();
        const double reserve = row + 1 < rows || last ? 0.0 : metrics.horizontalAdvance(more) + kEntryGap;
        if (x > 0.0 && x + wanted + reserve > width) {
            left_out_ = entries.size() - i;
            places_.push_back({{more, QColor(), Marker::Circle, false, false},
                               QRectF(x, row * line, std::max(0.0, width - x), line)});
            break;
        }
        if (x == 0.0 && wanted + reserve > width) {  // one long name in the last row: room for the count of the others
            wanted = std::max(kMark, width - reserve);
        }
        places_.push_back({entries[i], QRectF(x, row * line, wanted, line)});
        x += wanted + kEntryGap;
    }
    height_ = places_.empty() ? 0.0 : (row + 1) * line;
}

std::vector<std::pair<QString, QRectF>> LegendLayout::shown() const {
    std::vector<std::pair<QString, QRectF>> out;
    for (const Place& place : places_) {
        out.emplace_back(place.entry.name, place.box);
    }
    return out;
}

void LegendLayout::draw(QPainter& painter, const PlotLook& look, QPointF origin) const {
    painter.setFont(look.font);
    for (const Place& place : places_) {
        const QRectF box = place.box.translated(origin);
        double from = box.left();
        if (place.entry.colour.isValid()) {
            const double y = box.center().y();
            if (place.entry.line) {
                QPen pen(place.entry.colour, 2.0);
                if (place.entry.dashed) {
                    pen.setDashPattern(dash_pattern(place.entry.place));
                }
                painter.setPen(pen);
                painter.drawLine(QPointF(from, y), QPointF(from + 14.0, y));
                if (place.entry.marked) {
                    painter.setPen(Qt::NoPen);
                    painter.setBrush(place.entry.colour);
                    draw_marker(painter, place.entry.marker, QPointF(from + 7.0, y), 3.6);
                }
            } else {
                painter.setPen(Qt::NoPen);
                painter.setBrush(place.entry.colour);
                draw_marker(painter, place.entry.marker, QPointF(from + 7.0, y), 4.0);
            }
            from += kMark;
        }
        painter.setPen(look.text());
        draw_elided(painter, QRectF(from, box.top(), box.right() - from, box.height()), Qt::AlignLeft,
                    place.entry.name);
    }
}

}  // namespace r2t2::ui
