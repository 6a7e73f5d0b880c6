// Marching triangles: where the value crosses the level on the edges of a grid, joined into lines.
#include <algorithm>
#include <cmath>
#include <map>
#include <string>

#include "core/analysis/landscape.h"

namespace r2t2 {

namespace {

/// An edge of the grid by its end points' positions, smaller first: both triangles beside it name it alike.
using Edge = std::pair<std::size_t, std::size_t>;

/// The crossing on an edge, and the at most two crossings it is joined to (one in each triangle beside the edge).
struct Crossing {
    PlanePoint point;
    std::vector<Edge> joined;
    bool used = false;
};
using Crossings = std::map<Edge, Crossing>;

class TriangleMarch {
public:
    TriangleMarch(std::span<const double> values, int divisions, double level)
        : values_(values), level_(level), divisions_(divisions), coordinates_(triangle_coordinates(divisions)) {}

    [[nodiscard]] Crossings run() {
        for (int k = 0; k < divisions_; ++k) {
            for (int j = 0; j + k < divisions_; ++j) {
                const std::size_t right = triangle_index(divisions_, j + 1, k);
                const std::size_t up = triangle_index(divisions_, j, k + 1);
                cross({triangle_index(divisions_, j, k), right, up});
                if (j + k + 1 < divisions_) {
                    cross({right, up, triangle_index(divisions_, j + 1, k + 1)});
                }
            }
        }
        return std::move(crossings_);
    }

private:
    /// A value on the level counts as below it: each triangle is crossed on no edge or on two.
    [[nodiscard]] bool above(std::size_t point) const { return values_[point] > level_; }

    void cross(const std::array<std::size_t, 3>& corners) {
        if (!std::all_of(corners.begin(), corners.end(), [this](std::size_t p) { return std::isfinite(values_[p]); })) {
            return;
        }
        std::vector<Edge> crossed;
        for (std::size_t c = 0; c < 3; ++c) {
            const std::size_t a = corners[c];
            const std::size_t b = corners[(c + 1) % 3];
            if (above(a) != above(b)) {
                crossed.push_back(std::minmax(a, b));
                crossings_[crossed.back()].point = interpolate(crossed.back());
            }
        }
        if (!crossed.empty()) {
            crossings_[crossed[0]].joined.push_back(crossed[1]);
            crossings_[crossed[1]].joined.push_back(crossed[0]);
        }
    }

    [[nodiscard]] PlanePoint interpolate(const Edge& edge) const {
        const auto& [a, b] = edge;
        // Half the values: their difference cannot overflow.
        const double t = (0.5 * level_ - 0.5 * values_[a]) / (0.5 * values_[b] - 0.5 * values_[a]);
        const auto part = [&](std::size_t e) { return (1.0 - t) * coordinates_[a][e] + t * coordinates_[b][e]; };
        return ternary_point(part(0), part(1), part(2));
    }

    std::span<const double> values_;
    double level_;
    int divisions_;
    std::vector<std::array<int, 3>> coordinates_;
    Crossings crossings_;
};

/// From `start` along joined crossings until the end of the line or back at its start.
std::vector<PlanePoint> follow(Crossings& crossings, const Edge& start) {
    std::vector<PlanePoint> line;
    const auto add = [&line](PlanePoint p) {  // a level met exactly in a grid point crosses several edges there
        if (line.empty() || line.back().x != p.x || line.back().y != p.y) {
            line.push_back(p);
        }
    };
    const Edge* at = &start;
    while (at != nullptr) {
        Crossing& here = crossings.at(*at);
        here.used = true;
        add(here.point);
        at = nullptr;
        for (const Edge& next : here.joined) {
            if (!crossings.at(next).used) {
                at = &next;
                break;
            }
        }
    }
    if (crossings.at(start).joined.size() == 2) {
        add(crossings.at(start).point);
    }
    return line;
}

}  // namespace

Result<std::vector<std::vector<PlanePoint>>> contour(std::span<const double> values, int divisions, double level) {
    if (divisions < 1 || divisions > max_triangle_divisions || values.size() != triangle_points(divisions)) {
        return invalid_input("contour", "values", std::to_string(values.size()) + " at " + std::to_string(divisions) + " divisions",
                             "(n + 1)(n + 2) / 2 values at n = 1 to " + std::to_string(max_triangle_divisions) + " divisions");
    }
    if (!std::isfinite(level)) {
        return invalid_input("contour", "level", std::to_string(level), "a finite number");
    }
    Crossings crossings = TriangleMarch(values, divisions, level).run();
    std::vector<std::vector<PlanePoint>> lines;
    for (const std::size_t ends : {1U, 2U}) {  // open lines from one of their ends, then what is left: closed ones
        for (const auto& [edge, crossing] : crossings) {
            if (!crossing.used && crossing.joined.size() == ends) {
                std::vector<PlanePoint> line = follow(crossings, edge);
                if (line.size() > 1) {
                    lines.push_back(std::move(line));
                }
            }
        }
    }
    return lines;
}

}  // namespace r2t2
