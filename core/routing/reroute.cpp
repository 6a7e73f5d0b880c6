#include "core/routing/reroute.h"

#include "core/routing/method_table.h"

namespace r2t2 {

Result<Trajectory> reroute(const RoutedModel& model, const RerouteInput& input, const MethodParams& params,
                           const CancelToken& cancel) {
    R2T2_TRY(validate(params));
    if (cancel.cancelled()) {
        return cancelled();
    }
    if (uses_neighbours(params) && input.references.size() != input.neighbourhood.neighbours.size()) {
        return invalid_input(to_string(params.method), "references", std::to_string(input.references.size()),
                             std::to_string(input.neighbourhood.neighbours.size()) + ", one per neighbour");
    }
    return method_row(params.method).run(model, input, params, cancel);
}

}  // namespace r2t2
