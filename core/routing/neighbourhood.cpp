#include "core/routing/neighbourhood.h"

#include <algorithm>
#include <cassert>
#include <cmath>

#include "core/base/random.h"

namespace r2t2 {

namespace {

bool more_similar(const Candidate& a, const Candidate& b) {
    return a.similarity != b.similarity ? a.similarity > b.similarity : a.index < b.index;
}

bool nearer(const Neighbour& a, const Neighbour& b) {
    return a.distance != b.distance ? a.distance < b.distance : a.index < b.index;
}

Status check_k(std::size_t k, std::size_t available) {
    if (k == 0 || k > available) {
        return invalid_input("neighbourhood", "k", std::to_string(k),
                             available == 0
                                 ? "nothing: the reference set has no sample left for this one"
                                 : "1 to " + std::to_string(available) + ", the reference samples there are");
    }
    return {};
}

Status check_finite(std::span<const Candidate> candidates) {
    for (const Candidate& candidate : candidates) {
        if (!std::isfinite(candidate.similarity)) {
            return invalid_input("reference sample " + std::to_string(candidate.index), "similarity",
                                 std::to_string(candidate.similarity), "a finite number");
        }
    }
    return {};
}

Neighbourhood weigh(std::span<const Candidate> chosen, const KernelParams& kernel) {
    std::vector<Neighbour> neighbours;
    for (const Candidate& candidate : chosen) {
        neighbours.push_back(
            {candidate.index, distance_from_cosine(candidate.similarity), candidate.similarity, 0.0, 0.0});
    }
    return weigh_neighbours(std::move(neighbours), kernel);
}

}  // namespace

double distance_from_cosine(double cosine) {
    return std::sqrt(std::max(0.0, 2.0 - 2.0 * cosine));
}

Neighbourhood weigh_neighbours(std::vector<Neighbour> neighbours, const KernelParams& kernel) {
    std::vector<double> distances;
    std::vector<double> similarities;
    for (const Neighbour& neighbour : neighbours) {
        distances.push_back(neighbour.distance);
        similarities.push_back(neighbour.similarity);
    }
    const KernelWeights weights = kernel_weights(kernel, distances, similarities);
    for (std::size_t i = 0; i < neighbours.size(); ++i) {
        neighbours[i].kernel = weights.raw[i];
        neighbours[i].weight = weights.weights[i];
    }
    return {std::move(neighbours), weights.bandwidth, weights.uniform_fallback, weights.clamped};
}

Result<Neighbourhood> nearest_neighbours(std::span<const Candidate> candidates, std::size_t k,
                                         const KernelParams& kernel) {
    R2T2_TRY(check_k(k, candidates.size()));
    R2T2_TRY(check_finite(candidates));
    std::vector<Candidate> best(k);
    std::partial_sort_copy(candidates.begin(), candidates.end(), best.begin(), best.end(), more_similar);
    return weigh(best, kernel);
}

Result<Neighbourhood> ball_neighbours(std::span<const Candidate> candidates, double epsilon, const KernelParams& kernel,
                                      std::size_t most) {
    if (!(std::isfinite(epsilon) && epsilon > 0.0)) {
        return invalid_input("neighbourhood", "epsilon", std::to_string(epsilon), "a positive cosine distance");
    }
    R2T2_TRY(check_finite(candidates));
    std::vector<Candidate> inside;
    for (const Candidate& candidate : candidates) {
        if (1.0 - candidate.similarity <= epsilon) {
            inside.push_back(candidate);
        }
    }
    std::sort(inside.begin(), inside.end(), more_similar);
    if (most > 0 && inside.size() > most) {
        inside.resize(most);
    }
    return weigh(inside, kernel);
}

Result<Neighbourhood> random_neighbours(std::span<const Candidate> candidates, std::size_t k,
                                        const KernelParams& kernel, std::uint64_t seed, std::uint64_t sample) {
    R2T2_TRY(check_k(k, candidates.size()));
    R2T2_TRY(check_finite(candidates));
    std::vector<Candidate> pool(candidates.begin(), candidates.end());
    // The order in which a store hands over its candidates must not change the draw.
    std::sort(pool.begin(), pool.end(), [](const Candidate& a, const Candidate& b) { return a.index < b.index; });
    RandomStream stream = RandomStream::fork(seed, "random neighbours", sample);
    for (std::size_t i = 0; i < k; ++i) {  // the first k places of a Fisher-Yates shuffle
        const auto left = static_cast<std::int64_t>(pool.size() - i);
        std::swap(pool[i], pool[i + static_cast<std::size_t>(stream.below(left))]);
    }
    pool.resize(k);
    std::sort(pool.begin(), pool.end(), more_similar);
    return weigh(pool, kernel);
}

Result<std::vector<Neighbour>> nearest_in_routing_space(std::span<const RoutingMatrix> points, const RoutingMatrix& at,
                                                        std::size_t k, std::span<const std::size_t> excluded) {
    std::vector<bool> out_of_it(points.size(), false);
    for (const std::size_t i : excluded) {
        out_of_it[i] = true;
    }
    std::vector<Neighbour> all;
    for (std::size_t i = 0; i < points.size(); ++i) {
        if (!out_of_it[i]) {
            all.push_back({i, distance(points[i], at), dot(points[i], at), 0.0, 0.0});
        }
    }
    const std::size_t wanted = k == 0 ? all.size() : k;
    R2T2_TRY(check_k(wanted, all.size()));
    std::partial_sort(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(wanted), all.end(), nearer);
    all.resize(wanted);
    return all;
}

Result<std::vector<Candidate>> nearest_by_cosine(std::span<const float> vectors, std::size_t dimension,
                                                 std::span<const float> query, std::size_t k) {
    assert(dimension > 0 && query.size() == dimension && vectors.size() % dimension == 0);
    const std::size_t count = vectors.size() / dimension;
    R2T2_TRY(check_k(k, count));
    double query_norm = 0.0;
    for (const float value : query) {
        query_norm += static_cast<double>(value) * value;
    }
    std::vector<Candidate> all(count);
    for (std::size_t i = 0; i < count; ++i) {
        const std::span<const float> row = vectors.subspan(i * dimension, dimension);
        double product = 0.0;
        double norm = 0.0;
        for (std::size_t d = 0; d < dimension; ++d) {
            product += static_cast<double>(row[d]) * query[d];
            norm += static_cast<double>(row[d]) * row[d];
        }
        const double scale = std::sqrt(norm) * std::sqrt(query_norm);
        all[i] = {i, scale > 0.0 ? product / scale : 0.0};
    }
    std::partial_sort(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(k), all.end(), more_similar);
    all.resize(k);
    return all;
}

RoutingMatrix weighted_mean(std::span<const double> weights, std::span<const RoutingMatrix> points) {
    assert(weights.size() == points.size() && !points.empty());
    RoutingMatrix mean(points[0].rows(), points[0].experts());
    double sum = 0.0;
    for (std::size_t i = 0; i < points.size(); ++i) {
        assert(points[i].values().size() == mean.values().size());
        for (std::size_t j = 0; j < mean.values().size(); ++j) {
            mean.values()[j] += weights[i] * points[i].values()[j];
        }
        sum += weights[i];
    }
    mean *= 1.0 / sum;
    return mean;
}

}  // namespace r2t2
