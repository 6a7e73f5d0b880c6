// Accuracy transitions: who was right and who was wrong before and after, per step of re-routing.
//
// Source: rerouting, "Analysis". Samples whose trajectory ends early keep their last answer for the later steps.
// A step without a known answer or truth (nullopt) is not counted at that step; `unknown` says how many. A step that no sample
// was scored at (the oracle answers at its first and last only) has no accuracy: who shows steps leaves it out.
// Thread rule: pure functions on values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace r2t2 {

enum class Outcome { RightRight, RightWrong, WrongRight, WrongWrong };
inline constexpr std::size_t kOutcomeCount = 4;

[[nodiscard]] Outcome outcome_of(bool right_before, bool right_after);
/// "RR", "RW", "WR", "WW": the spelling in sessions and exports.
[[nodiscard]] std::string_view outcome_code(Outcome outcome);
/// "right->wrong" and so on: the spelling on screen.
[[nodiscard]] std::string_view outcome_text(Outcome outcome);

struct TransitionCounts {
    std::int64_t right_right = 0;
    std::int64_t right_wrong = 0;
    std::int64_t wrong_right = 0;
    std::int64_t wrong_wrong = 0;
    std::int64_t unknown = 0;  ///< samples without a known answer on one of the two sides

    void add(Outcome outcome);
    [[nodiscard]] std::int64_t count(Outcome outcome) const;
    [[nodiscard]] std::int64_t total() const { return right_right + right_wrong + wrong_right + wrong_wrong; }
    [[nodiscard]] std::int64_t right_before() const { return right_right + right_wrong; }
    [[nodiscard]] std::int64_t wrong_before() const { return wrong_right + wrong_wrong; }
    [[nodiscard]] std::int64_t right_after() const { return right_right + wrong_right; }

    /// Percent of all counted samples; denominator total(). NaN when that is zero.
    [[nodiscard]] double percent_of_all(Outcome outcome) const;
    /// Percent of those that were right (or wrong) before; denominator right_before() or wrong_before(). The paper's
    /// "28.12 % of the wrong ones end right" is percent_of_before(WrongRight).
    [[nodiscard]] double percent_of_before(Outcome outcome) const;
    /// Percent right after; denominator total().
    [[nodiscard]] double accuracy_after() const;

    bool operator==(const TransitionCounts&) const = default;
};

struct StepTransitions {
    std::size_t step = 0;
    std::int64_t scored = 0;         ///< samples that are known to be right or wrong at this step, whatever they were before
    std::int64_t right = 0;          ///< of them
    TransitionCounts from_start;     ///< step 0 -> this step
    TransitionCounts from_previous;  ///< previous step -> this step; at step 0 the same as from_start

    /// Percent right; denominator scored. NaN when that is zero.
    [[nodiscard]] double accuracy() const;
};

/// Right or wrong after every step of one sample, step 0 (native) first. nullopt: not asked or truth unknown.
using StepCorrectness = std::vector<std::optional<bool>>;

/// One entry a step, 0 .. longest trajectory - 1. Empty trajectories count as unknown everywhere.
[[nodiscard]] std::vector<StepTransitions> transitions(std::span<const StepCorrectness> samples);
/// From one step to another, whatever lies between them.
[[nodiscard]] TransitionCounts transitions_between(std::span<const StepCorrectness> samples, std::size_t from, std::size_t to);

}  // namespace r2t2
