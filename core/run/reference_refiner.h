// A refined reference set: an oracle descent on every candidate's own label, the base model's wrong ones included.
//
// Kernel regression and mode finding then have routings to go to that are better than what the gates did. Source: kNN-MoE (arXiv
// 2601.02144) optimises references' routings once, offline; the descent is R2-T2's own (rerouting, method 4), the rules ours.
//
// The descents are an ordinary evaluation of the oracle, kept in a session beside the new set while it is made: killed at any moment it goes
// on where it stopped, shards of it are merged by `r2t2 merge`, and the set that comes of it is the same to the last byte.
// Thread rule: call from one thread; progress is called on worker threads, one at a time.
#pragma once

#include <filesystem>

#include "core/run/evaluation_job.h"
#include "core/run/reference_builder.h"

namespace r2t2 {

struct RefineOptions {
    MethodParams descent;  ///< of the oracle; shared granularity
    bool per_mixer = false;  ///< r* of every mixer too: a second descent
    int threads = 0;
    std::size_t side_by_side = 4;
    Shard shard;                    ///< part of the descents only: no set comes of it, its session is merged with the others'
    std::filesystem::path session;  ///< the descents' session; one that is there is gone on with
    GroundSource source;
    std::string command;
    ReferenceBuildOptions build;    ///< threads, scoring, notes, embedder of the new set; `refined` is filled here
};

/// The descents of this shard; how many candidates are done. Errors: the session's, another evaluation's session, Cancelled.
[[nodiscard]] Result<Evaluation> descend_on_candidates(const EvaluationGround& ground, const SampleSetPtr& candidates, const SampleChoice& choice,
                                                       const RefineOptions& options, const ProgressCallback& progress, const CancelToken& cancel);

/// Where the descents are kept while a set is refined into `output`, unless a place is stated.
[[nodiscard]] std::filesystem::path descents_of(const std::filesystem::path& output);
/// The descents are in the set now: their session and what SQLite keeps beside it.
void remove_descents(const std::filesystem::path& session);

/// The set, out of a session of all descents; its notes say what the descents were. Errors: candidates that the session lacks (how many), another model's session, damage,
/// those of build_reference.
[[nodiscard]] Result<ReferenceBuild> collect_refined(const EvaluationGround& ground, const SampleSetPtr& candidates, const RefineOptions& options,
                                                     const ProgressCallback& progress, const CancelToken& cancel);

}  // namespace r2t2
