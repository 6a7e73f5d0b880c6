#include "core/analysis/transitions.h"

#include <algorithm>
#include <limits>

namespace r2t2 {

namespace {

double percent(std::int64_t part, std::int64_t whole) {
    return whole == 0 ? std::numeric_limits<double>::quiet_NaN()
                      : 100.0 * static_cast<double>(part) / static_cast<double>(whole);
}

std::optional<bool> at_step(const StepCorrectness& sample, std::size_t step) {
    return sample.empty() ? std::nullopt : sample[std::min(step, sample.size() - 1)];
}

void count_pair(TransitionCounts& counts, std::optional<bool> before, std::optional<bool> after) {
    if (before && after) {
        counts.add(outcome_of(*before, *after));
    } else {
        ++counts.unknown;
    }
}

}  // namespace

Outcome outcome_of(bool right_before, bool right_after) {
    if (right_before) {
        return right_after ? Outcome::RightRight : Outcome::RightWrong;
    }
    return right_after ? Outcome::WrongRight : Outcome::WrongWrong;
}

std::string_view outcome_code(Outcome outcome) {
    switch (outcome) {
        case Outcome::RightRight:
            return "RR";
        case Outcome::RightWrong:
            return "RW";
        case Outcome::WrongRight:
            return "WR";
        case Outcome::WrongWrong:
            return "WW";
    }
    return "";
}

std::string_view outcome_text(Outcome outcome) {
    switch (outcome) {
        case Outcome::RightRight:
            return "right->right";
        case Outcome::RightWrong:
            return "right->wrong";
        case Outcome::WrongRight:
            return "wrong->right";
        case Outcome::WrongWrong:
            return "wrong->wrong";
    }
    return "";
}

void TransitionCounts::add(Outcome outcome) {
    switch (outcome) {
        case Outcome::RightRight:
            ++right_right;
            break;
        case Outcome::RightWrong:
            ++right_wrong;
            break;
        case Outcome::WrongRight:
            ++wrong_right;
            break;
        case Outcome::WrongWrong:
            ++wrong_wrong;
            break;
    }
}

std::int64_t TransitionCounts::count(Outcome outcome) const {
    switch (outcome) {
        case Outcome::RightRight:
            return right_right;
        case Outcome::RightWrong:
            return right_wrong;
        case Outcome::WrongRight:
            return wrong_right;
        case Outcome::WrongWrong:
            return wrong_wrong;
    }
    return 0;
}

double TransitionCounts::percent_of_all(Outcome outcome) const {
    return percent(count(outcome), total());
}

double TransitionCounts::percent_of_before(Outcome outcome) const {
    const bool was_right = outcome == Outcome::RightRight || outcome == Outcome::RightWrong;
    return percent(count(outcome), was_right ? right_before() : wrong_before());
}

double TransitionCounts::accuracy_after() const {
    return percent(right_after(), total());
}

double StepTransitions::accuracy() const {
    return percent(right, scored);
}

TransitionCounts transitions_between(std::span<const StepCorrectness> samples, std::size_t from, std::size_t to) {
    TransitionCounts counts;
    for (const StepCorrectness& sample : samples) {
        count_pair(counts, at_step(sample, from), at_step(sample, to));
    }
    return counts;
}

std::vector<StepTransitions> transitions(std::span<const StepCorrectness> samples) {
    std::size_t steps = 0;
    for (const StepCorrectness& sample : samples) {
        steps = std::max(steps, sample.size());
    }
    std::vector<StepTransitions> result(steps);
    for (std::size_t step = 0; step < steps; ++step) {
        result[step].step = step;
        for (const StepCorrectness& sample : samples) {
            const std::optional<bool> now = at_step(sample, step);
            result[step].scored += now ? 1 : 0;
            result[step].right += now.value_or(false) ? 1 : 0;
            count_pair(result[step].from_start, at_step(sample, 0), now);
            count_pair(result[step].from_previous, at_step(sample, step == 0 ? 0 : step - 1), now);
        }
    }
    return result;
}

}  // namespace r2t2
