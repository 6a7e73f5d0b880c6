// Stage 0's losses: name what a cell shows, and what the tools said, by the word embeddings themselves.
// They make image rows and compressor latents look like sums of word embeddings, so one look-up serves both paths.
#pragma once

#include "core/miniature/scene.h"
#include "core/miniature/trainer/vocabulary_ids.h"
#include "core/model/torch_shim.h"

namespace r2t2 {

/// Colour and word of every object's cell, shape or nothing of every cell. rows [B, cells, H]; embedding [V, H].
/// `correct`, if given, receives the accuracies of colour, shape (occupied cells) and word.
[[nodiscard]] at::Tensor cell_naming_loss(const at::Tensor& rows, const at::Tensor& embedding, const WordIds& ids,
                                          const std::vector<Scene>& scenes, double* correct = nullptr);

/// Latent s < 5 stands for shape s, latent 5 + c for colour c: its colour, its word, whether it is there, how many.
/// latents [B, at least 11, H]; `perceived` is what the facts say.
[[nodiscard]] at::Tensor latent_naming_loss(const at::Tensor& latents, const at::Tensor& embedding, const WordIds& ids,
                                            const std::vector<Scene>& perceived);

}  // namespace r2t2
