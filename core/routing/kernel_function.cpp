#include "core/routing/kernel_function.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <numbers>

namespace r2t2 {

bool uses_distance(KernelKind kind) {
    return kind == KernelKind::Gaussian || kind == KernelKind::Matern32;
}

double kernel_value(const KernelParams& params, double distance, double similarity, double bandwidth) {
    switch (params.kind) {
        case KernelKind::Gaussian:
            return std::exp(-distance * distance / (2.0 * bandwidth * bandwidth));
        case KernelKind::Linear:
            return similarity;
        case KernelKind::Polynomial:
            return std::pow(similarity + params.constant, params.degree);
        case KernelKind::Matern32: {
            const double scaled = std::numbers::sqrt3 * distance / bandwidth;
            return (1.0 + scaled) * std::exp(-scaled);
        }
    }
    return 0.0;
}

double effective_bandwidth(const KernelParams& params, std::span<const double> distances) {
    if (params.bandwidth) {
        return *params.bandwidth;
    }
    if (distances.empty()) {
        return 1.0;
    }
    std::vector<double> sorted(distances.begin(), distances.end());
    std::sort(sorted.begin(), sorted.end());
    const std::size_t half = sorted.size() / 2;
    const double median = sorted.size() % 2 == 1 ? sorted[half] : 0.5 * (sorted[half - 1] + sorted[half]);
    if (median > 0.0) {
        return median;
    }
    double sum = 0.0;
    std::size_t positive = 0;
    for (const double d : sorted) {
        sum += d;
        positive += d > 0.0 ? 1 : 0;
    }
    return positive > 0 ? sum / static_cast<double>(positive) : 1.0;
}

KernelWeights kernel_weights(const KernelParams& params, std::span<const double> distances,
                             std::span<const double> similarities) {
    assert(distances.size() == similarities.size());
    KernelWeights out;
    const double bandwidth = effective_bandwidth(params, distances);
    out.bandwidth = uses_distance(params.kind) ? bandwidth : 0.0;
    double sum = 0.0;
    for (std::size_t i = 0; i < distances.size(); ++i) {
        const double value = kernel_value(params, distances[i], similarities[i], bandwidth);
        const bool usable = std::isfinite(value) && value >= 0.0;
        out.raw.push_back(value);
        out.weights.push_back(usable ? value : 0.0);
        out.clamped += usable ? 0 : 1;
        sum += out.weights.back();
    }
    // A sum of denormals (a Gaussian far outside its bandwidth) would divide into infinity.
    out.uniform_fallback = !distances.empty() && !(std::isfinite(sum) && sum > 1e-300);
    for (double& weight : out.weights) {
        weight = out.uniform_fallback ? 1.0 / static_cast<double>(distances.size()) : weight / sum;
    }
    return out;
}

}  // namespace r2t2
