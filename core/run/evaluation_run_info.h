// What a run of an evaluation stores about itself, and what a resumed one must agree in. Private to core/run.
// Thread rule: pure functions.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "core/run/evaluation_report.h"
#include "core/session/session_types.h"

namespace r2t2 {

/// The run of context.methods[method]. `evaluation` is shared by runs that are made together.
[[nodiscard]] RunInfo evaluation_run_info(const EvaluationContext& context, const Provenance& provenance, std::size_t method,
                                          const std::vector<SampleSetPtr>& sets, const std::string& evaluation);

/// The stored run, with what `now` says about its samples: hashes, how many are planned, which are references.
[[nodiscard]] RunInfo with_data_of(RunInfo stored, const RunInfo& now);

/// What a stored run says about its model; empty in runs from before it was kept.
struct ModelIdentity {
    std::string identity;
    std::map<std::string, std::string> parts;
};
[[nodiscard]] ModelIdentity model_identity(const RunInfo& info);

/// The identity decides where both are known; else the weights (and warn_of_unknown_model warns). Names the first part that differs.
[[nodiscard]] Status check_same_model(const RunInfo& stored, const std::string& weights_hash, const ModelIdentity& asked, const std::string& where);

/// Where a run from before identities were kept is resumed, a line of the log says so.
void warn_of_unknown_model(const RunInfo& stored, const RunInfo& wanted, const std::string& where);

/// Where the model's rerouting.json has changed since the run was begun, a line of the log says so: the run keeps its own parameters.
void warn_of_other_recommendation(const RunInfo& stored, const RunInfo& wanted, const std::string& where);

enum class Compared {
    All,
    BeforeReferences  ///< all that is known before a reference set is opened, which may have to be built
};
/// The first thing in which a stored run is not the wanted one (names it, with what was found and what is allowed). Of the data see
/// check_stored_data (stored_data.h).
[[nodiscard]] Status check_same_run(const RunInfo& stored, const RunInfo& wanted, const std::string& where, Compared compared = Compared::All);

}  // namespace r2t2
