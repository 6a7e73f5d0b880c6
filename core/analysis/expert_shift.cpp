#include "core/analysis/expert_shift.h"

#include <numeric>

namespace r2t2 {

namespace {

constexpr Interval kPossible{-1.0, 1.0};  // changes of a weight

std::vector<double> mean_row(const RoutingMatrix& routing) {
    std::vector<double> mean(routing.experts(), 0.0);
    for (std::size_t row = 0; row < routing.rows(); ++row) {
        for (std::size_t e = 0; e < routing.experts(); ++e) {
            mean[e] += routing(row, e) / static_cast<double>(routing.rows());
        }
    }
    return mean;
}

Status check_sample(const RoutingSpace& space, const ShiftSample& sample, std::size_t index) {
    for (const auto& [name, routing] : {std::pair{"before", &sample.before}, std::pair{"after", &sample.after}}) {
        if (routing->rows() == 0 || routing->experts() != space.expert_count()) {
            return invalid_input("sample " + std::to_string(index), name,
                                 std::to_string(routing->rows()) + " x " + std::to_string(routing->experts()),
                                 "rows x " + std::to_string(space.expert_count()) + " experts");
        }
    }
    return {};
}

}  // namespace

std::int64_t ShiftMatrix::total() const {
    return std::accumulate(counts.begin(), counts.end(), std::int64_t{0});
}

std::int64_t ShiftMatrix::moved() const {
    std::int64_t stayed = 0;
    for (std::size_t e = 0; e < experts; ++e) {
        stayed += (*this)(e, e);
    }
    return total() - stayed;
}

std::size_t top_expert(const RoutingSpace& space, std::size_t group, std::span<const double> row) {
    const std::size_t begin = space.group_begin(group);
    std::size_t top = 0;
    for (std::size_t e = 1; e < space.groups[group].experts.size(); ++e) {
        if (row[begin + e] > row[begin + top]) {
            top = e;
        }
    }
    return top;
}

Result<std::vector<GroupShift>> expert_shift(const RoutingSpace& space, std::span<const ShiftSample> samples) {
    std::vector<std::vector<double>> before(samples.size());
    std::vector<std::vector<double>> after(samples.size());
    for (std::size_t i = 0; i < samples.size(); ++i) {
        R2T2_TRY(check_sample(space, samples[i], i));
        before[i] = mean_row(samples[i].before);
        after[i] = mean_row(samples[i].after);
    }
    std::vector<GroupShift> result;
    for (std::size_t g = 0; g < space.groups.size(); ++g) {
        const std::size_t experts = space.groups[g].experts.size();
        const ShiftMatrix zero{experts, std::vector<std::int64_t>(experts * experts, 0)};
        GroupShift shift{space.groups[g].name, space.groups[g].experts, zero, {zero, zero, zero, zero}, {}, {}};
        for (std::size_t i = 0; i < samples.size(); ++i) {
            const std::size_t cell = top_expert(space, g, before[i]) * experts + top_expert(space, g, after[i]);
            ++shift.all.counts[cell];
            if (samples[i].outcome) {
                ++shift.by_outcome[static_cast<std::size_t>(*samples[i].outcome)].counts[cell];
            }
        }
        for (std::size_t e = 0; e < experts; ++e) {
            const std::size_t column = space.group_begin(g) + e;
            std::vector<double> all;
            std::array<std::vector<double>, kOutcomeCount> split;
            for (std::size_t i = 0; i < samples.size(); ++i) {
                const double change = after[i][column] - before[i][column];
                all.push_back(change);
                if (samples[i].outcome) {
                    split[static_cast<std::size_t>(*samples[i].outcome)].push_back(change);
                }
            }
            shift.change.push_back(mean_interval_in(all, kPossible));
            for (std::size_t o = 0; o < kOutcomeCount; ++o) {
                shift.change_by_outcome[o].push_back(mean_interval_in(split[o], kPossible));
            }
        }
        result.push_back(std::move(shift));
    }
    return result;
}

}  // namespace r2t2
