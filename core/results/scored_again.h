// A stored sample by the scoring rules of today, where its session was written by older ones and not migrated.
//
// Thread rule: pure functions.
#pragma once

#include "core/session/session_reader.h"

namespace r2t2 {

enum class ScoredAgain {
    Unneeded,   ///< scored by these rules, failed, or not known to be right or wrong
    Unchanged,  ///< scored again, with the same verdicts
    Changed,
    Impossible  ///< no key is stored with it: the verdicts are those of the older rules
};

/// Verdicts of every step, of the row and its outcome. Steps without a verdict get none. Source: core/session/session_rescoring.cpp does the same
/// to the file.
[[nodiscard]] ScoredAgain score_again(StoredSample& sample);

}  // namespace r2t2
