#include "ui/plots/point_grid.h"

#include "ui/plots/plot_drawing.h"

#include <algorithm>
#include <cmath>

namespace r2t2::ui {

PointGrid::PointGrid(std::vector<QPointF> points) : points_(std::move(points)) {
    double left = INFINITY, top = INFINITY, right = -INFINITY, bottom = -INFINITY;
    std::size_t count = 0;
    for (const QPointF& p : points_) {
        if (finite(p)) {
            left = std::min(left, p.x());
            right = std::max(right, p.x());
            top = std::min(top, p.y());
            bottom = std::max(bottom, p.y());
            ++count;
        }
    }
    if (count == 0) {
        return;
    }
    bounds_ = QRectF(QPointF(left, top), QPointF(right, bottom));
    columns_ = rows_ = std::clamp(static_cast<int>(std::sqrt(static_cast<double>(count) / 2.0)), 1, 512);
    std::vector<int> cell_of(points_.size(), -1);
    starts_.assign(static_cast<std::size_t>(columns_ * rows_) + 1, 0);
    for (std::size_t i = 0; i < points_.size(); ++i) {
        if (finite(points_[i])) {
            const Cells at = cells(QRectF(points_[i], QSizeF(0, 0)));
            cell_of[i] = at.top * columns_ + at.left;
            ++starts_[static_cast<std::size_t>(cell_of[i]) + 1];
        }
    }
    for (std::size_t c = 1; c < starts_.size(); ++c) {
        starts_[c] += starts_[c - 1];
    }
    members_.resize(count);
    std::vector<int> next(starts_.begin(), starts_.end() - 1);
    for (std::size_t i = 0; i < points_.size(); ++i) {
        if (cell_of[i] >= 0) {
            members_[static_cast<std::size_t>(next[static_cast<std::size_t>(cell_of[i])]++)] = static_cast<int>(i);
        }
    }
}

PointGrid::Cells PointGrid::cells(const QRectF& box) const {
    const auto cell = [](double v, double low, double extent, int count) {
        const double at = extent > 0.0 ? (v - low) / extent * count : 0.0;
        return static_cast<int>(std::clamp(at, 0.0, count - 1.0));
    };
    return {cell(box.left(), bounds_.left(), bounds_.width(), columns_),
            cell(box.top(), bounds_.top(), bounds_.height(), rows_),
            cell(box.right(), bounds_.left(), bounds_.width(), columns_),
            cell(box.bottom(), bounds_.top(), bounds_.height(), rows_)};
}

int PointGrid::nearest(QPointF at, double reach) const {
    if (members_.empty() || !finite(at) || !(reach > 0.0)) {
        return -1;
    }
    int best = -1;
    double nearest = reach;
    const Cells range = cells(QRectF(at.x() - reach, at.y() - reach, 2 * reach, 2 * reach));
    for (int row = range.top; row <= range.bottom; ++row) {
        const auto first = static_cast<std::size_t>(row * columns_ + range.left);
        const auto last = static_cast<std::size_t>(row * columns_ + range.right);
        for (int m = starts_[first]; m < starts_[last + 1]; ++m) {
            const int i = members_[static_cast<std::size_t>(m)];
            const QPointF gap = points_[static_cast<std::size_t>(i)] - at;
            if (const double distance = std::hypot(gap.x(), gap.y()); distance < nearest) {
                nearest = distance;
                best = i;
            }
        }
    }
    return best;
}

std::vector<int> PointGrid::inside(const QRectF& box) const {
    std::vector<int> found;
    if (members_.empty()) {
        return found;
    }
    const Cells range = cells(box);
    for (int row = range.top; row <= range.bottom; ++row) {
        const auto first = static_cast<std::size_t>(row * columns_ + range.left);
        const auto last = static_cast<std::size_t>(row * columns_ + range.right);
        for (int m = starts_[first]; m < starts_[last + 1]; ++m) {
            const int i = members_[static_cast<std::size_t>(m)];
            const QPointF& p = points_[static_cast<std::size_t>(i)];
            if (p.x() >= box.left() && p.x() <= box.right() && p.y() >= box.top() && p.y() <= box.bottom()) {
                found.push_back(i);
            }
        }
    }
    std::sort(found.begin(), found.end());
    return found;
}

}  // namespace r2t2::ui
