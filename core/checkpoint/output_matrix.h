// Which matrix makes the logits: one of its own (output.weight), or the word embedding (config.json's tie_word_embeddings).
//
// Tied and not stored: the embedding's first vocab_size rows; the last row, <image>, has no logit, as in the untied model. Tied and
// stored: where the two are the same numbers, the embedding; where they differ, output.weight as it is stored, as Transformers 5 does
// (its version 4 ties whatever is stored). Not tied and not stored: an error.
// Thread rule: pure functions of what lies on the disk.
#pragma once

#include <optional>
#include <string>

#include "core/base/cancel.h"
#include "core/base/result.h"
#include "core/checkpoint/model_config.h"
#include "core/checkpoint/safetensors.h"

namespace r2t2 {

inline constexpr const char* embedding_name = "model.tok_embeddings.weight";
inline constexpr const char* output_name = "output.weight";

/// NotFound of a model that is not tied and has no output.weight: names tie_word_embeddings. `where`: the checkpoint, in messages.
[[nodiscard]] Error missing_output_matrix(const ModelConfig& config, const std::string& where);

/// Sets `config.tie_word_embeddings` to what the weights say. A remark where it is stated and not so: file, field, the largest
/// difference. Errors: missing_output_matrix; an output.weight of another shape or type; Io; Cancelled. Reads the two matrices where both are
/// stored and the flag is set, nothing else.
[[nodiscard]] Result<std::optional<Error>> settle_output_matrix(ModelConfig& config, const Checkpoint& checkpoint, const std::string& where,
                                                                const CancelToken& cancel = {});

}  // namespace r2t2
