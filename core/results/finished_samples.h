// What is stored of a run, read whole: what going on with it stands on.
//
// Thread rule: that of the reader; resume_refusal opens its own.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "core/session/session_reader.h"

namespace r2t2 {

/// `sample`: null where the sample failed (it is tried again). Ends at the first error.
using FinishedVisitor = std::function<Status(const SampleRow& row, const StoredSample* sample)>;
/// Every sample of the run, in the order they were written, with its steps and neighbours. Error: names the first row that does not hold.
/// `session`: its path, for errors.
[[nodiscard]] Status read_finished(SessionReader& reader, const std::string& session, std::int64_t run, const FinishedVisitor& visit);

/// Why `r2t2 evaluate --resume` would refuse the evaluation that `run` is of: a row of it that does not hold. None: nothing that is
/// stored speaks against it. Reads the evaluation whole.
[[nodiscard]] std::optional<Error> resume_refusal(const std::string& session, const StoredRun& run);

/// For messages: "r2t2 evaluate --resume --session s.r2t2 --run 2 runs them again", or, where a resume would refuse, why, and what
/// there is instead. `what`: "runs them again".
enum class NamedRun { No, Yes };  ///< Yes: it need not be of the last evaluation
[[nodiscard]] std::string resume_advice(const std::string& session, const StoredRun& run, const std::string& what, NamedRun named);

}  // namespace r2t2
