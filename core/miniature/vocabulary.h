// The pieces of the bundled model's tokenizer (a sentencepiece unigram model).
//
// Why phrases are pieces: MoAI's compressor has no positional encoding, so the auxiliary text reaches the model as a
// multiset of tokens and which word belonged to which is lost, unless one token carries the whole fact. Hence
// user-defined symbols that contain the space mark U+2581: "_red_circle", "_circle_is_left_of_square",
// "_circle_is_carrying_fig" ...
//
// Order: control pieces (<unk> 0, <s> 1, </s> 2), user-defined phrases, words, single characters.
// The model is meant with add_dummy_prefix = true and remove_extra_whitespaces = false, identity normalisation.
// Scores: sentencepiece gives a user-defined symbol of n characters the score n * (best normal score) - 0.1, so a
// phrase wins over its words only if some normal piece scores 0: the unreachable private-use character U+E000 does.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace r2t2 {

/// Values are those of sentencepiece's ModelProto.SentencePiece.Type.
enum class PieceType { Normal = 1, Unknown = 2, Control = 3, UserDefined = 4 };

struct VocabularyPiece {
    std::string text;  ///< UTF-8, spaces as U+2581
    float score = 0;   ///< user-defined 0, words -1, characters -10, the anchor 0
    PieceType type = PieceType::Normal;
    bool operator==(const VocabularyPiece&) const = default;
};

/// No piece twice. Printable ASCII and the newline are all covered by single characters.
[[nodiscard]] const std::vector<VocabularyPiece>& world_vocabulary();

/// "red circle" -> "\u2581red\u2581circle" (with the leading mark).
[[nodiscard]] std::string with_space_marks(std::string_view text);

/// The bundled model's prompt; <image> is an added token behind the last piece, as upstream has it.
inline constexpr std::string_view kWorldPromptTemplate = "{image}USER: {question} ASSISTANT:";

}  // namespace r2t2
