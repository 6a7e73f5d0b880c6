// How the map is drawn, on any device: ground (frame, words, legend, points) and overlay (neighbours, trajectory,
// sample). Thread rule: the interface's (fonts).
#pragma once

#include <QImage>

#include "ui/plots/legend.h"
#include "ui/plots/projection_scene.h"

namespace r2t2::ui {

/// From data to pixels, the same scale on both axes: distances mean something.
struct ProjectionCamera {
    QPointF centre;      ///< data
    double scale = 1.0;  ///< pixels a unit
};

struct ProjectionLayout {
    QRectF area;                     ///< the whole picture
    QRectF frame;                    ///< where points are
    QRectF x_label, y_label, title;  ///< empty: no room
    bool numbers = false;            ///< along the frame
    LegendLayout legend;
    QPointF legend_at;

    [[nodiscard]] QPointF to_pixel(const ProjectionCamera& camera, QPointF data) const;
    [[nodiscard]] QPointF to_data(const ProjectionCamera& camera, QPointF pixel) const;
};

[[nodiscard]] ProjectionLayout lay_out_projection(const ProjectionScene& scene, const QSizeF& size,
                                                  const PlotLook& look);
/// Everything drawn is inside the frame, with a margin. `bounds`: of the reference points (may be null).
[[nodiscard]] ProjectionCamera fit_projection(const ProjectionScene& scene, const QRectF& bounds, const QRectF& frame);

void draw_projection_ground(QPainter& painter, const ProjectionScene& scene, const ProjectionLayout& layout,
                            const ProjectionCamera& camera, const PlotLook& look);
/// Reference points (and rings of the selection) inside the frame, copied from sprites. ARGB32_Premultiplied.
void stamp_projection_points(QImage& image, const ProjectionScene& scene, const ProjectionLayout& layout,
                             const ProjectionCamera& camera, double ratio);
void stamp_projection_selection(QImage& image, const ProjectionScene& scene, const ProjectionLayout& layout,
                                const ProjectionCamera& camera, const PlotLook& look, double ratio);
/// The same as shapes, for vector graphics.
void draw_projection_points(QPainter& painter, const ProjectionScene& scene, const ProjectionLayout& layout,
                            const ProjectionCamera& camera, const PlotLook& look);
void draw_projection_overlay(QPainter& painter, const ProjectionScene& scene, const ProjectionLayout& layout,
                             const ProjectionCamera& camera, const PlotLook& look);

[[nodiscard]] QColor colour_of(const ProjectionScene& scene, int category);

}  // namespace r2t2::ui
