// The inspector on a model and a reference set that are open. Private to the module.
#pragma once

#include <mutex>

#include "core/inspect/inspector.h"
#include "core/inspect/sample_lists.h"
#include "core/run/evaluation_context.h"
#include "core/run/reference_refiner.h"

namespace r2t2 {

/// An inspection with the prepared sample and its neighbours, so that more can be asked.
class LiveInspection final : public Inspection {
public:
    [[nodiscard]] const std::vector<RerouteInput>& inputs() const { return inputs_; }  ///< one per methods()
    [[nodiscard]] const RunSample& run_sample() const { return run_sample_; }
    [[nodiscard]] ScoringRule scoring() const { return scoring_; }

private:
    friend class OpenedInspector;
    std::vector<RerouteInput> inputs_;
    ScoringRule scoring_ = ScoringRule::Exact;  ///< the run's, where the sample has no key of its own
    RunSample run_sample_;
};

class OpenedInspector final : public Inspector {
public:
    /// Loads engine, model, reference set.
    [[nodiscard]] static Result<InspectorPtr> open(const InspectorOptions& options, const ProgressCallback& progress,
                                                   const CancelToken& cancel);

    [[nodiscard]] const std::shared_ptr<const Model>& model() const { return model_; }
    [[nodiscard]] const ReferenceSetPtr& reference() const { return reference_; }

    [[nodiscard]] const InspectorInfo& info() const override { return info_; }
    [[nodiscard]] const std::vector<ReferenceSummary>& references() const override { return references_; }
    [[nodiscard]] Result<SamplePicture> reference_picture(std::size_t index) const override { return reference_->picture(index); }
    [[nodiscard]] Status check_methods(const std::vector<MethodParams>& methods) const override;
    [[nodiscard]] Result<InspectionPtr> inspect(const InspectRequest& request, const ProgressCallback& progress,
                                                const CancelToken& cancel) const override;
    [[nodiscard]] Result<WhatIf> what_if(const Inspection& inspection, std::size_t method,
                                         const RoutingMatrix& weights) const override;
    [[nodiscard]] Result<LandscapeValues> landscape(const Inspection& inspection, const LandscapeRequest& request,
                                                    const std::function<void(const LandscapeValues&)>& partial,
                                                    const CancelToken& cancel) const override;
    [[nodiscard]] Result<std::vector<RoutingMatrix>> pulls(const Inspection& inspection, std::size_t method,
                                                           const RoutingMatrix& weights) const override;
    [[nodiscard]] Result<MixerView> look(const Inspection& inspection, std::size_t method, std::size_t step) const override;
    [[nodiscard]] Result<std::vector<KnockedAnswer>> knockouts(const Inspection& inspection, const CancelToken& cancel) const override;
    [[nodiscard]] Result<ProjectionMapPtr> projection(const ProjectionRequest& request, const ProgressCallback& progress,
                                                      const CancelToken& cancel) const override;
    [[nodiscard]] Result<std::vector<SampleListPtr>> open_samples(const std::string& what,
                                                                  std::size_t count_per_set) const override {
        return open_lists(what, count_per_set);
    }
    [[nodiscard]] std::vector<std::string> set_names(const std::string& split) const override;
    [[nodiscard]] Result<BenchmarkEnd> benchmark(const BenchmarkRequest& request, const BenchmarkHooks& hooks) const override;
    [[nodiscard]] Result<ReferenceEnd> build_reference(const ReferenceRequest& request, const ProgressCallback& progress,
                                                       const CancelToken& cancel) const override;

private:
    [[nodiscard]] Result<ReferenceBuild> built_from(const ReferenceRequest& request, const ProgressCallback& progress, const CancelToken& cancel) const;
    /// Descents on `candidates`, kept beside the output until the set is there.
    [[nodiscard]] Result<ReferenceBuild> refined(const ReferenceRequest& request, const EvaluationGround& ground, const SampleSetPtr& candidates,
                                                 std::map<std::string, std::string> notes, const ProgressCallback& progress, const CancelToken& cancel) const;
    [[nodiscard]] Result<InspectionPtr> stored(const SessionList& list, std::size_t index) const;
    [[nodiscard]] Status check_places(const InspectRequest& request) const;
    [[nodiscard]] Result<AgainSample> sample_for(const InspectRequest& request, SampleSummary& summary) const;
    [[nodiscard]] Status ask_anew(const InspectRequest& request, bool asked_anew, SampleSummary& summary, AgainSample& out) const;
    [[nodiscard]] Result<EvaluationContext> context_for(const InspectRequest& request, bool truth_known, std::vector<RefusedMethod>& refused) const;
    [[nodiscard]] Error with_own_references(Error why, const InspectRequest& request) const;
    [[nodiscard]] std::optional<SampleList::RunReferences> other_references(const SampleList& list) const;
    void compare_with_stored(const SessionList& session, const InspectRequest& request, LiveInspection& out) const;
    /// Places by t-SNE; inspector_embedding.cpp.
    [[nodiscard]] Result<ProjectionMapPtr> embedding_map(const ProjectionRequest& request, const std::vector<double>& rows,
                                                         std::size_t dimension, const ProgressCallback& progress,
                                                         const CancelToken& cancel) const;
    void describe();

    std::shared_ptr<const Model> model_;
    ReferenceSetPtr reference_;
    InspectorOptions options_;
    InspectorInfo info_;
    std::vector<ReferenceSummary> references_;
};

}  // namespace r2t2
