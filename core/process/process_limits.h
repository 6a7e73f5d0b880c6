// Limits of the process that libraries meet without a word: found out before they are loaded.
//
// Thread rule: any thread.
#pragma once

#include "core/base/result.h"

namespace r2t2 {

/// Errors (Io): stacks too small for what runs on them (ulimit -s: the main thread's, and by default every other's), too few open files
/// (ulimit -n) to load libraries and read a checkpoint.
[[nodiscard]] Status check_process_limits();

}  // namespace r2t2
