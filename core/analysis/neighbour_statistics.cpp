#include "core/analysis/neighbour_statistics.h"

#include <algorithm>
#include <cassert>
#include <limits>

namespace r2t2 {

namespace {

/// The numbers of the samples of one outcome, as far as they are known.
struct Gathered {
    std::int64_t samples = 0, uniform = 0;
    std::vector<double> neighbours, nearest, distance, effective, same_label, routing_distance;

    void add(const NeighbourSample& sample) {
        const std::vector<Neighbour>& all = sample.neighbourhood.neighbours;
        assert(sample.same_label.size() == all.size());
        double mean = 0.0, squares = 0.0, same = 0.0;
        bool labels_known = true;
        for (std::size_t i = 0; i < all.size(); ++i) {
            mean += all[i].weight * all[i].distance;
            squares += all[i].weight * all[i].weight;
            same += sample.same_label[i].value_or(false) ? all[i].weight : 0.0;
            labels_known = labels_known && sample.same_label[i].has_value();
        }
        ++samples;
        uniform += sample.neighbourhood.uniform_fallback ? 1 : 0;
        neighbours.push_back(static_cast<double>(all.size()));
        nearest.push_back(all.front().distance);
        distance.push_back(mean);
        if (squares > 0.0) {
            effective.push_back(1.0 / squares);
        }
        if (labels_known) {
            same_label.push_back(same);
        }
        if (sample.routing_distance) {
            routing_distance.push_back(*sample.routing_distance);
        }
    }

    [[nodiscard]] NeighbourStatistics statistics() const {
        constexpr double kNoEnd = std::numeric_limits<double>::infinity();
        const double most = neighbours.empty() ? kNoEnd : *std::max_element(neighbours.begin(), neighbours.end());  // no more can share the say
        return {samples,
                uniform,
                mean_interval_in(neighbours, {1.0, kNoEnd}),
                mean_interval_in(nearest, {0.0, kNoEnd}),
                mean_interval_in(distance, {0.0, kNoEnd}),
                mean_interval_in(effective, {1.0, most}),
                mean_interval_in(same_label, {0.0, 1.0}),
                mean_interval_in(routing_distance, {0.0, kNoEnd})};
    }
};

}  // namespace

NeighbourReport neighbour_statistics(std::span<const NeighbourSample> samples) {
    Gathered all;
    std::array<Gathered, kOutcomeCount> by_outcome;
    for (const NeighbourSample& sample : samples) {
        if (sample.neighbourhood.neighbours.empty()) {
            continue;
        }
        all.add(sample);
        if (sample.outcome) {
            by_outcome[static_cast<std::size_t>(*sample.outcome)].add(sample);
        }
    }
    NeighbourReport report;
    report.all = all.statistics();
    for (std::size_t i = 0; i < kOutcomeCount; ++i) {
        report.by_outcome[i] = by_outcome[i].statistics();
    }
    return report;
}

}  // namespace r2t2
