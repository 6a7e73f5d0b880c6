// The session of an evaluation: one committed row a sample and method, with every step.
//
// Thread rule: `record` and `record_error` are called under the runner's lock; the rest from one thread.
#pragma once

#include <filesystem>
#include <memory>

#include "core/run/evaluation_report.h"

namespace r2t2 {

class SessionRecorder : public OutcomeRecorder {
public:
    /// A new run in a session file, which is made if it is not there.
    [[nodiscard]] static Result<std::unique_ptr<SessionRecorder>> begin(const std::filesystem::path& path,
                                                                        const Provenance& provenance,
                                                                        const EvaluationContext& context,
                                                                        const std::vector<SampleSetPtr>& sets);
    /// The last run of the session goes on. Error: no run there, or one of another model, reference set, data or
    /// parameters (names the first difference).
    [[nodiscard]] static Result<std::unique_ptr<SessionRecorder>> resume(const std::filesystem::path& path,
                                                                         const Provenance& provenance,
                                                                         const EvaluationContext& context,
                                                                         const std::vector<SampleSetPtr>& sets);

    [[nodiscard]] virtual const std::filesystem::path& path() const = 0;
    /// How the run ended.
    [[nodiscard]] virtual Status finish(const Evaluation& evaluation) = 0;
};

}  // namespace r2t2
