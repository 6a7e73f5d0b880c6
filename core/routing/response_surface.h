// The method that runs no neighbour: their losses at the nodes are averaged, and the routing is read off.
//
// A neighbour's table (surface_form.h) holds its loss at every node. With K the kernel of the task space,
//   L(node) = sum_i K_i table_i(node) / sum_i K_i
//   best-node: r = the node of the least L;  node-mean: r = sum_n p_n node_n, p = softmax(-L / T)
// Ours: the paper's objective, minimised over the nodes. Two forward passes a sample, one of them base's. Nodes lie a margin inside the
// simplices. Thread rule: a run belongs to the calling thread.
#pragma once

#include "core/base/cancel.h"
#include "core/routing/reroute_input.h"
#include "core/routing/trajectory.h"

namespace r2t2 {

/// Steps 0 and 1. Both have the neighbours' losses by their surfaces, and their weighted mean as objective. No neighbours: step 0 only, with a note.
/// Errors: a neighbour without a surface, surfaces of several forms or of another mode, Cancelled.
[[nodiscard]] Result<Trajectory> response_surface(const RoutedModel& model, const RerouteInput& input, const MethodParams& params,
                                                  const CancelToken& cancel);

}  // namespace r2t2
