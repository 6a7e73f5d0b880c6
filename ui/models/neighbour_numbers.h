// What neighbours are called: 1 is the nearest, and a neighbour keeps its number while others are left out; who takes their place comes
// after those that were there. Every view that names neighbours asks here. Thread rule: the interface's.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "core/inspect/inspector.h"
#include "core/routing/method_table.h"

namespace r2t2::ui {

class NeighbourNumbers {
public:
    /// The trajectory that is followed now and who its neighbours are, one each; `left_out`: references that may not be neighbours. Distances of
    /// those that were neighbours before are remembered as long as they are left out, a space apart, and while those of the others stay what they were.
    void follow(const Trajectory& trajectory, const std::vector<InspectedNeighbour>& neighbours, const std::set<std::size_t>& left_out);
    /// Another sample.
    void forget();
    /// Of a neighbour by its place in the neighbourhood, also of one that the open references lack; 0: there is no such neighbour.
    [[nodiscard]] int at(std::size_t neighbour) const;
    /// Of references that are neighbours, or would be if they were not left out, by distance; 0: neither, or not known.
    [[nodiscard]] int of(std::size_t reference) const;
    [[nodiscard]] std::optional<double> distance(std::size_t reference) const;

private:
    struct Numbered {
        double distance = 0.0;
        std::optional<std::size_t> neighbour;  ///< place in the neighbourhood; none: left out
        std::optional<std::size_t> reference;  ///< none: not among those that are open
    };
    std::map<NeighbourNeed, std::map<std::size_t, double>> known_;
    std::map<std::size_t, double> now_;  ///< of the space that is followed, by reference
    std::vector<Numbered> in_order_;     ///< nearest first
};

}  // namespace r2t2::ui
