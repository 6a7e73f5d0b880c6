// Ids of the words that training talks about, and the tokenizer built from the world's vocabulary.
#pragma once

#include <filesystem>
#include <vector>

#include "core/miniature/world.h"
#include "core/tokenizer/sentencepiece_tokenizer.h"

namespace r2t2 {

/// The sentencepiece model of the bundled world.
[[nodiscard]] SentencePieceModel world_tokenizer_model();

struct WordIds {
    std::vector<std::int64_t> colours, shapes, words;
    std::vector<std::int64_t> numbers;  ///< "0" .. "5"
    std::int64_t nothing = 0;  ///< <unk>'s row stands for "nothing there": no text of the world contains it

    [[nodiscard]] static WordIds of(const Tokenizer& tokenizer);
};

}  // namespace r2t2
