// Sweeps: one method under several parameter sets, side by side in one evaluation.
//
// An axis is a parameter (parameter_table.h) with the values it takes. Every combination becomes an entry of the evaluation's
// method list, so that samples are prepared and searched for once. Swept are the methods under study and rivals (method_table.h), each over
// the parameters it uses; base, oracle and the controls stay as they are, one each, to compare with.
// Thread rule: pure functions.
#pragma once

#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/routing/method_params.h"
#include "core/routing/parameter_table.h"

namespace r2t2 {

struct SweepAxis {
    std::string name;                 ///< the option without dashes: "num-neighbors"
    std::vector<std::string> values;  ///< as the option takes them, in the order they were given
    bool operator==(const SweepAxis&) const = default;
};

/// Most entries that a list may grow to.
inline constexpr std::size_t kMostVariants = 400;

/// "num-neighbors=1,3,5"; aliases ("k") and the option names of the upstream script with underscores are understood.
/// Errors: no such parameter (lists them), no value, a value twice, a value the option does not take.
[[nodiscard]] Result<SweepAxis> parse_sweep_axis(const std::string& text);

/// The method is under study and uses the parameter.
[[nodiscard]] bool depends_on(Method method, const std::string& axis);
/// `params` with one value of an axis. Errors: no such axis, a value the option does not take.
[[nodiscard]] Result<MethodParams> with_axis(MethodParams params, const std::string& axis, const std::string& value);
/// The value of an axis in a set of parameters, as it is written on the command line.
[[nodiscard]] std::string axis_value(const MethodParams& params, const std::string& axis);

/// The list with every method under study replaced by its variants, the last axis running fastest. Where the other parameters leave an axis no
/// meaning (alpha-grid under mixing none) a variant stands once, as it is without the axis.
/// Errors: an axis twice, one that another replaces (num-neighbors with epsilon), one that nothing in the list depends on, values out of range, too
/// many combinations.
[[nodiscard]] Result<std::vector<MethodParams>> swept(const std::vector<MethodParams>& methods, const std::vector<SweepAxis>& axes);

/// A method beside the others of a list with parameters of its own, "kernel-regression,reference-routing=refined,mixing=none": `common` but for what is
/// said. Errors (field "--variant"): no such method, base, no such parameter or value, one that the method does not look at then.
[[nodiscard]] Result<MethodParams> parse_variant(const std::string& text, const MethodParams& common);
/// The list with variants behind the last of their method; base first, where the list has none. Error: one that is there already.
[[nodiscard]] Result<std::vector<MethodParams>> with_variants(std::vector<MethodParams> methods, const std::vector<MethodParams>& variants);

/// The method looks at the parameter under these others: not k beside an epsilon, not alphas where nothing is mixed.
[[nodiscard]] bool looks_at(const MethodParams& params, const ParameterRow& row);
/// What tells the entries of one method apart: "k 5, steps 20", of the parameters that they look at; empty where a method is there once. Parallel to
/// `methods`.
[[nodiscard]] std::vector<std::string> variant_labels(const std::vector<MethodParams>& methods);

}  // namespace r2t2
