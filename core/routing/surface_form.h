// How the loss of a reference is had at any routing from its losses at a few: the nodes of a routing space, and what lies between them.
//
// A reference's loss depends on nothing but the routing that is applied to it, for one routing of all mixers a few numbers (MoAI: two triangles,
// four free ones). Its losses at the nodes, its table, are computed once; values and gradients in between follow from the form. A space whose
// groups have other sizes has other nodes; what takes too many is refused, with the count.
//
// Every group's simplex carries a lattice: its corners and edge middles (two divisions), or thirds (three). The nodes are all combinations. The
// lattice lies a margin inside: gates never give an expert nothing, and log r has to be finite. A routing beyond it counts as the nearest on it.
//   linear      between the lattice's points, on the small simplices that they cut the group's simplex into (groups of at most three experts)
//   quadratic   the polynomial of second degree through the lattice of two divisions; cubic: of third degree, three divisions
//   log-...     likewise for the logarithm of the loss: losses span three orders of magnitude, and none is negative
// How far each is from the model's own losses: docs/references.md, with the command. Units: nats. Thread rule: immutable; pure functions.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/routing/routed_model.h"

namespace r2t2 {

class SurfaceForm {
public:
    virtual ~SurfaceForm() = default;

    [[nodiscard]] virtual const std::string& name() const = 0;
    [[nodiscard]] virtual const RoutingSpace& space() const = 0;
    /// Routings [1, experts], on their simplices, every weight at least the margin; in the order of a table's numbers.
    [[nodiscard]] virtual const std::vector<RoutingMatrix>& nodes() const = 0;
    /// The loss at `weights` [1, experts] and its gradient there with respect to the weights, its groups centred (what moves r off its simplices is no
    /// part of it). Zero across the lattice's border. `table`: a loss a node.
    [[nodiscard]] virtual LossGradient at(const RoutingMatrix& weights, std::span<const float> table) const = 0;
};
using SurfaceFormPtr = std::shared_ptr<const SurfaceForm>;

inline constexpr double kSurfaceMargin = 0.01;       ///< the least weight at a node
inline constexpr std::size_t kMostSurfaceNodes = 1'000;
inline constexpr const char* kSurfaceForm = "quadratic";  ///< where nobody names another

/// Names of all forms.
[[nodiscard]] const std::vector<std::string>& surface_forms();
/// Errors: no such form; a space that it does not serve, with the reason (more than kMostSurfaceNodes nodes; groups too large for it).
[[nodiscard]] Result<SurfaceFormPtr> make_surface_form(const RoutingSpace& space, const std::string& name = kSurfaceForm);

}  // namespace r2t2
