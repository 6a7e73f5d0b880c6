// What a method is given: one test sample, its neighbours, and whatever the controls need.
//
// Thread rule: a value that holds shared pointers to immutable samples and a span that the caller keeps alive.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "core/routing/neighbourhood.h"
#include "core/routing/routed_model.h"
#include "core/routing/surface_model.h"
#include "core/routing/trajectory.h"

namespace r2t2 {

/// One task-space neighbour's data. NGD needs `prepared` with a label, kernel regression needs `routing`, NGD that begins there both; what goes by
/// surfaces needs `surface` in the place of `prepared`.
struct ReferenceSample {
    PreparedSamplePtr prepared;
    RoutingMatrix routing;  ///< r_i: [1 or mixers, experts]; empty: not needed, or a descent's neighbour without one of the wanted kind
    SurfaceSamplePtr surface{};  ///< its losses as a table; null: not needed
};

/// The sample under gates that were trained, and the model that has them.
struct TunedGates {
    std::shared_ptr<const RoutedModel> model;
    PreparedSamplePtr sample;
};

struct RerouteInput {
    PreparedSamplePtr sample;                 ///< x; with a label only for the oracle
    Neighbourhood neighbourhood;              ///< task space (or random): who, and with what weight
    std::vector<ReferenceSample> references;  ///< one per `neighbourhood.neighbours`, same order

    std::span<const RoutingMatrix> routing_points;  ///< mode finding: r_i of the whole reference set, empty where it has none
    std::vector<std::size_t> excluded;              ///< of those, x itself, its duplicates, and all that are empty

    /// Constant offset: the fitted delta (offset mode) or weights (fixed mode). Best fixed: the chosen weights.
    RoutingMatrix constant;

    TunedGates tuned;  ///< tuned gates alone

    Scorer scorer;                      ///< empty where the truth is not known
    std::optional<Answer> base_answer;  ///< native answer if already known: saves its pass
};

/// The same input without the neighbour at `position`, the other weights rescaled to sum 1: leave-one-out re-run.
[[nodiscard]] RerouteInput leave_out_neighbour(RerouteInput input, std::size_t position);

}  // namespace r2t2
