// What is minimised: the loss of a batch of prepared samples under given routings, [B] in nats.
// Thread rule: pure; the graph is autograd's where it is switched on.
#pragma once

#include <span>

#include "core/model/routed_batch.h"

namespace r2t2 {

/// `batch` holds `samples` in their order, with answers where `kind` is of them (core/routing/routed_model.h).
[[nodiscard]] at::Tensor query_losses(const Decoder& decoder, std::span<const MoaiSample* const> samples, const PackedBatch& batch,
                                      const MixerRouting& routing, LossOf kind);

/// The prompt's words that a question's loss is of: those behind the picture but for the first, which no word stands before.
[[nodiscard]] std::int64_t words_with_a_loss(const MoaiSample& sample);

}  // namespace r2t2
