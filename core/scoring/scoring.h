// When is an answer right? The rule that decided is part of the result.
//
// Thread rule: pure functions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace r2t2 {

enum class ScoringRule {
    Exact,      ///< equal after normalise_answer
    StartsWith  ///< upstream's script: the answer starts with the ground truth (as written, after trimming)
};

/// What fired.
enum class ScoreReason {
    Verbatim,    ///< equal as written
    Normalised,  ///< equal after normalisation
    Prefix,      ///< starts with the ground truth
    Number,      ///< the same number: 3 and 3.0
    Option,      ///< names the right option
    NoMatch,
    EmptyAnswer
};

struct Score {
    bool correct = false;
    ScoreReason reason = ScoreReason::NoMatch;
    bool operator==(const Score&) const = default;
};

/// Levelled as clean_answer.h does (accents, blanks and widths of every script alike), case folded, without final ".,;:!?" and their
/// Chinese, Arabic and Indic forms.
[[nodiscard]] std::string normalise_answer(std::string_view answer);

/// Special tokens and reasoning are left out of the answer first (bare_answer.h). With `options`, an answer that names the option of the ground truth (its letter or its text) counts too, as option_choice.h finds it.
[[nodiscard]] Score score_answer(std::string_view answer, std::string_view ground_truth,
                                 ScoringRule rule = ScoringRule::Exact, const std::vector<std::string>& options = {});

[[nodiscard]] std::string_view name(ScoringRule rule);
[[nodiscard]] std::string_view name(ScoreReason reason);

}  // namespace r2t2
