// Declared in inspect_output.h.
#include <algorithm>
#include <cstdio>

#include "app/commands/inspect_output.h"
#include "core/base/half_up.h"
#include "core/base/peak_memory.h"
#include "core/process/loaded_blas.h"
#include "core/process/processor.h"
#include "core/routing/sweep.h"
#include "core/run/evaluation_report.h"

namespace r2t2::cli {

namespace {

std::string cell(const std::optional<double>& value, const char* format) {
    char buffer[40];
    if (!value) {
        return "-";
    }
    std::snprintf(buffer, sizeof buffer, format, *value);
    return buffer;
}

std::string weights_cell(const RoutingMatrix& weights) {
    const RoutingMatrix mean = weights.rows() > 1 ? mean_over_mixers(weights) : weights;
    std::string text;
    char buffer[16];
    for (const double value : mean.values()) {
        std::snprintf(buffer, sizeof buffer, " %5.3f", value);
        text += buffer;
    }
    return text;
}

std::string step_line(const TrajectoryStep& step) {
    const std::optional<double> rate = step.learning_rate ? step.learning_rate : step.alpha;
    const std::string answer = step.answer ? step.answer->text : "";
    const std::optional<double> confidence = step.answer ? std::optional(step.answer->confidence) : std::nullopt;
    const std::optional<double> margin = step.answer ? std::optional(step.answer->margin) : std::nullopt;
    char buffer[400];
    std::snprintf(buffer, sizeof buffer, "%4d%s %10s %9s  %-16.16s %6s %6s  %s\n", step.index,
                  weights_cell(step.weights).c_str(), cell(step.objective, "%.5f").c_str(),
                  cell(rate, "%.5f").c_str(), answer.c_str(), cell(confidence, "%.3f").c_str(),
                  cell(margin, "%.3f").c_str(), !step.correct ? "" : *step.correct ? "right" : "wrong");
    return buffer;
}

std::string experts_header(const RoutingSpace& space) {
    std::string text;
    char buffer[16];
    for (const std::string& name : space.expert_names()) {
        std::string brief = name;  // img_aux -> i_aux: five letters fit the column
        if (const auto underscore = brief.find('_'); underscore != std::string::npos && underscore > 0) {
            brief = brief.substr(0, 1) + brief.substr(underscore, 4);
        }
        std::snprintf(buffer, sizeof buffer, " %5.5s", brief.c_str());
        text += buffer;
    }
    return text;
}

std::string neighbours_text(const InspectReport& report, const Trajectory& trajectory) {
    const auto first = std::find_if(trajectory.steps.begin(), trajectory.steps.end(), [&](const TrajectoryStep& step) {
        return !step.neighbour_gradient_share.empty() && step.neighbour_gradient_share.size() == trajectory.neighbourhood.neighbours.size();
    });
    const bool shares = first != trajectory.steps.end();  // begun elsewhere, a descent has none at step 0
    std::string text = "  reference  ID            cosine distance  weight  gradient share at step " + std::to_string(shares ? first->index : 0) + "\n";
    std::size_t i = 0;
    for (const Neighbour& each : trajectory.neighbourhood.neighbours) {
        const ReferenceRecord& record = report.context.reference->store().records()[each.index];
        char buffer[400];
        std::snprintf(buffer, sizeof buffer, "  %-9zu  %-12.12s %8.4f %8.4f %7.4f  %14s  %.50s -> %.16s\n", each.index, record.id.c_str(),
                      each.similarity, each.distance, each.weight,
                      shares ? cell(half_up(first->neighbour_gradient_share[i], 3), "%+.3f").c_str() : "-",
                      record.question.c_str(), record.ground_truth.c_str());
        text += buffer;
        ++i;
    }
    return text;
}

/// "812.4 ms", "61.3 s".
std::string duration(double seconds) {
    char buffer[40];
    std::snprintf(buffer, sizeof buffer, seconds < 1 ? "%.1f ms" : "%.1f s", seconds < 1 ? 1000 * seconds : seconds);
    return buffer;
}

/// How long a trajectory took, and a step of it; model passes.
std::string cost_text(const Trajectory& trajectory) {
    const std::size_t steps = trajectory.steps.size() - std::min<std::size_t>(trajectory.steps.size(), 1);
    return "  " + duration(trajectory.seconds) +
           (steps > 1 ? ", " + duration(trajectory.seconds / static_cast<double>(steps)) + " a step" : std::string()) + "; " +
           std::to_string(trajectory.passes.forward) + " forward and " + std::to_string(trajectory.passes.backward) + " backward passes\n";
}

std::string again_text(const InspectReport& report, std::int64_t run) {
    for (const AgainComparison& each : report.again) {
        if (run != 0 && each.run == run) {
            return "  run " + std::to_string(run) + " again: " + each.text + "\n";
        }
    }
    if (report.stored.empty()) {
        return {};
    }
    return report.asked_otherwise.empty() ? "  not with the settings of a stored run\n" : "  not held against a stored run: " + report.asked_otherwise + " asks for something else\n";
}

std::string trajectory_text(const InspectReport& report, std::size_t index, const std::string& variant) {
    const Trajectory& trajectory = report.run.trajectories[index];
    std::string text = "\n" + method_title(trajectory.method) + (variant.empty() ? "" : ", " + variant) + " (mode " + to_string(trajectory.mode) + ", granularity " +
                       to_string(trajectory.granularity) +
                       (trajectory.neighbourhood.empty()
                            ? ""
                            : ", " + std::to_string(trajectory.neighbourhood.neighbours.size()) + " neighbours") +
                       ")\n";
    text += "step" + experts_header(report.context.model->routing_space()) +
            "  objective  lr/alpha  answer             conf margin\n";
    for (const TrajectoryStep& step : trajectory.steps) {
        text += step_line(step);
    }
    if (!trajectory.neighbourhood.empty()) {
        text += neighbours_text(report, trajectory);
    }
    for (const std::string& note : trajectory.notes) {
        text += "  note: " + note + "\n";
    }
    return text + cost_text(trajectory) + again_text(report, index < report.again_runs.size() ? report.again_runs[index] : 0);
}

std::string facts_line(const RunSample& sample) {
    if (sample.input.facts_text.empty()) {
        return "none: the model is told nothing about the picture";
    }
    return sample.facts_source.empty() ? "of the data set" : sample.facts_source;
}

}  // namespace

std::string inspect_text(const InspectReport& report) {
    const RunSample& sample = report.run.sample;
    const ModelInfo& model = report.context.model->info();
    std::string text;
    if (model.miniature) {
        text += "From the bundled MINIATURE model: says something about the methods, nothing about MoAI-7B.\n";
    }
    if (!report.stored.empty()) {
        text += "stored     " + report.stored + "\n";
    }
    for (const std::string& remark : report.remarks) {
        text += "note       " + remark + "\n";
    }
    text += "image      " + sample.image_path + "\n";
    if (!sample.input.instruction.empty()) {
        text += "in front   " + sample.input.instruction + "\n";
    }
    text += "question   " + sample.question + "\n";
    if (!sample.ground_truth.empty()) {
        text += "truth      " + sample.ground_truth + "\n";
    }
    text += "facts      " + facts_line(sample) + "\n";
    text += "model      " + model.name + ", weights " + model.weights_hash.substr(0, 12) + " in " + model.precision + "\nreferences " +
            std::to_string(report.context.reference->size()) + " from " + report.reference_name + "\n";
    const std::vector<std::string> variants = variant_labels(report.context.methods);
    for (std::size_t m = 0; m < report.run.trajectories.size(); ++m) {
        text += trajectory_text(report, m, variants[m]);
    }
    return text + "\ncomputed on " + processor_name() + "; " + to_string(loaded_blas()) + ", 1 thread\npeak memory " + std::to_string((peak_memory() + 500'000) / 1'000'000) + " MB\n";
}

}  // namespace r2t2::cli
