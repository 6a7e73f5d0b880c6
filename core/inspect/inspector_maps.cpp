// Landscapes and two-dimensional maps of the reference set.
#include <algorithm>

#include "core/analysis/landscape.h"
#include "core/analysis/projection.h"
#include "core/inspect/opened_inspector.h"
#include "core/routing/reaching_model.h"
#include "core/routing/routing_frame.h"

namespace r2t2 {

namespace {

/// The samples a landscape is a mean over, with their weights: the neighbours, or the sample itself.
struct Terms {
    std::vector<const PreparedSample*> samples;
    std::vector<double> weights;
    std::vector<RoutingMatrix> base;  ///< [1, experts] each
    LossOf loss = LossOf::Answer;
};

/// `own`: the sample's own loss, of this.
Result<Terms> terms_of(const RoutingSpace& space, const RerouteInput& input, std::optional<LossOf> own) {
    Terms terms;
    if (own) {
        terms.loss = *own;
        if (*own == LossOf::Answer && !input.sample->has_label()) {
            return invalid_input("landscape", "truth", "not known", "a sample whose truth is known");
        }
        terms.samples.push_back(input.sample.get());
        terms.weights.push_back(1.0);
    } else {
        for (std::size_t i = 0; i < input.references.size(); ++i) {
            const ReferenceSample& reference = input.references[i];
            if (!reference.prepared && !reference.surface) {
                return invalid_input("landscape", "method", "without prepared neighbours", "NGD, or the truth's loss");
            }
            const PreparedSample* sample = reference.prepared.get();
            terms.samples.push_back(reference.surface ? reference.surface.get() : sample);
            terms.weights.push_back(input.neighbourhood.neighbours[i].weight);
        }
        if (terms.samples.empty()) {
            return invalid_input("landscape", "neighbours", "none", "at least one neighbour");
        }
    }
    for (const PreparedSample* sample : terms.samples) {
        Result<RoutingMatrix> base = base_routing(space, *sample, Granularity::Shared);
        if (!base) {
            return base.error();
        }
        terms.base.push_back(std::move(*base));
    }
    return terms;
}

/// Of neighbours that a method goes by the surfaces of, these say the losses, as they said them to it.
Result<std::vector<double>> mean_losses(const RoutedModel& model, const Terms& terms, RoutingMode mode,
                                        std::span<const RoutingMatrix> routings) {
    std::vector<RoutedQuery> queries;
    for (const RoutingMatrix& r : routings) {
        for (std::size_t i = 0; i < terms.samples.size(); ++i) {
            queries.push_back({terms.samples[i], action_toward(mode, r, terms.base[i]), terms.loss});
        }
    }
    const Result<std::vector<LossGradient>> losses = SurfaceModel(model).loss_and_gradient(queries, false);
    if (!losses) {
        return losses.error();
    }
    std::vector<double> out(routings.size(), 0.0);
    for (std::size_t q = 0; q < queries.size(); ++q) {
        out[q / terms.samples.size()] += terms.weights[q % terms.samples.size()] * (*losses)[q].loss;
    }
    return out;
}

std::vector<double> rows_of(const std::vector<ReferenceSummary>& references) {
    std::vector<double> rows;
    for (const ReferenceSummary& reference : references) {
        rows.insert(rows.end(), reference.routing.values().begin(), reference.routing.values().end());
    }
    return rows;
}

Result<ProjectionMapPtr> pca_map(const ProjectionRequest& request, std::span<const double> rows, std::size_t count,
                                 std::size_t dimension) {
    Result<Pca> pca = fit_pca(rows, count, dimension, 2);
    if (!pca) {
        return pca.error().inside("map");
    }
    auto map = std::make_shared<ProjectionMap>();
    map->request = request;
    const std::vector<double> xy = project(*pca, rows);
    map->xy.assign(xy.begin(), xy.end());
    double total = 0.0;
    for (const double variance : pca->explained_variance) {
        total += variance;
    }
    for (std::size_t axis = 0; axis < 2 && total > 0.0; ++axis) {
        map->explained[axis] = pca->explained_variance[axis] / total;
    }
    map->place = [pca = std::move(*pca)](std::span<const double> row) -> std::array<double, 2> {
        if (row.size() != pca.dimension) {
            return {0.0, 0.0};
        }
        const std::vector<double> at = project(pca, row);
        return {at[0], at[1]};
    };
    return ProjectionMapPtr(std::move(map));
}

}  // namespace

Result<std::vector<RoutingMatrix>> OpenedInspector::pulls(const Inspection& inspection, std::size_t method,
                                                          const RoutingMatrix& weights) const {
    const auto* here = dynamic_cast<const LiveInspection*>(&inspection);
    if (here == nullptr || method >= here->inputs().size()) {
        return Error{ErrorKind::Unsupported, "sample", "gradients", "a stored trajectory", "a sample that was run here: run it again"};
    }
    const MethodParams& params = here->methods()[method];
    const Result<Terms> terms = terms_of(info_.space, here->inputs()[method], own_loss(method_row(params.method).objective));
    if (!terms) {
        return terms.error();
    }
    std::vector<RoutedQuery> queries;
    for (std::size_t i = 0; i < terms->samples.size(); ++i) {
        queries.push_back({terms->samples[i], action_toward(params.mode, weights, terms->base[i]), terms->loss});
    }
    const ReachingModel model(*model_, params);
    const Result<std::vector<LossGradient>> losses = SurfaceModel(model).loss_and_gradient(queries, true);
    if (!losses) {
        return losses.error();
    }
    std::vector<RoutingMatrix> out;
    for (std::size_t i = 0; i < losses->size(); ++i) {
        RoutingMatrix pull = centre_groups(info_.space, routing_gradient(params.mode, weights, (*losses)[i].gradient));
        pull *= -terms->weights[i];
        out.push_back(std::move(pull));
    }
    return out;
}

Result<LandscapeValues> OpenedInspector::landscape(const Inspection& inspection, const LandscapeRequest& request,
                                                   const std::function<void(const LandscapeValues&)>& partial,
                                                   const CancelToken& cancel) const {
    const auto* here = dynamic_cast<const LiveInspection*>(&inspection);
    if (here == nullptr || request.method >= here->inputs().size()) {
        return Error{ErrorKind::Unsupported, "sample", "landscape", "a stored trajectory", "a sample that was run here: run it again"};
    }
    // Mode finding and kernel regression have no loss of their own: the neighbours of NGD on the same sample serve.
    std::size_t method = request.method;
    const std::size_t leading = here->index_of(kLeadingMethod);
    const MethodRow& row = method_row(here->methods()[method].method);
    std::optional<LossOf> own = request.truth ? LossOf::Answer : own_loss(row.objective);
    if (!request.truth && own == LossOf::Answer) {
        own.reset();  // the oracle's is asked for as the truth's
    }
    if (!own && row.neighbours != NeighbourNeed::Labelled && row.neighbours != NeighbourNeed::Surfaces && leading < here->inputs().size()) {
        method = leading;
    }
    const Result<Terms> terms = terms_of(info_.space, here->inputs()[method], own);
    if (!terms) {
        return terms.error();
    }
    const RoutingMode mode = here->methods()[method].mode;
    const ReachingModel model(*model_, here->methods()[method]);
    LandscapeInput input;
    input.space = info_.space;
    input.group = request.group;
    input.at = mean_over_mixers(request.at);
    input.divisions = request.divisions;
    input.batch = std::max<std::size_t>(1, 40 / terms->samples.size());  // rows a model call: cancelled within milliseconds
    const auto objective = [&](std::span<const RoutingMatrix> routings) { return mean_losses(model, *terms, mode, routings); };
    const auto part = [&](const TriangleGrid& grid) {
        if (partial) {
            partial({grid.divisions, grid.values});
        }
    };
    Result<TriangleGrid> grid = evaluate_landscape(input, objective, part, cancel);
    if (!grid) {
        return grid.error();
    }
    return LandscapeValues{grid->divisions, std::move(grid->values)};
}

Result<ProjectionMapPtr> OpenedInspector::projection(const ProjectionRequest& request, const ProgressCallback& progress,
                                                     const CancelToken& cancel) const {
    const ReferenceStore& store = reference_->store();
    std::vector<double> rows;
    std::size_t dimension = info_.space.expert_count();
    if (request.space == ProjectionSpace::Routing) {
        rows = rows_of(references_);
    } else {
        rows.assign(store.embeddings().begin(), store.embeddings().end());
        dimension = store.dimension();
    }
    if (request.method == ProjectionMethod::Pca) {
        return pca_map(request, rows, store.size(), dimension);
    }
    return embedding_map(request, rows, dimension, progress, cancel);
}

}  // namespace r2t2
