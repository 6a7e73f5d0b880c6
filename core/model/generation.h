// Greedy and beam decoding with cached keys, after a routed prefill.
// Generated tokens pass no mixer and no PLoRA, exactly as in MoAI.
#pragma once

#include <utility>

#include "core/model/routed_batch.h"

namespace r2t2 {

struct GenerationOptions {
    std::int64_t max_new_tokens = 16;
    std::vector<int> stop_ids = {2};  ///< any of them ends an answer; empty: never stop
    int candidates = 5;
};

struct Generated {
    std::vector<std::int64_t> tokens;          ///< without the token that stopped
    std::vector<double> log_probabilities;     ///< of `tokens`; of the stop token alone when nothing else came
    std::vector<std::pair<std::int64_t, double>> candidates;  ///< first token: ids and probabilities, best first
    std::vector<at::Tensor> step_logits;       ///< [vocab] per step; only when kept
};

/// Greedy decoding of all rows in lockstep. Ties go to the lower id.
[[nodiscard]] std::vector<Generated> generate_greedy(const Decoder& decoder, const PackedBatch& batch,
                                                     const MixerRouting& routing, const GenerationOptions& options,
                                                     bool keep_logits = false, RoutedPass* prefill = nullptr);

/// Beam search of one sample (batch of one): length penalty 1, no early stopping; scores divide by the number of
/// generated tokens, prompt excluded. `score` receives the winner's.
[[nodiscard]] Generated generate_beam(const Decoder& decoder, const PackedBatch& batch, const MixerRouting& routing,
                                      const GenerationOptions& options, int beams, double* score = nullptr);

}  // namespace r2t2
