// What every sample of an evaluation shares: the model, the references, the methods, the fitted controls.
//
// Thread rule: immutable; any number of threads.
#pragma once

#include <string>
#include <vector>

#include "core/scoring/scoring.h"
#include "core/base/pause.h"
#include "core/routing/controls.h"
#include "core/routing/method_table.h"
#include "core/routing/reroute.h"
#include "core/run/reference_set.h"

namespace r2t2 {

/// Constants of the two fitted controls, chosen once on the reference set.
struct ControlConstants {
    RoutingMatrix offset;              ///< delta, or weights in fixed mode; empty = not fitted
    RoutingMatrix best_fixed;          ///< weights; empty = not chosen
    [[nodiscard]] const RoutingMatrix& constant(ConstantNeed need) const { return need == ConstantNeed::BestFixed ? best_fixed : offset; }
    [[nodiscard]] RoutingMatrix& constant(ConstantNeed need) { return need == ConstantNeed::BestFixed ? best_fixed : offset; }  ///< not of None
    [[nodiscard]] bool serves(const std::vector<MethodParams>& methods) const;  ///< has what these methods need
    std::vector<double> offset_loss;   ///< mean loss of every epoch of the fit
    double best_fixed_loss = 0.0;      ///< on the samples it was chosen on
    std::size_t offset_samples = 0;    ///< references that the fit used
    std::size_t best_fixed_samples = 0;
    double seconds = 0.0;
};

struct ControlOptions {
    FitParams fit;
    int grid_divisions = 2;
    std::size_t grid_samples = 300;  ///< the grid is judged on this many references, drawn by the seed; 0 = all
    int threads = 0;
};

struct EvaluationContext {
    std::shared_ptr<const Model> model;
    ReferenceSetPtr reference;
    std::vector<MethodParams> methods;  ///< base first; a method under study may stand there with several parameter sets
    ControlConstants controls;
    std::uint64_t seed = 1;  ///< random neighbours
    ScoringRule scoring = ScoringRule::Exact;
    std::size_t max_neighbours = 50;  ///< of an epsilon ball: the nearest ones are taken
    std::vector<std::size_t> left_out;       ///< references that nobody may have as a neighbour
    std::size_t side_by_side = 4;     ///< samples whose model calls are merged (lockstep_model.h); touches last bits at most
};

/// One sample under every method.
struct SampleRun {
    RunSample sample;
    std::vector<Trajectory> trajectories;  ///< one per context.methods
    std::vector<Candidate> nearest;        ///< what was found in task space, best first
    double prepare_seconds = 0.0;          ///< picture, preparation, embedding, search; shared by the methods
};

/// One sample prepared and searched for: what is left needs routed passes only.
struct ReadySample {
    RunSample sample;
    std::vector<RerouteInput> inputs;  ///< one per context.methods
    std::vector<Candidate> nearest;
    double prepare_seconds = 0.0;
};

/// Errors: the sample's, its neighbours' or the model's.
[[nodiscard]] Result<ReadySample> make_ready(const EvaluationContext& context, RunSample sample,
                                             const std::string& set_name, std::size_t index);

/// All methods on `model`, which is context.model or stands for it (lockstep_model.h). The first method is base and its
/// answer serves the others. Errors: the model's; Cancelled. Looks at the token as the methods do.
[[nodiscard]] Result<SampleRun> run_methods(const EvaluationContext& context, const RoutedModel& model,
                                            ReadySample ready, const CancelToken& cancel);

/// Both, for one sample alone.
[[nodiscard]] Result<SampleRun> run_sample(const EvaluationContext& context, RunSample sample,
                                           const std::string& set_name, std::size_t index, const CancelToken& cancel);

/// Fits what `methods` need, on two threads where both are needed. Stands still between mini-batches while `pause` says so (null:
/// never). Errors: a reference that cannot be prepared, Cancelled.
[[nodiscard]] Result<ControlConstants> fit_controls(const EvaluationContext& context, const ControlOptions& options,
                                                    const ProgressCallback& progress, const CancelToken& cancel,
                                                    const PauseSwitch* pause = nullptr);

/// The parameters in their ranges, k within the reference set, per-mixer and refined routings there where the method needs them.
[[nodiscard]] Status check_method(const ReferenceSet& reference, const MethodParams& params);
/// Tuned gates need their file. A method that goes by surfaces runs no neighbour where their tables were opened with the references; without them each is made when it is first asked
/// for, a pass a node. So where nobody has named the method it is run with tables only.
[[nodiscard]] bool is_ready(const ReferenceSet& reference, const MethodParams& params);
/// Takes those that are not out of a list that nobody named, and names them: empty, nothing was taken.
[[nodiscard]] std::string leave_out_unready(const ReferenceSet& reference, std::vector<MethodParams>& methods);

/// Every method of it.
[[nodiscard]] Status check_context(const EvaluationContext& context);

/// As an evaluation runs a method: of an upper bound and of a control by chance only the ends are answered. Where a rule may stop a descent every
/// step is: an answer that stands for the steps after it is compared with answers of the others.
[[nodiscard]] MethodParams evaluation_params(MethodParams params);

/// Base, the methods, then the controls if wanted: `common` with each method's name and what follows from it.
[[nodiscard]] std::vector<MethodParams> method_list(const MethodParams& common, const std::vector<Method>& methods);

}  // namespace r2t2
