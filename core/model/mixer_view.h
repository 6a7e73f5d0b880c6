// What gates and experts did with every token of one sample: a value to look at, torch-free.
//
// Source: MoAI (arXiv 2403.07508) section 3.3; design of the mixers in docs/model.md. Thread rule: plain value.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace r2t2 {

/// Tokens of one expert group ("image": the picture's patches; "language": the prompt without the image).
struct TokenGates {
    std::vector<std::string> tokens;  ///< for people: the piece of text, or "row 2, column 3"
    /// [mixers, tokens, experts of the group] gate weights, each row on its simplex. Fixed routing: equal rows.
    std::vector<float> weights;
};

struct MixerView {
    std::size_t mixers = 0;
    std::vector<TokenGates> groups;  ///< as in the model's routing space
    int image_rows = 0;              ///< patches; tokens of group "image" are row by row
    int image_columns = 0;

    /// Where an expert looks in the picture: attention over image tokens, averaged over heads and over the tokens that
    /// ask. Experts whose keys are not image tokens (auxiliary facts, words) have no map.
    struct Attention {
        std::string expert;              ///< "img_self", "lang_img"
        std::vector<float> over_image;   ///< [mixers, image tokens], each mixer's part sums to 1
    };
    std::vector<Attention> attention;
};

}  // namespace r2t2
