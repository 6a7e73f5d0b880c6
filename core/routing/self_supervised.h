// Re-routing by what a sample says of itself: no reference, no truth. Rivals of R2-T2, to compare with.
//
// The descent is NGD's (core/routing/descent.h) with the sample as its only pull, in offset mode: one vector is added to the gate logits.
// Thread rule: a run belongs to the calling thread.
#pragma once

#include "core/base/cancel.h"
#include "core/routing/reroute_input.h"
#include "core/routing/trajectory.h"

namespace r2t2 {

/// Minimises the cross-entropy of the prompt's words behind the picture, each predicted from what stands before it. After "Rewiring Experts on the Fly"
/// (arXiv 2510.14853), which moves router logits down the loss of the text that is there before it goes on generating; that paper's choice of layers is
/// not taken over. `objective` and `neighbour_losses` hold the loss. Errors: a prompt of one word behind the picture; the model's.
[[nodiscard]] Result<Trajectory> question_descent(const RoutedModel& model, const RerouteInput& input, const MethodParams& params, const CancelToken& cancel);

/// Minimises the entropy of the probabilities of the answer's first token: the routing that the model is surest under, right or wrong. After test-time
/// entropy minimisation (Tent, arXiv 2006.10726), which moves normalisation layers. Errors: the model's.
[[nodiscard]] Result<Trajectory> entropy_descent(const RoutedModel& model, const RerouteInput& input, const MethodParams& params, const CancelToken& cancel);

}  // namespace r2t2
