// CLIP vision tower, projector and compressor: what MoAI sees, before any routing.
// Source: MoAI section 3.1-3.2; CLIP (arXiv 2103.00020); Perceiver resampler (arXiv 2204.14198).
#pragma once

#include <functional>

#include "core/model/moai_weights.h"

namespace r2t2 {

/// Called with the name and value of intermediate tensors; for tests and for the workbench's views.
using TensorTrace = std::function<void(const std::string& name, const at::Tensor& value)>;

/// (u8 - 255 mean) / (255 std) per channel. `pixels` [B, 3, S, S], 0..255 (or 0..1 for the colour map: upstream feeds
/// it through the same normaliser, which leaves it nearly constant; reproduced because the checkpoint was trained so).
/// `half_constants`: upstream's constants rounded to float16.
[[nodiscard]] at::Tensor normalise_pixels(const at::Tensor& pixels, bool half_constants = false);

/// Normalised pixels [B, 3, S, S] -> last hidden states without the class token [B, patches, V].
[[nodiscard]] at::Tensor vision_tower(const ModelConfig& config, const MoaiWeights& w, const at::Tensor& pixels,
                                      const TensorTrace& trace = {});

/// [B, patches, V] -> [B, patches, H].
[[nodiscard]] at::Tensor project(const MoaiWeights& w, const at::Tensor& features);

/// Auxiliary rows [B, T, H] -> [B, latents, H]. No positional encoding: invariant to the order of rows.
/// `row_mask` [B, T] true on real rows (for padded batches); undefined = all real.
[[nodiscard]] at::Tensor compress(const ModelConfig& config, const MoaiWeights& w, const at::Tensor& rows,
                                  const at::Tensor& row_mask = {});

/// Segment ids [S, S] (u8) -> PASCAL VOC colours / 255 as [3, S, S] float32. Ids above 133 become 0.
[[nodiscard]] at::Tensor segment_colours(const at::Tensor& ids);

}  // namespace r2t2
