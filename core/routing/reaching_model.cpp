#include "core/routing/reaching_model.h"

#include <algorithm>
#include <numeric>

namespace r2t2 {

namespace {

void multiply(RoutingMatrix& values, const RoutingMatrix& mask) {
    for (std::size_t i = 0; i < values.values().size(); ++i) {
        values.values()[i] *= mask.values()[i];
    }
}

}  // namespace

bool reaches_everything(const MethodParams& params) {
    return params.critical_mixers == 0 && params.tokens == RoutedTokens::All && (params.core_experts == 0 || params.mode != RoutingMode::Offset);
}

RoutingReach reach_of(const RoutingSpace& space, const MethodParams& params) {
    const bool some = params.critical_mixers > 0 && params.critical_mixers < space.mixers;
    return {some ? space.mixers - params.critical_mixers : 0, params.tokens == RoutedTokens::Last};
}

RoutingMatrix core_experts(const RoutingSpace& space, const RoutingMatrix& native, std::size_t rows, std::size_t count) {
    const RoutingMatrix weights = rows == 1 && native.rows() > 1 ? mean_over_mixers(native) : native;
    RoutingMatrix mask(rows, space.expert_count());
    for (std::size_t row = 0; row < rows; ++row) {
        for (std::size_t group = 0; group < space.groups.size(); ++group) {
            std::vector<std::size_t> order(space.groups[group].experts.size());
            std::iota(order.begin(), order.end(), space.group_begin(group));
            std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return weights(row, a) > weights(row, b); });
            for (std::size_t place = 0; place < order.size(); ++place) {
                mask(row, order[place]) = place < count ? 1.0 : 0.0;
            }
        }
    }
    return mask;
}

std::string reach_note(const RoutingSpace& space, const MethodParams& params) {
    std::string text;
    const auto add = [&text](const std::string& part) { text += (text.empty() ? "acts on " : ", on ") + part; };
    if (const std::size_t first = reach_of(space, params).first_mixer; first > 0) {
        add("the last " + std::to_string(space.mixers - first) + " of " + std::to_string(space.mixers) + " mixers");
    }
    if (params.core_experts > 0 && params.mode == RoutingMode::Offset) {
        add(std::to_string(params.core_experts) + (params.core_experts == 1 ? " expert" : " experts") + " of each group");
    }
    if (params.tokens == RoutedTokens::Last) {
        add("the last token");
    }
    return text.empty() ? text : text + " alone";
}

ReachingModel::ReachingModel(const RoutedModel& model, const MethodParams& params)
    : model_(model), reach_(reach_of(model.routing_space(), params)), core_experts_(params.mode == RoutingMode::Offset ? params.core_experts : 0) {}

RoutingMatrix ReachingModel::mask_of(const PreparedSample& sample, std::size_t rows) const {
    return core_experts(routing_space(), sample.native_routing(), rows, core_experts_);
}

RoutingAction ReachingModel::applied(const PreparedSample& sample, const RoutingAction& action) const {
    RoutingAction out = action;
    if (!out.native()) {
        out.reach = reach_;
        if (core_experts_ > 0 && out.mode == RoutingMode::Offset) {
            multiply(out.values, mask_of(sample, out.values.rows()));
        }
    }
    return out;
}

std::vector<RoutedQuery> ReachingModel::applied(std::span<const RoutedQuery> queries) const {
    std::vector<RoutedQuery> out;
    for (const RoutedQuery& query : queries) {
        out.push_back({query.sample, applied(*query.sample, query.action), query.loss});
    }
    return out;
}

Result<std::vector<LossGradient>> ReachingModel::loss_and_gradient(std::span<const RoutedQuery> queries, bool gradient) const {
    Result<std::vector<LossGradient>> out = model_.loss_and_gradient(applied(queries), gradient);
    for (std::size_t i = 0; out.ok() && gradient && core_experts_ > 0 && i < queries.size(); ++i) {
        RoutingMatrix& values = (*out)[i].gradient;
        if (!values.empty() && queries[i].action.mode == RoutingMode::Offset) {
            multiply(values, mask_of(*queries[i].sample, values.rows()));
        }
    }
    return out;
}

Result<std::vector<Answer>> ReachingModel::answer(std::span<const RoutedQuery> queries) const { return model_.answer(applied(queries)); }

}  // namespace r2t2
