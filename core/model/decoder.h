// The InternLM2 decoder with PLoRA and MoAI's mixers, on two streams of tokens.
//
// Every sequence has one block of image tokens; PLoRA and the mixers treat image and text tokens apart, so the
// residual stream is kept as two contiguous tensors and only attention joins them:
//     image [B, P, H]   the image's P tokens
//     text  [B, N, H]   prompt tokens (N_prompt of them, left padded), then answer tokens (right padded)
// Positions, causality and padding are carried by TokenLayout, so the order inside attention does not matter.
// Source: MoAI section 3; spec numbers in brackets are explained in docs/model.md.
#pragma once

#include <vector>

#include "core/model/fused_ops.h"
#include "core/model/moai_weights.h"
#include "core/model/vision_tower.h"
#include "core/routing/routed_model.h"

namespace r2t2 {

/// Where every token of a batch sits. Built once per batch.
struct TokenLayout {
    std::int64_t batch = 0;
    std::int64_t image = 0;     ///< P
    std::int64_t prompt = 0;    ///< T: longest prompt without the image
    std::int64_t answer = 0;    ///< A: longest answer that is fed
    std::int64_t language = 0;  ///< leading text tokens that the language experts see: T, or T + A (upstream training)
    at::Tensor text_real;       ///< [B, T + A] bool
    at::Tensor cos, sin;        ///< [B, P + T + A, head_dim] at the tokens' positions in the merged sequence
    at::Tensor attention_bias;  ///< [B, 1, P+T+A, P+T+A] additive: 0 or the lowest float
    at::Tensor language_bias;   ///< [B, 1, 1, language]: 0, or lowest on padding; undefined when nothing is padded
    at::Tensor language_share;  ///< [B, language, 1]: 1 / number of language tokens on real ones, 0 on padding; as wide as gates

    [[nodiscard]] std::int64_t text() const { return prompt + answer; }
    [[nodiscard]] std::int64_t length() const { return image + text(); }
};

/// One row of a layout: number of prompt tokens before and after the image, and of fed answer tokens.
struct RowLengths {
    std::int64_t before = 0;
    std::int64_t after = 0;
    std::int64_t answer = 0;
};

[[nodiscard]] TokenLayout make_layout(const ModelConfig& config, const std::vector<RowLengths>& rows,
                                      const at::TensorOptions& options, bool answers_are_language = false);

/// Rotary tables for positions 0..length-1: cos and sin [length, dim], halves repeated. Dynamic NTK acts beyond
/// `max_positions` when factor > 0. Computed in float32 (float64 for a float64 model).
struct RotaryTable {
    at::Tensor cos, sin;
};
[[nodiscard]] RotaryTable rotary_table(std::int64_t dim, double base, double dynamic_factor, std::int64_t max_positions,
                                       std::int64_t length, const at::TensorOptions& options);
/// x [..., L, dim] rotated by cos, sin (broadcast over heads).
[[nodiscard]] at::Tensor rotate(const at::Tensor& x, const at::Tensor& cos, const at::Tensor& sin);

/// What the mixers of a forward pass do. values: [B, rows, 6], rows 1 or number of mixers.
struct MixerRouting {
    enum class Kind { Native, Fixed, Offset } kind = Kind::Native;
    at::Tensor values;
    RoutingReach reach{};    ///< where `values` act (core/routing/routed_model.h)
    bool gate_half = false;  ///< upstream: gate logits and weights rounded to float16

    /// Values of one mixer for the image (group 0) or language (group 1) experts: [B, 1, 3].
    [[nodiscard]] at::Tensor of(std::int64_t mixer, int group) const;
};

struct Streams {
    at::Tensor image, text;
};

/// Keys and values of one layer after rotary, canonical token order: [B, tokens, kv_heads * head_dim].
struct KeyValue {
    at::Tensor key, value;
};

/// Keys and values of the two experts that attend to the compressor's output, [B, latents, H] each.
struct AuxiliaryKeys {
    at::Tensor image_key, image_value;        ///< expert img_aux
    at::Tensor language_key, language_value;  ///< expert lang_aux
};

/// Gate weights averaged over real tokens, [B, 6] per mixer.
struct GateSummary {
    std::vector<at::Tensor> mean;
};

/// Factors of the experts' outputs: of each sample and mixer, [B, mixers, 6]. Undefined: ones.
using Loudness = at::Tensor;

/// What a mixer computes before weighting: gate logits [B, n, 3] and expert outputs without their residual,
/// [3, B, n, H] (image stream, language stream).
struct MixerParts {
    at::Tensor image_logits, language_logits;
    at::Tensor image_outputs, language_outputs;

    /// Outputs times their factors in this mixer.
    void scale(const Loudness& loudness, std::size_t mixer);
};

class Decoder {
public:
    Decoder(const ModelConfig& config, const MoaiWeights& weights) : config_(config), w_(weights) {}

    [[nodiscard]] AuxiliaryKeys auxiliary_keys(std::size_t mixer, const at::Tensor& compressed) const;

    /// Gates and experts of one mixer on normalised tokens. image [B, P, H]; language [B, n, H].
    /// `language_only`: no image experts (image_outputs stays undefined).
    [[nodiscard]] MixerParts mixer_parts(std::size_t mixer, const at::Tensor& image, const at::Tensor& language,
                                         const AuxiliaryKeys& aux, const TokenLayout& layout,
                                         bool language_only = false) const;

    /// Gate weights [B, n or 1, 3] of one group under a routing: float32, or float64 in a float64 model. `logits` [B, n, 3], of language tokens the prompt's
    /// alone where the routing reaches the last one only.
    [[nodiscard]] static at::Tensor gate_weights(const MixerRouting& routing, std::size_t mixer, int group,
                                                 const at::Tensor& logits);

    /// q [B, n, H], k and v [B, n, kv_heads * d] from wqkv's rows. Undefined cos and sin: the rows are rotated already.
    using Qkv = SplitQkv;
    [[nodiscard]] Qkv split_qkv(const at::Tensor& rows, const at::Tensor& cos, const at::Tensor& sin) const;

    /// softmax(q k^T / sqrt(d) + bias) v -> [B, n, H].
    [[nodiscard]] at::Tensor attend(const at::Tensor& q, const KeyValue& kv, const at::Tensor& bias) const;

    /// Everything of a layer after wqkv: attention, wo, feed-forward. `rows` = wqkv output in canonical order.
    /// `answers_only` computes the text rows from `first_text` on and no image rows (last layer). There `qkv` may hold
    /// text tokens alone, where text does not see image tokens.
    /// `attention_out` receives wo's output, for traces.
    [[nodiscard]] Streams finish_layer(std::size_t layer, const Streams& residual, const Qkv& qkv,
                                       const TokenLayout& layout, bool answers_only, std::int64_t first_text,
                                       Streams* attention_out = nullptr) const;

    /// wqkv of both streams in canonical order: [B, P + T + A, Q].
    [[nodiscard]] at::Tensor project_qkv(std::size_t layer, const at::Tensor& image, const at::Tensor& text) const;

    struct Forward {
        const MixerRouting* routing = nullptr;
        const std::vector<AuxiliaryKeys>* aux = nullptr;  ///< one per mixer
        const TokenLayout* layout = nullptr;
        const Loudness* loudness = nullptr;
        std::vector<KeyValue>* cache = nullptr;  ///< filled per layer if given
        GateSummary* gates = nullptr;            ///< filled per mixer if given
        std::int64_t first_text = 0;             ///< in the last layer compute text rows from here on only...
        bool answers_only = false;               ///< ...if this is set
        const TensorTrace* trace = nullptr;
    };
    /// Layers [from, to) on both streams.
    [[nodiscard]] Streams run(Streams streams, std::size_t from, std::size_t to, const Forward& forward) const;

    /// One token per row through all layers with cached keys: no mixer, no PLoRA. Appends to the cache.
    /// ids [B]; cos, sin [B, 1, d]; bias [B, 1, 1, cached + 1].
    [[nodiscard]] at::Tensor decode_step(const at::Tensor& ids, const at::Tensor& cos, const at::Tensor& sin,
                                         const at::Tensor& bias, std::vector<KeyValue>& cache) const;

    /// Final norm and head: [..., H] -> [..., vocab].
    [[nodiscard]] at::Tensor logits(const at::Tensor& hidden) const;

    [[nodiscard]] const ModelConfig& config() const { return config_; }
    [[nodiscard]] const MoaiWeights& weights() const { return w_; }

private:
    [[nodiscard]] Streams mix(std::size_t mixer, const Streams& normed, const Forward& forward, bool language_only) const;

    const ModelConfig& config_;
    const MoaiWeights& w_;
};

}  // namespace r2t2
