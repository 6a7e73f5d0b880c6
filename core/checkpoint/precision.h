// In which numbers a model is kept, and how the command line, sessions and reports spell it. Needs no torch.
//
// Thread rule: pure functions.
#pragma once

#include <string>

#include "core/base/result.h"

namespace r2t2 {

/// How weights and activations are kept. Int8 and Nf4 are weight-only (kernels/quantised_weights.h): activations are float32
/// on the CPU and bfloat16 on CUDA. Float16 needs CUDA; Float64 is for tests. Gradients of the routing are float32 or wider.
enum class Precision { Float32, Float64, BFloat16, Float16, Int8, Nf4 };

[[nodiscard]] const char* precision_name(Precision precision);  ///< "fp32", "nf4"
/// precision_name's spelling, or "float32", "bfloat16" and so on. Error: another word; names `--precision`.
[[nodiscard]] Result<Precision> parse_precision(const std::string& text);

}  // namespace r2t2
