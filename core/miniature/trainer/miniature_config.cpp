#include "core/miniature/trainer/recipe.h"
#include "core/miniature/vocabulary.h"

namespace r2t2 {

ModelConfig miniature_config(int vocabulary) {
    ModelConfig c;
    c.name = "MoAI miniature";
    c.miniature = true;
    c.hidden_size = 64;
    c.layers = 4;
    c.heads = 4;
    c.kv_heads = 2;
    c.intermediate_size = 160;
    c.vocab_size = vocabulary;
    c.max_position_embeddings = 512;
    c.mixer_interval = 2;
    c.expert_heads = 4;
    c.expert_rank = 32;
    c.plora_rank = 8;
    c.plora_alpha = 8;
    c.compressor = {2, 4, 16, 16, 1};
    c.vision = {128, 2, 4, 256, 16, kWorldSide, 1e-5};
    c.hide_image_from_text = true;
    c.prompt_template = std::string(kWorldPromptTemplate);
    return c;
}

}  // namespace r2t2
