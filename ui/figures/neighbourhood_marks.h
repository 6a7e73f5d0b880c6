// The parts of the neighbourhood map: ground of a triangle and of a plane, points, rings, path. Units: 1/96 inch.
// Thread rule: as figure.h.
#pragma once

#include <QStringList>
#include <optional>
#include <span>
#include <vector>

#include "ui/figures/figure.h"
#include "ui/plots/colours.h"
#include "ui/plots/simplex_geometry.h"
#include "ui/plots/sprites.h"

namespace r2t2::ui {

struct TriangleFrame {
    QRectF area;
    SimplexGeometry geometry;
    QRectF whole;  ///< of the small triangle that says which part is shown; empty: all is
};
/// Around where the sample starts, its neighbours and nearly all of the native routings; around its whole way too if that does
/// not cost much of the enlargement (an optimiser may carry r into a corner far away).
[[nodiscard]] SimplexWindow neighbourhood_window(const std::vector<Triple>& native, const std::vector<Triple>& steps, const std::vector<Triple>& neighbours);
/// Room for a line above the triangle and two below.
[[nodiscard]] TriangleFrame lay_out_triangle(const QRectF& area, const SimplexWindow& window, const QFontMetricsF& metrics);
/// Grid with its weights (an expert's numbers and lines have its colour), names of the corners, the small triangle with the
/// whole way. `room`: what later words must keep clear of.
void draw_triangle_ground(QPainter& painter, const TriangleFrame& frame, const QString& name, const QStringList& experts, int group,
                          const std::vector<Triple>& steps, std::span<const std::optional<OutcomeColour>> flips, LabelRoom& room, const PlotLook& look);
/// Where a path leaves the triangle and which steps are outside then: "1\u201310".
struct PathExit {
    QLineF last;  ///< its last piece inside
    QString steps;
};
[[nodiscard]] std::vector<PathExit> path_exits(const SimplexGeometry& geometry, const std::vector<Triple>& steps);
void draw_exit(QPainter& painter, const PathExit& exit, LabelRoom& room, const PlotLook& look);

/// The first two principal components of routings [rows, experts]; no places: fewer than two different ones.
struct RoutingPlane {
    std::vector<QPointF> places;
    std::array<double, 2> explained{};  ///< shares of the variance
};
[[nodiscard]] RoutingPlane fit_routing_plane(std::span<const double> rows, std::size_t experts);
struct PlaneFrame {
    QRectF box;
    QRectF range;  ///< of the plane, that the box shows; y upwards
    [[nodiscard]] QPointF to_pixel(QPointF place) const;
};
[[nodiscard]] PlaneFrame draw_plane_ground(QPainter& painter, const QRectF& area, const RoutingPlane& plane, LabelRoom& room, const PlotLook& look);

/// Discs in the colours of outcomes; places that are not finite are left out. `raster`: device pixels a unit of a picture over
/// `box`, 0: shapes.
void draw_native_points(QPainter& painter, std::span<const QPointF> places, std::span<const OutcomeColour> colours, const PointStyle& style,
                        const QRectF& box, double raster);
void draw_ringed(QPainter& painter, QPointF at, double radius, const PlotLook& look);
/// Later words keep clear of the line.
void block_path(const QPolygonF& path, LabelRoom& room);
void draw_haloed_path(QPainter& painter, const QPolygonF& path, const PlotLook& look);

}  // namespace r2t2::ui
