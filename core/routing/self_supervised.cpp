#include "core/routing/self_supervised.h"

#include "core/routing/descent.h"

namespace r2t2 {

Result<Trajectory> question_descent(const RoutedModel& model, const RerouteInput& input, const MethodParams& params, const CancelToken& cancel) {
    Result<TrajectoryRecorder> recorder = TrajectoryRecorder::start(model, input, params);
    if (!recorder.ok()) {
        return recorder.error();
    }
    R2T2_TRY(descend_alone(model, input, params, LossOf::Question, *recorder, cancel));
    return recorder->finish();
}

}  // namespace r2t2
