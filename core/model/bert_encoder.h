// BERT on torch: embeddings, post-norm transformer layers, mean pooling, L2 norm. Source: arXiv 1810.04805, 1908.10084.
//
// Tensor names are those of published checkpoints, with or without "bert." in front. Float32 on the CPU.
// Thread rule: immutable after `open`; any thread.
#pragma once

#include <filesystem>
#include <memory>

#include "core/base/result.h"
#include "core/model/sentence_encoder.h"

namespace r2t2 {

/// Errors name file, tensor or field: missing files, sizes that do not match config.json, weights that are not finite.
[[nodiscard]] Result<std::shared_ptr<const SentenceEncoder>> open_bert_encoder(const std::filesystem::path& directory);

}  // namespace r2t2
