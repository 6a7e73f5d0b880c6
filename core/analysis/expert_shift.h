// Which experts gained and which lost: top-1 expert before -> after, and mean weight change, split by outcome.
//
// Source: rerouting, "Analysis" and "Terms": a top-1 expert is per group, never over experts of two softmaxes.
// Per-mixer routings are averaged over mixers first. Thread rule: pure functions on values.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/analysis/statistics.h"
#include "core/analysis/transitions.h"
#include "core/base/result.h"
#include "core/routing/routing_matrix.h"
#include "core/routing/routing_space.h"

namespace r2t2 {

struct ShiftSample {
    RoutingMatrix before;            ///< [1 or mixers, experts]
    RoutingMatrix after;             ///< [1 or mixers, experts]
    std::optional<Outcome> outcome;  ///< empty where the truth is unknown
};

/// counts[before * experts + after] of one group.
struct ShiftMatrix {
    std::size_t experts = 0;
    std::vector<std::int64_t> counts;
    [[nodiscard]] std::int64_t operator()(std::size_t before, std::size_t after) const {
        return counts[before * experts + after];
    }
    [[nodiscard]] std::int64_t total() const;
    [[nodiscard]] std::int64_t moved() const;  ///< off the diagonal
};

struct GroupShift {
    std::string group;
    std::vector<std::string> experts;
    ShiftMatrix all;
    std::array<ShiftMatrix, kOutcomeCount> by_outcome;  ///< index: static_cast<size_t>(Outcome)
    /// Mean of after - before per expert with a 95 % t interval over samples.
    std::vector<Estimate> change;  ///< t intervals, cut at -1 and 1
    std::array<std::vector<Estimate>, kOutcomeCount> change_by_outcome;
};

/// Largest weight of a group of one row; the first of equals.
[[nodiscard]] std::size_t top_expert(const RoutingSpace& space, std::size_t group, std::span<const double> row);

/// One entry a group. Errors: a sample whose routing has not the space's number of experts (`where` names it).
[[nodiscard]] Result<std::vector<GroupShift>> expert_shift(const RoutingSpace& space,
                                                           std::span<const ShiftSample> samples);

}  // namespace r2t2
