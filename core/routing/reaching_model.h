// A model whose mixers, experts and tokens are re-routed in part: what MethodParams' critical_mixers, core_experts and tokens say, for every method.
//
// After C3PO (arXiv 2504.07964): critical layers, core experts, the last token. Thread rule: as the model that it stands for.
#pragma once

#include "core/routing/method_params.h"
#include "core/routing/routed_model.h"

namespace r2t2 {

/// Everything is re-routed.
[[nodiscard]] bool reaches_everything(const MethodParams& params);
/// Mixers and tokens. `critical_mixers` beyond the model's are all of them.
[[nodiscard]] RoutingReach reach_of(const RoutingSpace& space, const MethodParams& params);

/// Which experts of a sample are re-routed: 1 or 0, [rows, experts], by its native routing averaged over mixers (one row) or of each mixer.
/// Of experts that weigh the same the first are.
[[nodiscard]] RoutingMatrix core_experts(const RoutingSpace& space, const RoutingMatrix& native, std::size_t rows, std::size_t count);

/// "acts on the last 2 of 4 mixers, on 1 expert a group, on the last token".
[[nodiscard]] std::string reach_note(const RoutingSpace& space, const MethodParams& params);

/// `model` must outlive it.
class ReachingModel final : public RoutedModel {
public:
    ReachingModel(const RoutedModel& model, const MethodParams& params);

    [[nodiscard]] const RoutingSpace& routing_space() const override { return model_.routing_space(); }
    /// Values of experts that are not re-routed do nothing, and have no gradient.
    [[nodiscard]] Result<std::vector<LossGradient>> loss_and_gradient(std::span<const RoutedQuery> queries, bool gradient) const override;
    [[nodiscard]] Result<std::vector<Answer>> answer(std::span<const RoutedQuery> queries) const override;
    [[nodiscard]] Passes passes() const override { return model_.passes(); }

    /// What an action comes to on a sample.
    [[nodiscard]] RoutingAction applied(const PreparedSample& sample, const RoutingAction& action) const;

private:
    [[nodiscard]] RoutingMatrix mask_of(const PreparedSample& sample, std::size_t rows) const;
    [[nodiscard]] std::vector<RoutedQuery> applied(std::span<const RoutedQuery> queries) const;

    const RoutedModel& model_;
    RoutingReach reach_;
    std::size_t core_experts_;
};

}  // namespace r2t2
