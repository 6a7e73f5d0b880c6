#include "core/routing/constant_routing.h"

#include <utility>

#include "core/routing/routing_frame.h"
#include "core/routing/trajectory_recorder.h"

namespace r2t2 {

namespace {

/// The constant with as many rows as the base routing.
Result<RoutingMatrix> constant_rows(const RoutingMatrix& constant, const RoutingMatrix& base,
                                    const std::string& where) {
    if (constant.experts() != base.experts() || (constant.rows() != 1 && constant.rows() != base.rows())) {
        return invalid_input(where, "constant",
                             std::to_string(constant.rows()) + " x " + std::to_string(constant.experts()),
                             "1 or " + std::to_string(base.rows()) + " rows x " + std::to_string(base.experts()));
    }
    return constant.rows() == base.rows() ? constant : repeat_row(constant, base.rows());
}

Status add_constant_step(const RoutingSpace& space, const RoutingMatrix& constant, RoutingMode mode,
                         const std::string& where, TrajectoryRecorder& recorder) {
    Result<RoutingMatrix> rows = constant_rows(constant, recorder.base(), where);
    if (!rows.ok()) {
        return rows.error();
    }
    if (mode == RoutingMode::Fixed) {
        R2T2_TRY(check_weights(space, *rows, where));
        const RoutingMatrix weights = renormalise(space, *rows);
        recorder.add_step(weights, RoutingAction::fixed(weights));
        return {};
    }
    if (!all_finite(*rows)) {
        return invalid_input(where, "constant", "a number that is not finite", "finite offsets");
    }
    recorder.add_step(softmax(space, log_weights(recorder.base()) + *rows), RoutingAction::offset(*rows));
    return {};
}

}  // namespace

Result<Trajectory> constant_routing(const RoutedModel& model, const RerouteInput& input, const MethodParams& params, const CancelToken&) {
    Result<TrajectoryRecorder> recorder = TrajectoryRecorder::start(model, input, params);
    if (!recorder.ok()) {
        return recorder.error();
    }
    const std::string where = to_string(params.method);
    if (params.method == Method::OwnMean) {
        const RoutingMatrix own = recorder->base();
        recorder->add_step(own, RoutingAction::fixed(own));
    } else if (params.method != Method::Base) {
        R2T2_TRY(add_constant_step(model.routing_space(), input.constant, params.mode, where, *recorder));
    }
    return recorder->finish();
}

}  // namespace r2t2
