#include "core/results/run_results.h"

#include <algorithm>
#include <cmath>
#include <map>

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
    const Interval interval = wilson_interval(counts.right, counts.scored);
    return {counts.accuracy(), 100.0 * interval.low, 100.0 * interval.high};
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
    std::map<std::string, SetResults> sets;
    for (std::size_t i = 0; i < correctness->keys.size(); ++i) {
        SetResults& set = sets[correctness->keys[i].set];
        set.name = correctness->keys[i].set;
        set.keys.push_back(correctness->keys[i]);
        set.samples.push_back(correctness->steps[i]);
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
