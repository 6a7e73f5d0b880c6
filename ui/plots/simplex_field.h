// The objective over a triangle as colours, and their bar. Viridis, low = bright: that is where routing should go.
// Thread rule: pure functions but for the fonts, which are the interface's.
#pragma once

#include "ui/plots/simplex_painting.h"

namespace r2t2::ui {

/// `ratio` device pixels a logical one over the triangle's bounding box, linear inside each small triangle of the grid,
/// transparent outside and where a value is not known. Null: no field.
[[nodiscard]] QImage simplex_field_image(const SimplexField& field, const SimplexGeometry& geometry, double ratio);
/// In the corner right of the third expert's; empty where that corner is too small. Needs geometry, area and ticks.
[[nodiscard]] QRectF place_field_bar(const SimplexScene& scene, const SimplexLayout& layout, const PlotLook& look);
/// It has values, so that there is a scale to show.
[[nodiscard]] bool has_scale(const SimplexField& field);
/// The bar with the field's name, highest and lowest value.
void draw_field_bar(QPainter& painter, const SimplexField& field, const SimplexLayout& layout, const PlotLook& look);

}  // namespace r2t2::ui
