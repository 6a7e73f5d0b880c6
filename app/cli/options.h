// The subcommands' options, one function and one file each. They fill the plain values of command_line.h.
#pragma once

#include <functional>
#include <optional>
#include <set>
#include <string>

#include "app/cli/command_line.h"
#include "core/routing/method_params.h"

namespace CLI {
class App;
}

namespace r2t2::cli {

/// Called once the subcommand was parsed.
void add_evaluate(CLI::App& app, CommandLine& line);
void add_demo(CLI::App& app, CommandLine& line);
void add_tune(CLI::App& app, CommandLine& line);
void add_inspect(CLI::App& app, CommandLine& line);
void add_facts(CLI::App& app, CommandLine& line);
void add_reference(CLI::App& app, CommandLine& line);
void add_miniature(CLI::App& app, CommandLine& line);
void add_doctor(CLI::App& app, CommandLine& line);
void add_data(CLI::App& app, CommandLine& line);
void add_model(CLI::App& app, CommandLine& line);
void add_methods(CLI::App& app, CommandLine& line);
void add_merge(CLI::App& app, CommandLine& line);
void add_verify(CLI::App& app, CommandLine& line);
void add_export(CLI::App& app, CommandLine& line);
void add_compare(CLI::App& app, CommandLine& line);
void add_power(CLI::App& app, CommandLine& line);
void add_knockout(CLI::App& app, CommandLine& line);
void add_score(CLI::App& app, CommandLine& line);
void add_figure(CLI::App& app, CommandLine& line);

/// What was typed: "--model", "--num-steps", the first long name of each.
[[nodiscard]] std::set<std::string> stated_options(const CLI::App& app);

// Shared groups.
void add_model_options(CLI::App& app, ModelChoice& choice);
/// One for every row of the table, or for those that one method looks at.
void add_parameter_options(CLI::App& app, MethodChoice& choice, std::optional<Method> only = std::nullopt);
void add_method_options(CLI::App& app, MethodChoice& choice);     ///< those and the seed
void add_reference_options(CLI::App& app, ReferenceChoice& choice);
void add_data_options(CLI::App& app, DataChoice& choice);  ///< how a benchmark is read; its folder is the caller's
void add_embedding_option(CLI::App& app, ReferenceChoice& choice);

}  // namespace r2t2::cli
