#include "core/routing/params_distance.h"

#include <algorithm>

#include "core/routing/parameter_table.h"

namespace r2t2 {

int differing_params(const MethodParams& a, const MethodParams& b) {
    const std::vector<ParameterRow>& rows = parameter_table();
    return static_cast<int>(std::count_if(rows.begin(), rows.end(), [&](const ParameterRow& row) { return row.access.get(a) != row.access.get(b); }));
}

}  // namespace r2t2
