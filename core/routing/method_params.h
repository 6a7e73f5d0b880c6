// What to run: method, neighbourhood, kernel, descent. Names are the command line's.
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

enum class Method {
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

/// What "the same routing for another sample" means in offset mode. Ignored in fixed mode.
enum class OffsetFrame {
    Target,      ///< everybody goes to the same r: delta(s) = log r - log r0(s)
    SharedDelta  ///< everybody adds the same delta; r shown = softmax(log r0(x) + delta)
};

struct MethodParams {
    Method method = Method::Ngd;
    RoutingMode mode = RoutingMode::Offset;
    Granularity granularity = Granularity::Shared;
    OffsetFrame frame = OffsetFrame::Target;
    std::uint64_t seed = 0;    ///< random neighbours
    bool answer_steps = true;  ///< answer every step, not only the first and the last

    // Task-space neighbourhood
    std::size_t k = 5;
    std::optional<double> epsilon;  ///< ball radius 1 - cosine; when set it replaces k
    KernelParams kernel;

    // NGD and oracle
    int steps = 10;
    double initial_lr = 1e-2;
    double final_lr = 1e-5;
    LearningRateSchedule schedule = LearningRateSchedule::Cosine;
    Parametrisation parametrisation = Parametrisation::Logits;
    bool final_objective = true;  ///< evaluate the objective once more after the last step (k forward passes)

    // Kernel regression
    int alpha_grid = 11;        ///< alphas of the coarse grid, both ends included, >= 2
    int alpha_refinements = 4;  ///< halvings of the bracket around the best, two probes each; 0 = grid only

    // Mode finding
    double eta = 1.0;         ///< step towards the mean, (0, 1]
    double tolerance = 1e-4;  ///< stop when ||step|| is below
    int max_shifts = 50;
    std::size_t routing_k = 5;                ///< routing-space neighbours, 0 = the whole reference set
    std::optional<double> routing_bandwidth;  ///< none = median distance of the start's neighbourhood

    bool operator==(const MethodParams&) const = default;
};

/// Every option in its range, whatever the method; the error names the option as the command line spells it.
[[nodiscard]] Status validate(const MethodParams& params, const std::string& where = "options");

/// The method's answer depends on the sample's own ground truth.
[[nodiscard]] constexpr bool uses_label(Method method) {
    return method == Method::Oracle;
}
/// The method needs prepared, labelled neighbours (NGD, random) or their routing (kernel regression).
[[nodiscard]] constexpr bool uses_neighbours(Method method) {
    return method == Method::Ngd || method == Method::RandomNeighbours || method == Method::KernelRegression;
}
[[nodiscard]] constexpr bool is_control(Method method) {
    return method >= Method::RandomNeighbours;
}

[[nodiscard]] const std::vector<Method>& all_methods();

/// Kebab-case: "base", "mode-finding", "kernel-regression", "ngd", "oracle", "random-neighbours",
/// "constant-offset", "own-mean", "best-fixed"; "fixed"/"offset"; "shared"/"per-mixer"; "target"/"shared-delta";
/// "cosine"/"step"/"fixed"; "logits"/"projected". Errors list what is allowed.
[[nodiscard]] std::string to_string(Method value);
[[nodiscard]] std::string to_string(RoutingMode value);
[[nodiscard]] std::string to_string(Granularity value);
[[nodiscard]] std::string to_string(OffsetFrame value);
[[nodiscard]] std::string to_string(LearningRateSchedule value);
[[nodiscard]] std::string to_string(Parametrisation value);
[[nodiscard]] Result<Method> parse_method(const std::string& text);  ///< reads "mf" and "kr" too
[[nodiscard]] Result<RoutingMode> parse_routing_mode(const std::string& text);
[[nodiscard]] Result<Granularity> parse_granularity(const std::string& text);
[[nodiscard]] Result<OffsetFrame> parse_offset_frame(const std::string& text);
[[nodiscard]] Result<LearningRateSchedule> parse_learning_rate_schedule(const std::string& text);
[[nodiscard]] Result<Parametrisation> parse_parametrisation(const std::string& text);

}  // namespace r2t2
