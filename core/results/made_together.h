// Which runs may stand beside one another in a table or a figure: those of one evaluation, which asked the same samples. A session
// may hold several evaluations, of other sets; their numbers do not belong beside each other.
//
// Thread rule: pure functions; those on a reader belong to the reader's thread.
#pragma once

#include <vector>

#include "core/results/run_results.h"

namespace r2t2 {

/// The runs of the evaluation that `run` is of, itself among them, in the session's order. A run that names no evaluation (those of
/// other programs and of old versions) stands beside those that name none either and have the same data, model and samples.
/// Errors: the reader's; no such run.
[[nodiscard]] Result<std::vector<StoredRun>> made_together(SessionReader& session, std::int64_t run);

/// One run a method of those made together with `run`, for figures: `run` itself of its own method; of every other one the run
/// whose parameters agree most with those of `run`, of equals the last, and only runs that answered something. Controls are in
/// tables and not here, unless `run` is one. Errors: the reader's; no such run.
[[nodiscard]] Result<std::vector<RunResults>> one_of_each_method(SessionReader& session, std::int64_t run);

/// Sets of which some run has a sample without error, in the order of their names.
[[nodiscard]] std::vector<std::string> sets_of(const std::vector<RunResults>& runs);

}  // namespace r2t2
