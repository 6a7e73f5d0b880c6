// What a model's weights take in memory, told from its configuration: the engine decides by the same functions what it
// quantises and copies, so the estimate is ModelInfo::weight_bytes to the byte. Needs no torch.
//
// Thread rule: pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/checkpoint/model_config.h"
#include "core/checkpoint/precision.h"

namespace r2t2 {

/// Whether a weight of the checkpoint may be kept in 8 or 4 bits: the matrices of linear layers. Dense stay the word
/// embeddings (looked up, never multiplied by), the experts (0.6 % of MoAI-7B; six of them make one batched product, and
/// their outputs are what routing weighs), gates, norms, biases, and the tower's embeddings.
[[nodiscard]] bool may_be_quantised(const std::string& name, const std::vector<std::int64_t>& shape);

/// Adapters are merged into a copy of their layers, and the vision tower's q, k, v stacked, where weights are dense and the copies
/// take at most this: it buys a fifth to a half of the decoder's matrix products on image tokens.
inline constexpr std::int64_t merged_copies_limit = std::int64_t{256} << 20;

/// Bytes of those copies; 0 where none is made.
[[nodiscard]] std::int64_t merged_copies(const ModelConfig& config, Precision precision);

/// Bytes that the weights of a configuration take, copies made for speed included, activations not. What is not quantised
/// under int8 and nf4 is float32 on the CPU, bfloat16 on a device.
[[nodiscard]] std::int64_t weight_memory(const ModelConfig& config, Precision precision, bool on_cpu);

}  // namespace r2t2
