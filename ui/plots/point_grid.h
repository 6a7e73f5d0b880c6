// Points in cells: which one is nearest, which ones lie in a rectangle. Built once (counting sort, O(n)), asked on
// every mouse move. Thread rule: plain value.
#pragma once

#include <QPointF>
#include <QRectF>
#include <vector>

namespace r2t2::ui {

class PointGrid {
public:
    PointGrid() = default;
    /// Any units. Points that are not finite are never found.
    explicit PointGrid(std::vector<QPointF> points);

    /// Index of the nearest point closer than `reach`; -1: none.
    [[nodiscard]] int nearest(QPointF at, double reach) const;
    [[nodiscard]] std::vector<int> inside(const QRectF& box) const;  ///< ascending
    [[nodiscard]] QRectF bounds() const { return bounds_; }          ///< of the finite points; null if there is none
    [[nodiscard]] const std::vector<QPointF>& points() const { return points_; }

private:
    struct Cells {
        int left, top, right, bottom;
    };
    [[nodiscard]] Cells cells(const QRectF& box) const;

    std::vector<QPointF> points_;
    QRectF bounds_;
    int columns_ = 0, rows_ = 0;
    std::vector<int> starts_;   ///< [cells + 1]
    std::vector<int> members_;  ///< by cell
};

}  // namespace r2t2::ui
