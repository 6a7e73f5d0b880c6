// What is kept of a sample so that a routing step starts at the first mixer.
//
// Routing cannot change anything before the first mixer, nor that mixer's six expert outputs. wqkv and the rotation
// are linear, so the sum over experts commutes with them: the prepared sample holds the rotated q, k, v rows of every
// expert, and a step begins with a three-term weighted sum followed by attention.
// Thread rule: immutable once made.
#pragma once

#include "core/model/decoder.h"
#include "core/model/moai_network.h"
#include "core/routing/routed_model.h"

namespace r2t2 {

/// All tensors of one sample, no batch dimension. P image tokens, T prompt tokens, A fed answer tokens, Q rows of wqkv.
class MoaiSample final : public PreparedSample {
public:
    TokenSample tokens;
    RowLengths lengths;        ///< answer = fed answer tokens (number of target ids - 1)
    std::uint64_t serial = 0;  ///< unique in the process: batches are recognised by it
    std::uint64_t model = 0;   ///< serial of the MoaiModel that prepared it

    at::Tensor image_residual;   ///< [P, H] entering the first mixer's layer
    at::Tensor text_residual;    ///< [T + A, H]
    at::Tensor image_rows;       ///< [P, 3, Q] q, k, v of each image expert, rotated, without bias
    at::Tensor language_rows;    ///< [T, 3, Q]
    at::Tensor answer_rows;      ///< [A, Q] rotated, with bias
    at::Tensor bias_rows;        ///< [P + T, Q] rotated bias; undefined when wqkv has none
    at::Tensor image_logits;     ///< [P, 3] gate logits of the first mixer
    at::Tensor language_logits;  ///< [T, 3]
    Loudness loudness;                ///< batch dimension 1; in the rows of the first mixer already
    std::vector<AuxiliaryKeys> aux;   ///< per mixer, batch dimension 1
    std::vector<KeyValue> prefix;     ///< layers before the first mixer, prompt only, batch dimension 1
    RoutingMatrix native;             ///< [mixers, 6]

    [[nodiscard]] std::size_t bytes() const override;
    [[nodiscard]] bool has_label() const override { return !tokens.answer.empty(); }
    [[nodiscard]] const RoutingMatrix& native_routing() const override { return native; }
};

/// Runs everything that routing cannot change. image_features [P, H]; compressed [latents, H].
/// `native` is left empty; routed_batch.h fills it. `loudness`: of every mixer, [1, mixers, 6], or undefined.
[[nodiscard]] Result<std::shared_ptr<MoaiSample>> prepare_tokens(const Decoder& decoder, TokenSample tokens,
                                                                 const at::Tensor& image_features,
                                                                 const at::Tensor& compressed, const Loudness& loudness = {});

}  // namespace r2t2
