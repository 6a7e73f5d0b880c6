// Losses of one reference by the model, under routings of all mixers: what its response surface is made of and held against. Internal to core/run.
// Thread rule: any thread; costs a pass a routing, with gradients a backward one too.
#pragma once

#include <span>
#include <vector>

#include "core/routing/surface_form.h"
#include "core/run/reference_set.h"

namespace r2t2 {

/// In one batch. Gradients (if asked for) are with respect to the routing, along its simplices. Errors: a record that cannot be prepared, the model's.
[[nodiscard]] Result<std::vector<LossGradient>> losses_at(const ReferenceSet& reference, std::size_t record, RoutingMode mode,
                                                          std::span<const RoutingMatrix> routings, bool gradient);

/// At the form's nodes, as tables keep them. Errors: likewise; a loss that is not finite or below 0.
[[nodiscard]] Result<std::vector<float>> table_of(const ReferenceSet& reference, std::size_t record, RoutingMode mode, const SurfaceForm& form);

}  // namespace r2t2
