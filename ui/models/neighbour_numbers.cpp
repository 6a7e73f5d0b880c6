#include "ui/models/neighbour_numbers.h"

#include <algorithm>
#include <cmath>

namespace r2t2::ui {

namespace {
constexpr double kSame = 1e-9;  // of one distance that was computed twice
}

void NeighbourNumbers::follow(const Trajectory& trajectory, const std::set<std::size_t>& left_out) {
    in_order_.clear();
    now_.clear();
    const std::vector<Neighbour>& neighbours = trajectory.neighbourhood.neighbours;
    if (neighbours.empty()) {
        return;
    }
    const NeighbourNeed need = method_row(trajectory.method).neighbours;
    std::map<std::size_t, double>& known = known_[need == NeighbourNeed::Routing ? NeighbourNeed::Labelled : need];
    const bool others = std::any_of(neighbours.begin(), neighbours.end(), [&](const Neighbour& neighbour) {
        const auto before = known.find(neighbour.index);
        return before != known.end() && std::abs(before->second - neighbour.distance) > kSame;  // the space, or the point in it, is another
    });
    for (const Neighbour& neighbour : neighbours) {
        now_[neighbour.index] = neighbour.distance;
        in_order_.push_back(neighbour.index);
    }
    for (const auto& [reference, distance] : known) {
        if (!others && left_out.contains(reference) && now_.emplace(reference, distance).second) {
            in_order_.push_back(reference);
        }
    }
    known = now_;
    // Neighbours stand in the order of their search: equal distances keep it.
    std::stable_sort(in_order_.begin(), in_order_.end(), [&](std::size_t a, std::size_t b) { return now_.at(a) < now_.at(b); });
}

void NeighbourNumbers::forget() { *this = {}; }

int NeighbourNumbers::of(std::size_t reference) const {
    const auto at = std::find(in_order_.begin(), in_order_.end(), reference);
    return at == in_order_.end() ? 0 : static_cast<int>(at - in_order_.begin()) + 1;
}

std::optional<double> NeighbourNumbers::distance(std::size_t reference) const {
    const auto at = now_.find(reference);
    return at == now_.end() ? std::nullopt : std::optional(at->second);
}

}  // namespace r2t2::ui
