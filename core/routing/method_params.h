// What to run: method, neighbourhood, kernel, descent. Names, ranges and words are those of parameter_table.h, methods those of method_table.h.
//
// Defaults: rerouting, "Defaults from the paper" (k = 5, 10 steps, Gaussian kernel, cosine schedule). The paper's
// rate 1e-2 -> 1e-5 is kept as the default although Adam moves logits by about 0.01 with it; the right rate for a
// parametrisation is measured on validation data. Thread rule: value.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/routing/kernel_function.h"
#include "core/routing/routed_model.h"

namespace r2t2 {

/// A method is its row in method_table.h; named here are those that other code has to name.
enum class Method : std::uint8_t {
    Base,              ///< native gates
    ModeFinding,       ///< mean shift in routing space
    KernelRegression,  ///< line search between base and the neighbours' mean routing
    Ngd,               ///< neighbourhood gradient descent
    Oracle,            ///< NGD on the sample's own label: an upper bound
    RandomNeighbours,  ///< control: NGD with random neighbours
    ConstantOffset,    ///< control: one offset (or fixed r) fitted on the whole reference set
    OwnMean,           ///< control: the sample's own mean routing in fixed mode
    BestFixed          ///< control: the best single fixed r of a grid, chosen on the reference set
};

enum class LearningRateSchedule {
    Cosine,  ///< lr_t = final + (initial - final) (1 + cos(pi t / T)) / 2, t = 0 .. T-1
    Step,    ///< three equal stages: initial, sqrt(initial * final), final
    Fixed    ///< initial
};

enum class Parametrisation {
    Logits,    ///< r = softmax(z), z0 = log r0
    Projected  ///< r itself, Euclidean projection after each step
};

/// How a descent goes down.
enum class Optimiser {
    Adam,        ///< the paper's
    QuasiNewton  ///< damped BFGS in the few free numbers of r, a worse step taken back (core/routing/quasi_newton.h)
};

/// Where a descent on the neighbours' loss begins.
enum class DescentStart {
    Native,           ///< at r0, the paper's
    KernelRegression  ///< at the neighbours' weighted mean routing, where kernel regression with alpha = 0 ends
};

/// Which state of a descent is its result.
enum class DescentResult {
    Last,  ///< the paper's
    Best   ///< that of the least objective, the first of several
};

/// What "the same routing for another sample" means in offset mode. Ignored in fixed mode.
enum class OffsetFrame {
    Target,      ///< everybody goes to the same r: delta(s) = log r - log r0(s)
    SharedDelta  ///< everybody adds the same delta; r shown = softmax(log r0(x) + delta)
};

/// Which routing of a reference kernel regression and mode finding go to.
enum class ReferenceRouting {
    Native,  ///< r0: what its gates did, the paper's
    Refined  ///< r*: where an oracle descent on the reference's own label ends (core/reference/reference_record.h). After kNN-MoE (arXiv 2601.02144)
};

/// Which tokens are re-routed. After C3PO (arXiv 2504.07964), which optimises the last.
enum class RoutedTokens {
    All,  ///< the paper's
    Last  ///< of the prompt, at which the answer begins
};

/// Which references are the neighbours: the nearest, or a control that a gain of theirs has to be compared with.
enum class NeighbourChoice {
    Nearest,  ///< in task space, the paper's
    Random,   ///< as many by chance, weighted by the same kernel
    Shuffled  ///< the nearest, each with the routing, loss and label of another reference: what is gained by where the references are, not by what they say
};

/// Who may be a neighbour.
enum class Keep {
    BaseRight,    ///< references that the base model answers rightly, the paper's
    RefinedRight  ///< those that it answers rightly under r*, answered wrongly before among them
};

/// How far kernel regression goes: alpha in r = alpha r0 + (1 - alpha) r_hat.
enum class Mixing {
    Confidence,  ///< where the model is most confident, the paper's line search
    Similarity,  ///< 1 - alpha = the neighbours' mean similarity, from 0 to 1. After kNN-MoE (arXiv 2601.02144)
    None         ///< alpha = 0
};

/// Whose word a descent on the neighbours' loss takes for it.
enum class NeighbourLosses {
    Model,   ///< the model's own, the paper's: a forward and a backward pass of every neighbour and step
    Surface  ///< their response surfaces (core/routing/surface_form.h): no pass
};

/// Which routing is read off the neighbours' surfaces.
enum class SurfaceRule {
    BestNode,  ///< the node of the least loss
    NodeMean   ///< the nodes' mean, weighted by exp(-loss / temperature)
};

/// Whose density mode finding climbs.
enum class ModeNeighbourhood {
    Routing,  ///< of the references nearest in routing space, found anew at every step: the paper's
    Task      ///< of the task-space neighbours, weighted by both kernels
};

struct MethodParams {
    Method method = Method::Ngd;
    RoutingMode mode = RoutingMode::Offset;
    Granularity granularity = Granularity::Shared;
    OffsetFrame frame = OffsetFrame::Target;
    std::size_t critical_mixers = 0;  ///< so many of the last mixers are re-routed; 0 = all
    std::size_t core_experts = 0;     ///< so many experts of each group are re-routed, those that weigh most in r0; 0 = all
    RoutedTokens tokens = RoutedTokens::All;
    std::uint64_t seed = 0;    ///< random neighbours
    bool answer_steps = true;  ///< answer every step, not only the first and the last

    // Task-space neighbourhood
    std::size_t k = 5;
    std::optional<double> epsilon;  ///< ball radius 1 - cosine; when set it replaces k
    KernelParams kernel;
    NeighbourChoice neighbour_choice = NeighbourChoice::Nearest;
    std::size_t reference_size = 0;  ///< so many references are looked among, drawn by the seed; 0 = all

    // The reference set
    Keep keep = Keep::BaseRight;
    ReferenceRouting reference_routing = ReferenceRouting::Native;

    // NGD and oracle
    int steps = 10;
    double initial_lr = 1e-2;
    double final_lr = 1e-5;
    LearningRateSchedule schedule = LearningRateSchedule::Cosine;
    Parametrisation parametrisation = Parametrisation::Logits;
    Optimiser optimiser = Optimiser::Adam;
    std::optional<double> stop_change;  ///< ends where a step changes the objective by less; none: after all steps
    DescentResult result = DescentResult::Last;
    bool final_objective = true;  ///< evaluate the objective once more after the last step (k forward passes)

    // NGD alone: what needs neighbours, or no truth
    DescentStart start = DescentStart::Native;
    NeighbourLosses neighbour_losses = NeighbourLosses::Model;
    std::optional<double> stop_margin;  ///< ends where the answer's margin has come to this; none: whatever it is

    // Kernel regression
    Mixing mixing = Mixing::Confidence;
    int alpha_grid = 11;        ///< alphas of the coarse grid, both ends included, >= 2
    int alpha_refinements = 4;  ///< halvings of the bracket around the best, two probes each; 0 = grid only

    // Response surfaces
    SurfaceRule surface_rule = SurfaceRule::NodeMean;
    double surface_temperature = 0.1;  ///< nats, > 0

    // Mode finding
    ModeNeighbourhood mode_neighbourhood = ModeNeighbourhood::Routing;
    double eta = 1.0;         ///< step towards the mean, (0, 1]
    double tolerance = 1e-4;  ///< stop when ||step|| is below
    int max_shifts = 50;
    std::size_t routing_k = 5;                ///< routing-space neighbours, 0 = the whole reference set
    std::optional<double> routing_bandwidth;  ///< none = median distance of the start's neighbourhood

    bool operator==(const MethodParams&) const = default;
};

/// Every parameter in its range (parameter_table.h), whatever the method; the error's field is the parameter's name.
[[nodiscard]] Status validate(const MethodParams& params, const std::string& where = "options");

/// Words of the table: "fixed"/"offset"; "shared"/"per-mixer"; "gaussian"/"linear"/"polynomial"/"matern-3/2"; "target"/"shared-delta"; "cosine"/"step"/"fixed"; "logits"/"projected".
/// Errors list what is allowed.
[[nodiscard]] std::string to_string(RoutingMode value);
[[nodiscard]] std::string to_string(Granularity value);
[[nodiscard]] std::string to_string(KernelKind value);
[[nodiscard]] std::string to_string(OffsetFrame value);
[[nodiscard]] std::string to_string(LearningRateSchedule value);
[[nodiscard]] std::string to_string(Parametrisation value);
[[nodiscard]] std::string to_string(Keep value);
[[nodiscard]] std::string to_string(ReferenceRouting value);
[[nodiscard]] Result<RoutingMode> parse_routing_mode(const std::string& text);
[[nodiscard]] Result<Granularity> parse_granularity(const std::string& text);
[[nodiscard]] Result<KernelKind> parse_kernel_kind(const std::string& text);  ///< reads "matern32" too
[[nodiscard]] Result<OffsetFrame> parse_offset_frame(const std::string& text);
[[nodiscard]] Result<LearningRateSchedule> parse_learning_rate_schedule(const std::string& text);
[[nodiscard]] Result<Parametrisation> parse_parametrisation(const std::string& text);

// Of the method's row.
[[nodiscard]] std::string to_string(Method value);  ///< "kernel-regression"
[[nodiscard]] Result<Method> parse_method(const std::string& text);  ///< names and aliases ("mf", "kr"); the error lists the names
[[nodiscard]] const std::vector<Method>& all_methods();  ///< base, methods under study, rivals, upper bounds, controls
/// The method's answer depends on the sample's own ground truth.
[[nodiscard]] bool uses_label(Method method);
/// Under these parameters the method needs task-space neighbours (or random ones in their place): `RerouteInput::references`.
[[nodiscard]] bool uses_neighbours(const MethodParams& params);
/// How many of them, where no ball says so: k, and for mode finding at least 10, of which a density can be had.
[[nodiscard]] std::size_t neighbours_wanted(const MethodParams& params);
[[nodiscard]] bool is_control(Method method);

}  // namespace r2t2
