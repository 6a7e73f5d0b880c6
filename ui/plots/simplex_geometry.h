// Where a routing triple stands in a drawn triangle, and which triple a pixel means. No projection error: three weights
// that sum to 1 have two degrees of freedom. Thread rule: pure values.
#pragma once

#include <QPointF>
#include <QRectF>
#include <array>

namespace r2t2::ui {

using Triple = std::array<double, 3>;  ///< weights of a group of three experts, on the simplex

/// Nearest point of the simplex (Euclidean; Duchi et al. 2008).
[[nodiscard]] Triple onto_simplex(const Triple& point);

class SimplexGeometry {
public:
    SimplexGeometry() = default;
    /// The largest equilateral triangle in `area`, centred: expert 0 bottom left, 1 bottom right, 2 on top.
    explicit SimplexGeometry(const QRectF& area);

    [[nodiscard]] QPointF to_pixel(const Triple& weights) const;
    [[nodiscard]] Triple to_weights(QPointF pixel) const;  ///< of the nearest point of the triangle
    [[nodiscard]] bool contains(QPointF pixel) const;
    [[nodiscard]] QPointF corner(int expert) const { return corners_[static_cast<std::size_t>(expert)]; }
    [[nodiscard]] double side() const { return side_; }  ///< pixels

private:
    std::array<QPointF, 3> corners_{};
    double side_ = 0.0;
};

}  // namespace r2t2::ui
