// Where a routing triple stands in a drawn triangle, and which triple a pixel means. No projection error: three weights
// that sum to 1 have two degrees of freedom. Thread rule: pure values.
#pragma once

#include <QLineF>
#include <QPointF>
#include <QRectF>
#include <QPolygonF>
#include <array>
#include <optional>
#include <utility>
#include <vector>

namespace r2t2::ui {

using Triple = std::array<double, 3>;  ///< weights of a group of three experts, on the simplex

/// Nearest point of the simplex (Euclidean; Duchi et al. 2008).
[[nodiscard]] Triple onto_simplex(const Triple& point);

/// The part of the simplex that is looked at: all triples with no weight below `low`, a triangle of the same shape. Corner
/// e shows the triple whose weight e is low[e] + span and whose others are at their low. low sums to 1 - span.
struct SimplexWindow {
    Triple low{};
    double span = 1.0;

    [[nodiscard]] bool whole() const { return span >= 1.0; }
    [[nodiscard]] Triple inside(const Triple& weights) const;  ///< barycentric in the window: 0 .. 1 where it shows them
    [[nodiscard]] Triple weights(const Triple& inside) const;  ///< its inverse
    [[nodiscard]] bool shows(const Triple& weights) const;     ///< not a triple that is not finite

    /// Enlarged about a triple, which keeps its place; factor below 1: smaller, at most the whole. Never beyond 500 times.
    [[nodiscard]] SimplexWindow zoomed(const Triple& about, double factor) const;
    /// The same size, moved by a difference of triples as far as the simplex goes.
    [[nodiscard]] SimplexWindow moved(const Triple& by) const;
    /// The smallest one with all of the triples and a margin; the whole without triples.
    [[nodiscard]] static SimplexWindow around(const std::vector<Triple>& triples);
};

class SimplexGeometry {
public:
    SimplexGeometry() = default;
    /// The largest equilateral triangle in `area`, centred: expert 0 bottom left, 1 bottom right, 2 on top.
    explicit SimplexGeometry(const QRectF& area, const SimplexWindow& window = {});

    [[nodiscard]] QPointF to_pixel(const Triple& weights) const;  ///< outside the triangle if outside the window
    [[nodiscard]] Triple to_weights(QPointF pixel) const;         ///< of the nearest point of the simplex
    [[nodiscard]] bool contains(QPointF pixel) const;
    [[nodiscard]] QPointF corner(int expert) const { return corners_[static_cast<std::size_t>(expert)]; }
    [[nodiscard]] double side() const { return side_; }  ///< pixels
    [[nodiscard]] const SimplexWindow& window() const { return window_; }
    /// Barycentric in the drawn triangle; negative outside it.
    [[nodiscard]] Triple inside(QPointF pixel) const;

    /// The part of a line between two pixels that lies in the triangle, or at most `margin` pixels outside; none if no part
    /// does.
    [[nodiscard]] std::optional<QLineF> clipped(QPointF from, QPointF to, double margin = 0.0) const;
    /// The parts of a path of triples that lie in the triangle, in pixels. Triples that are not finite are left out.
    [[nodiscard]] std::vector<QPolygonF> clipped(const std::vector<Triple>& path) const;

private:
    std::array<QPointF, 3> corners_{};
    double side_ = 0.0;
    SimplexWindow window_;
};

}  // namespace r2t2::ui
