// Seeded start values of a miniature model.
#pragma once

#include "core/miniature/trainer/vocabulary_ids.h"
#include "core/model/moai_weights.h"

namespace r2t2 {

/// All tensors of parameter_table(config), float32. Matrices are scaled by their fan-in; the embedding of a phrase
/// piece starts as the sum of its words' ("red circle" = red + circle), which is what lets both paths learn one look-up.
[[nodiscard]] TensorMap initial_weights(const ModelConfig& config, const Tokenizer& tokenizer, std::uint64_t seed);

}  // namespace r2t2
