#include "kernels/routing_maths.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

namespace r2t2::kernels {

namespace {

float kernel_of(const MeanShiftShape& shape, float distance, float product, float bandwidth) {
    switch (shape.kernel) {
        case ShiftKernel::Gaussian:
            return std::exp(-distance * distance / (2.0F * bandwidth * bandwidth));
        case ShiftKernel::Linear:
            return product;
        case ShiftKernel::Polynomial:
            return std::pow(product + shape.constant, shape.degree);
        case ShiftKernel::Matern32: {
            const float x = std::sqrt(3.0F) * distance / bandwidth;
            return (1.0F + x) * std::exp(-x);
        }
    }
    return 0.0F;
}

/// One round of one sample; the mean raw K before it.
float shift_once(const MeanShiftShape& shape, const float* points, float bandwidth, float* at) {
    std::vector<std::pair<float, std::int64_t>> nearest(static_cast<std::size_t>(shape.points));
    for (std::int64_t i = 0; i < shape.points; ++i) {
        float square = 0.0F;
        for (int e = 0; e < shape.experts; ++e) {
            const float gap = points[i * shape.experts + e] - at[e];
            square += gap * gap;
        }
        nearest[static_cast<std::size_t>(i)] = {square, i};
    }
    std::partial_sort(nearest.begin(), nearest.begin() + shape.k, nearest.end());
    float pull[kMostExperts] = {}, mean[kMostExperts] = {};
    float sum = 0.0F, raw = 0.0F;
    for (int j = 0; j < shape.k; ++j) {
        const float* point = points + nearest[static_cast<std::size_t>(j)].second * shape.experts;
        float product = 0.0F;
        for (int e = 0; e < shape.experts; ++e) {
            product += point[e] * at[e];
        }
        const float value = kernel_of(shape, std::sqrt(nearest[static_cast<std::size_t>(j)].first), product, bandwidth);
        const float weight = std::max(0.0F, value);
        raw += value;
        sum += weight;
        for (int e = 0; e < shape.experts; ++e) {
            pull[e] += weight * (point[e] - at[e]);
            mean[e] += point[e] - at[e];
        }
    }
    for (int e = 0; e < shape.experts; ++e) {
        at[e] += shape.eta * (sum > 0.0F ? pull[e] / sum : mean[e] / static_cast<float>(shape.k));
    }
    return raw / static_cast<float>(shape.k);
}

}  // namespace

void mean_shift_batch(const MeanShiftShape& shape, const float* points, const float* bandwidth, float* at, float* density) {
    for (std::int64_t s = 0; s < shape.samples; ++s) {
        density[s] = 0.0F;
        for (int round = 0; round < shape.rounds; ++round) {
            density[s] = shift_once(shape, points, bandwidth[s], at + s * shape.experts);
        }
    }
}

void weighted_means(std::int64_t samples, int k, int experts, const std::int32_t* index, const float* w, const float* points, float* out) {
    for (std::int64_t s = 0; s < samples; ++s) {
        float sum = 0.0F;
        for (int j = 0; j < k; ++j) {
            sum += w[s * k + j];
        }
        for (int e = 0; e < experts; ++e) {
            float total = 0.0F;
            for (int j = 0; j < k; ++j) {
                total += (sum > 0.0F ? w[s * k + j] : 1.0F) * points[std::int64_t{index[s * k + j]} * experts + e];
            }
            out[s * experts + e] = total / (sum > 0.0F ? sum : static_cast<float>(k));
        }
    }
}

void project_points(std::int64_t n, std::int64_t d, const float* rows, const float* mean, const float* axes, float* out) {
    for (std::int64_t i = 0; i < n; ++i) {
        float x = 0.0F, y = 0.0F;
        for (std::int64_t c = 0; c < d; ++c) {
            const float value = rows[i * d + c] - mean[c];
            x += value * axes[c];
            y += value * axes[d + c];
        }
        out[2 * i] = x;
        out[2 * i + 1] = y;
    }
}

}  // namespace r2t2::kernels
