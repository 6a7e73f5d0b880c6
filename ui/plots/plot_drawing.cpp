#include "ui/plots/plot_drawing.h"

#include <QFontInfo>
#include <QFontMetricsF>
#include <QWidget>
#include <algorithm>
#include <array>
#include <cmath>

#include "core/base/half_up.h"

namespace r2t2::ui {

QFont pixel_font(const QFont& font) {
    QFont out = font;
    out.setPixelSize(std::max(1, QFontInfo(font).pixelSize()));
    return out;
}

QFont bold(const QFont& font) {
    QFont out = font;
    out.setBold(true);
    return out;
}

PlotLook screen_look(const QWidget& widget) {
    return {widget.palette(), pixel_font(widget.font())};
}

PlotLook export_look(const QPainter& painter) {
    QPalette light(QColor(240, 240, 240));
    light.setColor(QPalette::Base, Qt::white);
    light.setColor(QPalette::Window, Qt::white);
    light.setColor(QPalette::Text, Qt::black);
    light.setColor(QPalette::WindowText, Qt::black);
    light.setColor(QPalette::Highlight, category_colour(4));
    return {light, pixel_font(painter.font())};
}

bool LabelRoom::claim(const QRectF& box) {
    if (!area_.contains(box) ||
        std::any_of(taken_.begin(), taken_.end(), [&box](const QRectF& other) { return other.intersects(box); })) {
        return false;
    }
    taken_.push_back(box);
    return true;
}

bool draw_beside(QPainter& painter, const PlotLook& look, LabelRoom& room, QPointF anchor, double distance,
                 const QString& text, const QColor& colour, double ground) {
    const QFontMetricsF metrics(look.font);
    const QSizeF size(metrics.horizontalAdvance(text) + 2.0, metrics.height() - 2.0);
    // Quarter the way round first: beside a line that leaves to the left or the right is rarely free.
    static constexpr std::array<std::array<double, 2>, 8> kAround = {
        {{0.75, -0.75}, {-0.75, -0.75}, {0.75, 0.75}, {-0.75, 0.75}, {1, 0}, {0, -1}, {-1, 0}, {0, 1}}};
    for (const auto& [x, y] : kAround) {
        const QPointF middle = anchor + QPointF(x * (distance + size.width() / 2), y * (distance + size.height() / 2));
        const QRectF box(middle.x() - size.width() / 2, middle.y() - size.height() / 2, size.width(), size.height());
        if (!room.claim(box)) {
            continue;
        }
        if (ground > 0.0) {
            QColor behind = look.base();
            behind.setAlphaF(static_cast<float>(ground));
            painter.setPen(Qt::NoPen);
            painter.setBrush(behind);
            painter.drawRoundedRect(box, 2.0, 2.0);
        }
        painter.setFont(look.font);
        painter.setPen(colour);
        painter.drawText(QPointF(box.left() + 1.0, box.center().y() + (metrics.ascent() - metrics.descent()) / 2.0),
                         text);
        return true;
    }
    return false;
}

void draw_elided(QPainter& painter, const QRectF& box, Qt::Alignment alignment, const QString& text) {
    const QFontMetricsF metrics(painter.font());
    if (box.height() < metrics.height() * 0.8 || (metrics.horizontalAdvance(text) > box.width() &&
                                                  box.width() < metrics.horizontalAdvance(QStringLiteral("MM…")))) {
        return;
    }
    const QString shown = metrics.elidedText(text, Qt::ElideRight, box.width() + 0.5);
    const double width = metrics.horizontalAdvance(shown);
    const double x = alignment.testFlag(Qt::AlignRight)     ? box.right() - width
                     : alignment.testFlag(Qt::AlignHCenter) ? box.center().x() - width / 2
                                                            : box.left();
    painter.drawText(QPointF(x, box.center().y() + (metrics.ascent() - metrics.descent()) / 2.0), shown);
}

void draw_title(QPainter& painter, const PlotLook& look, QPointF at, double width, const QString& text) {
    painter.setFont(bold(look.font));
    painter.setPen(look.text());
    draw_elided(painter, QRectF(at, QSizeF(width, QFontMetricsF(painter.font()).height())), Qt::AlignLeft, text);
    painter.setFont(look.font);
}

double title_height(const PlotLook& look, double width, int most, const QString& text) {
    const QFontMetricsF metrics(bold(look.font));
    const QRectF room(0.0, 0.0, width, most * metrics.height() + 0.5);
    return std::min(room.height(), metrics.boundingRect(room, Qt::AlignLeft | Qt::TextWordWrap, text).height());
}

void draw_wrapped_title(QPainter& painter, const PlotLook& look, const QRectF& box, const QString& text) {
    if (box.height() < 1.5 * QFontMetricsF(bold(look.font)).height()) {
        draw_title(painter, look, box.topLeft(), box.width(), text);
        return;
    }
    painter.setFont(bold(look.font));
    painter.setPen(look.text());
    painter.drawText(box, static_cast<int>(Qt::AlignLeft) | Qt::TextWordWrap, text);
    painter.setFont(look.font);
}

void draw_empty(QPainter& painter, const PlotLook& look, const QRectF& area, const QString& text) {
    painter.setFont(look.font);
    painter.setPen(ink(look.palette, 0.6));
    painter.drawText(area.adjusted(6, 6, -6, -6), static_cast<int>(Qt::AlignCenter) | Qt::TextWordWrap, text);
}

void draw_marker(QPainter& painter, Marker marker, QPointF at, double radius) {
    switch (marker) {
        case Marker::Circle:
            painter.drawEllipse(at, radius, radius);
            return;
        case Marker::Square: {
            const double half = radius * 0.89;  // the circle's area
            painter.drawRect(QRectF(at.x() - half, at.y() - half, 2 * half, 2 * half));
            return;
        }
        case Marker::Diamond:
            painter.drawPolygon(QPolygonF({at + QPointF(0, -radius * 1.25), at + QPointF(radius * 1.25, 0),
                                           at + QPointF(0, radius * 1.25), at + QPointF(-radius * 1.25, 0)}));
            return;
        case Marker::Triangle:
            painter.drawPolygon(QPolygonF({at + QPointF(0, -radius * 1.3), at + QPointF(radius * 1.25, radius * 0.95), at + QPointF(-radius * 1.25, radius * 0.95)}));
            return;
    }
}

void draw_focus_frame(QPainter& painter, const QWidget& widget) {
    if (!widget.hasFocus()) {
        return;
    }
    painter.setRenderHint(QPainter::Antialiasing, false);
    painter.setPen(QPen(widget.palette().color(QPalette::Highlight), 2.0));
    painter.setBrush(Qt::NoBrush);
    painter.drawRect(widget.rect().adjusted(1, 1, -1, -1));
}

std::optional<int> step_by_key(int key, int step, int count) {
    int wanted = -1;
    switch (key) {
        case Qt::Key_Left:
            wanted = step - 1;
            break;
        case Qt::Key_Right:
            wanted = step + 1;
            break;
        case Qt::Key_Home:
            wanted = 0;
            break;
        case Qt::Key_End:
            wanted = count - 1;
            break;
        default:
            return std::nullopt;
    }
    return wanted >= 0 && wanted < count ? std::optional(wanted) : std::nullopt;
}

std::vector<double> round_ticks(double low, double high, int most) {
    std::vector<double> ticks;
    if (!std::isfinite(low) || !std::isfinite(high) || high <= low || most < 1) {
        return ticks;
    }
    const double rough = (high - low) / most;
    const double power = std::pow(10.0, std::floor(std::log10(rough)));
    double step = 10.0 * power;
    for (const double nice : {1.0, 2.0, 5.0}) {
        if (nice * power >= rough) {
            step = nice * power;
            break;
        }
    }
    for (double i = std::ceil(low / step - 1e-9); i * step <= high + 1e-9 * step && ticks.size() < 64; i += 1.0) {
        ticks.push_back(i == 0.0 ? 0.0 : i * step);
    }
    return ticks;
}

QString short_number(double value) {
    if (std::isnan(value)) {
        return {};
    }
    return QString::number(value == 0.0 ? 0.0 : value, 'g', 3).replace(QLatin1Char('-'), QChar(0x2212));
}

QString fixed_number(double value, int decimals, bool sign) {
    if (!std::isfinite(value)) {
        return QStringLiteral("–");
    }
    QString text = QString::number(half_up(value, decimals), 'f', decimals);
    if (text.toDouble() == 0.0) {
        text.remove(QLatin1Char('-'));  // no minus nothing
    } else if (sign && value > 0.0) {
        text.prepend(QLatin1Char('+'));
    }
    return text.replace(QLatin1Char('-'), QChar(0x2212));
}

}  // namespace r2t2::ui
