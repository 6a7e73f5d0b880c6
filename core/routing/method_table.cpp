#include "core/routing/method_table.h"

#include <algorithm>
#include <cassert>

#include "core/routing/constant_routing.h"
#include "core/routing/kernel_regression.h"
#include "core/routing/mode_finding.h"
#include "core/routing/ngd.h"
#include "core/routing/response_surface.h"
#include "core/routing/self_supervised.h"
#include "core/routing/tuned_gates.h"

namespace r2t2 {

namespace {

/// The first ones in the order of Method's names; new ones at the end (who lists methods goes by their roles).
std::vector<MethodRow> method_rows() {
    using enum NeighbourNeed;
    using enum MethodRole;
    return {
        {.name = "base", .title = "base", .caption = "Base: native gates", .sentence = "the model as it is", .role = MethodRole::Base,
         .dash_offset = 0.0, .run = constant_routing},
        {.name = "mode-finding", .alias = "mf", .title = "mode finding", .caption = "Mode finding",
         .sentence = "climbs the density of the references' routings by mean shift", .formula = "r \u2190 r + \u03b7 (m(r) \u2212 r), m(r) the mean shift",
         .source = kR2t2Paper, .groups = {"routing", "neighbourhood", "kernel", "reference routing", "mean shift"}, .neighbours = ReferenceRoutings, .objective = Objective::Density,
         .steps = StepKind::Path, .colour = 0x3399cc, .dash_offset = 2.0, .run = mode_finding},
        {.name = "kernel-regression", .alias = "kr", .title = "kernel regression", .caption = "Kernel regression",
         .sentence = "goes from the sample's own routing towards its neighbours' mean, as far as the model grows confident",
         .formula = "r\u0302 = \u03a3 K(x\u1d62, x) r\u1d62 / \u03a3 K(x\u1d62, x), then \u03b1 r\u2080 + (1 \u2212 \u03b1) r\u0302", .source = kR2t2Paper,
         .groups = {"routing", "neighbourhood", "kernel", "reference routing", "line search"}, .neighbours = Routing, .objective = Objective::Confidence,
         .steps = StepKind::Probes, .colour = 0x009e73, .run = kernel_regression},
        {.name = "ngd", .title = "NGD", .caption = "NGD: gradient descent",
         .sentence = "neighbourhood gradient descent: moves r down the loss of the neighbours",
         .formula = "minimise L(r) = \u03a3 K(x\u1d62, x) loss(f(x\u1d62, r), y\u1d62) / \u03a3 K(x\u1d62, x)", .source = kR2t2Paper,
         .groups = {"routing", "neighbourhood", "kernel", "reference set", "reference routing", "descent", "neighbours' descent"}, .neighbours = Labelled, .objective = Objective::NeighbourLoss,
         .steps = StepKind::Descent, .colour = 0xd55e00, .run = neighbourhood_gradient_descent},
        {.name = "oracle", .title = "oracle", .caption = "Oracle (sees the truth)",
         .sentence = "NGD on the sample's own truth: the upper bound that the gap is measured to", .formula = "NGD on the sample's own truth, an upper bound",
         .source = kR2t2Paper, .role = UpperBound, .groups = {"routing", "descent"}, .objective = Objective::OwnLoss, .steps = StepKind::Descent,
         .colour = 0xc060a0, .run = oracle_descent},
        {.name = "random-neighbours", .title = "random neighbours", .caption = "Random neighbours",
         .sentence = "NGD with references drawn by chance as neighbours", .role = Control, .groups = {"routing", "neighbourhood", "kernel", "reference set", "reference routing", "descent", "neighbours' descent"},
         .neighbours = RandomLabelled, .objective = Objective::NeighbourLoss, .steps = StepKind::Descent, .colour = 0xa05a2c, .run = neighbourhood_gradient_descent},
        {.name = "constant-offset", .title = "fitted constant", .caption = "Fitted constant",
         .sentence = "one offset (in fixed mode one r) for all samples, fitted on the whole reference set", .role = Control, .groups = {"routing"},
         .constant = ConstantNeed::FittedOffset, .colour = 0x5f7fa8, .run = constant_routing},
        {.name = "own-mean", .title = "own mean, fixed", .caption = "Own mean, fixed",
         .sentence = "the sample's own mean routing, held fixed", .role = Control, .groups = {"routing"}, .forced_mode = RoutingMode::Fixed,
         .colour = 0xa8485c, .run = constant_routing},
        {.name = "best-fixed", .title = "best fixed r", .caption = "Best fixed r",
         .sentence = "the best single r of a grid, chosen on the reference set and held fixed", .role = Control, .groups = {"routing"},
         .constant = ConstantNeed::BestFixed, .forced_mode = RoutingMode::Fixed, .colour = 0x8c8060, .run = constant_routing},
        {.name = "response-surface", .alias = "rs", .title = "response surface", .caption = "Response surface",
         .sentence = "averages what its neighbours' losses are at a few routings, computed once, and goes where they are least",
         .formula = "L(n) = \u03a3 K(x\u1d62, x) loss(f(x\u1d62, n), y\u1d62) / \u03a3 K(x\u1d62, x) at the nodes n; r = their mean under exp(\u2212L / T)",
         .source = "ours, on the objective of R2-T2 (arXiv 2502.20395), section 3", .ours = true, .groups = {"routing", "neighbourhood", "kernel", "reference set", "surfaces"},
         .neighbours = Surfaces, .objective = Objective::NeighbourLoss, .colour = 0x7a5cc0, .run = response_surface},
        {.name = "question-loss", .alias = "ql", .title = "question loss", .caption = "Question loss",
         .sentence = "no references: moves r down the loss of the question's own words", .formula = "minimise \u2212 mean log p(word) given the words before it",
         .source = "after Rewiring Experts on the Fly (arXiv 2510.14853)", .role = Rival, .groups = {"routing", "descent"}, .objective = Objective::QuestionLoss,
         .steps = StepKind::Descent, .forced_mode = RoutingMode::Offset, .colour = 0x8f7a1f, .run = question_descent},
        {.name = "tuned-gates", .alias = "tg", .title = "tuned gates", .caption = "Tuned gates",
         .sentence = "no re-routing: the same model, its gates alone trained once on labelled references", .formula = "minimise the references' mean loss in the gates' weights",
         .source = "a baseline (r2t2 reference gates)", .role = Rival, .tuned_gates = true, .colour = 0x4f8f6f, .run = tuned_gates},
        {.name = "answer-entropy", .alias = "ae", .title = "answer entropy", .caption = "Answer entropy",
         .sentence = "no references: moves r to where the model is surest of its answer's first word", .formula = "minimise \u2212 \u03a3 p log p over the answer's first token",
         .source = "after Tent (arXiv 2006.10726)", .role = Rival, .groups = {"routing", "descent"}, .objective = Objective::Indecision, .steps = StepKind::Descent,
         .forced_mode = RoutingMode::Offset, .colour = 0x9a6a4a, .run = entropy_descent},
    };
}

}  // namespace

std::span<const MethodRow> method_table() {
    static const std::vector<MethodRow> table = [] {
        std::vector<MethodRow> all = method_rows();
        for (std::size_t i = 0; i < all.size(); ++i) {
            all[i].method = static_cast<Method>(i);
        }
        return all;
    }();
    return table;
}

const MethodRow& method_row(Method method) {
    assert(static_cast<std::size_t>(method) < method_table().size());
    return method_table()[static_cast<std::size_t>(method)];
}

std::vector<Method> methods_of(MethodRole role) {
    std::vector<Method> out;
    for (const MethodRow& row : method_table()) {
        if (row.role == role) {
            out.push_back(row.method);
        }
    }
    return out;
}

const std::vector<Method>& all_methods() {
    static const std::vector<Method> list = [] {
        std::vector<Method> out;
        for (const MethodRole role : {MethodRole::Base, MethodRole::Study, MethodRole::Rival, MethodRole::UpperBound, MethodRole::Control}) {
            const std::vector<Method> those = methods_of(role);
            out.insert(out.end(), those.begin(), those.end());
        }
        return out;
    }();
    return list;
}

std::string to_string(Method method) { return method_row(method).name; }

Result<Method> parse_method(const std::string& text) {
    std::string allowed;
    for (const Method method : all_methods()) {
        const MethodRow& row = method_row(method);
        if (text == row.name || (text == row.alias && !text.empty())) {
            return method;
        }
        allowed += (allowed.empty() ? "" : ", ") + std::string(row.name);
    }
    return invalid_input({}, "method", "'" + text + "'", allowed);
}

bool uses_label(Method method) { return method_row(method).role == MethodRole::UpperBound; }

NeighbourNeed neighbour_need(const MethodParams& params) {
    const NeighbourNeed need = method_row(params.method).neighbours;
    const bool in_task_space = need == NeighbourNeed::ReferenceRoutings && params.mode_neighbourhood == ModeNeighbourhood::Task;
    return in_task_space ? NeighbourNeed::Routing : need;
}

bool uses_neighbours(const MethodParams& params) {
    const NeighbourNeed need = neighbour_need(params);
    return need != NeighbourNeed::None && need != NeighbourNeed::ReferenceRoutings;
}

bool needs_routings(const MethodParams& params) {
    const NeighbourNeed need = neighbour_need(params);
    const bool descends = need == NeighbourNeed::Labelled || need == NeighbourNeed::RandomLabelled;
    return need == NeighbourNeed::Routing || (descends && params.start == DescentStart::KernelRegression);
}

bool draws_neighbours(const MethodParams& params) {
    return neighbour_need(params) == NeighbourNeed::RandomLabelled || (uses_neighbours(params) && params.neighbour_choice == NeighbourChoice::Random);
}

bool needs_surfaces(const MethodParams& params) {
    const NeighbourNeed need = neighbour_need(params);
    const bool descends = need == NeighbourNeed::Labelled || need == NeighbourNeed::RandomLabelled;
    return need == NeighbourNeed::Surfaces || (descends && params.neighbour_losses == NeighbourLosses::Surface);
}

Keep keep_of(const MethodParams& params) {
    const NeighbourNeed need = neighbour_need(params);
    const bool by_routing = need == NeighbourNeed::Routing || need == NeighbourNeed::ReferenceRoutings;
    return !by_routing ? params.keep : params.reference_routing == ReferenceRouting::Refined ? Keep::RefinedRight : Keep::BaseRight;
}

std::size_t neighbours_wanted(const MethodParams& params) {
    constexpr std::size_t least_of_a_density = 10;
    return method_row(params.method).objective == Objective::Density ? std::max(params.k, least_of_a_density) : params.k;
}

bool is_tuned(Method method) { return method_row(method).role == MethodRole::Study || method_row(method).role == MethodRole::Rival; }
bool runs_unnamed(Method method) { return method_row(method).role != MethodRole::Rival; }
bool is_control(Method method) { return method_row(method).role == MethodRole::Control; }

bool uses_parameter(Method method, const ParameterRow& row) {
    const std::vector<const char*>& groups = method_row(method).groups;
    if (method_row(method).forced_mode && row.name == std::string("mode")) {
        return false;
    }
    if (method_row(method).neighbours == NeighbourNeed::Surfaces && row.name == std::string("granularity")) {
        return false;  // a surface is of one routing for all mixers
    }
    return std::find(groups.begin(), groups.end(), std::string(row.group)) != groups.end();
}

std::vector<std::string> users_of(const ParameterRow& row) {
    std::vector<std::string> out;
    for (const Method method : all_methods()) {
        if (uses_parameter(method, row)) {
            out.push_back(to_string(method));
        }
    }
    return out;
}

bool draws_steps(Method method) { return method_row(method).steps == StepKind::Descent && method_row(method).role == MethodRole::Study; }
bool only_ends_answered(Method method) { return method_row(method).steps == StepKind::Descent && method_row(method).role != MethodRole::Study; }

std::optional<LossOf> own_loss(Objective objective) {
    switch (objective) {
        case Objective::OwnLoss:
            return LossOf::Answer;
        case Objective::QuestionLoss:
            return LossOf::Question;
        case Objective::Indecision:
            return LossOf::FirstToken;
        default:
            return std::nullopt;
    }
}

ObjectiveName objective_name(Objective objective) {
    switch (objective) {
        case Objective::NeighbourLoss:
            return {"neighbours' loss", "nats"};
        case Objective::OwnLoss:
            return {"loss of the truth", "nats"};
        case Objective::QuestionLoss:
            return {"loss of the question's words", "nats"};
        case Objective::Indecision:
            return {"entropy of the first token", "nats"};
        case Objective::Confidence:
            return {"confidence searched", ""};
        case Objective::Density:
            return {"density", ""};
        case Objective::None:
            break;
    }
    return {"", ""};
}

}  // namespace r2t2
