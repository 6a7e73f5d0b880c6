// Parameters drawn over all rows of the table: what has to hold for every one of them. Tests only.
#pragma once

#include <algorithm>
#include <cmath>

#include "core/base/random.h"
#include "core/routing/method_table.h"

namespace r2t2 {

/// In the row's range, whatever the other parameters are.
inline ParameterValue random_value(const ParameterRow& row, RandomStream& stream) {
    switch (row.kind) {
        case ParameterKind::Word:
            return std::string(row.words[static_cast<std::size_t>(stream.below(static_cast<std::int64_t>(row.words.size())))]);
        case ParameterKind::Whole:
            return static_cast<std::int64_t>(row.range.low) + stream.below(static_cast<std::int64_t>(std::min(row.range.high - row.range.low, 40.0)) + 1);
        case ParameterKind::OptionalNumber:
            if (stream.chance(0.5)) {
                return {};
            }
            [[fallthrough]];
        case ParameterKind::Number:
            break;
    }
    const double high = std::min(row.range.high, 3.0);
    return std::min(high, row.range.low + (high - row.range.low) * std::pow(10.0, -3.0 * stream.uniform()));
}

/// Valid as a whole; its method too is drawn.
inline MethodParams random_params(RandomStream& stream) {
    for (;;) {
        MethodParams params;
        params.method = all_methods()[static_cast<std::size_t>(stream.below(static_cast<std::int64_t>(all_methods().size())))];
        for (const ParameterRow& row : parameter_table()) {
            row.access.set(params, random_value(row, stream));
        }
        if (validate(params)) {
            return params;
        }
    }
}

}  // namespace r2t2
