#include "ui/plots/simplex_geometry.h"

#include <algorithm>
#include <cmath>

#include "core/analysis/projection.h"

namespace r2t2::ui {

namespace {

const double kHeight = std::sqrt(3.0) / 2.0;
constexpr double kSmallestSpan = 1.0 / 500.0;
constexpr double kMargin = 0.08;   // of the window, around what it is made for
constexpr double kEdge = 1e-9;     // what counts as inside

bool finite(const Triple& w) {
    return std::all_of(w.begin(), w.end(), [](double v) { return std::isfinite(v); });
}

/// low >= 0 and low + span = 1 exactly enough: the nearest such window of this span.
SimplexWindow settled(Triple low, double span) {
    span = std::clamp(span, kSmallestSpan, 1.0);
    if (span >= 1.0) {
        return {};
    }
    for (double& v : low) {
        v /= 1.0 - span;
    }
    low = onto_simplex(low);
    for (double& v : low) {
        v *= 1.0 - span;
    }
    return {low, span};
}

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

Triple SimplexWindow::inside(const Triple& weights) const {
    return {(weights[0] - low[0]) / span, (weights[1] - low[1]) / span, (weights[2] - low[2]) / span};
}

Triple SimplexWindow::weights(const Triple& inside) const {
    return {low[0] + span * inside[0], low[1] + span * inside[1], low[2] + span * inside[2]};
}

bool SimplexWindow::shows(const Triple& weights) const {
    const Triple u = inside(weights);
    return finite(u) && std::all_of(u.begin(), u.end(), [](double v) { return v >= -kEdge; });
}

SimplexWindow SimplexWindow::zoomed(const Triple& about, double factor) const {
    const double next = std::clamp(span / factor, kSmallestSpan, 1.0);
    const Triple u = inside(about);
    Triple at{};
    for (std::size_t e = 0; e < 3; ++e) {
        at[e] = about[e] - next * u[e];
    }
    return settled(at, next);
}

SimplexWindow SimplexWindow::moved(const Triple& by) const {
    return settled({low[0] + by[0], low[1] + by[1], low[2] + by[2]}, span);
}

SimplexWindow SimplexWindow::around(const std::vector<Triple>& triples) {
    Triple least = {1.0, 1.0, 1.0};
    bool any = false;
    for (const Triple& w : triples) {
        if (finite(w)) {
            any = true;
            for (std::size_t e = 0; e < 3; ++e) {
                least[e] = std::min(least[e], w[e]);
            }
        }
    }
    if (!any) {
        return {};
    }
    const double tight = std::max(1.0 - least[0] - least[1] - least[2], kSmallestSpan);
    double sum = 0.0;
    for (double& v : least) {
        v = std::max(0.0, v - kMargin * tight);
        sum += v;
    }
    return settled(least, 1.0 - sum);
}

SimplexGeometry::SimplexGeometry(const QRectF& area, const SimplexWindow& window) : window_(window) {
    side_ = std::max(0.0, std::min(area.width(), area.height() / kHeight));
    const QPointF bottom_left(area.center().x() - side_ / 2.0, area.center().y() + side_ * kHeight / 2.0);
    for (std::size_t e = 0; e < 3; ++e) {
        const PlanePoint p = ternary_point(e == 0, e == 1, e == 2);
        corners_[e] = bottom_left + QPointF(p.x * side_, -p.y * side_);
    }
}

QPointF SimplexGeometry::to_pixel(const Triple& weights) const {
    const Triple u = window_.inside(weights);
    return corners_[0] * u[0] + corners_[1] * u[1] + corners_[2] * u[2];
}

Triple SimplexGeometry::inside(QPointF pixel) const {
    const QPointF from = pixel - corners_[0];
    return ternary_weights({from.x() / side_, -from.y() / side_});
}

Triple SimplexGeometry::to_weights(QPointF pixel) const {
    if (side_ <= 0.0) {
        return {1.0 / 3, 1.0 / 3, 1.0 / 3};
    }
    return onto_simplex(window_.weights(inside(pixel)));
}

bool SimplexGeometry::contains(QPointF pixel) const {
    if (side_ <= 0.0) {
        return false;
    }
    const Triple u = inside(pixel);
    return std::all_of(u.begin(), u.end(), [](double v) { return v >= -kEdge; });
}

std::optional<QLineF> SimplexGeometry::clipped(QPointF from, QPointF to, double margin) const {
    if (side_ <= 0.0) {
        return std::nullopt;
    }
    Triple a = inside(from), b = inside(to);
    for (std::size_t e = 0; e < 3; ++e) {  // an edge lies where one of them is zero; heights are 1
        a[e] += margin / (side_ * kHeight);
        b[e] += margin / (side_ * kHeight);
    }
    double begin = 0.0, end = 1.0;
    for (std::size_t e = 0; e < 3; ++e) {
        if (!std::isfinite(a[e]) || !std::isfinite(b[e]) || (a[e] < -kEdge && b[e] < -kEdge)) {
            return std::nullopt;
        }
        if (a[e] < -kEdge) {
            begin = std::max(begin, a[e] / (a[e] - b[e]));
        } else if (b[e] < -kEdge) {
            end = std::min(end, a[e] / (a[e] - b[e]));
        }
    }
    if (begin > end) {
        return std::nullopt;
    }
    return QLineF(begin > 0.0 ? from + (to - from) * begin : from, end < 1.0 ? from + (to - from) * end : to);
}

std::vector<QPolygonF> SimplexGeometry::clipped(const std::vector<Triple>& path) const {
    std::vector<QPolygonF> parts;
    std::optional<QPointF> last;
    bool open = false;  // the last part ends where the next line begins
    for (const Triple& at : path) {
        if (!finite(at)) {
            continue;
        }
        const QPointF pixel = to_pixel(at);
        const std::optional<QLineF> line = last ? clipped(*last, pixel) : std::nullopt;
        if (line) {
            if (!open) {
                parts.emplace_back(QPolygonF({line->p1()}));
            }
            parts.back().append(line->p2());
        }
        open = line && line->p2() == pixel;
        last = pixel;
    }
    return parts;
}

}  // namespace r2t2::ui
