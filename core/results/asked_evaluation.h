// What was asked for when an evaluation was begun, from what its runs say of themselves: a form can show it again.
// Thread rule: pure functions.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/routing/method_table.h"
#include "core/session/session_reader.h"

namespace r2t2 {

struct AskedEvaluation {
    std::vector<Method> methods;     ///< beside base, in the table's order
    std::vector<std::string> sets;   ///< as they were named: bundled sets, paths of data set files, "all"; none: a published data set, or it is not known
    std::vector<std::string> set_names;  ///< what the sets are called that it came to, by name
    std::optional<std::int64_t> samples, seed;  ///< of each bundled set; none: not known
    /// Values of parameters by their rows' names, as the command line takes them: one, or those that it was swept over.
    std::map<std::string, std::vector<std::string>> values;
};

/// Of the evaluation that `run` was made in. Nothing is thrown at what an older program wrote otherwise: that part is left out.
[[nodiscard]] AskedEvaluation asked_evaluation(const std::vector<StoredRun>& runs, std::int64_t run);

}  // namespace r2t2
