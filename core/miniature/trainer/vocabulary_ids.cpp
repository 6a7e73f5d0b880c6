#include "core/miniature/trainer/vocabulary_ids.h"

#include <cassert>

#include "core/miniature/vocabulary.h"

namespace r2t2 {

SentencePieceModel world_tokenizer_model() {
    SentencePieceModel model;
    for (const VocabularyPiece& piece : world_vocabulary()) {
        model.pieces.push_back({piece.text, piece.score, static_cast<SentencePiece::Type>(piece.type)});
    }
    model.normalizer.name = "identity";
    model.normalizer.remove_extra_whitespaces = false;
    return model;
}

WordIds WordIds::of(const Tokenizer& tokenizer) {
    const auto id = [&tokenizer](std::string_view word) {
        const auto found = tokenizer.id_of(with_space_marks(word));
        assert(found.has_value());  // the world's vocabulary contains the world's words
        return static_cast<std::int64_t>(found.value_or(0));
    };
    WordIds ids;
    for (const auto colour : kColours) {
        ids.colours.push_back(id(colour));
    }
    for (const auto shape : kShapes) {
        ids.shapes.push_back(id(shape));
    }
    for (const auto word : kWords) {
        ids.words.push_back(id(word));
    }
    for (int i = 0; i <= 5; ++i) {
        ids.numbers.push_back(id(std::to_string(i)));
    }
    return ids;
}

}  // namespace r2t2
