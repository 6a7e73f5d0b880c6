// Every number of the bundled model's training, in one place. How they were found: docs/miniature.md.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "core/miniature/question.h"
#include "core/checkpoint/model_config.h"

namespace r2t2 {

/// How often a question template is drawn.
struct TemplateShare {
    TemplateId id;
    double weight;
};

/// Probabilities of the one-hot dice over the experts of one group.
struct Dice {
    double image[3];     ///< img_aux, img_lang, img_self
    double language[3];  ///< lang_aux, lang_img, lang_self
};

struct Recipe {
    // Pictures are drawn once; questions and tool errors are drawn anew every time a picture is used.
    std::int64_t pool = 16000;
    double plain_share = 0.2;  ///< questions without an instruction
    double domain_share[5] = {.25, .20, .15, .20, .20};  ///< clean, dim, small, clutter, noise

    // Stage 0: wakes up both paths by naming what is in every cell and in every tool fact.
    std::int64_t wake_steps = 1600;
    std::int64_t wake_batch = 64;
    double wake_rate = 2e-3;

    // Stage 1: experts, under thrown dice instead of gates. The vision tower is frozen.
    std::int64_t expert_steps = 9000;
    std::int64_t expert_batch = 48;
    double expert_rate = 2e-3;
    double easy_share = 0.12;           ///< first part of the stage: easy templates only
    double naming_weight = 0.075;       ///< of stage 0's losses, kept as a regulariser
    double stop_weight = 0.1;           ///< of the stop token's cross-entropy
    double readable_share = 0.85;       ///< reading without tools is asked of readable pictures this often
    double same_in_all_mixers = 0.7;
    double soft_share = 0.25;           ///< samples with Dirichlet(0.7) weights instead of one expert
    Dice easy_dice{{.3, .3, .4}, {.35, .60, .05}};
    Dice dice{{.3, .3, .4}, {.40, .52, .08}};
    double lag_floor = 0.5, lag_ceiling = 3.0;  ///< templates that lag behind are drawn more often, within these factors
    std::vector<TemplateShare> easy{{TemplateId::Colour, .20}, {TemplateId::Shape, .20}, {TemplateId::Corners, .15},
                                    {TemplateId::Fruit, .15},  {TemplateId::Read, .30}};
    // "Left of" and "above" stayed at chance through 9,000 steps of this model and cost the others a quarter of them.
    std::vector<TemplateShare> full{{TemplateId::Colour, .09},  {TemplateId::Shape, .09},  {TemplateId::Count, .09},
                                    {TemplateId::Exists, .09},  {TemplateId::Corners, .09}, {TemplateId::Fruit, .09},
                                    {TemplateId::More, .07},    {TemplateId::Read, .18},    {TemplateId::Carrier, .11},
                                    {TemplateId::WordColour, .10}};

    // Stage 2: gates alone, on the router's narrow world (split "router").
    std::int64_t gate_steps = 60;
    std::int64_t gate_batch = 32;
    double gate_rate = 5e-3;
    std::int64_t gate_samples = 0;  ///< > 0: on that many samples only, so that routing is noisy from sample to sample

    double clip = 1.0;
    double weight_decay = 0.02;
};

/// The shipped recipe, steps multiplied by `scale`.
[[nodiscard]] inline Recipe shipped_recipe(double scale) {
    Recipe recipe;
    for (std::int64_t* steps : {&recipe.wake_steps, &recipe.expert_steps, &recipe.gate_steps, &recipe.pool}) {
        *steps = std::max<std::int64_t>(static_cast<std::int64_t>(double(*steps) * scale), 4);
    }
    return recipe;
}

/// Sizes of the bundled model: 64-pixel pictures, 16 patches (the world's cells), four layers, mixers in 1 and 3.
[[nodiscard]] ModelConfig miniature_config(int vocabulary);

}  // namespace r2t2
