// One sample under the lens: everything the workbench asks, behind an interface that needs neither torch nor OpenCV.
//
// The workbench's executable links this header and a loader; the module behind it (libr2t2_inspector.so) is opened on a
// worker thread after the window is up. Everything handed out is an immutable value.
// Thread rule: an Inspector may be used from several threads at once; calls block, so never on the event loop.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "core/base/cancel.h"
#include "core/base/progress.h"
#include "core/base/result.h"
#include "core/inspect/benchmark.h"
#include "core/inspect/data_check.h"
#include "core/inspect/model_check.h"
#include "core/inspect/reference_build.h"
#include "core/model/mixer_view.h"
#include "core/routing/method_params.h"
#include "core/routing/trajectory.h"
#include "core/run/again_comparison.h"
#include "core/run/sample_summary.h"
#include "core/vision/sample_picture.h"

namespace r2t2 {

/// A named list of samples: one set of the bundled world, a data set file, a folder of pictures, a run of a session.
class SampleList {
public:
    virtual ~SampleList() = default;
    [[nodiscard]] virtual std::string name() const = 0;
    [[nodiscard]] virtual std::size_t size() const = 0;
    /// Up to a millisecond for generated samples: read many of them on a worker.
    [[nodiscard]] virtual SampleSummary summary(std::size_t index) const = 0;
    /// Error also where there is no such sample.
    [[nodiscard]] virtual Result<SamplePicture> picture(std::size_t index) const = 0;
    [[nodiscard]] virtual const std::vector<Error>& problems() const = 0;  ///< records left out when it was read
    [[nodiscard]] virtual bool stored() const = 0;  ///< trajectories can be shown without computing (a session)
    /// A session's runs in this list, with their methods.
    [[nodiscard]] virtual std::vector<std::pair<std::int64_t, Method>> runs() const { return {}; }
    /// What they were run with, parallel to runs(); empty where that is not known.
    [[nodiscard]] virtual std::vector<MethodParams> run_params() const { return {}; }
    /// What a session's runs had as references; none for other lists.
    struct RunReferences {
        std::string path;  ///< as InspectorOptions::reference
        std::string hash;  ///< ReferenceStore::content_hash; empty: not known
    };
    [[nodiscard]] virtual std::optional<RunReferences> run_references() const { return std::nullopt; }
};
using SampleListPtr = std::shared_ptr<const SampleList>;

/// A reference sample as views show it.
struct ReferenceSummary {
    std::string id, set, question, answer, truth, image_path;
    std::string family, domain;
    bool correct = false;
    RoutingMatrix routing;  ///< [1, experts]
};

/// Who a neighbour of an inspection is. Views ask this, and never Neighbour::index: that of a stored trajectory is a place in the set its run had.
struct InspectedNeighbour {
    std::optional<std::size_t> place;  ///< in Inspector::references(); none: the set that is open lacks it
    ReferenceSummary stored{};         ///< where it has no place: its name, and what else the session keeps of it; routing may be empty
};

struct InspectorInfo {
    std::string model_name, model_directory, model_hash;
    std::string device = "cpu", precision = "fp32";  ///< it computes on, and is kept in
    bool miniature = false;  ///< numbers must be marked as such
    std::int64_t parameters = 0;
    std::int64_t weight_bytes = 0;  ///< memory that the weights take
    int image_size = 0, image_tokens = 0;
    std::vector<int> mixer_layers;
    RoutingSpace space;
    std::string reference_name, reference_hash;
    std::string reference_native_hash;  ///< of the set before it was refined
    /// The open references are those of a run that says this hash, or were made of them.
    [[nodiscard]] bool serves(const std::string& hash) const { return hash == reference_hash || hash == reference_native_hash; }
    std::map<RoutingMode, std::string> surfaces;  ///< of the references, of each mode: form, nodes, error
    bool refined = false;  ///< the references have routings that descents found (r2t2 reference refine)
    std::string torch, blas, cuda;
    std::string processor, kernels;     ///< EngineVersions
    std::vector<std::string> warnings;  ///< from opening
    MethodParams defaults;              ///< of this checkpoint (rerouting.json)
};

/// What becomes of an answer when an expert is taken away.
struct KnockedAnswer {
    std::string kind, where, expert;  ///< "silence", "mixer 1", "img_aux"; empty: as it is
    std::string answer;
    bool changed = false;             ///< another answer than as it is
    double confidence = 0.0;
    std::optional<double> loss;       ///< of the truth, nats; none: not known
    std::optional<bool> right;
};

/// What to compute on a sample. The sample is one of a list, or a picture file with a question of the user's.
struct InspectRequest {
    SampleListPtr list;  ///< null: `image` is used
    std::size_t index = 0;
    std::filesystem::path image;
    std::string facts;                   ///< a JSON file, "auto" (or empty), "built-in", "none": core/run/picture_facts.h
    std::optional<std::string> question;  ///< instead of the sample's own: its truth is not known then
    std::optional<std::string> truth;
    /// Base is added in front if it is missing. Empty, and the list is a session: what is stored is shown.
    std::vector<MethodParams> methods;
    std::vector<std::size_t> left_out;         ///< references that must not be neighbours
    /// Of `methods`, the one that is followed: where the reference set does not allow it the request is refused, also where another of its
    /// method could be run. One of the others is left out and told (Inspection::refused()). None: each refuses the request, as it refuses an evaluation.
    std::optional<MethodParams> wanted;
    std::int64_t origin = 0;  ///< of a session: the run whose parameters were changed into these, for the command line. 0: the nearest
};

/// How an answer was judged.
struct AnswerScore {
    std::optional<bool> correct;
    std::string rule;    ///< "exact match", "option letter", ...: SampleSummary::rule
    std::string reason;  ///< "verbatim", "normalised", ...; empty when the truth is not known
};

/// A method that was asked for and not run.
struct RefusedMethod {
    MethodParams params;
    Error why;
};

/// The result, with what is needed to go on asking (prepared samples are kept behind it).
class Inspection {
public:
    virtual ~Inspection() = default;
    [[nodiscard]] const SampleSummary& sample() const { return sample_; }
    [[nodiscard]] const SamplePicture& picture() const { return picture_; }
    [[nodiscard]] bool picture_is_clear() const { return picture_is_clear_; }  ///< a person can make out what is on it (core/vision/picture_clarity.h); false where it is stored
    [[nodiscard]] const std::vector<MethodParams>& methods() const { return methods_; }  ///< base first
    [[nodiscard]] const std::vector<Trajectory>& trajectories() const { return trajectories_; }
    [[nodiscard]] const RoutingMatrix& base_routing() const { return base_routing_; }    ///< [1, experts]
    [[nodiscard]] const RoutingMatrix& native_per_mixer() const { return native_per_mixer_; }  ///< [mixers, experts] or empty
    [[nodiscard]] bool stored() const { return stored_; }  ///< read from a session: what-if is not possible
    [[nodiscard]] double prepare_seconds() const { return prepare_seconds_; }
    [[nodiscard]] const std::vector<float>& embedding() const { return embedding_; }  ///< in task space; may be empty
    [[nodiscard]] const std::string& facts_text() const { return facts_text_; }       ///< as the model was told
    [[nodiscard]] bool facts_known() const { return facts_known_; }  ///< false: only running the stored sample again tells them
    /// Of a session's samples: the run that every trajectory has its parameters from, also where something else was asked of the
    /// sample than the run did; 0 where it is none's. Empty for others.
    [[nodiscard]] const std::vector<std::int64_t>& runs() const { return runs_; }
    [[nodiscard]] bool params_known() const { return params_known_; }  ///< false: stored by a program that did not keep them
    /// What is not known of a stored sample and what has changed since it was run, a sentence each.
    [[nodiscard]] const std::vector<std::string>& remarks() const { return remarks_; }
    /// A stored sample that was run again with the settings of its run: every such trajectory against what is stored.
    [[nodiscard]] const std::vector<AgainComparison>& again() const { return again_; }
    [[nodiscard]] const std::vector<RefusedMethod>& refused() const { return refused_; }  ///< InspectRequest::wanted
    [[nodiscard]] std::size_t index_of(Method method) const;  ///< trajectories().size() if it is not there
    /// Of trajectory `index`, parallel to its neighbourhood's; empty where there is no such trajectory.
    [[nodiscard]] std::vector<InspectedNeighbour> neighbours(std::size_t index) const;

protected:
    SampleSummary sample_;
    SamplePicture picture_;
    std::vector<MethodParams> methods_;
    std::vector<Trajectory> trajectories_;
    RoutingMatrix base_routing_, native_per_mixer_;
    bool stored_ = false;
    bool picture_is_clear_ = false;
    double prepare_seconds_ = 0.0;
    std::vector<float> embedding_;
    std::string facts_text_;
    bool facts_known_ = true;
    std::vector<std::int64_t> runs_;
    bool params_known_ = true;
    std::vector<std::string> remarks_;
    std::vector<AgainComparison> again_;
    std::vector<RefusedMethod> refused_;
    std::vector<std::vector<InspectedNeighbour>> neighbours_;  ///< of stored trajectories; empty: Neighbour::index is a place in what is open
};
using InspectionPtr = std::shared_ptr<const Inspection>;

/// What the model says under a routing the user chose.
struct WhatIf {
    RoutingMatrix weights;
    Answer answer;
    AnswerScore score;
    std::optional<double> loss;  ///< of the sample's own truth, where known
    double seconds = 0.0;
};

/// Values over one group's triangle, the other groups held still.
struct LandscapeRequest {
    std::size_t method = 0;  ///< index into Inspection::methods(): whose neighbourhood and mode
    std::size_t group = 0;   ///< must have three experts
    int divisions = 20;      ///< (n + 1)(n + 2) / 2 points
    RoutingMatrix at;        ///< [1, experts] the other groups' weights
    bool truth = false;      ///< the sample's own loss (needs its truth) instead of the neighbours' mean
};
struct LandscapeValues {
    int divisions = 0;
    std::vector<double> values;  ///< ordered by the third expert, then by the second; NaN = not computed yet
};

/// Two-dimensional views of the reference set and where the sample stands in them.
enum class ProjectionSpace { Routing, Task };
enum class ProjectionMethod { Pca, NeighbourEmbedding };
struct ProjectionRequest {
    ProjectionSpace space = ProjectionSpace::Routing;
    ProjectionMethod method = ProjectionMethod::Pca;
    std::uint64_t seed = 1;
};
struct ProjectionMap {
    ProjectionRequest request;
    std::vector<float> xy;                         ///< [references, 2]
    std::array<double, 2> explained{0.0, 0.0};     ///< PCA: share of the variance of each axis
    /// PCA: a point in the projected space. [D] -> (x, y). Empty for a neighbour embedding.
    std::function<std::array<double, 2>(std::span<const double>)> place;
};
using ProjectionMapPtr = std::shared_ptr<const ProjectionMap>;

class Inspector {
public:
    virtual ~Inspector() = default;
    [[nodiscard]] virtual const InspectorInfo& info() const = 0;
    [[nodiscard]] virtual const std::vector<ReferenceSummary>& references() const = 0;
    /// Error also where there is no such reference.
    [[nodiscard]] virtual Result<SamplePicture> reference_picture(std::size_t index) const = 0;

    /// Whether every one of these can be run on the references that are open: their own ranges, k within the set, refined routings there where
    /// they are asked for. Takes no time.
    [[nodiscard]] virtual Status check_methods(const std::vector<MethodParams>& methods) const = 0;
    /// Cancel is looked at once a step of a method.
    [[nodiscard]] virtual Result<InspectionPtr> inspect(const InspectRequest& request, const ProgressCallback& progress,
                                                        const CancelToken& cancel) const = 0;
    /// `weights` [1 or mixers, experts] in the mode of method `method` of the inspection. One answer pass.
    [[nodiscard]] virtual Result<WhatIf> what_if(const Inspection& inspection, std::size_t method,
                                                 const RoutingMatrix& weights) const = 0;
    /// `partial` gets the grid as far as it is, a few times a second, on the caller's thread.
    [[nodiscard]] virtual Result<LandscapeValues> landscape(const Inspection& inspection, const LandscapeRequest& request,
                                                            const std::function<void(const LandscapeValues&)>& partial,
                                                            const CancelToken& cancel) const = 0;
    /// Where each neighbour pulls r at `weights` [1, experts]: minus its weighted part of the objective's gradient with
    /// respect to r, tangent to the simplices; one [1, experts] a neighbour of method `method`.
    [[nodiscard]] virtual Result<std::vector<RoutingMatrix>> pulls(const Inspection& inspection, std::size_t method,
                                                                   const RoutingMatrix& weights) const = 0;
    /// Gates and attention under step `step` of trajectory `method`.
    [[nodiscard]] virtual Result<MixerView> look(const Inspection& inspection, std::size_t method,
                                                 std::size_t step) const = 0;
    /// The sample under every knock-out of every expert (core/run/knockout.h), under the native routing; the first row is the answer as it is. Some fifty
    /// answers. Errors: a stored inspection, Cancelled.
    [[nodiscard]] virtual Result<std::vector<KnockedAnswer>> knockouts(const Inspection& inspection, const CancelToken& cancel) const = 0;
    [[nodiscard]] virtual Result<ProjectionMapPtr> projection(const ProjectionRequest& request,
                                                              const ProgressCallback& progress,
                                                              const CancelToken& cancel) const = 0;
    /// Files: a data set, a folder of pictures, a session (one list a run). Names: sets of the bundled world, "all".
    [[nodiscard]] virtual Result<std::vector<SampleListPtr>> open_samples(const std::string& what,
                                                                         std::size_t count_per_set) const = 0;
    /// Bundled sets that this model can be evaluated on; none for a model that did not grow up in the bundled world.
    [[nodiscard]] virtual std::vector<std::string> set_names(const std::string& split) const = 0;
    /// A whole evaluation into a session. An interrupted one is a result that says so, and can be resumed.
    [[nodiscard]] virtual Result<BenchmarkEnd> benchmark(const BenchmarkRequest& request, const BenchmarkHooks& hooks) const = 0;
    /// This model answers the samples; those that it answers rightly are written as a reference set. Cancel is looked at once a
    /// sample; nothing is written then. Errors: the data set's, a folder that holds something else, nothing answered rightly.
    [[nodiscard]] virtual Result<ReferenceEnd> build_reference(const ReferenceRequest& request, const ProgressCallback& progress,
                                                               const CancelToken& cancel) const = 0;
};
using InspectorPtr = std::shared_ptr<const Inspector>;

struct InspectorOptions {
    std::filesystem::path model;  ///< empty = the bundled one
    std::string reference;        ///< store or JSON file; empty = the bundled one, or built from the bundled world
    std::string device = "cpu";   ///< "cpu", "cuda", "cuda:1"
    std::string precision = "fp32";  ///< as the command line spells it (core/checkpoint/precision.h)
    int threads = 0;              ///< inside one operation; 0 = all processors for large pictures (ModelOptions::intra_op_threads)
};

class InspectorModule {
public:
    virtual ~InspectorModule() = default;
    /// Loads the engine, the model and the reference set. Looks at the token between stages and once a sample.
    [[nodiscard]] virtual Result<InspectorPtr> open(const InspectorOptions& options, const ProgressCallback& progress,
                                                    const CancelToken& cancel) const = 0;
    /// The picture that a stored sample names, without a model: a file, or "world:..." of the bundled world.
    [[nodiscard]] virtual Result<SamplePicture> picture(const std::string& image_path) const = 0;
    /// Every data set that can be read in its official layout; reference sets first.
    [[nodiscard]] virtual std::vector<DataSetInfo> data_sets() const = 0;
    /// Reads all of it. Errors: unknown name or split, files that are not there (what was looked for, what lies there instead),
    /// a broken file, cancelled; what is wrong with single records is part of the report.
    [[nodiscard]] virtual Result<DataReport> check_data(const DataRequest& request, const ProgressCallback& progress,
                                                        const CancelToken& cancel) const = 0;
    /// What a checkpoint is and what keeps it from being opened, from its headers; empty: the bundled one. Loads no engine.
    /// Errors: no such directory, cancelled. Looks at `cancel` once a file.
    [[nodiscard]] virtual Result<ModelReport> check_model(const std::filesystem::path& directory, const CancelToken& cancel) const = 0;
    /// What the engine says of devices, if it is loaded; loads nothing.
    [[nodiscard]] virtual DeviceReport devices() const = 0;
    /// "Re-run this from a shell": r2t2 inspect ... for a request on this inspector.
    [[nodiscard]] virtual std::string command_line(const InspectorOptions& options, const InspectRequest& request) const = 0;
    /// r2t2 evaluate ...
    [[nodiscard]] virtual std::string command_line(const InspectorOptions& options, const BenchmarkRequest& request) const = 0;
    /// r2t2 reference build ...
    [[nodiscard]] virtual std::string command_line(const InspectorOptions& options, const ReferenceRequest& request) const = 0;
};

/// Opens libr2t2_inspector.so next to the executable (or R2T2_INSPECTOR), once; it stays loaded.
[[nodiscard]] Result<InspectorModule*> load_inspector();

}  // namespace r2t2
