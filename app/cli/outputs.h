// What a command is going to write: looked at before anything is opened or computed.
//
// Thread rule: main thread.
#pragma once

#include "app/cli/command_line.h"
#include "core/base/result.h"

namespace r2t2::cli {

/// Every output of every command stands in outputs.cpp. Errors name the option.
[[nodiscard]] Status check_outputs(const CommandLine& line);

}  // namespace r2t2::cli
