// Token-level forward pass of whole batches, from embeddings to loss: what training and the golden tests use.
// Inference goes through MoaiModel, which caches everything routing cannot change.
#pragma once

#include "core/model/decoder.h"
#include "core/model/token_sample.h"

namespace r2t2 {

/// Prompt length before and after the image; InvalidInput unless there is exactly one image token and all ids exist.
[[nodiscard]] Result<RowLengths> measure_prompt(const ModelConfig& config, const TokenSample& sample,
                                                std::size_t fed_answers);

/// Word embeddings of the text tokens in canonical order (left-padded prompt, right-padded fed answer tokens).
[[nodiscard]] at::Tensor embed_text(const ModelConfig& config, const MoaiWeights& w,
                                    const std::vector<TokenSample>& samples, const TokenLayout& layout);

struct NetworkInput {
    std::vector<TokenSample> samples;
    at::Tensor image_features;  ///< [B, P, H] projector output
    at::Tensor compressed;      ///< [B, latents, H] compressor output
    MixerRouting routing;
    bool answers_are_language = false;  ///< upstream's training masks; leaks answers (tests only)
    bool all_logits = false;            ///< logits at every position instead of the predicting ones
    TensorTrace trace;
};

struct NetworkOutput {
    TokenLayout layout;
    at::Tensor logits;           ///< [B, A, vocab] at the positions that predict the A answer tokens (or all positions)
    at::Tensor labels;           ///< [B, A] ids, -100 on padding
    at::Tensor sample_loss;      ///< [B] mean cross-entropy over each sample's answer tokens
    at::Tensor loss;             ///< mean over all answer tokens of the batch
    std::vector<at::Tensor> gates;  ///< [B, 6] per mixer, averaged over tokens
};

/// Teacher-forced forward pass. Differentiable in weights and routing values.
[[nodiscard]] Result<NetworkOutput> forward_network(const ModelConfig& config, const MoaiWeights& w,
                                                    const NetworkInput& input);

/// Cross-entropy per sample and over all tokens. logits [B, A, vocab]; labels [B, A] with -100 ignored.
struct AnswerLoss {
    at::Tensor sample, all;
};
[[nodiscard]] AnswerLoss answer_loss(const at::Tensor& logits, const at::Tensor& labels);

}  // namespace r2t2
