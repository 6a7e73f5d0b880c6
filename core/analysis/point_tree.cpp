#include "core/analysis/point_tree.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <utility>

namespace r2t2 {

namespace {

constexpr std::uint32_t leaf_points = 8;  ///< few enough that measuring them beats another level

/// Bits of a 32-bit number at the even places of 64.
std::uint64_t spread_bits(std::uint32_t value) {
    std::uint64_t v = value;
    v = (v | (v << 16)) & 0x0000ffff0000ffffULL;
    v = (v | (v << 8)) & 0x00ff00ff00ff00ffULL;
    v = (v | (v << 4)) & 0x0f0f0f0f0f0f0f0fULL;
    v = (v | (v << 2)) & 0x3333333333333333ULL;
    return (v | (v << 1)) & 0x5555555555555555ULL;
}

/// Row and Morton key of every point, in order of the keys (equal ones: of the rows).
std::vector<std::pair<std::uint64_t, std::uint32_t>> morton_order(std::span<const double> xy) {
    double low[2] = {xy[0], xy[1]};
    double high[2] = {xy[0], xy[1]};
    for (std::size_t i = 0; i < xy.size(); ++i) {
        low[i % 2] = std::min(low[i % 2], xy[i]);
        high[i % 2] = std::max(high[i % 2], xy[i]);
    }
    const double side = std::max({high[0] - low[0], high[1] - low[1], 1e-300});
    const auto cell = [&](std::size_t i) {
        return spread_bits(static_cast<std::uint32_t>((xy[i] - low[i % 2]) / side * 4294967295.0));
    };
    std::vector<std::pair<std::uint64_t, std::uint32_t>> keyed(xy.size() / 2);
    for (std::size_t i = 0; i < keyed.size(); ++i) {
        keyed[i] = {cell(2 * i) | cell(2 * i + 1) << 1, static_cast<std::uint32_t>(i)};
    }
    std::sort(keyed.begin(), keyed.end());
    return keyed;
}

}  // namespace

PointTree::PointTree(std::span<const double> xy) {
    assert(xy.size() >= 2);
    for (const auto& [key, row] : morton_order(xy)) {
        keys_.push_back(key);
        order_.push_back(row);
        xy_.push_back(xy[2 * row]);
        xy_.push_back(xy[2 * row + 1]);
    }
    nodes_.reserve(keys_.size() / 2);
    build(0, static_cast<std::uint32_t>(keys_.size()));
}

PointTree::Box PointTree::build(std::uint32_t begin, std::uint32_t end) {
    const std::size_t self = nodes_.size();
    nodes_.emplace_back();
    Box box{xy_[2 * begin], xy_[2 * begin], xy_[2 * begin + 1], xy_[2 * begin + 1]};
    const auto widen = [&box](const Box& b) {
        box = {std::min(box.left, b.left), std::max(box.right, b.right), std::min(box.low, b.low), std::max(box.high, b.high)};
    };
    double x = 0.0, y = 0.0;
    const bool leaf = end - begin <= leaf_points || keys_[begin] == keys_[end - 1];
    if (leaf) {
        for (std::uint32_t p = begin; p < end; ++p) {
            widen({xy_[2 * p], xy_[2 * p], xy_[2 * p + 1], xy_[2 * p + 1]});
            x += xy_[2 * p];
            y += xy_[2 * p + 1];
        }
    } else {
        // The smallest square that holds all points is the one below the first pair of bits in which keys differ.
        const int shift = (63 - std::countl_zero(keys_[begin] ^ keys_[end - 1])) & ~1;
        for (std::uint32_t first = begin; first < end;) {
            const std::uint64_t quarter = keys_[first] >> shift;
            const auto last = std::partition_point(keys_.begin() + first, keys_.begin() + end,
                                                   [&](std::uint64_t key) { return key >> shift == quarter; });
            const auto stop = static_cast<std::uint32_t>(last - keys_.begin());
            const std::size_t child = nodes_.size();
            widen(build(first, stop));
            x += nodes_[child].x * (stop - first);
            y += nodes_[child].y * (stop - first);
            first = stop;
        }
    }
    const double width = box.right - box.left;
    const double height = box.high - box.low;
    nodes_[self] = {x / (end - begin), y / (end - begin), width * width + height * height, begin, end,
                    static_cast<std::uint32_t>(nodes_.size()), leaf};
    return box;
}

PointTree::Repulsion PointTree::repulsion(std::size_t position, double theta) const {
    assert(theta >= 0.0 && theta <= 1.0);
    const double x = xy_[2 * position];
    const double y = xy_[2 * position + 1];
    const double theta2 = theta * theta;
    Repulsion out;
    const auto add = [&](double dx, double dy, double squared, double points) {
        const double w = 1.0 / (1.0 + squared);
        const double pull = points * w * w;
        out.weight += points * w;
        out.x += pull * dx;
        out.y += pull * dy;
    };
    for (std::size_t n = 0; n < nodes_.size();) {
        const Node& node = nodes_[n];
        const double dx = x - node.x;
        const double dy = y - node.y;
        const double squared = dx * dx + dy * dy;
        if (node.diagonal < theta2 * squared) {
            add(dx, dy, squared, node.end - node.begin);
            n = node.next;
        } else if (node.leaf) {
            for (std::uint32_t p = node.begin; p < node.end; ++p) {
                if (p == position) {
                    continue;
                }
                const double px = x - xy_[2 * p];
                const double py = y - xy_[2 * p + 1];
                add(px, py, px * px + py * py, 1.0);
            }
            n = node.next;
        } else {
            ++n;
        }
    }
    return out;
}

}  // namespace r2t2
