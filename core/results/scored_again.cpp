#include "core/results/scored_again.h"

#include <algorithm>

#include "core/scoring/scoring_version.h"
#include "core/scoring/stored_key.h"

namespace r2t2 {

ScoredAgain score_again(StoredSample& sample) {
    SampleRow& row = sample.row;
    std::vector<TrajectoryStep>& steps = sample.trajectory.steps;
    const bool judged = std::any_of(steps.begin(), steps.end(), [](const TrajectoryStep& step) { return step.correct.has_value(); });
    if (!row.error.empty() || !judged || row.info.scoring_version.value_or(1) >= kScoringVersion) {
        return ScoredAgain::Unneeded;
    }
    const Result<StoredKey> stored = row.info.scoring ? parse_stored_key(*row.info.scoring, row.info.id.key) : Result<StoredKey>(Error{});
    if (!stored) {
        return ScoredAgain::Impossible;
    }
    bool changed = false;
    for (TrajectoryStep& step : steps) {
        if (step.correct && step.answer) {
            const bool correct = score(step.answer->text, stored->key).correct;
            changed = changed || correct != *step.correct;
            step.correct = correct;
        }
    }
    row.native_correct = steps.front().correct;
    row.final_correct = steps.back().correct;
    row.outcome.clear();
    if (row.native_correct && row.final_correct) {
        row.outcome = std::string(*row.native_correct ? "R" : "W") + (*row.final_correct ? "R" : "W");
    }
    row.info.scoring_version = kScoringVersion;
    return changed ? ScoredAgain::Changed : ScoredAgain::Unchanged;
}

}  // namespace r2t2
