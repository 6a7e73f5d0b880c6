// The order in which samples of a run are listed and written: not that in which they ended, which is the run's own where it was resumed
// or had several samples in hand. Thread rule: a pure function.
#pragma once

#include "core/base/natural_order.h"
#include "core/session/session_types.h"

namespace r2t2 {

/// By set, then by key, numbers in them as numbers ("s2" before "s10").
[[nodiscard]] inline bool comes_before(const SampleKey& a, const SampleKey& b) {
    const auto sets = natural_order(a.set, b.set);
    return sets != 0 ? sets < 0 : natural_order(a.key, b.key) < 0;
}

}  // namespace r2t2
