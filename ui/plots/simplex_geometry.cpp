#include "ui/plots/simplex_geometry.h"

#include <algorithm>
#include <cmath>

#include "core/analysis/projection.h"

namespace r2t2::ui {

namespace {

const double kHeight = std::sqrt(3.0) / 2.0;

}  // namespace

Triple onto_simplex(const Triple& point) {
    Triple sorted = point;
    std::sort(sorted.begin(), sorted.end(), std::greater<>());
    double sum = 0.0, shift = 0.0;
    for (std::size_t i = 0; i < 3; ++i) {
        sum += sorted[i];
        const double t = (sum - 1.0) / static_cast<double>(i + 1);
        if (sorted[i] - t > 0.0) {
            shift = t;
        }
    }
    Triple out{};
    std::transform(point.begin(), point.end(), out.begin(), [shift](double v) { return std::max(v - shift, 0.0); });
    return out;
}

SimplexGeometry::SimplexGeometry(const QRectF& area) {
    side_ = std::max(0.0, std::min(area.width(), area.height() / kHeight));
    const QPointF bottom_left(area.center().x() - side_ / 2.0, area.center().y() + side_ * kHeight / 2.0);
    for (std::size_t e = 0; e < 3; ++e) {
        const PlanePoint p = ternary_point(e == 0, e == 1, e == 2);
        corners_[e] = bottom_left + QPointF(p.x * side_, -p.y * side_);
    }
}

QPointF SimplexGeometry::to_pixel(const Triple& weights) const {
    return corners_[0] * weights[0] + corners_[1] * weights[1] + corners_[2] * weights[2];
}

Triple SimplexGeometry::to_weights(QPointF pixel) const {
    if (side_ <= 0.0) {
        return {1.0 / 3, 1.0 / 3, 1.0 / 3};
    }
    const QPointF from = pixel - corners_[0];
    return onto_simplex(ternary_weights({from.x() / side_, -from.y() / side_}));
}

bool SimplexGeometry::contains(QPointF pixel) const {
    if (side_ <= 0.0) {
        return false;
    }
    const QPointF from = pixel - corners_[0];
    const Triple w = ternary_weights({from.x() / side_, -from.y() / side_});
    return std::all_of(w.begin(), w.end(), [](double v) { return v >= -1e-9; });
}

}  // namespace r2t2::ui
