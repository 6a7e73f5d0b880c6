#include "core/routing/controls.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <numeric>
#include <utility>

#include "core/base/number_text.h"
#include "core/base/random.h"
#include "core/routing/optimiser.h"

namespace r2t2 {

namespace {

using Batch = std::vector<PreparedSamplePtr>;

Result<Batch> fetch(const SampleSource& samples, std::span<const std::size_t> indices) {
    Batch batch;
    for (const std::size_t index : indices) {
        const std::string where = "reference sample " + std::to_string(index);
        Result<PreparedSamplePtr> sample = samples.get(index);
        if (!sample.ok()) {
            return sample.error().inside(where);
        }
        if (!*sample || !(*sample)->has_label()) {
            return invalid_input(where, "label", "none", "a sample with a ground-truth answer");
        }
        batch.push_back(*std::move(sample));
    }
    return batch;
}

std::vector<RoutedQuery> queries_of(const Batch& batch, const RoutingAction& action) {
    std::vector<RoutedQuery> queries;
    for (const PreparedSamplePtr& sample : batch) {
        queries.push_back({sample.get(), action});
    }
    return queries;
}

/// The constant while it is being fitted: delta itself, or logits of fixed weights.
class Constant {
public:
    Constant(const RoutingSpace& space, const FitParams& params)
        : space_(space), offset_(params.mode == RoutingMode::Offset) {
        const std::size_t rows = params.granularity == Granularity::Shared ? 1 : space.mixers;
        if (offset_) {
            value_ = RoutingMatrix(rows, space.expert_count());
        } else {
            const RoutingMatrix start = params.start.empty() ? uniform_weights(space, rows) : params.start;
            value_ = log_weights(start.rows() == rows ? start : repeat_row(start, rows));
        }
    }
    [[nodiscard]] RoutingMatrix values() const {
        return offset_ ? centre_groups(space_, value_) : softmax(space_, value_);
    }
    [[nodiscard]] RoutingAction action() const {
        return offset_ ? RoutingAction::offset(value_) : RoutingAction::fixed(values());
    }
    void update(const RoutingMatrix& values_gradient, double rate) {
        adam_.step(value_, offset_ ? values_gradient : softmax_backward(space_, values(), values_gradient), rate);
    }

private:
    const RoutingSpace& space_;
    bool offset_;
    RoutingMatrix value_;
    Adam adam_;
};

/// Loss sum of a batch; one update of the constant by the batch's mean gradient.
Result<double> fit_batch(const RoutedModel& model, const Batch& batch, double rate, Constant& constant) {
    const Result<std::vector<LossGradient>> results =
        model.loss_and_gradient(queries_of(batch, constant.action()), true);
    if (!results.ok()) {
        return results.error();
    }
    double loss = 0.0;
    RoutingMatrix gradient = results->front().gradient;
    gradient *= 0.0;
    for (const LossGradient& result : *results) {
        loss += result.loss;
        gradient += result.gradient;
    }
    gradient *= 1.0 / static_cast<double>(batch.size());
    if (!std::isfinite(loss) || !all_finite(gradient)) {
        return invalid_input("constant fit", "loss", "not finite", "a lower learning rate may help");
    }
    constant.update(gradient, rate);
    return loss;
}

/// Score sum of one grid point over a batch: losses, or right answers.
Result<double> score_batch(const RoutedModel& model, const Batch& batch, std::size_t first,
                           const RoutingMatrix& weights, const GridParams& params) {
    const std::vector<RoutedQuery> queries = queries_of(batch, RoutingAction::fixed(weights));
    double sum = 0.0;
    if (params.correct) {
        const Result<std::vector<Answer>> answers = model.answer(queries);
        if (!answers.ok()) {
            return answers.error();
        }
        for (std::size_t i = 0; i < batch.size(); ++i) {
            sum += params.correct(first + i, (*answers)[i]) ? 1.0 : 0.0;
        }
        return sum;
    }
    const Result<std::vector<LossGradient>> results = model.loss_and_gradient(queries, false);
    if (!results.ok()) {
        return results.error();
    }
    for (const LossGradient& result : *results) {
        sum += result.loss;
    }
    return sum;
}

void extend_grid(std::size_t experts, int left, int divisions, std::vector<int>& parts,
                 std::vector<std::vector<double>>& grid) {
    if (parts.size() + 1 == experts) {
        std::vector<double> point;
        for (const int p : parts) {
            point.push_back(static_cast<double>(p) / divisions);
        }
        point.push_back(static_cast<double>(left) / divisions);
        grid.push_back(std::move(point));
        return;
    }
    for (int p = left; p >= 0; --p) {
        parts.push_back(p);
        extend_grid(experts, left - p, divisions, parts, grid);
        parts.pop_back();
    }
}

/// Points of simplex_grid without building it: C(divisions + experts - 1, experts - 1) + 1 at most.
double grid_size(std::size_t experts, int divisions) {
    double size = 1.0;
    for (std::size_t i = 1; i < experts; ++i) {
        size *= static_cast<double>(static_cast<std::size_t>(divisions) + i) / static_cast<double>(i);
    }
    return size + 1.0;
}

}  // namespace

Status validate(const FitParams& p, std::size_t samples, const std::string& where) {
    if (samples == 0) {
        return invalid_input(where, "reference set", "no samples", "1 or more labelled samples");
    }
    if (p.epochs < 1) {
        return invalid_input(where, "epochs", std::to_string(p.epochs), "1 or more");
    }
    if (p.batch == 0) {
        return invalid_input(where, "batch", "0", "1 or more");
    }
    if (!(std::isfinite(p.initial_lr) && p.initial_lr > 0.0)) {
        return invalid_input(where, "initial-lr", number_text(p.initial_lr), "a positive learning rate");
    }
    if (!(std::isfinite(p.final_lr) && p.final_lr >= 0.0 && p.final_lr <= p.initial_lr)) {
        return invalid_input(where, "final-lr", number_text(p.final_lr), "0 to initial-lr");
    }
    return {};
}

Result<FittedConstant> fit_constant(const RoutedModel& model, const SampleSource& samples, const FitParams& params,
                                    const ProgressCallback& progress, const CancelToken& cancel) {
    R2T2_TRY(validate(params, samples.count));
    if (params.mode == RoutingMode::Fixed && !params.start.empty()) {
        R2T2_TRY(check_weights(model.routing_space(), params.start, "constant fit: start"));
    }
    Constant constant(model.routing_space(), params);
    FittedConstant fitted;
    fitted.mode = params.mode;
    const std::size_t batches = (samples.count + params.batch - 1) / params.batch;
    const int total = params.epochs * static_cast<int>(batches);
    std::vector<std::size_t> order(samples.count);
    std::iota(order.begin(), order.end(), std::size_t{0});
    for (int epoch = 0; epoch < params.epochs; ++epoch) {
        RandomStream stream = RandomStream::fork(params.seed, "constant fit", static_cast<std::uint64_t>(epoch));
        stream.shuffle(order);
        double epoch_loss = 0.0;
        for (std::size_t begin = 0; begin < samples.count; begin += params.batch) {
            if (cancel.cancelled()) {
                return cancelled();
            }
            const std::size_t size = std::min(params.batch, samples.count - begin);
            const Result<Batch> batch = fetch(samples, std::span<const std::size_t>(order).subspan(begin, size));
            if (!batch.ok()) {
                return batch.error();
            }
            const double rate = learning_rate(LearningRateSchedule::Cosine, params.initial_lr, params.final_lr,
                                              static_cast<int>(fitted.updates), total);
            const Result<double> loss = fit_batch(model, *batch, rate, constant);
            if (!loss.ok()) {
                return loss.error();
            }
            epoch_loss += *loss;
            ++fitted.updates;
            if (progress) {
                progress({"fit constant", fitted.updates, total,
                          "loss " + std::to_string(epoch_loss / static_cast<double>(begin + size))});
            }
        }
        fitted.epoch_loss.push_back(epoch_loss / static_cast<double>(samples.count));
    }
    fitted.values = constant.values();
    return fitted;
}

std::vector<std::vector<double>> simplex_grid(std::size_t experts, int divisions) {
    assert(experts > 0 && divisions > 0);
    std::vector<std::vector<double>> grid;
    std::vector<int> parts;
    extend_grid(experts, divisions, divisions, parts, grid);
    if (divisions % static_cast<int>(experts) != 0) {  // otherwise the centre is on the grid already
        grid.emplace_back(experts, 1.0 / static_cast<double>(experts));
    }
    return grid;
}

Result<std::vector<RoutingMatrix>> routing_grid(const RoutingSpace& space, int divisions, std::size_t limit) {
    double points = 1.0;
    for (const ExpertGroup& group : space.groups) {
        points *= grid_size(group.experts.size(), std::max(divisions, 1));
    }
    if (divisions < 1 || points > static_cast<double>(limit)) {
        return invalid_input("routing grid", "divisions", std::to_string(divisions),
                             "1 or more, with at most " + std::to_string(limit) + " grid points");
    }
    std::vector<std::vector<double>> rows = {{}};
    for (const ExpertGroup& group : space.groups) {
        const std::vector<std::vector<double>> parts = simplex_grid(group.experts.size(), divisions);
        std::vector<std::vector<double>> longer;
        for (const std::vector<double>& row : rows) {
            for (const std::vector<double>& part : parts) {
                longer.push_back(row);
                longer.back().insert(longer.back().end(), part.begin(), part.end());
            }
        }
        rows = std::move(longer);
    }
    std::vector<RoutingMatrix> grid;
    for (std::vector<double>& row : rows) {
        grid.emplace_back(1, space.expert_count(), std::move(row));
    }
    return grid;
}

Result<BestFixedRouting> best_fixed_routing(const RoutedModel& model, const SampleSource& samples,
                                            const GridParams& params, const ProgressCallback& progress,
                                            const CancelToken& cancel) {
    if (samples.count == 0 || params.batch == 0) {
        return invalid_input("best fixed routing", samples.count == 0 ? "reference set" : "batch", "0", "1 or more");
    }
    Result<std::vector<RoutingMatrix>> grid = routing_grid(model.routing_space(), params.divisions);
    if (!grid.ok()) {
        return grid.error();
    }
    BestFixedRouting best;
    best.tried = *std::move(grid);
    best.scores.assign(best.tried.size(), 0.0);
    std::vector<std::size_t> indices(samples.count);
    std::iota(indices.begin(), indices.end(), std::size_t{0});
    for (std::size_t begin = 0; begin < samples.count; begin += params.batch) {  // a sample is prepared only once
        const std::size_t size = std::min(params.batch, samples.count - begin);
        const Result<Batch> batch = fetch(samples, std::span<const std::size_t>(indices).subspan(begin, size));
        if (!batch.ok()) {
            return batch.error();
        }
        for (std::size_t point = 0; point < best.tried.size(); ++point) {
            if (cancel.cancelled()) {
                return cancelled();
            }
            const Result<double> sum = score_batch(model, *batch, begin, best.tried[point], params);
            if (!sum.ok()) {
                return sum.error();
            }
            best.scores[point] += std::isfinite(*sum) ? *sum : HUGE_VAL;  // a diverging point never wins
        }
        if (progress) {
            progress({"grid of fixed routings",
                      static_cast<std::int64_t>(begin + size),
                      static_cast<std::int64_t>(samples.count),
                      {}});
        }
    }
    for (double& score : best.scores) {
        score /= static_cast<double>(samples.count);
    }
    const auto chosen = params.correct ? std::ranges::max_element(best.scores) : std::ranges::min_element(best.scores);
    best.score = *chosen;
    best.weights = best.tried[static_cast<std::size_t>(chosen - best.scores.begin())];
    return best;
}

}  // namespace r2t2
