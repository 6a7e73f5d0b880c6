// The dice that stand for the gates while the experts are trained (MoAI's first stage), and soft mixtures of them.
#pragma once

#include "core/base/random.h"
#include "core/miniature/trainer/recipe.h"

namespace r2t2 {

/// One-hot or soft weights for every mixer: [mixers, 6] into `out`; true if no mixer of the row may use the tools.
[[nodiscard]] bool draw_routing(const Recipe& recipe, const Dice& dice, std::size_t mixers, RandomStream& random, float* out);

}  // namespace r2t2
