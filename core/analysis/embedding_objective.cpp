#include "core/analysis/embedding_objective.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>
#include <numeric>

#include "core/analysis/point_tree.h"
#include "core/analysis/projection.h"
#include "core/analysis/row_blocks.h"

namespace r2t2 {

namespace {

constexpr std::size_t rows_a_block = 256;  ///< rows a thread takes at a time

/// p(j|i) over one row's neighbours from squared distances: exp(-beta d_j) / sum, beta by bisection so that the entropy is
/// `entropy`. The distances are taken from the nearest one and in units of their mean: beta starts at the right size.
void conditional_row(std::span<const float> distances, double entropy, std::span<double> p) {
    const double nearest = *std::min_element(distances.begin(), distances.end());
    double mean = 0.0;
    for (const float d : distances) {
        mean += (d - nearest) / static_cast<double>(distances.size());
    }
    if (!(mean > 0.0)) {
        std::fill(p.begin(), p.end(), 1.0 / static_cast<double>(p.size()));
        return;
    }
    double beta = 1.0, low = 0.0, high = std::numeric_limits<double>::infinity();
    for (int step = 0; step < 100; ++step) {
        double sum = 0.0, moment = 0.0;
        for (std::size_t j = 0; j < p.size(); ++j) {
            const double d = (distances[j] - nearest) / mean;
            p[j] = std::exp(-beta * d);
            sum += p[j];
            moment += p[j] * d;
        }
        for (double& value : p) {
            value /= sum;
        }
        const double excess = std::log(sum) + beta * moment / sum - entropy;
        if (std::abs(excess) < 1e-6 || beta > 1e15) {  // 1e15: the nearest ones tie, nothing narrower is different
            return;
        }
        (excess > 0.0 ? low : high) = beta;
        beta = std::isinf(high) ? 2.0 * beta : 0.5 * (low + high);
    }
}

/// Adds the transposed entries, halves and divides by n; rows sorted, entries that meet added up.
RowAffinities symmetrise(const NearestNeighbours& neighbours, const std::vector<double>& conditional) {
    const std::size_t k = neighbours.k;
    const std::size_t n = neighbours.index.size() / k;
    std::vector<std::size_t> begin(n + 1, 0);
    for (std::size_t e = 0; e < n * k; ++e) {
        ++begin[e / k + 1];
        ++begin[neighbours.index[e] + 1];
    }
    std::partial_sum(begin.begin(), begin.end(), begin.begin());
    std::vector<std::pair<std::uint32_t, double>> entries(2 * n * k);
    std::vector<std::size_t> at(begin.begin(), begin.end() - 1);
    for (std::size_t e = 0; e < n * k; ++e) {
        const auto i = static_cast<std::uint32_t>(e / k);
        const std::uint32_t j = neighbours.index[e];
        entries[at[i]++] = {j, conditional[e]};
        entries[at[j]++] = {i, conditional[e]};
    }
    RowAffinities out;
    out.begin.push_back(0);
    for (std::size_t i = 0; i < n; ++i) {
        const auto first = entries.begin() + static_cast<std::ptrdiff_t>(begin[i]);
        const auto last = entries.begin() + static_cast<std::ptrdiff_t>(begin[i + 1]);
        std::sort(first, last);
        for (auto entry = first; entry != last; ++entry) {
            const double value = entry->second / (2.0 * static_cast<double>(n));
            if (entry != first && out.index.back() == entry->first) {
                out.value.back() += value;
            } else {
                out.index.push_back(entry->first);
                out.value.push_back(value);
            }
        }
        out.begin.push_back(out.index.size());
    }
    return out;
}

/// sum_j p_ij w_ij (y_i - y_j)
PlanePoint attraction(const RowAffinities& p, std::span<const double> xy, std::size_t i) {
    PlanePoint out;
    for (std::size_t e = p.begin[i]; e < p.begin[i + 1]; ++e) {
        const std::size_t j = p.index[e];
        const double dx = xy[2 * i] - xy[2 * j];
        const double dy = xy[2 * i + 1] - xy[2 * j + 1];
        const double pull = p.value[e] / (1.0 + dx * dx + dy * dy);
        out.x += pull * dx;
        out.y += pull * dy;
    }
    return out;
}

}  // namespace

RowAffinities row_affinities(const NearestNeighbours& neighbours, double perplexity, int threads) {
    const std::size_t k = neighbours.k;
    assert(perplexity >= 1.0 && perplexity < static_cast<double>(k));
    std::vector<double> conditional(neighbours.index.size());
    for_row_blocks(neighbours.index.size() / k, rows_a_block, threads, [&](std::size_t begin, std::size_t end) {
        for (std::size_t i = begin; i < end; ++i) {
            conditional_row(std::span(neighbours.squared_distance).subspan(i * k, k), std::log(perplexity),
                            std::span(conditional).subspan(i * k, k));
        }
    });
    return symmetrise(neighbours, conditional);
}

std::vector<double> embedding_gradient(const RowAffinities& p, std::span<const double> xy, const EmbeddingPull& pull) {
    const std::size_t n = p.rows();
    assert(xy.size() == 2 * n);
    const PointTree tree(xy);
    std::vector<double> gradient(2 * n), repulsion(2 * n), weight(n);
    for_row_blocks(n, rows_a_block, pull.threads, [&](std::size_t begin, std::size_t end) {
        for (std::size_t position = begin; position < end; ++position) {
            const std::size_t i = tree.order()[position];
            const PointTree::Repulsion apart = tree.repulsion(position, pull.theta);
            const PlanePoint together = attraction(p, xy, i);
            repulsion[2 * i] = apart.x;
            repulsion[2 * i + 1] = apart.y;
            weight[i] = apart.weight;
            gradient[2 * i] = together.x;
            gradient[2 * i + 1] = together.y;
        }
    });
    const double z = std::accumulate(weight.begin(), weight.end(), 0.0);  // in row order, whoever computed them
    for (std::size_t c = 0; c < 2 * n; ++c) {
        gradient[c] = 4.0 * (pull.exaggeration * gradient[c] - repulsion[c] / z);
    }
    return gradient;
}

double embedding_divergence(const RowAffinities& p, std::span<const double> xy, const EmbeddingPull& pull) {
    const std::size_t n = p.rows();
    const PointTree tree(xy);
    std::vector<double> part(n), weight(n);
    for_row_blocks(n, rows_a_block, pull.threads, [&](std::size_t begin, std::size_t end) {
        for (std::size_t position = begin; position < end; ++position) {
            const std::size_t i = tree.order()[position];
            weight[i] = tree.repulsion(position, pull.theta).weight;
            for (std::size_t e = p.begin[i]; e < p.begin[i + 1]; ++e) {
                const std::size_t j = p.index[e];
                const double dx = xy[2 * i] - xy[2 * j];
                const double dy = xy[2 * i + 1] - xy[2 * j + 1];
                if (p.value[e] > 0.0) {
                    part[i] += p.value[e] * (std::log(p.value[e]) + std::log1p(dx * dx + dy * dy));
                }
            }
        }
    });
    const double z = std::accumulate(weight.begin(), weight.end(), 0.0);
    return std::accumulate(part.begin(), part.end(), 0.0) + std::log(z);  // P sums to 1
}

}  // namespace r2t2
