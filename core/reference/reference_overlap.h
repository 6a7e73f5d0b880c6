// Which samples of an evaluation are references themselves: what a run says of its numbers, and reference info of a set.
//
// The search is ReferenceStore::same_references, by which a run keeps a sample from being its own neighbour.
// Thread rule: pure function.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "core/reference/reference_store.h"

namespace r2t2 {

struct EvaluationSample {
    std::string id;
    SampleIdentity identity;  ///< with the hash of its picture where that could be read
};

/// A sample that is a reference too.
struct SharedSample {
    std::string set;
    std::string id;
    std::vector<ReferenceStore::Same> references;  ///< at least one; ascending
};

struct ReferenceOverlap {
    std::size_t samples = 0;  ///< that were looked at
    std::size_t unread = 0;   ///< of them: their picture could not be opened, so that its path alone was compared
    std::size_t without_hash = 0;      ///< records whose picture is known by its path alone
    std::vector<SharedSample> shared;  ///< in the samples' order

    /// "12 of 160 samples are references too (G-dim: 3, 7, 9 and 9 more)"; "none of 160 samples is a reference". Names the first ones,
    /// and what could not be looked at.
    [[nodiscard]] std::string text() const;
};

/// `samples`: all of the evaluation, or those of which ReferenceStore::asks the question; then `samples` and `unread` are the caller's to set.
[[nodiscard]] ReferenceOverlap reference_overlap(const ReferenceStore& store, std::span<const EvaluationSample> samples);

}  // namespace r2t2
