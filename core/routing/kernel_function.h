// Kernels K: how much a neighbour counts, from its distance or its similarity.
//
// Source: R2-T2 (arXiv 2502.20395) section 3.2 and its kernel ablation; rerouting, "Neighbourhood and kernel".
// Task space: similarity s = cosine of the embeddings, distance d = Euclidean distance of the unit vectors,
// d = sqrt(2 - 2 s). Routing space: d = Euclidean distance of the routing vectors, s = their dot product.
//   gaussian    exp(-d^2 / (2 h^2))                          linear      s
//   matern-3/2  (1 + sqrt(3) d / h) exp(-sqrt(3) d / h)      polynomial  (s + c)^degree
// Thread rule: pure functions and values.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/base/result.h"

namespace r2t2 {

enum class KernelKind { Gaussian, Linear, Polynomial, Matern32 };

struct KernelParams {
    KernelKind kind = KernelKind::Gaussian;
    std::optional<double> bandwidth;  ///< h > 0, in units of distance; none = median neighbour distance
    int degree = 2;                   ///< polynomial, 1 .. 16
    double constant = 1.0;            ///< polynomial c >= 0

    bool operator==(const KernelParams&) const = default;
};

/// The kernel uses the distance (gaussian, matern) and so needs a bandwidth.
[[nodiscard]] bool uses_distance(KernelKind kind);

/// K of one neighbour; `bandwidth` is ignored by linear and polynomial. May be negative for those two.
[[nodiscard]] double kernel_value(const KernelParams& params, double distance, double similarity, double bandwidth);

/// The given bandwidth, or the median distance. If the median is 0 (half the neighbours are exact duplicates) the
/// mean of the positive distances, and 1 if there are none: every K is then K(0).
[[nodiscard]] double effective_bandwidth(const KernelParams& params, std::span<const double> distances);

struct KernelWeights {
    std::vector<double> raw;        ///< K as the formula gives it
    std::vector<double> weights;    ///< not negative, sum 1
    double bandwidth = 0.0;         ///< the one used; 0 for kernels without
    bool uniform_fallback = false;  ///< no usable weight: all neighbours count the same. Must be shown.
    std::size_t clamped = 0;        ///< negative or non-finite K counted as 0 (a negative weight would climb a loss)
};

/// Weights of a neighbourhood. Spans of equal length; empty spans give empty weights.
[[nodiscard]] KernelWeights kernel_weights(const KernelParams& params, std::span<const double> distances,
                                           std::span<const double> similarities);

}  // namespace r2t2
