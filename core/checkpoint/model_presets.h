// Sizes of models by name: the published MoAI-7B and smaller ones of the same build, for random checkpoints.
//
// Source of MoAI-7B's sizes: its published config.json and arXiv 2403.07508. Thread rule: plain values.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/checkpoint/model_config.h"

namespace r2t2 {

struct ModelPreset {
    std::string name;         ///< "moai-7b"
    std::string description;  ///< one line for people
    ModelConfig config;
};

/// moai-7b, medium (all stages at real image and vocabulary size, on a processor), small (tests).
[[nodiscard]] const std::vector<ModelPreset>& model_presets();
/// InvalidInput names the allowed ones.
[[nodiscard]] Result<ModelPreset> find_model_preset(std::string_view name);

/// What the published MoAI-7B checkpoint holds: its tensors are stored in two bytes an element.
inline constexpr std::int64_t moai_7b_parameters = 8'868'637'720;
inline constexpr std::int64_t moai_7b_bytes = 17'737'275'440;
/// Whether all tensors have MoAI-7B's names and shapes, so that the published totals hold.
[[nodiscard]] bool has_moai_7b_shape(const ModelConfig& config);

}  // namespace r2t2
