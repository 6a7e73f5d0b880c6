// One method on a stored sample against the same run again, step by step. Thread rule: plain value.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace r2t2 {

struct AgainComparison {
    std::int64_t run = 0;
    bool same_steps = true, same_answers = true, same_verdicts = true;
    bool same_bits = true;        ///< every number too
    double difference = 0.0;      ///< largest of objectives, losses, rates, confidences, margins and candidates' probabilities
    /// Largest of the routing weights. Apart: Adam divides a gradient by its own size, so where that is nearly 0 rounding moves r by some
    /// 1e-5 a step while nothing that is answered changes.
    double routing_difference = 0.0;
    std::vector<int> ties;        ///< steps at which the two best candidates are as good as equal: rounding decides there
    std::vector<int> other_steps; ///< at which answer or verdict is another one
    std::string text;             ///< all of it as a sentence

    /// As it was, but for the last digits.
    [[nodiscard]] bool same() const { return same_steps && same_answers && same_verdicts && difference <= 1e-5 && routing_difference <= 1e-4; }
};

}  // namespace r2t2
