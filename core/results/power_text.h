// What can be detected, in words: the same on the command line and in the window. Shares are told in percent and points.
//
// Thread rule: pure functions.
#pragma once

#include <string>
#include <vector>

#include "core/analysis/paired_power.h"

namespace r2t2 {

/// "3.1 points", "none: 5 clusters are too few ..." : what smallest_difference found, without its assumptions.
[[nodiscard]] std::string detectable_text(const PowerDesign& design, const DetectableDifference& found);
/// A sentence each: what was assumed, how it was computed, and where it leans on more than that (few clusters). `wanted`: power.
[[nodiscard]] std::vector<std::string> power_assumptions(const PowerDesign& design, const DetectableDifference& found, double wanted = 0.8);
/// "exact", "10,000 simulated runs", "normal approximation".
[[nodiscard]] std::string power_method_text(PowerMethod method);
/// "400 samples, each alone", "400 samples in 100 clusters".
[[nodiscard]] std::string design_size_text(const PowerDesign& design);

}  // namespace r2t2
