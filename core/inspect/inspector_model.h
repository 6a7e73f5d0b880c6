// What the inspector module says of a checkpoint before it is opened: the checkpoint check of core/checkpoint, and the engine's
// word on devices. Thread rule: the functions may run side by side.
#pragma once

#include <iosfwd>

#include "core/base/cancel.h"
#include "core/base/result.h"
#include "core/inspect/model_check.h"

namespace r2t2 {

/// Empty: the bundled one. Errors: no such directory, cancelled.
[[nodiscard]] Result<ModelReport> model_report(const std::filesystem::path& directory, const CancelToken& cancel);
[[nodiscard]] DeviceReport device_report();
/// Bytes that programs can still have: MemAvailable of a text like /proc/meminfo. None: it says nothing of the kind.
[[nodiscard]] std::optional<std::int64_t> available_memory(std::istream& meminfo);

}  // namespace r2t2
