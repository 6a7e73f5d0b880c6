#include "core/miniature/trainer/dice.h"

#include "core/miniature/trainer/pool.h"

namespace r2t2 {

namespace {

/// Dirichlet(a, a, a) by gammas.
void draw_soft(float* out, RandomStream& random) {
    double g[3], sum = 0;
    for (double& x : g) {
        sum += x = random.gamma(0.7) + 1e-12;
    }
    for (int e = 0; e < 3; ++e) {
        out[e] = static_cast<float>(g[e] / sum);
    }
}

}  // namespace

bool draw_routing(const Recipe& recipe, const Dice& dice, std::size_t mixers, RandomStream& random, float* out) {
    const std::vector<double> image(dice.image, dice.image + 3);
    const std::vector<double> language(dice.language, dice.language + 3);
    const bool soft = random.chance(recipe.soft_share);
    const bool same = random.chance(recipe.same_in_all_mixers);
    double tools = 0;
    for (std::size_t m = 0; m < mixers; ++m) {
        float* row = out + m * 6;
        if (m > 0 && same) {
            std::copy(out, out + 6, row);
        } else if (soft) {
            draw_soft(row, random);
            draw_soft(row + 3, random);
        } else {
            std::fill(row, row + 6, 0.0F);
            row[draw_index(image, random)] = 1;
            row[3 + draw_index(language, random)] = 1;
        }
        tools += row[3];
    }
    return tools < 0.5;
}

}  // namespace r2t2
