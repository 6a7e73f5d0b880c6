// Who counts as a neighbour of a sample, and how much.
//
// Source: R2-T2 (arXiv 2502.20395) section 3.2; rerouting, "Neighbourhood and kernel".
// The candidates come from a reference store, which has already left out the sample itself and its exact
// duplicates. Order everywhere: most similar first, equal ones by lower index. Thread rule: pure functions, values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/routing/kernel_function.h"
#include "core/routing/routing_matrix.h"

namespace r2t2 {

/// A reference sample and how similar it is: task space, cosine of the embeddings, -1 .. 1.
struct Candidate {
    std::size_t index = 0;  ///< into the reference set
    double similarity = 0.0;
};

struct Neighbour {
    std::size_t index = 0;    ///< into the reference set
    double distance = 0.0;    ///< Euclidean; task space: sqrt(2 - 2 cos) of the unit embeddings
    double similarity = 0.0;  ///< task space: cosine; routing space: dot product
    double kernel = 0.0;      ///< raw K
    double weight = 0.0;      ///< K normalised: not negative, the neighbourhood's weights sum to 1

    bool operator==(const Neighbour&) const = default;
};

struct Neighbourhood {
    std::vector<Neighbour> neighbours;  ///< nearest first
    double bandwidth = 0.0;             ///< effective h, 0 for kernels without
    bool uniform_fallback = false;      ///< no usable kernel weight: all count the same; must be shown
    std::size_t clamped = 0;            ///< neighbours whose negative K was counted as 0

    /// An epsilon ball without a reference in it: a reported outcome, the sample keeps its base answer.
    [[nodiscard]] bool empty() const { return neighbours.empty(); }
    bool operator==(const Neighbourhood&) const = default;
};

/// Euclidean distance of two unit vectors from their cosine (clamped against rounding).
[[nodiscard]] double distance_from_cosine(double cosine);

/// Set K and weights of neighbours whose distances and similarities are known.
[[nodiscard]] Neighbourhood weigh_neighbours(std::vector<Neighbour> neighbours, const KernelParams& kernel);

/// The k most similar candidates. Error: k = 0, k larger than the candidates, a similarity that is not finite.
[[nodiscard]] Result<Neighbourhood> nearest_neighbours(std::span<const Candidate> candidates, std::size_t k,
                                                       const KernelParams& kernel);

/// All candidates with 1 - cosine <= epsilon, at most `most` of them (0 = no limit). May be empty.
/// Error: epsilon not positive, a similarity that is not finite.
[[nodiscard]] Result<Neighbourhood> ball_neighbours(std::span<const Candidate> candidates, double epsilon,
                                                    const KernelParams& kernel, std::size_t most = 0);

/// Control: k candidates drawn without replacement, weighted by the same kernel, so that only the choice differs.
/// `sample` is the test sample's number: every sample has a draw of its own, the same in every run with this seed.
[[nodiscard]] Result<Neighbourhood> random_neighbours(std::span<const Candidate> candidates, std::size_t k,
                                                      const KernelParams& kernel, std::uint64_t seed,
                                                      std::uint64_t sample);

/// The k routing vectors nearest to `at` (Euclidean), `excluded` indices left out; k = 0 means all that are left.
/// Points need the shape of `at`. Kernel and weight are not set yet. O(points). Error: k larger than what is left.
[[nodiscard]] Result<std::vector<Neighbour>> nearest_in_routing_space(std::span<const RoutingMatrix> points,
                                                                      const RoutingMatrix& at, std::size_t k,
                                                                      std::span<const std::size_t> excluded = {});

/// Exact cosine search by brute force: the k best of `count` rows of `vectors` [count, dimension], float32 data and
/// double sums. A zero vector is similar to nothing (0). The yardstick for faster indexes. Error: k > count.
[[nodiscard]] Result<std::vector<Candidate>> nearest_by_cosine(std::span<const float> vectors, std::size_t dimension,
                                                               std::span<const float> query, std::size_t k);

/// sum_i w_i p_i / sum_i w_i (Nadaraya-Watson). Equal shapes; the weights' sum must not be 0.
[[nodiscard]] RoutingMatrix weighted_mean(std::span<const double> weights, std::span<const RoutingMatrix> points);

}  // namespace r2t2
