// Barnes-Hut: the repulsion of many points in the plane, far groups of points taken as one.
//
// A tree of squares over the points in Morton order; a node whose points all lie within theta times their distance (the
// diagonal of their bounding box) counts as one point at their mean. theta = 0 measures every pair.
// Source: van der Maaten, "Accelerating t-SNE using tree-based algorithms", JMLR 15 (2014), section 4.2; Barnes and Hut,
// Nature 324 (1986). Thread rule: immutable once built; `repulsion` from any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace r2t2 {

class PointTree {
public:
    /// `xy` [n, 2], finite. n log n.
    explicit PointTree(std::span<const double> xy);

    struct Repulsion {
        double x = 0.0, y = 0.0;  ///< sum_j w_ij^2 (y_i - y_j), w_ij = 1 / (1 + |y_i - y_j|^2)
        double weight = 0.0;      ///< sum_{j != i} w_ij: this point's part of t-SNE's Z
    };
    /// For the point at `position` of Morton order: neighbours one after the other find the same nodes in the cache.
    /// 0 <= theta <= 1, so that no node that holds the point itself counts as one.
    [[nodiscard]] Repulsion repulsion(std::size_t position, double theta) const;
    /// Row of each position.
    [[nodiscard]] const std::vector<std::uint32_t>& order() const { return order_; }

private:
    struct Node {
        double x = 0.0, y = 0.0;  ///< mean of the points
        double diagonal = 0.0;    ///< of their bounding box, squared
        std::uint32_t begin = 0, end = 0;  ///< positions
        std::uint32_t next = 0;   ///< the node after this one's descendants
        bool leaf = false;
    };
    struct Box {
        double left, right, low, high;
    };
    Box build(std::uint32_t begin, std::uint32_t end);

    std::vector<std::uint64_t> keys_;  ///< in Morton order
    std::vector<std::uint32_t> order_;
    std::vector<double> xy_;           ///< [n, 2] in Morton order
    std::vector<Node> nodes_;          ///< a node's descendants follow it
};

}  // namespace r2t2
