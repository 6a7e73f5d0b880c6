// Re-routing without a gradient, for many samples at once: kernel-weighted means, mean shift, and places on a map. The readable
// reference that the CUDA version is compared with; core/routing does the same for one sample, with its checks and its trajectory.
//
// Source: R2-T2 (arXiv 2502.20395) sections 3.2 (kernel regression) and 3.3 (mode finding). Thread rule: pure functions on the
// caller's memory; samples are independent.
#pragma once

#include <cstdint>

namespace r2t2::kernels {

inline constexpr int kMostExperts = 16;      ///< numbers of a routing vector
inline constexpr int kMostNeighbours = 128;  ///< of one sample

/// As core/routing/kernel_function.h: d distance, s dot product, h bandwidth.
enum class ShiftKernel : int { Gaussian = 0, Linear = 1, Polynomial = 2, Matern32 = 3 };

/// Mean shift of `samples` routing vectors among `points`. Each round: the k nearest points (ties: the lower index), their weights K
/// (negative ones count 0; where all are 0, each counts the same), at += eta * sum_i w_i (p_i - at).
struct MeanShiftShape {
    std::int64_t samples = 0, points = 0;
    int experts = 0;    ///< 1 .. kMostExperts
    int k = 0;          ///< 1 .. min(points, kMostNeighbours)
    int rounds = 0;
    ShiftKernel kernel = ShiftKernel::Gaussian;
    float degree = 2.0F, constant = 1.0F;  ///< polynomial: (s + constant)^degree
    float eta = 1.0F;
};
/// points [points, experts]; bandwidth [samples]; at [samples, experts], changed in place; density [samples] = mean raw K of the last
/// round, before its step.
void mean_shift_batch(const MeanShiftShape& shape, const float* points, const float* bandwidth, float* at, float* density);

/// out[s] = sum_j w[s, j] points[index[s, j]] / sum_j w[s, j]. index, w [samples, k]; points [.., experts]; out [samples, experts].
/// A sample whose weights sum to 0 gets the plain mean.
void weighted_means(std::int64_t samples, int k, int experts, const std::int32_t* index, const float* w, const float* points, float* out);

/// out[i, a] = <rows[i] - mean, axes[a]>: rows [n, d], mean [d], axes [2, d], out [n, 2].
void project_points(std::int64_t n, std::int64_t d, const float* rows, const float* mean, const float* axes, float* out);

}  // namespace r2t2::kernels
