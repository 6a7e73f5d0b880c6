// A batch of prepared samples under given routings: from the first mixer to losses, gates or a filled cache.
#pragma once

#include <span>

#include "core/model/prepared_sample.h"

namespace r2t2 {

/// Prepared samples padded and stacked. Packing copies once; the steps of a descent share their packs.
struct PackedBatch {
    std::vector<std::uint64_t> serials;
    bool with_answers = false;
    TokenLayout layout;
    Streams residual;           ///< entering the first mixer's layer
    at::Tensor image_rows;      ///< [B, P, 3, Q]
    at::Tensor language_rows;   ///< [B, T, 3, Q]
    at::Tensor answer_rows;     ///< [B, A, Q]
    at::Tensor bias_rows;       ///< [B, P + T, Q] or undefined
    at::Tensor image_logits, language_logits;
    Loudness loudness;             ///< defined where a sample's is
    std::vector<AuxiliaryKeys> aux;
    std::vector<KeyValue> prefix;  ///< only when packed without answers
    at::Tensor labels;             ///< [B, A'] -100 on padding; only with answers
};

/// One sample repeated is stored once and expanded; a single one is not copied. `with_answers`: feed the ground truth (losses); otherwise prompts only.
[[nodiscard]] PackedBatch pack(const ModelConfig& config, std::span<const MoaiSample* const> samples, bool with_answers,
                               const at::TensorOptions& options);

/// Where a routed pass ends up.
struct RoutedPass {
    at::Tensor hidden;               ///< [B, words + A, H] text rows of the prompt's last `words` tokens and of the answer, after the last layer
    std::vector<KeyValue> cache;     ///< all layers; only if asked for
    std::vector<at::Tensor> gates;   ///< [B, 6] per mixer; only if asked for
};

[[nodiscard]] RoutedPass run_routed(const Decoder& decoder, const PackedBatch& batch, const MixerRouting& routing,
                                    bool want_cache, bool want_gates, std::int64_t words = 1);

}  // namespace r2t2
