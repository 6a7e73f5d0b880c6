#include "core/routing/surface_form.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <numeric>

#include "core/routing/lattice_basis.h"

namespace r2t2 {

namespace {

enum class SurfaceValue { Loss, LogLoss };

struct FormRow {
    const char* name;
    int divisions;
    LatticeBetween between;
    SurfaceValue value;
};

constexpr std::array kForms = {FormRow{"linear", 2, LatticeBetween::Linear, SurfaceValue::Loss},
                               FormRow{"log-linear", 2, LatticeBetween::Linear, SurfaceValue::LogLoss},
                               FormRow{"quadratic", 2, LatticeBetween::Polynomial, SurfaceValue::Loss},
                               FormRow{"log-quadratic", 2, LatticeBetween::Polynomial, SurfaceValue::LogLoss},
                               FormRow{"cubic", 3, LatticeBetween::Polynomial, SurfaceValue::Loss},
                               FormRow{"log-cubic", 3, LatticeBetween::Polynomial, SurfaceValue::LogLoss}};

/// A loss of nothing has no logarithm; less than this is nothing (the model's own sums in float32 end there).
constexpr double kLeastLoss = 1e-6;

/// One group's part of a routing, and how it lies on the lattice.
struct GroupPoint {
    LatticeValues lattice;
    std::vector<bool> inside;  ///< [experts]: not on the lattice's border, or beyond
};

class LatticeForm : public SurfaceForm {
public:
    LatticeForm(RoutingSpace space, const FormRow& row) : space_(std::move(space)), name_(row.name), value_(row.value) {
        for (const ExpertGroup& group : space_.groups) {
            groups_.emplace_back(group.experts.size(), row.divisions, row.between);
        }
        add_nodes();
    }

    const std::string& name() const override { return name_; }
    const RoutingSpace& space() const override { return space_; }
    const std::vector<RoutingMatrix>& nodes() const override { return nodes_; }

    LossGradient at(const RoutingMatrix& weights, std::span<const float> table) const override {
        assert(table.size() == nodes_.size() && weights.rows() == 1 && weights.experts() == space_.expert_count());
        std::vector<GroupPoint> points;
        for (std::size_t g = 0; g < groups_.size(); ++g) {
            points.push_back(point_of(weights, g));
        }
        LossGradient out;
        out.gradient = RoutingMatrix(1, space_.expert_count());
        std::vector<std::size_t> place(groups_.size(), 0);
        for (std::size_t node = 0; node < nodes_.size(); ++node, next(place)) {
            add_node(points, place, value_of(table[node]), out);
        }
        if (value_ == SurfaceValue::LogLoss) {
            out.loss = std::exp(out.loss);
            out.gradient *= out.loss;
        }
        centre(points, out.gradient);
        return out;
    }

private:
    [[nodiscard]] double value_of(float loss) const {
        const auto value = static_cast<double>(loss);
        return value_ == SurfaceValue::LogLoss ? std::log(std::max(value, kLeastLoss)) : value;
    }

    /// How much of a weight the lattice covers: 1 for a group of one.
    [[nodiscard]] static double span_of(std::size_t experts) { return experts == 1 ? 1.0 : 1.0 - static_cast<double>(experts) * kSurfaceMargin; }
    [[nodiscard]] static double margin_of(std::size_t experts) { return experts == 1 ? 0.0 : kSurfaceMargin; }

    [[nodiscard]] GroupPoint point_of(const RoutingMatrix& weights, std::size_t g) const {
        const std::size_t experts = space_.groups[g].experts.size();
        RoutingSpace alone;
        alone.groups = {space_.groups[g]};
        alone.mixers = 1;
        RoutingMatrix local(1, experts);
        for (std::size_t e = 0; e < experts; ++e) {
            local(0, e) = (weights(0, space_.group_begin(g) + e) - margin_of(experts)) / span_of(experts);
        }
        const bool beyond = std::any_of(local.values().begin(), local.values().end(), [](double weight) { return weight < 0.0; });
        const RoutingMatrix held = beyond ? project_to_simplices(alone, local) : local;
        GroupPoint point{groups_[g].evaluate(held.values()), std::vector<bool>(experts, true)};
        for (std::size_t e = 0; beyond && e < experts; ++e) {
            point.inside[e] = held(0, e) > 0.0;
        }
        return point;
    }

    void add_node(const std::vector<GroupPoint>& points, const std::vector<std::size_t>& place, double value, LossGradient& out) const {
        double share = value;
        for (std::size_t g = 0; g < points.size(); ++g) {
            share *= points[g].lattice.values[place[g]];
        }
        out.loss += share;
        for (std::size_t by = 0; by < points.size(); ++by) {
            double others = value;
            for (std::size_t g = 0; g < points.size(); ++g) {
                others *= g == by ? 1.0 : points[g].lattice.values[place[g]];
            }
            const std::vector<double>& slopes = points[by].lattice.gradients[place[by]];
            for (std::size_t e = 0; others != 0.0 && e < slopes.size(); ++e) {
                out.gradient(0, space_.group_begin(by) + e) += others * slopes[e] / span_of(slopes.size());
            }
        }
    }

    /// Along the simplices, and along the border where the routing lies on it or beyond.
    void centre(const std::vector<GroupPoint>& points, RoutingMatrix& gradient) const {
        for (std::size_t g = 0; g < points.size(); ++g) {
            const std::size_t begin = space_.group_begin(g);
            const std::vector<bool>& inside = points[g].inside;
            double mean = 0.0;
            const auto free = static_cast<double>(std::count(inside.begin(), inside.end(), true));
            for (std::size_t e = 0; e < inside.size(); ++e) {
                mean += inside[e] ? gradient(0, begin + e) / free : 0.0;
            }
            for (std::size_t e = 0; e < inside.size(); ++e) {
                gradient(0, begin + e) = inside[e] ? gradient(0, begin + e) - mean : 0.0;
            }
        }
    }

    /// The next combination of the groups' points, the last group's fastest.
    void next(std::vector<std::size_t>& place) const {
        for (std::size_t g = place.size(); g-- > 0;) {
            if (++place[g] < groups_[g].points().size()) {
                return;
            }
            place[g] = 0;
        }
    }

    void add_nodes() {
        std::size_t count = 1;
        for (const LatticeBasis& group : groups_) {
            count *= group.points().size();
        }
        std::vector<std::size_t> place(groups_.size(), 0);
        for (std::size_t node = 0; node < count; ++node, next(place)) {
            RoutingMatrix weights(1, space_.expert_count());
            for (std::size_t g = 0; g < groups_.size(); ++g) {
                const std::vector<int>& parts = groups_[g].points()[place[g]];
                for (std::size_t e = 0; e < parts.size(); ++e) {
                    weights(0, space_.group_begin(g) + e) =
                        margin_of(parts.size()) + span_of(parts.size()) * parts[e] / groups_[g].divisions();
                }
            }
            nodes_.push_back(renormalise(space_, weights));
        }
    }

    RoutingSpace space_;
    std::string name_;
    SurfaceValue value_;
    std::vector<LatticeBasis> groups_;
    std::vector<RoutingMatrix> nodes_;
};

/// Points of a lattice on a simplex: (corners + divisions - 1 choose divisions).
std::size_t lattice_points(std::size_t corners, int divisions) {
    std::size_t count = 1;
    for (int i = 1; i <= divisions; ++i) {
        count = count * (corners + static_cast<std::size_t>(i) - 1) / static_cast<std::size_t>(i);
    }
    return count;
}

Status serves(const FormRow& row, const RoutingSpace& space) {
    const auto refused = [&row](const std::string& found, const std::string& allowed) {
        return Error{ErrorKind::Unsupported, "response surfaces", "form " + std::string(row.name), found, allowed};
    };
    std::size_t nodes = 1;
    for (const ExpertGroup& group : space.groups) {
        if (row.between == LatticeBetween::Linear && group.experts.size() > 3) {
            return refused("group " + group.name + " of " + std::to_string(group.experts.size()) + " experts", "groups of at most three");
        }
        nodes *= lattice_points(group.experts.size(), row.divisions);
        if (nodes > kMostSurfaceNodes) {
            return refused("more than " + std::to_string(kMostSurfaceNodes) + " nodes for " + std::to_string(space.expert_count()) + " experts in " +
                               std::to_string(space.groups.size()) + " groups",
                           "at most so many: each is a loss of every reference");
        }
    }
    return {};
}

}  // namespace

const std::vector<std::string>& surface_forms() {
    static const std::vector<std::string> names = [] {
        std::vector<std::string> out;
        for (const FormRow& row : kForms) {
            out.emplace_back(row.name);
        }
        return out;
    }();
    return names;
}

Result<SurfaceFormPtr> make_surface_form(const RoutingSpace& space, const std::string& name) {
    std::string allowed;
    for (const FormRow& row : kForms) {
        if (name == row.name) {
            R2T2_TRY(serves(row, space));
            return SurfaceFormPtr(std::make_shared<LatticeForm>(space, row));
        }
        allowed += (allowed.empty() ? "" : ", ") + std::string(row.name);
    }
    return invalid_input("response surfaces", "form", "'" + name + "'", allowed);
}

}  // namespace r2t2
