// A request as a shell would say it. Thread rule: pure function.
#pragma once

#include <string>

#include "core/inspect/inspector.h"

namespace r2t2 {

/// "r2t2 inspect --sample G-dim/12 --methods ngd ...": only what differs from the defaults of the command line is
/// stated; words are quoted for a POSIX shell. Samples of a data set file are said as picture, question and answer.
[[nodiscard]] std::string request_command(const InspectorOptions& options, const InspectRequest& request);
/// "r2t2 evaluate --eval G-dim,K-noise --methods ngd ...", likewise.
[[nodiscard]] std::string benchmark_command(const InspectorOptions& options, const BenchmarkRequest& request);
/// "r2t2 reference build --from VQA-V2 --data FOLDER ...", likewise.
[[nodiscard]] std::string reference_command(const InspectorOptions& options, const ReferenceRequest& request);

}  // namespace r2t2
