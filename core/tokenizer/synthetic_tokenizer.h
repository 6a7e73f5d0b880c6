// A sentencepiece model for random checkpoints: no corpus behind it, but valid, of any size, and every text has ids.
//
// BPE with byte fallback and without a dummy prefix, as MoAI's own: <unk>, <s>, </s>, the 256 byte pieces, printable
// ASCII, words of questions with the merges that lead to them, made-up words from a seed, and as its last two pieces
// [UNUSED_TOKEN_145] and [UNUSED_TOKEN_146], which the evaluation prompt uses. With 92,544 pieces these are 92,542 and
// 92,543 as in the published model.
// Thread rule: pure functions.
#pragma once

#include <cstdint>

#include "core/tokenizer/sentencepiece_model.h"

namespace r2t2 {

/// Fewest pieces: controls, bytes, printable ASCII with the space, the two of the prompt.
inline constexpr std::int32_t min_synthetic_pieces = 3 + 256 + 95 + 2;

/// Exactly `pieces` pieces. InvalidInput for fewer than `min_synthetic_pieces` or more than a model may have.
[[nodiscard]] Result<SentencePieceModel> synthetic_tokenizer(std::int32_t pieces, std::uint64_t seed);

}  // namespace r2t2
