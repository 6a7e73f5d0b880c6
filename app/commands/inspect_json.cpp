// Declared in inspect_output.h.
#include <cmath>
#include <nlohmann/json.hpp>

#include "app/commands/inspect_output.h"
#include "core/base/peak_memory.h"
#include "core/json/parse_json.h"
#include "core/process/loaded_blas.h"
#include "core/process/processor.h"
#include "core/routing/method_params_json.h"

namespace r2t2::cli {

namespace {

using Json = nlohmann::ordered_json;

Json number(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }

Json numbers(const std::vector<double>& values) {
    Json out = Json::array();
    for (const double value : values) {
        out.push_back(number(value));
    }
    return out;
}

template <typename T>
Json optional(const std::optional<T>& value) {
    return value ? Json(*value) : Json(nullptr);
}

Json rows(const RoutingMatrix& matrix) {
    Json out = Json::array();
    for (std::size_t r = 0; r < matrix.rows(); ++r) {
        out.push_back(numbers({matrix.row(r).begin(), matrix.row(r).end()}));
    }
    return out;
}

Json answer_json(const Answer& answer) {
    Json candidates = Json::array();
    for (const AnswerCandidate& each : answer.candidates) {
        candidates.push_back({{"text", each.text}, {"probability", number(each.probability)}});
    }
    return {{"text", answer.text},
            {"confidence", number(answer.confidence)},
            {"margin", number(answer.margin)},
            {"candidates", std::move(candidates)}};
}

Json step_json(const TrajectoryStep& step) {
    return {{"step", step.index},
            {"r", rows(step.weights)},
            {"native", step.action.native()},
            {"objective", step.objective ? number(*step.objective) : Json(nullptr)},
            {"learning_rate", optional(step.learning_rate)},
            {"alpha", optional(step.alpha)},
            {"gradient", step.gradient ? rows(*step.gradient) : Json(nullptr)},
            {"routing_gradient", step.routing_gradient ? rows(*step.routing_gradient) : Json(nullptr)},
            {"neighbour_losses", numbers(step.neighbour_losses)},
            {"neighbour_gradient_share", numbers(step.neighbour_gradient_share)},
            {"answer", step.answer ? answer_json(*step.answer) : Json(nullptr)},
            {"correct", optional(step.correct)},
            {"seconds", number(step.seconds)},
            {"forward_passes", step.passes.forward},
            {"backward_passes", step.passes.backward}};
}

Json neighbours_json(const InspectReport& report, const Neighbourhood& neighbourhood) {
    Json out = Json::array();
    for (const Neighbour& each : neighbourhood.neighbours) {
        const ReferenceRecord& record = report.context.reference->store().records()[each.index];
        out.push_back({{"index", each.index},
                       {"id", record.id},
                       {"question", record.question},
                       {"answer", record.ground_truth},
                       {"image_path", record.image_path},
                       {"similarity", number(each.similarity)},
                       {"distance", number(each.distance)},
                       {"kernel", number(each.kernel)},
                       {"weight", number(each.weight)},
                       {"r", rows(record.routing)}});
    }
    return out;
}

Json trajectory_json(const InspectReport& report, const Trajectory& trajectory, const MethodParams& params) {
    Json steps = Json::array();
    for (const TrajectoryStep& step : trajectory.steps) {
        steps.push_back(step_json(step));
    }
    return {{"method", to_string(trajectory.method)},
            {"mode", to_string(trajectory.mode)},
            {"granularity", to_string(trajectory.granularity)},
            {"frame", to_string(trajectory.frame)},
            {"uses_label", trajectory.uses_label},
            {"parameters", stored_json(method_params_json(params))},
            {"bandwidth", number(trajectory.neighbourhood.bandwidth)},
            {"neighbours", neighbours_json(report, trajectory.neighbourhood)},
            {"steps", std::move(steps)},
            {"notes", trajectory.notes},
            {"seconds", number(trajectory.seconds)},
            {"forward_passes", trajectory.passes.forward},
            {"backward_passes", trajectory.passes.backward}};
}

/// Of a stored sample: what is not as it was, and every run against what it stored. Null for others.
Json stored_sample_json(const InspectReport& report) {
    if (report.stored.empty()) {
        return nullptr;
    }
    Json runs = Json::array();
    for (const AgainComparison& each : report.again) {
        runs.push_back({{"run", each.run},
                        {"same", each.same()},
                        {"same_answers", each.same_answers},
                        {"same_verdicts", each.same_verdicts},
                        {"same_bits", each.same_bits},
                        {"difference", number(each.difference)},
                        {"routing_difference", number(each.routing_difference)},
                        {"ties", each.ties},
                        {"other_steps", each.other_steps},
                        {"text", each.text}});
    }
    return {{"sample", report.stored}, {"remarks", report.remarks}, {"runs", std::move(runs)}};
}

}  // namespace

std::string inspect_json(const InspectReport& report) {
    Json methods = Json::array();
    for (std::size_t i = 0; i < report.run.trajectories.size(); ++i) {
        methods.push_back(trajectory_json(report, report.run.trajectories[i], report.context.methods[i]));
    }
    const ModelInfo& model = report.context.model->info();
    const RunSample& sample = report.run.sample;
    const LoadedBlas blas = loaded_blas();
    const Json json = {{"miniature", model.miniature},
                       {"model", {{"name", model.name}, {"hash", model.weights_hash}, {"precision", model.precision}}},
                       {"reference", {{"name", report.reference_name},
                                      {"hash", report.context.reference->store().content_hash()},
                                      {"records", report.context.reference->size()}}},
                       {"image_path", sample.image_path},
                       {"instruction", sample.input.instruction},
                       {"question", sample.question},
                       {"facts", {{"source", sample.facts_source}, {"told", sample.input.facts_text}}},
                       {"ground_truth", sample.ground_truth.empty() ? Json(nullptr) : Json(sample.ground_truth)},
                       {"experts", report.context.model->routing_space().expert_names()},
                       {"methods", std::move(methods)},
                       {"computed_on", {{"processor", processor_name()}, {"blas", blas.name}, {"kernels", blas.kernels}, {"threads", 1}}},
                       {"stored", stored_sample_json(report)},
                       {"peak_memory_bytes", peak_memory()}};
    return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace r2t2::cli
