#include "core/routing/lattice_basis.h"

#include <algorithm>
#include <cassert>

namespace r2t2 {

namespace {

/// All points with `left` parts shared out among the corners from `corner` on.
void add_points(std::vector<int>& point, std::size_t corner, int left, std::vector<std::vector<int>>& out) {
    if (corner + 1 == point.size()) {
        point[corner] = left;
        out.push_back(point);
        return;
    }
    for (int parts = left; parts >= 0; --parts) {
        point[corner] = parts;
        add_points(point, corner + 1, left - parts, out);
    }
}

/// prod_{j < parts} (divisions w - j) / (parts - j), and its derivative by w: one corner's factor of Lagrange's polynomial on a simplex.
struct Factor {
    double value = 1.0;
    double slope = 0.0;
};

Factor factor(double weight, int parts, int divisions) {
    Factor out;
    for (int j = 0; j < parts; ++j) {
        const double here = (divisions * weight - j) / (j + 1);
        out.slope = out.slope * here + out.value * divisions / (j + 1);
        out.value *= here;
    }
    return out;
}

}  // namespace

LatticeBasis::LatticeBasis(std::size_t corners, int divisions, LatticeBetween between) : corners_(corners), divisions_(divisions), between_(between) {
    assert(corners > 0 && (divisions == 2 || divisions == 3));
    assert(between == LatticeBetween::Polynomial || (divisions == 2 && corners <= 3));
    std::vector<int> point(corners, 0);
    add_points(point, 0, divisions, points_);
    std::stable_partition(points_.begin(), points_.end(),
                          [divisions](const std::vector<int>& parts) { return *std::max_element(parts.begin(), parts.end()) == divisions; });
}

LatticeValues LatticeBasis::evaluate(const std::vector<double>& at) const {
    assert(at.size() == corners_);
    return between_ == LatticeBetween::Linear ? linear(at) : polynomial(at);
}

LatticeValues LatticeBasis::polynomial(const std::vector<double>& at) const {
    LatticeValues out;
    for (const std::vector<int>& parts : points_) {
        std::vector<Factor> factors;
        for (std::size_t c = 0; c < corners_; ++c) {
            factors.push_back(factor(at[c], parts[c], divisions_));
        }
        double value = 1.0;
        std::vector<double> gradient(corners_, 1.0);
        for (std::size_t c = 0; c < corners_; ++c) {
            value *= factors[c].value;
            for (std::size_t by = 0; by < corners_; ++by) {
                gradient[by] *= by == c ? factors[c].slope : factors[c].value;
            }
        }
        out.values.push_back(value);
        out.gradients.push_back(std::move(gradient));
    }
    return out;
}

LatticeValues LatticeBasis::linear(const std::vector<double>& at) const {
    LatticeValues out;
    out.values.assign(points_.size(), 0.0);
    out.gradients.assign(points_.size(), std::vector<double>(corners_, 0.0));
    const auto place = [&](std::size_t a, std::size_t b) {
        std::vector<int> parts(corners_, 0);
        parts[a] += 1;
        parts[b] += 1;
        return static_cast<std::size_t>(std::find(points_.begin(), points_.end(), parts) - points_.begin());
    };
    const auto heavy = std::find_if(at.begin(), at.end(), [](double weight) { return weight > 0.5; });
    if (heavy != at.end() || corners_ < 3) {  // the small simplex at a corner: the corner and the middles of its edges
        const auto corner = static_cast<std::size_t>(heavy != at.end() ? heavy - at.begin() : 0);
        out.values[place(corner, corner)] = 2.0 * at[corner] - 1.0;
        out.gradients[place(corner, corner)][corner] = 2.0;
        for (std::size_t other = 0; other < corners_; ++other) {
            if (other != corner) {
                out.values[place(corner, other)] = 2.0 * at[other];
                out.gradients[place(corner, other)][other] = 2.0;
            }
        }
        return out;
    }
    for (std::size_t opposite = 0; opposite < corners_; ++opposite) {  // the one in the middle: a middle counts by what the corner opposite lacks
        const std::size_t p = place((opposite + 1) % 3, (opposite + 2) % 3);
        out.values[p] = 1.0 - 2.0 * at[opposite];
        out.gradients[p][opposite] = -2.0;
    }
    return out;
}

}  // namespace r2t2
