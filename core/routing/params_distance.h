// How far two runs' parameters are from each other: which of a sweep's runs is meant where none is the same.
//
// Thread rule: a pure function.
#pragma once

#include "core/routing/method_params.h"

namespace r2t2 {

/// Parameters with another value. Method and seed, and what an evaluation leaves out to save time, are not counted.
[[nodiscard]] int differing_params(const MethodParams& a, const MethodParams& b);

}  // namespace r2t2
