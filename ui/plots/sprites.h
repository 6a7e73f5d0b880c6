// Markers drawn once and copied many times: painting 45,000 antialiased ellipses takes ten times as long as copying
// 45,000 small pictures. Thread rule: pure functions; an image belongs to one thread.
#pragma once

#include <QColor>
#include <QImage>
#include <QPointF>

namespace r2t2::ui {

/// A disc of `radius` (logical pixels) in one colour, premultiplied, at `ratio` device pixels a logical one.
[[nodiscard]] QImage disc_sprite(const QColor& colour, double radius, double ratio);
/// A ring around a point of `radius`, `width` thick, with a thin line of `halo` on both sides.
[[nodiscard]] QImage ring_sprite(const QColor& colour, const QColor& halo, double radius, double width, double ratio);
/// A picture that sprites are copied onto. It must not be copied, painted on or destroyed meanwhile.
class SpriteCanvas {
public:
    /// `image`: ARGB32_Premultiplied. `clip`: device pixels, inside the image.
    SpriteCanvas(QImage& image, const QRect& clip);
    /// Source-over with the sprite's middle at `at` (device pixels). Nothing if it does not lie inside the clip whole.
    void stamp(const QImage& sprite, QPointF at);

private:
    uchar* bits_;
    qsizetype stride_;
    QRect clip_;
};

/// How reference points look: large and strong where there are few, small and thin where there are tens of thousands,
/// so that density is seen. `side`: of the plot, logical pixels.
struct PointStyle {
    double radius = 2.0;
    double opacity = 0.6;
};
[[nodiscard]] PointStyle point_style(std::size_t points, double side);

}  // namespace r2t2::ui
