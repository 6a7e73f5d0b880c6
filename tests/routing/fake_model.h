// A model whose loss, gradient, confidence and native routing are formulas: what re-routing should do is known.
//
// A sample has gates (native routing, [mixers, experts]) and a wish t, a probability vector per group. Under an action
// its mixers use p = r (fixed) or softmax(log gates + delta) (offset, and native with delta = 0).
//   Loss::LogLinear  mean over mixers of -sum_j t_j log p_j       minimum at p = t, gradient in p: -t / p
//   Loss::Quadratic  mean over mixers of |p - t|^2 / 2            minimum at p = t, gradient in p: p - t
// Losses that need no label are those of another wish (FakeSample::own_wish).
// The answer's text is the name of the heaviest expert of the first group in the first mixer.
#pragma once

#include <cmath>
#include <functional>
#include <limits>
#include <set>
#include <string>
#include <vector>

#include "core/routing/routed_model.h"

namespace r2t2 {

class FakeSample : public PreparedSample {
public:
    FakeSample(RoutingMatrix gates, RoutingMatrix wish, bool label = true)
        : gates_(std::move(gates)), wish_(std::move(wish)), label_(label) {}
    [[nodiscard]] std::size_t bytes() const override { return 1; }
    [[nodiscard]] bool has_label() const override { return label_; }
    [[nodiscard]] const RoutingMatrix& native_routing() const override { return gates_; }
    [[nodiscard]] const RoutingMatrix& wish() const { return wish_; }
    /// What the loss goes to: the truth's wish, or that of the sample's own words where a loss needs no label.
    [[nodiscard]] const RoutingMatrix& wish_of(LossOf loss) const { return loss == LossOf::Answer || own_wish.empty() ? wish_ : own_wish; }
    RoutingMatrix own_wish;  ///< [1, experts]; empty: the same

private:
    RoutingMatrix gates_;
    RoutingMatrix wish_;  ///< [1, experts]
    bool label_;
};

class FakeModel : public RoutedModel {
public:
    enum class Loss { LogLinear, Quadratic };

    explicit FakeModel(RoutingSpace space, Loss loss = Loss::LogLinear) : space_(std::move(space)), loss_(loss) {}

    /// Confidence as a function of the effective weights; default 0.5.
    std::function<double(const RoutingMatrix&)> confidence;
    /// Margin of the answer as a function of them; default 0.
    std::function<double(const RoutingMatrix&)> margin;
    /// The loss is NaN from this loss_and_gradient call on (counted from 0).
    int nan_from_call = std::numeric_limits<int>::max();
    /// Called before every loss batch.
    std::function<void()> on_loss;
    mutable std::vector<std::size_t> answer_batches;  ///< sizes of the calls of `answer`
    mutable std::vector<std::size_t> loss_batches;
    mutable bool mixed_batch = false;  ///< a batch broke the contract "one mode, one granularity"

    [[nodiscard]] const RoutingSpace& routing_space() const override { return space_; }

    [[nodiscard]] RoutingMatrix effective(const RoutedQuery& query) const {
        const RoutingMatrix& gates = query.sample->native_routing();
        const RoutingMatrix& values = query.action.values;
        if (query.action.native()) {
            return gates;
        }
        const RoutingMatrix rows = values.rows() == gates.rows() ? values : repeat_row(values, gates.rows());
        RoutingMatrix out = query.action.mode == RoutingMode::Fixed ? rows : softmax(space_, log_weights(gates) + rows);
        for (std::size_t row = 0; row < std::min(query.action.reach.first_mixer, gates.rows()); ++row) {
            std::copy(gates.row(row).begin(), gates.row(row).end(), out.row(row).begin());
        }
        return out;
    }

    [[nodiscard]] double loss_of(const RoutedQuery& query) const {
        const RoutingMatrix p = effective(query);
        const RoutingMatrix& t = static_cast<const FakeSample*>(query.sample)->wish_of(query.loss);
        double sum = 0.0;
        for (std::size_t row = 0; row < p.rows(); ++row) {
            for (std::size_t j = 0; j < p.experts(); ++j) {
                const double difference = p(row, j) - t(0, j);
                sum += loss_ == Loss::LogLinear ? (t(0, j) > 0.0 ? -t(0, j) * std::log(p(row, j)) : 0.0)
                                                : 0.5 * difference * difference;
            }
        }
        return sum / static_cast<double>(p.rows());
    }

    [[nodiscard]] Result<std::vector<LossGradient>> loss_and_gradient(std::span<const RoutedQuery> queries,
                                                                      bool gradient) const override {
        if (on_loss) {
            on_loss();
        }
        check_batch(queries);
        loss_batches.push_back(queries.size());
        passes_.forward += static_cast<std::int64_t>(queries.size());
        passes_.backward += gradient ? static_cast<std::int64_t>(queries.size()) : 0;
        std::vector<LossGradient> out;
        for (const RoutedQuery& query : queries) {
            out.push_back({loss_of(query), gradient ? gradient_of(query) : RoutingMatrix()});
            if (static_cast<int>(loss_batches.size()) > nan_from_call) {
                out.back().loss = std::numeric_limits<double>::quiet_NaN();
            }
        }
        return out;
    }

    [[nodiscard]] Result<std::vector<Answer>> answer(std::span<const RoutedQuery> queries) const override {
        check_batch(queries);
        answer_batches.push_back(queries.size());
        passes_.forward += static_cast<std::int64_t>(queries.size());
        std::vector<Answer> out;
        for (const RoutedQuery& query : queries) {
            const RoutingMatrix p = effective(query);
            std::size_t best = 0;
            for (std::size_t j = 1; j < space_.groups[0].experts.size(); ++j) {
                best = p(0, j) > p(0, best) ? j : best;
            }
            Answer answer;
            answer.text = space_.groups[0].experts[best];
            answer.confidence = confidence ? confidence(p) : 0.5;
            answer.margin = margin ? margin(p) : 0.0;
            out.push_back(std::move(answer));
        }
        return out;
    }

    [[nodiscard]] Passes passes() const override { return passes_; }

private:
    [[nodiscard]] RoutingMatrix gradient_of(const RoutedQuery& query) const {
        const RoutingMatrix p = effective(query);
        const RoutingMatrix& t = static_cast<const FakeSample*>(query.sample)->wish_of(query.loss);
        RoutingMatrix g(p.rows(), p.experts());
        for (std::size_t row = 0; row < p.rows(); ++row) {
            for (std::size_t j = 0; j < p.experts(); ++j) {
                g(row, j) = (loss_ == Loss::LogLinear ? -t(0, j) / p(row, j) : p(row, j) - t(0, j)) /
                            static_cast<double>(p.rows());
            }
        }
        if (query.action.mode == RoutingMode::Offset) {
            g = softmax_backward(space_, p, g);
        }
        for (std::size_t row = 0; row < std::min(query.action.reach.first_mixer, g.rows()); ++row) {
            std::fill(g.row(row).begin(), g.row(row).end(), 0.0);
        }
        if (query.action.values.rows() == 1 && g.rows() > 1) {  // one row acts on all mixers: its gradient is the sum
            g = mean_over_mixers(g);
            g *= static_cast<double>(p.rows());
        }
        return g;
    }

    void check_batch(std::span<const RoutedQuery> queries) const {
        for (const RoutedQuery& query : queries) {
            const RoutingAction& first = queries.front().action;
            if (query.action.native() != first.native() || query.action.mode != first.mode ||
                query.action.values.rows() != first.values.rows() || query.loss != queries.front().loss || query.action.reach != first.reach) {
                mixed_batch = true;
            }
        }
    }

    RoutingSpace space_;
    Loss loss_;
    mutable Passes passes_;
};

/// A random point on the simplices of a space.
template <typename Stream>
RoutingMatrix random_weights(const RoutingSpace& space, std::size_t rows, Stream& stream) {
    RoutingMatrix out(rows, space.expert_count());
    for (double& value : out.values()) {
        value = stream.normal();
    }
    return softmax(space, out);
}

/// Largest deviation from "not negative, sums to 1" over all groups and rows.
inline double simplex_error(const RoutingSpace& space, const RoutingMatrix& weights) {
    double worst = 0.0;
    for (std::size_t row = 0; row < weights.rows(); ++row) {
        for (std::size_t group = 0; group < space.groups.size(); ++group) {
            double sum = 0.0;
            for (std::size_t e = 0; e < space.groups[group].experts.size(); ++e) {
                const double w = weights(row, space.group_begin(group) + e);
                worst = std::max(worst, -w);
                sum += w;
            }
            worst = std::max(worst, std::abs(sum - 1.0));
        }
    }
    return worst;
}

/// One group of `experts` experts, as in MoVA.
inline RoutingSpace one_group(std::size_t experts, std::size_t mixers = 1) {
    ExpertGroup group{"vision", {}};
    for (std::size_t e = 0; e < experts; ++e) {
        group.experts.push_back("expert_" + std::to_string(e));
    }
    return {{group}, mixers};
}

}  // namespace r2t2
