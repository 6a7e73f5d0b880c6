#include "core/routing/reroute.h"

#include "core/routing/constant_routing.h"
#include "core/routing/kernel_regression.h"
#include "core/routing/mode_finding.h"
#include "core/routing/ngd.h"

namespace r2t2 {

Result<Trajectory> reroute(const RoutedModel& model, const RerouteInput& input, const MethodParams& params,
                           const CancelToken& cancel) {
    R2T2_TRY(validate(params));
    if (cancel.cancelled()) {
        return cancelled();
    }
    if (uses_neighbours(params.method) && input.references.size() != input.neighbourhood.neighbours.size()) {
        return invalid_input(to_string(params.method), "references", std::to_string(input.references.size()),
                             std::to_string(input.neighbourhood.neighbours.size()) + ", one per neighbour");
    }
    switch (params.method) {
        case Method::Ngd:
        case Method::RandomNeighbours:
            return neighbourhood_gradient_descent(model, input, params, cancel);
        case Method::Oracle:
            return oracle_descent(model, input, params, cancel);
        case Method::KernelRegression:
            return kernel_regression(model, input, params, cancel);
        case Method::ModeFinding:
            return mode_finding(model, input, params, cancel);
        case Method::Base:
        case Method::ConstantOffset:
        case Method::OwnMean:
        case Method::BestFixed:
            return constant_routing(model, input, params);
    }
    return invalid_input("reroute", "method", std::to_string(static_cast<int>(params.method)), "a known method");
}

}  // namespace r2t2
