#include "core/routing/params_distance.h"

#include <algorithm>

namespace r2t2 {

int differing_params(const MethodParams& a, const MethodParams& b) {
    const bool differs[] = {a.mode != b.mode,
                            a.granularity != b.granularity,
                            a.frame != b.frame,
                            a.k != b.k,
                            a.epsilon != b.epsilon,
                            a.kernel.kind != b.kernel.kind,
                            a.kernel.bandwidth != b.kernel.bandwidth,
                            a.kernel.degree != b.kernel.degree,
                            a.kernel.constant != b.kernel.constant,
                            a.steps != b.steps,
                            a.initial_lr != b.initial_lr,
                            a.final_lr != b.final_lr,
                            a.schedule != b.schedule,
                            a.parametrisation != b.parametrisation,
                            a.alpha_grid != b.alpha_grid,
                            a.alpha_refinements != b.alpha_refinements,
                            a.eta != b.eta,
                            a.tolerance != b.tolerance,
                            a.max_shifts != b.max_shifts,
                            a.routing_k != b.routing_k,
                            a.routing_bandwidth != b.routing_bandwidth};
    return static_cast<int>(std::count(std::begin(differs), std::end(differs), true));
}

}  // namespace r2t2
