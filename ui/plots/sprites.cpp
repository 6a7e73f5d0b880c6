#include "ui/plots/sprites.h"

#include <QPainter>
#include <algorithm>
#include <cmath>

namespace r2t2::ui {

namespace {

QImage blank(double radius, double ratio) {
    const int side = std::max(3, static_cast<int>(std::ceil(2.0 * radius * ratio)));
    QImage image(side, side, QImage::Format_ARGB32_Premultiplied);
    image.fill(Qt::transparent);
    return image;
}

/// s + d * (255 - alpha of s) / 255 on all four channels, two at a time.
QRgb over(QRgb s, QRgb d) {
    const quint32 keep = 255U - (s >> 24U);
    quint32 even = (d & 0xff00ffU) * keep;
    even = ((even + ((even >> 8U) & 0xff00ffU) + 0x800080U) >> 8U) & 0xff00ffU;
    quint32 odd = ((d >> 8U) & 0xff00ffU) * keep;
    odd = (odd + ((odd >> 8U) & 0xff00ffU) + 0x800080U) & 0xff00ff00U;
    return s + (even | odd);
}

}  // namespace

QImage disc_sprite(const QColor& colour, double radius, double ratio) {
    QImage image = blank(radius, ratio);
    QPainter painter(&image);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(colour);
    painter.drawEllipse(QRectF(0, 0, image.width(), image.height()));
    return image;
}

QImage ring_sprite(const QColor& colour, const QColor& halo, double radius, double width, double ratio) {
    QImage image = blank(radius + width / 2 + 1.5, ratio);
    QPainter painter(&image);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.translate(image.width() / 2.0, image.height() / 2.0);
    painter.scale(ratio, ratio);
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(halo, width + 2.0));
    painter.drawEllipse(QPointF(0, 0), radius, radius);
    painter.setPen(QPen(colour, width));
    painter.drawEllipse(QPointF(0, 0), radius, radius);
    return image;
}

SpriteCanvas::SpriteCanvas(QImage& image, const QRect& clip)
    : bits_(image.bits()), stride_(image.bytesPerLine()), clip_(clip.intersected(image.rect())) {}

void SpriteCanvas::stamp(const QImage& sprite, QPointF at) {
    if (!(std::abs(at.x()) < 1e6 && std::abs(at.y()) < 1e6)) {  // NaN too
        return;
    }
    const int width = sprite.width(), height = sprite.height();
    const int x = qRound(at.x() - width / 2.0), y = qRound(at.y() - height / 2.0);
    if (x < clip_.left() || y < clip_.top() || x + width > clip_.right() + 1 || y + height > clip_.bottom() + 1) {
        return;
    }
    uchar* line = bits_ + y * stride_ + static_cast<qsizetype>(x) * 4;
    const uchar* from_line = sprite.constBits();
    for (int row = 0; row < height; ++row, line += stride_, from_line += sprite.bytesPerLine()) {
        const auto* from = reinterpret_cast<const QRgb*>(from_line);
        auto* to = reinterpret_cast<QRgb*>(line);
        for (int column = 0; column < width; ++column) {
            to[column] = over(from[column], to[column]);
        }
    }
}

PointStyle point_style(std::size_t points, double side) {
    const double grow = std::clamp(side / 400.0, 0.6, 1.4);
    if (points < 100) {
        return {4.5 * grow, 0.85};
    }
    if (points < 1000) {
        return {3.5 * grow, 0.75};
    }
    return points < 10000 ? PointStyle{std::max(1.5, 2.5 * grow), 0.6}
                          : PointStyle{std::clamp(2.0 * grow, 1.5, 2.0), 0.4};
}

}  // namespace r2t2::ui
