// The commands of the module that needs neither torch nor OpenCV: each prints its result and returns an exit code.
#pragma once

#include "app/commands/console.h"

namespace r2t2::cli {

[[nodiscard]] int run_model(const CheckpointOptions& options, Console& console);
[[nodiscard]] int run_methods(const MethodsOptions& options, Console& console);

}  // namespace r2t2::cli
