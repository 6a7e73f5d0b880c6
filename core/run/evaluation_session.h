// The session of an evaluation: one committed row a sample and method, with every step.
//
// Thread rule: `record` and `record_error` are called under the runner's lock; the rest from one thread.
#pragma once

#include <filesystem>
#include <memory>

#include "core/base/cancel.h"
#include "core/base/progress.h"
#include "core/run/evaluation_report.h"
#include "core/session/run_claim.h"

namespace r2t2 {

class SessionRecorder : public OutcomeRecorder {
public:
    /// A new run in a session file, which is made if it is not there. Its evaluation has a name of its own there, and is claimed.
    [[nodiscard]] static Result<std::unique_ptr<SessionRecorder>> begin(const std::filesystem::path& path,
                                                                        const Provenance& provenance,
                                                                        const EvaluationContext& context,
                                                                        const std::vector<SampleSetPtr>& sets);
    /// A claim on the last evaluation of the session that was asked to do the same; null where there are no runs at all. Errors: no
    /// session there; runs that no evaluation made; another model, reference set, data, shard or parameters (names the first
    /// difference to the last evaluation); another program writes these runs.
    [[nodiscard]] static Result<RunClaimPtr> claim_same(const std::filesystem::path& path, const Provenance& provenance,
                                                        const EvaluationContext& context, const std::vector<SampleSetPtr>& sets);
    /// The evaluation that `claim` is of (null: as claim_same) goes on, whatever moment it was cut at; a session without runs begins
    /// one. All that is stored of it is read first ("read stored samples"), before anything is written; a cancel ends that. Errors as
    /// claim_same.
    [[nodiscard]] static Result<std::unique_ptr<SessionRecorder>> resume(const std::filesystem::path& path,
                                                                         const Provenance& provenance,
                                                                         const EvaluationContext& context,
                                                                         const std::vector<SampleSetPtr>& sets,
                                                                         RunClaimPtr claim = nullptr, const ProgressCallback& progress = {},
                                                                         const CancelToken& cancel = {});

    [[nodiscard]] virtual const std::filesystem::path& path() const = 0;
    /// Spent in writing, until now.
    [[nodiscard]] virtual double seconds() const = 0;
    /// Numbers of the runs, one per context.methods.
    [[nodiscard]] virtual const std::vector<std::int64_t>& runs() const = 0;
    /// How the run ended.
    [[nodiscard]] virtual Status finish(const Evaluation& evaluation) = 0;
};

}  // namespace r2t2
