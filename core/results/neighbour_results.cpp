#include "core/results/neighbour_results.h"

#include <cmath>

namespace r2t2 {

namespace {

/// Mean over mixers, [experts].
std::vector<double> mean_row(const RoutingMatrix& routing) { return mean_over_mixers(routing).values(); }

/// Unknown where a neighbour's routing is (sessions of schema 1 and 2, references without one).
std::optional<double> routing_distance(const StoredSample& sample) {
    const std::vector<double> native = mean_row(sample.trajectory.base().weights);
    std::vector<double> offset(native.size(), 0.0);
    for (std::size_t i = 0; i < sample.neighbours.size(); ++i) {
        const RoutingMatrix& routing = sample.neighbours[i].routing;
        if (routing.rows() == 0 || routing.experts() != native.size()) {
            return std::nullopt;
        }
        const std::vector<double> row = mean_row(routing);
        for (std::size_t e = 0; e < native.size(); ++e) {
            offset[e] += sample.trajectory.neighbourhood.neighbours[i].weight * (row[e] - native[e]);
        }
    }
    double squares = 0.0;
    for (const double each : offset) {
        squares += each * each;
    }
    return std::sqrt(squares);
}

NeighbourSample sample_of(const StoredSample& stored) {
    NeighbourSample sample;
    for (std::size_t i = 0; i < kOutcomeCount; ++i) {
        if (outcome_code(static_cast<Outcome>(i)) == stored.row.outcome) {
            sample.outcome = static_cast<Outcome>(i);
        }
    }
    sample.neighbourhood = stored.trajectory.neighbourhood;
    for (const ReferenceName& reference : stored.neighbours) {
        const bool known = reference.answer && stored.row.info.ground_truth;
        sample.same_label.push_back(known ? std::optional(*reference.answer == *stored.row.info.ground_truth) : std::nullopt);
    }
    sample.routing_distance = stored.neighbours.empty() ? std::nullopt : routing_distance(stored);
    return sample;
}

}  // namespace

Result<NeighbourResults> neighbour_results(SessionReader& session, std::int64_t id, const CancelToken& cancel) {
    auto run = session.run(id);
    if (!run.ok()) {
        return run.error();
    }
    std::vector<NeighbourSample> samples;
    const auto damaged = session.neighbourhoods(id, [&](const StoredSample& stored) -> Status {
        if (cancel.cancelled()) {
            return cancelled();
        }
        samples.push_back(sample_of(stored));
        return {};
    });
    if (!damaged.ok()) {
        return damaged.error();
    }
    return NeighbourResults{std::move(*run), neighbour_statistics(samples), *damaged};
}

}  // namespace r2t2
