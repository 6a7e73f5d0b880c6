// From what the user chose to what the runner takes: model, parameters, reference set.
//
// Thread rule: main thread.
#pragma once

#include <set>
#include <string>

#include "app/commands/console.h"
#include "core/run/evaluation_context.h"
#include "core/run/open_reference.h"

namespace r2t2::cli {

/// Loads the engine and the checkpoint; above 200 MB of weights with a progress line. Ctrl-C cancels. Errors: no directory, a
/// bad file, an unknown precision or device.
[[nodiscard]] Result<std::shared_ptr<const Model>> open_model(const ModelChoice& choice, Console& console);

/// Defaults, then the checkpoint's rerouting.json, then what was stated.
[[nodiscard]] Result<MethodParams> method_params(const MethodChoice& choice, const std::filesystem::path& model);

/// What a stored run stands on is its own, but for what was typed (`stated`: options by their long names).
void take_ground(const GroundSource& source, const std::set<std::string>& stated, ModelChoice& model, ReferenceChoice& reference);

/// Names to methods. Errors list the known ones.
[[nodiscard]] Result<std::vector<Method>> parse_methods(const std::vector<std::string>& names);

/// open_reference of core/run, with what it came to told on the console.
[[nodiscard]] Result<OpenedReference> open_reference(const ReferenceChoice& choice, std::shared_ptr<const Model> model,
                                                     int threads, std::size_t cache_bytes, Console& console,
                                                     const CancelToken& cancel);

/// What is of benchmarks alone does nothing without one: refused, with the option that is missing.
[[nodiscard]] Status check_benchmark_options(const DataChoice& choice, const std::string& needed);

/// What --data, --limit and their kin come to.
[[nodiscard]] Result<BenchmarkChoice> benchmark_choice(const DataChoice& choice);

/// "G-dim/12": a bundled set and the number of a sample. Error: not of this form (--sample).
struct BundledPlace {
    std::string set;
    std::size_t index = 0;
};
[[nodiscard]] Result<BundledPlace> bundled_place(const std::string& text);

/// `value` in low .. high, named as the command line spells it.
[[nodiscard]] Status check_range(const char* option, std::int64_t value, std::int64_t low, std::int64_t high);

}  // namespace r2t2::cli
