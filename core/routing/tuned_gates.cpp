#include "core/routing/tuned_gates.h"

#include <utility>

#include "core/routing/routing_frame.h"
#include "core/routing/trajectory_recorder.h"

namespace r2t2 {

Result<Trajectory> tuned_gates(const RoutedModel& model, const RerouteInput& input, const MethodParams& params, const CancelToken&) {
    if (!input.tuned.model || !input.tuned.sample) {
        return invalid_input("tuned gates", "gates", "none", "gates that were trained (r2t2 reference gates)");
    }
    Result<TrajectoryRecorder> recorder = TrajectoryRecorder::start(model, input, params);
    if (!recorder.ok()) {
        return recorder.error();
    }
    Result<RoutingMatrix> weights = base_routing(model.routing_space(), *input.tuned.sample, params.granularity);
    if (!weights.ok()) {
        return weights.error();
    }
    const RoutedModel::Passes others = model.passes();
    const WorkMeter meter(*input.tuned.model);
    const RoutedQuery query{input.tuned.sample.get(), RoutingAction::native_gates()};
    Result<std::vector<Answer>> answer = input.tuned.model->answer({&query, 1});
    if (!answer.ok()) {
        return answer.error();
    }
    TrajectoryStep& step = recorder->add_step(*std::move(weights), RoutingAction::native_gates());
    step.seconds = meter.seconds();
    step.passes = meter.passes();
    recorder->set_answer(step, std::move(answer->front()));
    const RoutedModel::Passes counted = model.passes();  // where both models count on one thread
    const std::int64_t forward = step.passes.forward - (counted.forward - others.forward);
    recorder->note("gates that were trained on references stand in the place of the model's own: what is shown of its mixers is the model's own");
    Result<Trajectory> out = recorder->finish();
    if (out.ok()) {
        out->passes.forward += forward;
    }
    return out;
}

}  // namespace r2t2
