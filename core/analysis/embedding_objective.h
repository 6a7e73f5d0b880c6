// What t-SNE minimises: affinities of rows, and the divergence of the plane's affinities from them.
//
// P: Gaussian affinities p(j|i) over each row's nearest neighbours, their widths set by the perplexity, symmetrised:
// p_ij = (p(j|i) + p(i|j)) / 2n. Q: q_ij = w_ij / Z, w_ij = 1 / (1 + |y_i - y_j|^2), Z = sum_{k != l} w_kl.
// Source: van der Maaten and Hinton, JMLR 9 (2008), equations 1 to 5; Barnes-Hut as in point_tree.h.
// Units: nats. Thread rule: pure; results do not depend on the number of threads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/analysis/nearest_neighbours.h"

namespace r2t2 {

/// P as compressed rows: entries begin[i] .. begin[i + 1] belong to row i, ascending in `index`. All values sum to 1.
struct RowAffinities {
    std::vector<std::size_t> begin;  ///< [n + 1]
    std::vector<std::uint32_t> index;
    std::vector<double> value;
    [[nodiscard]] std::size_t rows() const { return begin.size() - 1; }
};

/// Each row's entropy is log(perplexity) to 1e-6; where distances tie so that it cannot be, ties share. Distances of any
/// unit: only their ratios count. Precondition: 1 <= perplexity < neighbours.k.
[[nodiscard]] RowAffinities row_affinities(const NearestNeighbours& neighbours, double perplexity, int threads);

struct EmbeddingPull {
    double theta = 0.5;         ///< 0 = every pair
    double exaggeration = 1.0;  ///< factor on P
    int threads = 0;            ///< 0 = as many as the machine has
};
/// d KL(P | Q) / d y [n, 2] at `xy` [n, 2]; with an exaggeration, P times that factor in it.
[[nodiscard]] std::vector<double> embedding_gradient(const RowAffinities& p, std::span<const double> xy,
                                                     const EmbeddingPull& pull);
/// KL(P | Q); `pull.exaggeration` is not looked at.
[[nodiscard]] double embedding_divergence(const RowAffinities& p, std::span<const double> xy, const EmbeddingPull& pull);

}  // namespace r2t2
