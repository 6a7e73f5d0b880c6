// What kind of neighbours a run's samples had, and whether those that were harmed had others than those that were mended.
//
// Source: rerouting, "Analysis". Means are over samples, with 95 % t intervals that are cut where no value can lie (shares
// at 0 and 1, distances at 0, numbers at 1, the effective number also at the most neighbours a sample has); a sample for which a number is not known is
// left out of that mean only. Thread rule: pure functions on values.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "core/analysis/statistics.h"
#include "core/analysis/transitions.h"
#include "core/routing/neighbourhood.h"

namespace r2t2 {

/// One sample with its neighbours, nearest first.
struct NeighbourSample {
    std::optional<Outcome> outcome;              ///< empty where the truth is unknown
    Neighbourhood neighbourhood;
    std::vector<std::optional<bool>> same_label;  ///< [neighbours]: the neighbour's label is this sample's truth
    /// Euclidean distance from the sample's native routing to the neighbours' kernel-weighted mean routing r0 (means over mixers).
    std::optional<double> routing_distance;
};

struct NeighbourStatistics {
    std::int64_t samples = 0;
    std::int64_t uniform = 0;  ///< samples without a usable kernel weight: their neighbours all count the same
    Estimate neighbours;       ///< how many a sample has
    Estimate nearest;          ///< distance of the nearest one, in the space they were searched in
    Estimate distance;         ///< kernel-weighted mean distance
    Estimate effective;        ///< 1 / sum of squared kernel weights: how many share the say
    Estimate same_label;       ///< kernel weight of those with the sample's own truth as label, 0 .. 1
    Estimate routing_distance;
};

struct NeighbourReport {
    NeighbourStatistics all;
    std::array<NeighbourStatistics, kOutcomeCount> by_outcome;  ///< index: static_cast<size_t>(Outcome)
};

/// Samples without neighbours (base, oracle) are not counted.
[[nodiscard]] NeighbourReport neighbour_statistics(std::span<const NeighbourSample> samples);

}  // namespace r2t2
