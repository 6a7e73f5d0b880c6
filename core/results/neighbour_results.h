// The neighbours of a stored run, in numbers. Thread rule: pure functions on a reader, which belongs to one thread.
#pragma once

#include "core/analysis/neighbour_statistics.h"
#include "core/base/cancel.h"
#include "core/session/session_reader.h"

namespace r2t2 {

struct NeighbourResults {
    StoredRun run;
    NeighbourReport report;    ///< report.all.samples is 0 for methods without neighbours
    std::int64_t damaged = 0;  ///< samples left out: a row's checksum does not hold
};

/// Two labels are the same where they are spelled alike. The cancel token is looked at once a sample.
/// Errors: no such run; what the reader finds wrong; cancelled.
[[nodiscard]] Result<NeighbourResults> neighbour_results(SessionReader& session, std::int64_t run, const CancelToken& cancel = {});

}  // namespace r2t2
