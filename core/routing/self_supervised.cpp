#include "core/routing/self_supervised.h"

#include "core/routing/descent.h"

namespace r2t2 {

namespace {

Result<Trajectory> descent_on(LossOf loss, const RoutedModel& model, const RerouteInput& input, const MethodParams& params, const CancelToken& cancel) {
    Result<TrajectoryRecorder> recorder = TrajectoryRecorder::start(model, input, params);
    if (!recorder.ok()) {
        return recorder.error();
    }
    R2T2_TRY(descend_alone(model, input, params, loss, *recorder, cancel));
    return recorder->finish();
}

}  // namespace

Result<Trajectory> question_descent(const RoutedModel& model, const RerouteInput& input, const MethodParams& params, const CancelToken& cancel) {
    return descent_on(LossOf::Question, model, input, params, cancel);
}

Result<Trajectory> entropy_descent(const RoutedModel& model, const RerouteInput& input, const MethodParams& params, const CancelToken& cancel) {
    return descent_on(LossOf::FirstToken, model, input, params, cancel);
}

}  // namespace r2t2
