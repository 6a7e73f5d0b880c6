// A model of another shape behind the workbench, without torch: one group of seven experts in three mixers (as MoVA has).
// Its "methods" walk from the base routing to a target that depends on the sample; the answer flips half way.
// Thread rule: as its interface says.
#pragma once

#include <array>
#include <chrono>
#include <cmath>
#include <memory>
#include <thread>

#include "core/inspect/inspector.h"
#include "tests/ui/fake_samples.h"

namespace r2t2::ui {

class FakeInspection final : public Inspection {
public:
    FakeInspection(const InspectRequest& request, const RoutingSpace& space, const std::vector<ReferenceSummary>& references) {
        sample_ = request.list->summary(request.index);
        sample_.truth = "two";
        picture_ = request.list->picture(request.index).value();
        base_routing_ = uniform_weights(space);
        methods_ = request.methods;
        if (methods_.empty() || methods_.front().method != Method::Base) {
            MethodParams base = methods_.empty() ? MethodParams() : methods_.front();
            base.method = Method::Base;
            methods_.insert(methods_.begin(), base);
        }
        for (const MethodParams& params : methods_) {
            trajectories_.push_back(walk(params, space, references, request.index));
        }
    }

private:
    Trajectory walk(const MethodParams& params, const RoutingSpace& space, const std::vector<ReferenceSummary>& references,
                    std::size_t sample) const {
        Trajectory out;
        out.method = params.method;
        const int steps = params.method == Method::Base ? 0 : 10;
        for (std::size_t i = 0; i < 5 && steps > 0; ++i) {
            Neighbour neighbour;
            neighbour.index = (sample + 3 * i) % references.size();
            neighbour.distance = 0.1 * static_cast<double>(i + 1);
            neighbour.weight = 0.2;
            out.neighbourhood.neighbours.push_back(neighbour);
        }
        for (int t = 0; t <= steps; ++t) {
            TrajectoryStep step;
            step.index = t;
            step.weights = base_routing_;
            for (std::size_t e = 0; e < space.expert_count() && steps > 0; ++e) {
                const double along = t / 10.0, target = e == sample % 7 ? 0.7 : 0.05;
                step.weights(0, e) = (1.0 - along) / 7.0 + along * target;
            }
            step.objective = 2.0 - 0.15 * t;
            step.learning_rate = 0.01;
            step.neighbour_losses.assign(out.neighbourhood.neighbours.size(), 2.0 - 0.15 * t);
            step.neighbour_gradient_share.assign(out.neighbourhood.neighbours.size(), 0.2);
            Answer answer;
            answer.text = t > 5 ? "two" : "three";
            step.answer = answer;
            step.correct = t > 5;
            out.steps.push_back(step);
        }
        return out;
    }
};

class FakeInspector final : public Inspector {
public:
    explicit FakeInspector(std::size_t references = 60) {
        info_.model_name = "seven of one";
        info_.space.mixers = 3;
        info_.space.groups = {{"vision", {"dinov2", "co_detr", "sam", "pix2struct", "deplot", "vary", "biomedclip"}}};
        info_.reference_name = "made up";
        if (references == 5) {
            samples_->leave_out(Error{ErrorKind::NotFound, "test.json: record 2", "image_path", "no file", "a picture"});
        }
        for (std::size_t i = 0; i < references; ++i) {
            ReferenceSummary reference;
            reference.id = "ref-" + std::to_string(i);
            reference.set = "made up";
            reference.question = "how many?";
            reference.answer = reference.truth = "two";
            reference.correct = true;
            reference.routing = uniform_weights(info_.space);
            for (std::size_t e = 0; e < 7; ++e) {
                reference.routing(0, e) = (e == i % 7 ? 0.4 : 0.1);
            }
            references_.push_back(reference);
        }
    }
    [[nodiscard]] const InspectorInfo& info() const override { return info_; }
    [[nodiscard]] const std::vector<ReferenceSummary>& references() const override { return references_; }
    [[nodiscard]] Result<SamplePicture> reference_picture(std::size_t index) const override { return samples_->picture(index); }
    [[nodiscard]] Status check_methods(const std::vector<MethodParams>&) const override { return {}; }
    [[nodiscard]] Result<InspectionPtr> inspect(const InspectRequest& request, const ProgressCallback&, const CancelToken&) const override {
        return InspectionPtr(std::make_shared<FakeInspection>(request, info_.space, references_));
    }
    [[nodiscard]] Result<WhatIf> what_if(const Inspection&, std::size_t, const RoutingMatrix& weights) const override {
        WhatIf out;
        out.weights = weights;
        out.answer.text = weights(0, 0) > 0.5 ? "two" : "three";
        out.score.correct = weights(0, 0) > 0.5;
        return out;
    }
    [[nodiscard]] Result<LandscapeValues> landscape(const Inspection&, const LandscapeRequest&, const std::function<void(const LandscapeValues&)>&,
                                                    const CancelToken&) const override {
        return Error{ErrorKind::InvalidInput, "landscape", "group", "7 experts", "a group of three"};
    }
    [[nodiscard]] Result<std::vector<RoutingMatrix>> pulls(const Inspection& inspection, std::size_t method, const RoutingMatrix&) const override {
        return std::vector<RoutingMatrix>(inspection.trajectories()[method].neighbourhood.neighbours.size(), RoutingMatrix(1, 7, 0.1));
    }
    [[nodiscard]] Result<std::vector<KnockedAnswer>> knockouts(const Inspection&, const CancelToken&) const override {
        return std::vector<KnockedAnswer>{{{}, {}, {}, "cat", false, 0.8, 0.3, true}, {"silence", "mixer 1", "e0", "cat", false, 0.7, 0.5, true}, {"block", "all mixers", "e1", "dog", true, 0.6, 1.3, false}};
    }
    [[nodiscard]] Result<MixerView> look(const Inspection&, std::size_t, std::size_t step) const override {
        MixerView view;
        view.mixers = 3;
        view.image_rows = view.image_columns = 4;
        TokenGates gates;
        for (int token = 0; token < 16; ++token) {
            gates.tokens.push_back("row " + std::to_string(token / 4 + 1) + ", column " + std::to_string(token % 4 + 1));
        }
        for (int i = 0; i < 3 * 16; ++i) {
            for (std::size_t e = 0; e < 7; ++e) {
                gates.weights.push_back(e == (static_cast<std::size_t>(i) + step) % 7 ? 0.4F : 0.1F);
            }
        }
        view.groups = {gates};
        return view;
    }
    [[nodiscard]] Result<ProjectionMapPtr> projection(const ProjectionRequest& request, const ProgressCallback&, const CancelToken&) const override {
        if (references_.size() == 7 && request.space == ProjectionSpace::Task) {
            return Error{ErrorKind::InvalidInput, "map", "row 3", "a number that is not finite", "finite numbers"};
        }
        auto map = std::make_shared<ProjectionMap>();
        map->request = request;
        for (std::size_t i = 0; i < references_.size(); ++i) {
            const double angle = 0.9 * static_cast<double>(i % 7);
            map->xy.push_back(static_cast<float>(std::cos(angle) + 0.01 * static_cast<double>(i)));
            map->xy.push_back(static_cast<float>(std::sin(angle)));
        }
        map->place = [](std::span<const double> r) { return std::array<double, 2>{r[0] - r[1], r[2] - r[3]}; };
        return ProjectionMapPtr(map);
    }
    [[nodiscard]] Result<std::vector<SampleListPtr>> open_samples(const std::string&, std::size_t) const override {
        return std::vector<SampleListPtr>{samples_};
    }
    [[nodiscard]] std::vector<std::string> set_names(const std::string&) const override { return {}; }
    [[nodiscard]] Result<BenchmarkEnd> benchmark(const BenchmarkRequest&, const BenchmarkHooks&) const override {
        return Error{ErrorKind::Unsupported, "benchmark", "model", "made up", "a model that can be run"};
    }
    /// A folder named "taken" is an error; "slow" takes until it is cancelled.
    [[nodiscard]] Result<ReferenceEnd> build_reference(const ReferenceRequest& request, const ProgressCallback&, const CancelToken& cancel) const override {
        const std::string kind = request.output.filename().string();
        while (kind == "slow" && !cancel.cancelled()) {
            std::this_thread::sleep_for(std::chrono::milliseconds(2));
        }
        if (cancel.cancelled()) {
            return cancelled();
        }
        if (kind == "taken") {
            return Error{ErrorKind::InvalidInput, request.output.string(), "folder", "a folder with other files", "a folder that is new"};
        }
        const std::optional<RefineEnd> refined = request.refine == Refine::Yes ? std::optional(RefineEnd{12, 20, 9, 1}) : std::nullopt;
        return ReferenceEnd{request.output, "0123abcd", 30, 21, 8, 1, {Error{ErrorKind::Io, "v7w_3.jpg", "picture", "0 bytes", "a picture"}}, 1.5, refined, request.refine == Refine::Yes ? 2 : 0};
    }

private:
    InspectorInfo info_;
    std::vector<ReferenceSummary> references_;
    std::shared_ptr<FakeSamples> samples_ = std::make_shared<FakeSamples>("made up", 40);
};

/// "3" of "3", 60 of anything else.
[[nodiscard]] inline std::size_t made_up_count(const std::string& reference) {
    const bool number = !reference.empty() && reference.find_first_not_of("0123456789") == std::string::npos;
    return number ? std::stoul(reference) : 60;
}

class FakeModule final : public InspectorModule {
public:
    /// References "3" are three of them; 7 have no map of task space, and with 5 a record of the samples is left out.
    [[nodiscard]] Result<InspectorPtr> open(const InspectorOptions& options, const ProgressCallback&, const CancelToken&) const override {
        return InspectorPtr(std::make_shared<FakeInspector>(made_up_count(options.reference)));
    }
    [[nodiscard]] Result<SamplePicture> picture(const std::string&) const override { return FakeSamples("made up", 1).picture(0); }
    [[nodiscard]] std::vector<DataSetInfo> data_sets() const override {
        DataSetInfo set{"Visual7W", "Visual7W, telling", true, {{"test", false}}, "dataset_v7w_telling.json beside images/", {"dataset_v7w_telling.json", "images"}, "accuracy", "", ""};
        DataSetInfo other{"MMBench", "MMBench (English)", false, {{"dev", false}, {"test", true}}, "one table", {"MMBench/mmbench_dev_20230712.tsv"}, "CircularEval", "The Parquet copy is not read.", "Use the TSV."};
        return {set, other};
    }
    /// A folder "broken" is an error; "empty" has no samples; "slow" takes until it is cancelled; else 30 samples and two problems.
    [[nodiscard]] Result<DataReport> check_data(const DataRequest& request, const ProgressCallback&, const CancelToken& cancel) const override {
        const std::string kind = request.folder.filename().string();
        while (kind == "slow" && !cancel.cancelled()) {
            std::this_thread::sleep_for(std::chrono::milliseconds(2));
        }
        if (cancel.cancelled()) {
            return cancelled();
        }
        if (kind == "broken") {
            return Error{ErrorKind::NotFound, request.folder.string(), "layout", "readme.txt", "dataset_v7w_telling.json"};
        }
        DataReport report;
        report.request = request;
        report.samples = kind == "empty" ? 0 : static_cast<std::int64_t>(request.limit == 0 ? 30 : std::min<std::size_t>(request.limit, 30));
        for (std::int64_t i = 0; i < report.samples; ++i) {
            report.preview.push_back({std::to_string(i), i % 3 == 0 ? "what" : "where", "What is in picture " + std::to_string(i) + "?\nA. a dog\nB. a cat", i == 7 ? "" : "A", "option letter",
                                      "pictures/" + std::to_string(i) + ".png"});
            report.with_truth += i == 7 ? 0 : 1;
        }
        report.categories = {{"what", (report.samples + 2) / 3}, {"where", report.samples - (report.samples + 2) / 3}};
        if (kind == "plain") {  // a set without categories
            report.categories = {{"", report.samples}};
        }
        report.left_out = {{"no picture belongs to it", 4}};
        report.problems = {{3, {ErrorKind::NotFound, "dataset_v7w_telling.json: record 3", "filename", "v7w_3.jpg (no such file)", "a picture below images"}, true},
                           {9, {ErrorKind::InvalidInput, "dataset_v7w_telling.json: record 9", "type", "\"wherr\"", "what, where, when, who, why or how"}, false}};
        if (kind == "pictures") {
            report.pictures = 30;
            report.bad_pictures = 1;
            report.problems.push_back({6, {ErrorKind::InvalidInput, "pictures/5.png (sample 5)", "image", "a GIF", "PNG, JPEG, BMP or WebP"}, false, true, report.preview[5]});  // record 3 was left out
            report.problems[1].sample = report.preview[8];
        }
        return report;
    }
    /// A folder "nowhere" is an error; "broken" has 320 problems; else a model that takes 35 GB in fp32, with 8 GB free.
    [[nodiscard]] Result<ModelReport> check_model(const std::filesystem::path& directory, const CancelToken&) const override {
        const std::string kind = directory.filename().string();
        if (kind == "nowhere") {
            return Error{ErrorKind::NotFound, directory.string(), "", "no such directory", "a checkpoint directory"};
        }
        ModelReport report{.directory = directory, .name = "made up", .layers = 32, .mixer_layers = {7, 15, 23, 31}, .image_size = 490, .image_tokens = 1225,
                           .memory = {{"fp32", 35'470'000'000, 35'470'000'000}, {"bf16", 17'740'000'000, 17'740'000'000}, {"fp16", std::nullopt, 17'740'000'000},
                                      {"int8", 10'180'000'000, 9'310'000'000}, {"nf4", 6'470'000'000, 5'610'000'000}},
                           .parameters = 8'868'637'720, .bytes = 17'737'275'440, .files = 2, .problems = {}, .free_memory = 8'000'000'000};
        for (int i = 0; i < (kind == "broken" ? 200 : 0); ++i) {
            report.problems.push_back({directory.string() + "/model-00001-of-00002.safetensors: model.layers." + std::to_string(i) + ".attention.wqkv.Plora_main.weight: found shape [3, 5]; allowed: shape [4, 5]", true});
            report.fatal_problems = 320;
        }
        return report;
    }
    [[nodiscard]] DeviceReport devices() const override { return devices_; }
    DeviceReport devices_;
    [[nodiscard]] std::string command_line(const InspectorOptions&, const InspectRequest&) const override { return "r2t2 inspect"; }
    [[nodiscard]] std::string command_line(const InspectorOptions&, const BenchmarkRequest&) const override { return "r2t2 evaluate"; }
    [[nodiscard]] std::string command_line(const InspectorOptions&, const ReferenceRequest&) const override { return "r2t2 reference build"; }
};

}  // namespace r2t2::ui
