// Routing weights, offsets and gradients: rows x experts numbers in double precision.
//
// One row means "the same for all mixers" (granularity shared); otherwise there is a row per mixer.
// "weights" are a probability vector per row and group; logits and gradients are unconstrained.
// Source: rerouting terms "routing vector", "granularity". Thread rule: value type.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/routing/routing_space.h"

namespace r2t2 {

class RoutingMatrix {
public:
    RoutingMatrix() = default;
    RoutingMatrix(std::size_t rows, std::size_t experts, double value = 0.0)
        : rows_(rows), experts_(experts), values_(rows * experts, value) {}
    RoutingMatrix(std::size_t rows, std::size_t experts, std::vector<double> values);

    [[nodiscard]] std::size_t rows() const { return rows_; }
    [[nodiscard]] std::size_t experts() const { return experts_; }
    [[nodiscard]] bool empty() const { return values_.empty(); }

    double& operator()(std::size_t row, std::size_t expert) { return values_[row * experts_ + expert]; }
    double operator()(std::size_t row, std::size_t expert) const { return values_[row * experts_ + expert]; }
    [[nodiscard]] std::span<double> row(std::size_t r) { return {values_.data() + r * experts_, experts_}; }
    [[nodiscard]] std::span<const double> row(std::size_t r) const { return {values_.data() + r * experts_, experts_}; }
    [[nodiscard]] std::vector<double>& values() { return values_; }
    [[nodiscard]] const std::vector<double>& values() const { return values_; }

    RoutingMatrix& operator+=(const RoutingMatrix& other);
    RoutingMatrix& operator*=(double factor);
    bool operator==(const RoutingMatrix&) const = default;

private:
    std::size_t rows_ = 0;
    std::size_t experts_ = 0;
    std::vector<double> values_;
};

enum class Granularity { Shared, PerMixer };

[[nodiscard]] RoutingMatrix operator+(RoutingMatrix a, const RoutingMatrix& b);
[[nodiscard]] RoutingMatrix operator-(RoutingMatrix a, const RoutingMatrix& b);

/// Mean over rows: [mixers, E] -> [1, E].
[[nodiscard]] RoutingMatrix mean_over_mixers(const RoutingMatrix& per_mixer);
/// Columns [begin, begin + size) of it: one group's weights.
[[nodiscard]] std::vector<double> mean_over_mixers(const RoutingMatrix& per_mixer, std::size_t begin, std::size_t size);
/// Repeat a single row: [1, E] -> [rows, E].
[[nodiscard]] RoutingMatrix repeat_row(const RoutingMatrix& one, std::size_t rows);

/// Softmax inside each group of each row.
[[nodiscard]] RoutingMatrix softmax(const RoutingSpace& space, const RoutingMatrix& logits);
/// Elementwise natural logarithm with weights below `floor` lifted to it, so that z0 = log r0 is finite.
[[nodiscard]] RoutingMatrix log_weights(const RoutingMatrix& weights, double floor = 1e-12);
/// d loss / d logits from d loss / d weights at `weights` = softmax(logits): g_z = r * (g_r - <g_r, r>) per group.
[[nodiscard]] RoutingMatrix softmax_backward(const RoutingSpace& space, const RoutingMatrix& weights,
                                             const RoutingMatrix& weight_gradient);
/// Euclidean projection of each group of each row on its simplex (Duchi et al., ICML 2008).
[[nodiscard]] RoutingMatrix project_to_simplices(const RoutingSpace& space, const RoutingMatrix& point);
/// Uniform weights.
[[nodiscard]] RoutingMatrix uniform_weights(const RoutingSpace& space, std::size_t rows = 1);
/// Euclidean distance over all entries.
[[nodiscard]] double distance(const RoutingMatrix& a, const RoutingMatrix& b);
/// Each group of each row divided by its sum: float32 weights that sum to 1 +- 1e-7 put exactly on their simplices.
/// Precondition: `check_weights` holds.
[[nodiscard]] RoutingMatrix renormalise(const RoutingSpace& space, const RoutingMatrix& weights);
/// The tangent part of a gradient on the simplices: each group of each row minus its mean.
[[nodiscard]] RoutingMatrix centre_groups(const RoutingSpace& space, const RoutingMatrix& gradient);
/// Sum over all entries of a * b.
[[nodiscard]] double dot(const RoutingMatrix& a, const RoutingMatrix& b);
/// No entry is infinite or NaN.
[[nodiscard]] bool all_finite(const RoutingMatrix& matrix);
/// Each group of each row is finite, non-negative and sums to 1 within `tolerance`; `where` names the source.
[[nodiscard]] Status check_weights(const RoutingSpace& space, const RoutingMatrix& weights, const std::string& where,
                                   double tolerance = 1e-4);

}  // namespace r2t2
