// What a command is going to write: looked at before anything is opened or computed.
//
// Thread rule: main thread.
#pragma once

#include <filesystem>

#include "app/cli/command_line.h"
#include "core/base/result.h"

namespace r2t2::cli {

/// Every output of every command stands in outputs.cpp. Errors name the option.
[[nodiscard]] Status check_outputs(const CommandLine& line);

/// Likewise of the two whose inputs a session names: asked again once a resumed run has said which sets, model and references it reads.
[[nodiscard]] Status check_outputs(const EvaluateOptions& options);
[[nodiscard]] Status check_outputs(const TuneOptions& options);

/// Where `r2t2 tune` writes all settings: --table, or beside --out as NAME.tuning.json.
[[nodiscard]] std::filesystem::path tuning_table(const TuneOptions& options);

}  // namespace r2t2::cli
