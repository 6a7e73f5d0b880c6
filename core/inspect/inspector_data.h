// The data page's questions, answered by core/benchmarks. Private to the module. Thread rule: any thread.
#pragma once

#include <vector>

#include "core/base/cancel.h"
#include "core/base/progress.h"
#include "core/inspect/data_check.h"

namespace r2t2 {

[[nodiscard]] std::vector<DataSetInfo> known_data_sets();
/// Errors: as InspectorModule::check_data.
[[nodiscard]] Result<DataReport> data_report(const DataRequest& request, const ProgressCallback& progress, const CancelToken& cancel);

}  // namespace r2t2
