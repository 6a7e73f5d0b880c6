// What the commands that make a reference set say of it, and how a set that was built is refined. Thread rule: the command's thread.
#pragma once

#include "app/commands/console.h"
#include "core/run/evaluation_job.h"
#include "core/run/reference_builder.h"

namespace r2t2::cli {

/// Bad records, contradictory ones, counts: on stderr what the set lacks, on stdout the rest (text or JSON). The exit code.
[[nodiscard]] int tell_built(const std::string& directory, const ReferenceBuild& built, Console& console);

/// The output folder, for this command alone from before anything is computed until the set stands. Errors: another program writes into it; a
/// reference set is there and nobody said --force, unless what is there is this command's own, begun before.
[[nodiscard]] Result<FolderClaim> claim_output(const ReferenceOptions& options);

/// Descents on `candidates` by the options' parameters, kept in a session beside the output, and the set of them. `notes` go with it. The exit code.
/// `claim`: of the output folder; a shard needs none.
[[nodiscard]] int refine_candidates(const ReferenceOptions& options, const std::optional<FolderClaim>& claim, const EvaluationGround& ground, const SampleSetPtr& candidates,
                                    std::map<std::string, std::string> notes, const std::string& program, Console& console);

}  // namespace r2t2::cli
