// Which samples of a run belong together, so that their results are not independent: the questions that count in one group (MMBench's rotations,
// MME's pairs) and those about one picture. Thread rule: pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/analysis/clustered_pairs.h"
#include "core/session/session_reader.h"

namespace r2t2 {

/// Of every row the number of its cluster, 0, 1, ... in the order of the first row of each. Rows share one where they share a group of their set or a
/// picture (its content where it is known, else set and path), directly or through others. A key that cannot be read groups nothing.
[[nodiscard]] std::vector<std::size_t> sample_clusters(const std::vector<const SampleRow*>& rows);

/// "12 samples in 3 clusters (one picture, or one group of questions): intervals and p take clusters for the units; fewer than 20 of them cover less
/// than they say". Empty: every sample stands alone.
[[nodiscard]] std::string clusters_note(std::int64_t clusters, std::int64_t samples);

}  // namespace r2t2
