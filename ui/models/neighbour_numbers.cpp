#include "ui/models/neighbour_numbers.h"

#include <algorithm>
#include <cmath>

namespace r2t2::ui {

namespace {
constexpr double kSame = 1e-9;  // of one distance that was computed twice
}

void NeighbourNumbers::follow(const Trajectory& trajectory, const std::vector<InspectedNeighbour>& neighbours, const std::set<std::size_t>& left_out) {
    in_order_.clear();
    now_.clear();
    const std::vector<Neighbour>& values = trajectory.neighbourhood.neighbours;
    const std::size_t count = std::min(values.size(), neighbours.size());
    if (count == 0) {
        return;
    }
    const NeighbourNeed need = method_row(trajectory.method).neighbours;
    std::map<std::size_t, double>& known = known_[need == NeighbourNeed::Routing || need == NeighbourNeed::Surfaces ? NeighbourNeed::Labelled : need];
    bool others = false;  // the space, or the point in it, is another
    for (std::size_t i = 0; i < count; ++i) {
        in_order_.push_back({values[i].distance, i, neighbours[i].place});
        if (const std::optional<std::size_t> place = neighbours[i].place) {
            const auto before = known.find(*place);
            others = others || (before != known.end() && std::abs(before->second - values[i].distance) > kSame);
            now_[*place] = values[i].distance;
        }
    }
    for (const auto& [reference, distance] : known) {
        if (!others && left_out.contains(reference) && now_.emplace(reference, distance).second) {
            in_order_.push_back({distance, std::nullopt, reference});
        }
    }
    known = now_;
    // Neighbours stand in the order of their search: equal distances keep it.
    std::stable_sort(in_order_.begin(), in_order_.end(), [](const Numbered& a, const Numbered& b) { return a.distance < b.distance; });
}

void NeighbourNumbers::forget() { *this = {}; }

int NeighbourNumbers::at(std::size_t neighbour) const {
    const auto found = std::find_if(in_order_.begin(), in_order_.end(), [neighbour](const Numbered& each) { return each.neighbour == neighbour; });
    return found == in_order_.end() ? 0 : static_cast<int>(found - in_order_.begin()) + 1;
}

int NeighbourNumbers::of(std::size_t reference) const {
    const auto found = std::find_if(in_order_.begin(), in_order_.end(), [reference](const Numbered& each) { return each.reference == reference; });
    return found == in_order_.end() ? 0 : static_cast<int>(found - in_order_.begin()) + 1;
}

std::optional<double> NeighbourNumbers::distance(std::size_t reference) const {
    const auto at = now_.find(reference);
    return at == now_.end() ? std::nullopt : std::optional(at->second);
}

}  // namespace r2t2::ui
