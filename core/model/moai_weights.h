// MoAI's weights as named structs, and the tensors derived from them for speed.
//
// Shapes use H hidden, I intermediate, Q = (heads + 2 kv_heads) * head_dim rows of wqkv, R expert rank,
// V vision width. Names in comments are the published checkpoint's.
// Thread rule: immutable after construction (training swaps the tensors' values in place, single thread).
#pragma once

#include <functional>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/base/result.h"
#include "core/checkpoint/model_config.h"
#include "core/model/weight_matrix.h"
#include "core/checkpoint/weight_memory.h"

namespace r2t2 {

using TensorMap = std::unordered_map<std::string, at::Tensor>;
using WeightMap = std::unordered_map<std::string, WeightMatrix>;  ///< vectors and tables are dense

/// Linear layer with a low-rank adapter for image tokens: y = W x (+ b), plus scale * B A x on image rows.
struct PloraLinear {
    WeightMatrix weight, a, b;
    at::Tensor bias;
    double scale = 1.0;
    WeightMatrix image_weight;  ///< W + scale * B A where merged for inference; undefined otherwise

    [[nodiscard]] at::Tensor text(const at::Tensor& x) const;
    [[nodiscard]] at::Tensor image(const at::Tensor& x) const;
};

struct NormWeights {
    at::Tensor weight, bias;
};

/// One two-matrix projection of an expert: x -> W1 (W0 x).
struct LowRank {
    at::Tensor first;   ///< [R, H]
    at::Tensor second;  ///< [H, R]
};

struct ExpertWeights {
    LowRank q, k, v, o;
};

/// Several two-matrix projections side by side: first [P * R, H] or [P, R, H], second [P, H, R].
struct ProjectionStack {
    at::Tensor first, second;
};

struct MixerWeights {
    ExpertWeights experts[6];  ///< routing column order

    // The projections in the order the mixer wants them. Stored for inference, built anew in every training step.
    struct Stacks {
        ProjectionStack image;      ///< of image tokens: q of experts 0 1 2; k, v of 2 (img_self) and 4 (lang_img)
        ProjectionStack language;   ///< of text tokens: q of experts 3 4 5; k, v of 5 (lang_self) and 1 (img_lang)
        ProjectionStack auxiliary;  ///< of the compressor's output: k, v of 0 (img_aux) and 3 (lang_aux)
        ProjectionStack image_keys; ///< of image tokens: k, v of 4 alone, where nobody reads mixed image tokens
        ProjectionStack image_out, language_out;  ///< o of experts 0 1 2 and 3 4 5
    };
    Stacks stored;
    [[nodiscard]] Stacks stacks() const;  ///< stored, or built from `experts`
    void store_stacks();                  ///< for inference; `experts` become views of the stacks
    at::Tensor gate_image_weight, gate_image_bias;        ///< [3, H], [3]
    at::Tensor gate_language_weight, gate_language_bias;  ///< [3, H], [3]
};

struct LayerWeights {
    at::Tensor attention_norm, ffn_norm;
    PloraLinear wqkv, wo, w1, w3, w2;
    int mixer = -1;  ///< index into MoaiWeights::mixers, -1 for a plain layer
};

struct CompressorLayerWeights {
    NormWeights norm_media, norm_latents, norm_ff;
    WeightMatrix to_q, to_kv, to_out, ff1, ff2;
};

struct VisionLayerWeights {
    NormWeights norm1, norm2;
    WeightMatrix qkv_weight;  ///< q, k, v stacked: [3V, V] (inference)
    at::Tensor qkv_bias;      ///< [3V]
    WeightMatrix q, k, v, out, fc1, fc2;
    at::Tensor qb, kb, vb, out_bias, fc1_bias, fc2_bias;
};

struct MoaiWeights {
    at::Tensor embedding;  ///< [vocab + 1, H]
    WeightMatrix head;     ///< [vocab, H]
    at::Tensor final_norm;
    std::vector<LayerWeights> layers;
    std::vector<MixerWeights> mixers;
    WeightMatrix projector0, projector2;
    at::Tensor projector0_bias, projector2_bias;
    at::Tensor latents;
    std::vector<CompressorLayerWeights> compressor;
    NormWeights compressor_norm;
    at::Tensor class_embedding;     ///< [V]
    at::Tensor patch_embedding;     ///< [V, 3 * patch * patch]
    at::Tensor position_embedding;  ///< [patches + 1, V]
    NormWeights vision_pre_norm;
    std::vector<VisionLayerWeights> vision;

    /// Structs over the weights of `named` (no copies). Every name of parameter_table(config) must be there with its
    /// shape; a 24 x 24 position table is interpolated to the configured grid.
    [[nodiscard]] static Result<MoaiWeights> bind(const ModelConfig& config, const WeightMap& named, const std::string& where);
    [[nodiscard]] static Result<MoaiWeights> bind(const ModelConfig& config, const TensorMap& named, const std::string& where);
    /// Stacks the expert projections, of which the experts become views; with `merge_adapters` (dense weights only) adds
    /// merged image weights too (memory: one more copy of the linear layers). For inference: later changes of the named
    /// tensors are not seen.
    /// Returns the bytes of the copies.
    std::int64_t prepare_for_inference(bool merge_adapters);
};

/// Bicubic resize of a CLIP position table [1 + g*g, V] to [1 + grid*grid, V], rows rounded through float16 as
/// upstream stores them; the class row is kept.
[[nodiscard]] at::Tensor interpolate_positions(const at::Tensor& table, int grid, bool round_to_half = true);

}  // namespace r2t2
