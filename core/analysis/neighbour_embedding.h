// t-SNE: rows laid out in the plane so that near rows stay near. A picture of neighbourhoods, not of distances.
//
// Barnes-Hut gradient, PCA initialisation, early exaggeration, momentum and gains. Source: van der Maaten and Hinton,
// "Visualizing data using t-SNE", JMLR 9 (2008); van der Maaten, JMLR 15 (2014). The objective is in
// embedding_objective.h. Meant for up to 45,000 rows of a few hundred numbers (minutes there).
// Thread rule: blocks the caller; callbacks run on its thread. The same rows, options and seed give the same picture
// whatever the number of threads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "core/analysis/nearest_neighbours.h"
#include "core/analysis/projection.h"
#include "core/base/cancel.h"
#include "core/base/progress.h"
#include "core/base/result.h"

namespace r2t2 {

inline constexpr std::size_t max_embedding_dimension = 512;  ///< the initial PCA takes dimension^3

/// The k nearest of every row, itself left out. Called once.
using NeighbourSearch = std::function<Result<NearestNeighbours>(std::size_t k)>;
/// Stage and iteration, with the coordinates so far: [n, 2], empty while neighbours are searched. At most ten times a
/// second, and after the last iteration.
using EmbeddingProgress = std::function<void(const Progress&, std::span<const double> xy)>;

struct NeighbourEmbeddingOptions {
    double perplexity = 30.0;  ///< neighbours that count, at least 1; 3 * perplexity are looked for
    std::uint64_t seed = 1;    ///< of a noise of 1e-6 that parts identical rows, at the start and after exaggeration
    int iterations = 1000;
    double theta = 0.5;        ///< 0 = exact, n^2 an iteration; at most 1
    int threads = 0;           ///< 0 = as many as the machine has
    NeighbourSearch search;    ///< empty = nearest_neighbours on the rows
    double exaggeration = 12.0;      ///< factor on P in the first iterations, at least 1
    int exaggeration_iterations = 250;  ///< momentum 0.5 in these, then 0.8
};

struct NeighbourEmbedding {
    std::vector<double> xy;     ///< [n, 2] centred
    double perplexity = 0.0;    ///< used
    std::string note;           ///< not empty: the perplexity was lowered to what so few rows allow
    double divergence = 0.0;    ///< KL(P | Q) at the end, nats
};

/// `rows` [count, dimension], any unit: only ratios of distances count. Looks at the token once an iteration, and once a
/// block of 64 rows in the search. Errors: InvalidInput for sizes that do not fit, fewer than 4 rows, a value that is not
/// finite, options outside their bounds, a search result that is not one; Cancelled; the search's own.
[[nodiscard]] Result<NeighbourEmbedding> embed_neighbours(std::span<const double> rows, std::size_t count,
                                                          std::size_t dimension, const NeighbourEmbeddingOptions& options,
                                                          const EmbeddingProgress& progress, const CancelToken& cancel);
[[nodiscard]] Result<NeighbourEmbedding> embed_neighbours(std::span<const float> rows, std::size_t count,
                                                          std::size_t dimension, const NeighbourEmbeddingOptions& options,
                                                          const EmbeddingProgress& progress, const CancelToken& cancel);

/// Where a row that was not embedded would go, roughly: the weighted mean of its nearest embedded rows' coordinates. An
/// approximation: t-SNE has no map for new rows, and between two clusters the mean lies where no row is. `weights` >= 0, one
/// for each of `neighbours`, not all zero (kernel weights do). Errors: InvalidInput otherwise.
[[nodiscard]] Result<PlanePoint> place_among_neighbours(std::span<const double> xy, std::span<const std::size_t> neighbours,
                                                        std::span<const double> weights);

}  // namespace r2t2
