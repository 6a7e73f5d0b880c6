// How a triangle is drawn, on any device. Ground: what rarely changes (field, grid, names, reference points, contours).
// Overlay: what moves with the step (neighbours, arrows, trajectory, r). The widget keeps the ground in a picture.
// Thread rule: the interface's (fonts).
#pragma once

#include <QImage>

#include "ui/plots/plot_drawing.h"
#include "ui/plots/simplex_scene.h"

namespace r2t2::ui {

struct SimplexLayout {
    SimplexGeometry geometry;
    QRectF area;   ///< the whole picture
    QRectF title;  ///< empty: no room beside the third expert's name
    QRectF bar;    ///< colour bar without its words; empty: no field or no room
    QRectF strip;  ///< where there is no room for that bar: a line for a flat one and its numbers; else empty
    QRectF whole;  ///< where the small triangle says which part is looked at; empty: the whole is, or no room
    bool ticks = false;
};

[[nodiscard]] SimplexLayout lay_out_simplex(const SimplexScene& scene, const QSizeF& size, const PlotLook& look);
/// Field (simplex_field_image's, or null), grid, names of experts, ticks, colour bar. Returns where words are, for
/// later ones to keep clear of.
LabelRoom draw_simplex_ground(QPainter& painter, const SimplexScene& scene, const SimplexLayout& layout,
                              const PlotLook& look, const QImage& field);
/// Lines of equal objective above the points, their levels where there is room.
void draw_simplex_contours(QPainter& painter, const SimplexScene& scene, const SimplexLayout& layout,
                           const PlotLook& look, LabelRoom& room);
/// Reference points, copied from sprites. `image` has the widget's size times `ratio`, format ARGB32_Premultiplied.
void stamp_simplex_points(QImage& image, const SimplexScene& scene, const SimplexLayout& layout, double ratio);
/// The same as shapes, with the rings of the selection: for vector graphics.
void draw_simplex_points(QPainter& painter, const SimplexScene& scene, const SimplexLayout& layout,
                         const PlotLook& look);
/// Rings around the selection, above `image`, which has the reference points already.
void stamp_simplex_selection(QImage& image, const SimplexScene& scene, const SimplexLayout& layout,
                             const PlotLook& look, double ratio);
/// Neighbours, arrows, trajectory, r (simplex_overlay.cpp).
void draw_simplex_overlay(QPainter& painter, const SimplexScene& scene, const SimplexLayout& layout,
                          const PlotLook& look, LabelRoom room);

[[nodiscard]] bool is_finite(const Triple& weights);

}  // namespace r2t2::ui
