// What a stored run says about the next one: how many of its samples changed sides, and how alike those of a cluster were.
//
// Thread rule: pure functions; observed_changes opens its own reader and is callable from any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/analysis/paired_power.h"
#include "core/results/session_compare.h"

namespace r2t2 {

struct ObservedChanges {
    ComparedSide run;                     ///< whose changes they are
    std::optional<ComparedSide> against;  ///< none: against the run's own native answers
    ClusteredPairs pairs;                 ///< A: before, or `against`
    std::int64_t samples = 0;             ///< pairs
    std::int64_t right_before = 0;
    std::vector<SampleKey> unread;        ///< of the pairs those whose group is not known (ClusterKey::unread)
    [[nodiscard]] std::int64_t harmed() const { return pairs.only_a; }
    [[nodiscard]] std::int64_t mended() const { return pairs.only_b; }
};

/// `run`: none = the last (but `against`). Errors: the session's; a run that is not there; no sample with both results known.
[[nodiscard]] Result<ObservedChanges> observed_changes(const std::string& session, std::optional<std::int64_t> run, std::optional<std::int64_t> against);

/// A run like it: its clusters, its share of right answers before, its discordance, its correlation. Where nothing changed the ratio is held; where no
/// correlation can be had, it is 1.
[[nodiscard]] PowerDesign design_like(const ObservedChanges& changes);
/// The same with `samples` instead, in clusters as even as can be and as many as keep the design effect.
void resize(PowerDesign& design, std::int64_t samples);

}  // namespace r2t2
