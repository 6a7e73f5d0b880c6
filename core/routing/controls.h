// Controls that use the whole reference set once: a fitted constant, and the best single fixed r on a grid.
//
// Source: rerouting, "Controls": a method that does not beat the fitted constant has not shown that re-routing per
// sample helps. Memory: samples are asked for one mini-batch at a time.
// Thread rule: a fit belongs to the calling thread; progress is called on it.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "core/base/cancel.h"
#include "core/base/progress.h"
#include "core/base/result.h"
#include "core/routing/method_params.h"
#include "core/routing/routed_model.h"

namespace r2t2 {

/// Labelled reference samples, prepared when asked for (the source decides what it keeps).
struct SampleSource {
    std::size_t count = 0;
    std::function<Result<PreparedSamplePtr>(std::size_t index)> get;
};

struct FitParams {
    RoutingMode mode = RoutingMode::Offset;
    Granularity granularity = Granularity::Shared;
    int epochs = 3;
    std::size_t batch = 32;
    double initial_lr = 0.1;  ///< on offsets or logits; cosine to final_lr over all updates
    double final_lr = 1e-3;
    std::uint64_t seed = 0;  ///< order of the samples
    RoutingMatrix start;     ///< weights to start from in fixed mode; empty = uniform
};

struct FittedConstant {
    RoutingMode mode = RoutingMode::Offset;
    RoutingMatrix values;            ///< delta (every group sums to 0: a softmax does not see the rest) or weights
    std::vector<double> epoch_loss;  ///< mean loss of the epoch's samples, each at the constant of its moment
    std::int64_t updates = 0;
};

[[nodiscard]] Status validate(const FitParams& params, std::size_t samples, const std::string& where = "constant fit");

/// argmin over one constant c of mean_i loss(f(x_i, c), y_i), by Adam on mini-batches. Offset mode: c = delta,
/// starting at 0. Fixed mode: c = softmax(z), starting at `start`. Looks at the token once a mini-batch.
/// Errors: bad parameters, a sample without a label, a loss that is not finite, the source's and the model's.
[[nodiscard]] Result<FittedConstant> fit_constant(const RoutedModel& model, const SampleSource& samples,
                                                  const FitParams& params, const ProgressCallback& progress,
                                                  const CancelToken& cancel);

/// All vectors of `experts` entries that are multiples of 1 / divisions and sum to 1, plus the centre: for three
/// experts, divisions 1 gives vertices and centre, 2 adds the middles of the edges. Precondition: both positive.
[[nodiscard]] std::vector<std::vector<double>> simplex_grid(std::size_t experts, int divisions);
/// Product of the groups' grids as one-row matrices. Error: divisions < 1, or more than `limit` points.
[[nodiscard]] Result<std::vector<RoutingMatrix>> routing_grid(const RoutingSpace& space, int divisions,
                                                              std::size_t limit = 20000);

/// Accuracy needs `correct(sample, answer)`; without it the mean loss decides.
struct GridParams {
    int divisions = 2;
    std::size_t batch = 32;
    std::function<bool(std::size_t sample, const Answer& answer)> correct;
};

struct BestFixedRouting {
    RoutingMatrix weights;             ///< one row
    double score = 0.0;                ///< mean loss (lower is better) or accuracy (higher)
    std::vector<RoutingMatrix> tried;  ///< the whole grid
    std::vector<double> scores;        ///< one per tried
};

/// The grid point that serves the reference set best when it acts on every sample in fixed mode; equal scores: the
/// earlier point. Looks at the token once a batch. Errors as `fit_constant`.
[[nodiscard]] Result<BestFixedRouting> best_fixed_routing(const RoutedModel& model, const SampleSource& samples,
                                                          const GridParams& params, const ProgressCallback& progress,
                                                          const CancelToken& cancel);

}  // namespace r2t2
