// The table of docs/miniature.md: every method and control, mean over training seeds, with intervals.
#pragma once

#include "app/commands/console.h"

namespace r2t2::cli {

/// Evaluates every model on the held-out sets and prints Markdown (or JSON).
[[nodiscard]] int miniature_report(const MiniatureOptions& options, const std::string& program, Console& console);

}  // namespace r2t2::cli
