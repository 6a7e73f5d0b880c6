#include "core/results/run_results.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "core/results/sample_clusters.h"

namespace r2t2 {

namespace {

std::optional<Outcome> outcome_of_code(const std::string& code) {
    for (std::size_t i = 0; i < kOutcomeCount; ++i) {
        if (outcome_code(static_cast<Outcome>(i)) == code) {
            return static_cast<Outcome>(i);
        }
    }
    return std::nullopt;
}

bool nobody_knows(const StepCorrectness& steps) {
    return std::none_of(steps.begin(), steps.end(), [](const std::optional<bool>& right) { return right.has_value(); });
}

}  // namespace

std::int64_t SetResults::scored(std::size_t step) const {
    return steps.empty() ? 0 : steps[std::min(step, steps.size() - 1)].scored;
}

Estimate SetResults::accuracy(std::size_t step) const {
    if (scored(step) == 0) {
        return {std::nan(""), std::nan(""), std::nan("")};
    }
    const StepTransitions& counts = steps[std::min(step, steps.size() - 1)];
    std::vector<PairedSample> results;
    for (std::size_t i = 0; i < samples.size(); ++i) {
        const StepCorrectness& each = samples[i];
        if (const std::optional<bool> right = each.empty() ? std::nullopt : each[std::min(step, each.size() - 1)]) {
            results.push_back({clusters[i], false, *right});
        }
    }
    const Interval interval = clustered_share(clustered_pairs(results).right_b, kToldBootstrap);
    return {counts.accuracy(), 100.0 * interval.low, 100.0 * interval.high};
}

std::int64_t SetResults::cluster_count() const { return static_cast<std::int64_t>(std::set<std::size_t>(clusters.begin(), clusters.end()).size()); }

std::vector<BeforeAndAfter> SetResults::changes() const {
    std::vector<BeforeAndAfter> out;
    for (std::size_t i = 0; i < samples.size(); ++i) {
        out.push_back(samples[i].empty() ? BeforeAndAfter{clusters[i], {}, {}} : BeforeAndAfter{clusters[i], samples[i].front(), samples[i].back()});
    }
    return out;
}

Result<RunResults> run_results(SessionReader& session, std::int64_t id) {
    auto run = session.run(id);
    if (!run.ok()) {
        return run.error();
    }
    auto correctness = session.correctness(id);
    if (!correctness.ok()) {
        return correctness.error();
    }
    auto benchmarks = benchmark_results(session, id);
    if (!benchmarks.ok()) {
        return benchmarks.error();
    }
    RunResults results;
    results.benchmarks = std::move(benchmarks->sets);
    results.run = std::move(*run);
    results.damaged = std::max(correctness->damaged, benchmarks->damaged);
    results.coverage = run_coverage(results.run);
    results.coverage.damaged = results.damaged;
    results.coverage.without_truth = std::count_if(correctness->steps.begin(), correctness->steps.end(), nobody_knows);
    results.overall.name = "overall";
    std::vector<ClusterKey> together;
    for (std::size_t i = 0; i < correctness->keys.size(); ++i) {
        together.push_back(cluster_key(correctness->keys[i].set, correctness->belonging[i]));
    }
    results.overall.clusters = cluster_numbers(together);
    std::map<std::string, SetResults> sets;
    for (std::size_t i = 0; i < correctness->keys.size(); ++i) {
        SetResults& set = sets[correctness->keys[i].set];
        set.name = correctness->keys[i].set;
        set.keys.push_back(correctness->keys[i]);
        set.samples.push_back(correctness->steps[i]);
        set.clusters.push_back(results.overall.clusters[i]);
    }
    results.overall.keys = std::move(correctness->keys);
    results.overall.samples = std::move(correctness->steps);
    results.overall.steps = transitions(results.overall.samples);
    for (auto& [name, set] : sets) {
        set.steps = transitions(set.samples);
        results.sets.push_back(std::move(set));
    }
    return results;
}

Result<std::vector<GroupShift>> run_shift(SessionReader& session, std::int64_t id) {
    const auto run = session.run(id);
    if (!run.ok()) {
        return run.error();
    }
    auto routings = session.routings(id);
    if (!routings.ok()) {
        return routings.error();
    }
    std::vector<ShiftSample> samples;
    samples.reserve(routings->samples.size());
    for (SessionReader::FirstAndLast& each : routings->samples) {
        samples.push_back({std::move(each.first), std::move(each.last), outcome_of_code(each.outcome)});
    }
    return expert_shift(run->info.space, samples);
}

}  // namespace r2t2
