// Internal to core/checkpoint: values of config.json that are of the right type and cannot be right, or are unusual.
//
// A number far outside of what any model has makes logits that are NaN or do not depend on the question, and the model answers all the
// same. A stated architecture that is not the one that is run (another activation, another model) makes answers of no model at all.
// Thread rule: pure functions.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/checkpoint/model_config.h"

namespace r2t2::config_values {

/// The numbers that are no sizes: epsilons, rotary base and factor, scale of PLoRA. Errors name file, field, found, allowed.
[[nodiscard]] Status check(const ModelConfig& config, const std::string& where);

/// Of these and of the positions: allowed, and such as no published model has. File, field, found, what is usual.
[[nodiscard]] std::vector<Error> unusual(const ModelConfig& config, const std::string& where);

/// What a config.json states and there is only one of here. Errors: another activation, another size of heads, a value of another type.
/// Remarks: another model, windows, quantised weights: the sizes and tensors decide.
[[nodiscard]] Status check_stated(const nlohmann::json& root, const ModelConfig& config, const std::string& where, std::vector<Error>& remarks);
/// Their names, so that they are known to whoever looks for unknown ones.
inline constexpr const char* stated_keys[] = {"hidden_act", "model_type", "architectures", "head_dim", "sliding_window", "use_sliding_window", "quantization_config"};

}  // namespace r2t2::config_values
