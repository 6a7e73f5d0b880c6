#include "core/routing/ngd.h"

#include <cassert>
#include <utility>

#include "core/routing/descent.h"
#include "core/routing/kernel_regression.h"

namespace r2t2 {

namespace {

Result<std::vector<Pull>> pulls_of(const RoutedModel& model, const RerouteInput& input, const MethodParams& params,
                                   bool needs_base) {
    assert(input.references.size() == input.neighbourhood.neighbours.size());
    std::vector<Pull> pulls;
    for (std::size_t i = 0; i < input.references.size(); ++i) {
        const Neighbour& neighbour = input.neighbourhood.neighbours[i];
        const std::string where = "reference sample " + std::to_string(neighbour.index);
        const PreparedSample* sample = input.references[i].prepared.get();
        if (sample == nullptr || !sample->has_label()) {
            return invalid_input(where, sample == nullptr ? "prepared sample" : "label", "none",
                                 "gradient descent needs the answer of every neighbour");
        }
        pulls.push_back({sample, neighbour.weight, {}});
        if (needs_base) {
            Result<RoutingMatrix> base = base_routing(model.routing_space(), *sample, params.granularity);
            if (!base.ok()) {
                return base.error().inside(where);
            }
            pulls.back().base = *std::move(base);
        }
    }
    return pulls;
}

/// The neighbours' weighted mean. Those that have no routing of the wanted kind are left out, and said; false: none has one.
Result<bool> go_to_mean(const RoutedModel& model, RerouteInput input, const MethodParams& params, DescentVariable& variable, TrajectoryRecorder& recorder) {
    const std::size_t all = input.references.size();
    for (std::size_t i = all; i-- > 0;) {
        if (input.references[i].routing.empty()) {
            input = leave_out_neighbour(std::move(input), i);
        }
    }
    const std::size_t without = all - input.references.size();
    if (without > 0) {
        recorder.note(std::to_string(without) + " of " + std::to_string(all) + " neighbours have no refined routing" +
                      (without == all ? ": begun at the native routing" : ": begun at the mean of the others"));
    }
    if (without == all) {
        return false;
    }
    const Result<RoutingMatrix> mean = neighbours_mean(model.routing_space(), input, params.granularity);
    if (!mean.ok()) {
        return mean.error();
    }
    variable.go_to(*mean);
    return true;
}

}  // namespace

Result<Trajectory> neighbourhood_gradient_descent(const RoutedModel& model, const RerouteInput& input,
                                                  const MethodParams& params, const CancelToken& cancel) {
    Result<TrajectoryRecorder> recorder = TrajectoryRecorder::start(model, input, params);
    if (!recorder.ok()) {
        return recorder.error();
    }
    if (!recorder->take_neighbourhood()) {
        return recorder->finish();
    }
    DescentVariable variable(model.routing_space(), params, recorder->base());
    recorder->trajectory().variable = variable.kind();
    const Result<std::vector<Pull>> pulls = pulls_of(model, input, params, variable.needs_sample_base());
    if (!pulls.ok()) {
        return pulls.error();
    }
    Begins begins = Begins::AtBase;
    if (params.start == DescentStart::KernelRegression) {
        const Result<bool> elsewhere = go_to_mean(model, input, params, variable, *recorder);
        if (!elsewhere.ok()) {
            return elsewhere.error();
        }
        begins = *elsewhere ? Begins::AtFirstStep : Begins::AtBase;
    }
    R2T2_TRY(descend(model, *pulls, params, begins, variable, *recorder, cancel));
    return recorder->finish();
}

Result<Trajectory> oracle_descent(const RoutedModel& model, const RerouteInput& input, const MethodParams& params,
                                  const CancelToken& cancel) {
    Result<TrajectoryRecorder> recorder = TrajectoryRecorder::start(model, input, params);
    if (!recorder.ok()) {
        return recorder.error();
    }
    if (!input.sample->has_label()) {
        return invalid_input("oracle", "label", "none", "a sample with a ground-truth answer");
    }
    recorder->trajectory().uses_label = true;
    recorder->note("oracle: uses the sample's own label");
    R2T2_TRY(descend_alone(model, input, params, LossOf::Answer, *recorder, cancel));
    return recorder->finish();
}

}  // namespace r2t2
