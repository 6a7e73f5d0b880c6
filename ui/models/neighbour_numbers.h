// What neighbours are called: 1 is the nearest, and a neighbour keeps its number while others are left out; who takes their place comes
// after those that were there. Every view that names neighbours asks here. Thread rule: the interface's.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "core/routing/method_table.h"
#include "core/routing/trajectory.h"

namespace r2t2::ui {

class NeighbourNumbers {
public:
    /// The trajectory that is followed now; `left_out`: references that may not be neighbours. Distances of those that were neighbours
    /// before are remembered as long as they are left out, a space apart, and while those of the others stay what they were.
    void follow(const Trajectory& trajectory, const std::set<std::size_t>& left_out);
    /// Another sample.
    void forget();
    /// Of those that are neighbours, or would be if they were not left out, by distance; 0: neither, or not known.
    [[nodiscard]] int of(std::size_t reference) const;
    [[nodiscard]] std::optional<double> distance(std::size_t reference) const;

private:
    std::map<NeighbourNeed, std::map<std::size_t, double>> known_;
    std::map<std::size_t, double> now_;   ///< of the space that is followed
    std::vector<std::size_t> in_order_;  ///< nearest first
};

}  // namespace r2t2::ui
