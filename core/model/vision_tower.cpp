#include "core/model/vision_tower.h"

#include <cmath>
#include <limits>

namespace r2t2 {

namespace {

at::Tensor layer_norm(const at::Tensor& x, const NormWeights& norm, double eps) {
    return at::layer_norm(x, {x.size(-1)}, norm.weight, norm.bias, eps);
}

/// [B, N, heads * d] -> [B, heads, N, d]; what narrow_on_cpu says is multiplied in float32.
at::Tensor split_heads(const at::Tensor& x_in, std::int64_t heads) {
    const at::Tensor x = widened_on_cpu(x_in);
    return x.view({x.size(0), x.size(1), heads, x.size(2) / heads}).transpose(1, 2);
}

at::Tensor join_heads(const at::Tensor& x) {
    return x.transpose(1, 2).reshape({x.size(0), x.size(2), x.size(1) * x.size(3)});
}

at::Tensor quick_gelu(const at::Tensor& x) {
    return x * at::sigmoid(1.702 * x);
}

at::Tensor vision_attention(const VisionLayerWeights& layer, const at::Tensor& x, std::int64_t heads) {
    at::Tensor q, k, v;
    if (layer.qkv_weight.defined()) {
        const auto parts = linear_layer(x, layer.qkv_weight, layer.qkv_bias).chunk(3, -1);
        q = parts[0];
        k = parts[1];
        v = parts[2];
    } else {
        q = linear_layer(x, layer.q, layer.qb);
        k = linear_layer(x, layer.k, layer.kb);
        v = linear_layer(x, layer.v, layer.vb);
    }
    const double scale = 1.0 / std::sqrt(double(x.size(-1) / heads));
    const at::Tensor scores = at::matmul(split_heads(q * scale, heads), split_heads(k, heads).transpose(-2, -1));
    const at::Tensor attended = join_heads(at::matmul(at::softmax(scores, -1), split_heads(v, heads)));
    return linear_layer(attended.to(x.scalar_type()), layer.out, layer.out_bias);
}

}  // namespace

at::Tensor normalise_pixels(const at::Tensor& pixels, bool half_constants) {
    // OpenAI CLIP's statistics, times 255: the pixels are not divided by 255.
    const double mean[3] = {0.48145466, 0.4578275, 0.40821073};
    const double std[3] = {0.26862954, 0.26130258, 0.27577711};
    const auto options = at::TensorOptions(at::kFloat).device(pixels.device());
    at::Tensor m = at::empty({3, 1, 1}, options.device(at::kCPU));
    at::Tensor s = at::empty({3, 1, 1}, options.device(at::kCPU));
    for (int c = 0; c < 3; ++c) {
        m[c].fill_(static_cast<float>(mean[c]) * 255.0F);
        s[c].fill_(static_cast<float>(std[c]) * 255.0F);
    }
    if (half_constants) {  // upstream creates them while float16 is the default type
        m = m.div(255).to(at::kHalf).mul(255).to(at::kFloat);
        s = s.div(255).to(at::kHalf).mul(255).to(at::kFloat);
    }
    return (pixels.to(at::kFloat) - m.to(pixels.device())) / s.to(pixels.device());
}

at::Tensor vision_tower(const ModelConfig& config, const MoaiWeights& w, const at::Tensor& pixels,
                        const TensorTrace& trace) {
    const VisionConfig& v = config.vision;
    const std::int64_t batch = pixels.size(0);
    const std::int64_t grid = v.grid();
    const std::int64_t patch = v.patch_size;
    // A stride-p p x p convolution is a matrix product over patches: [B, grid*grid, 3*p*p] x [3*p*p, V].
    const at::Tensor patches = pixels.view({batch, 3, grid, patch, grid, patch})
                                   .permute({0, 2, 4, 1, 3, 5})
                                   .reshape({batch, grid * grid, 3 * patch * patch});
    at::Tensor x = linear_layer(patches, w.patch_embedding.reshape({v.hidden_size, -1}), {});
    x = at::cat({w.class_embedding.view({1, 1, -1}).expand({batch, 1, -1}), x}, 1) + w.position_embedding;
    if (trace) {
        trace("vision.embeddings", x);
    }
    x = layer_norm(x, w.vision_pre_norm, v.layer_norm_eps);
    if (trace) {
        trace("vision.pre_layrnorm", x);
    }
    for (std::size_t l = 0; l < w.vision.size(); ++l) {
        const VisionLayerWeights& layer = w.vision[l];
        x = x + vision_attention(layer, layer_norm(x, layer.norm1, v.layer_norm_eps), v.heads);
        const at::Tensor y = linear_layer(layer_norm(x, layer.norm2, v.layer_norm_eps), layer.fc1, layer.fc1_bias);
        x = x + linear_layer(quick_gelu(y), layer.fc2, layer.fc2_bias);
        if (trace) {
            trace("vision.layer." + std::to_string(l), x);
        }
    }
    return x.slice(1, 1);
}

at::Tensor project(const MoaiWeights& w, const at::Tensor& features) {
    return linear_layer(gelu_erf(linear_layer(features, w.projector0, w.projector0_bias)), w.projector2, w.projector2_bias);
}

at::Tensor compress(const ModelConfig& config, const MoaiWeights& w, const at::Tensor& rows, const at::Tensor& row_mask) {
    constexpr double eps = 1e-5;
    const std::int64_t heads = config.compressor.heads;
    const std::int64_t batch = rows.size(0);
    const double scale = 1.0 / std::sqrt(double(config.compressor.head_dim));
    at::Tensor bias;
    if (row_mask.defined()) {
        const at::Tensor latents_real = at::ones({batch, config.compressor.latents}, row_mask.options());
        bias = at::zeros({batch, row_mask.size(1) + config.compressor.latents}, rows.options())
                   .masked_fill_(at::cat({row_mask, latents_real}, 1).logical_not(), -std::numeric_limits<float>::max())
                   .view({batch, 1, 1, -1});
    }
    at::Tensor z = w.latents.unsqueeze(0).expand({batch, -1, -1});
    for (const CompressorLayerWeights& layer : w.compressor) {
        const at::Tensor media = layer_norm(rows, layer.norm_media, eps);
        const at::Tensor latents = layer_norm(z, layer.norm_latents, eps);
        const at::Tensor q = split_heads(linear_layer(latents, layer.to_q, {}) * scale, heads);
        const auto kv = linear_layer(at::cat({media, latents}, 1), layer.to_kv, {}).chunk(2, -1);
        at::Tensor scores = at::matmul(q, split_heads(kv[0], heads).transpose(-2, -1));
        if (bias.defined()) {
            scores = scores + bias;
        }
        const at::Tensor attended = join_heads(at::matmul(softmax_last(scores), split_heads(kv[1], heads)));
        z = z + linear_layer(attended.to(z.scalar_type()), layer.to_out, {});
        z = z + linear_layer(gelu_erf(linear_layer(layer_norm(z, layer.norm_ff, eps), layer.ff1, {})), layer.ff2, {});
    }
    return layer_norm(z, w.compressor_norm, eps);
}

at::Tensor segment_colours(const at::Tensor& ids) {
    // Bit j of the three bit planes of an id goes to bit 7 - j of red, green and blue.
    at::Tensor palette = at::zeros({256, 3}, at::kFloat);
    for (int id = 1; id <= 133; ++id) {
        int bits = id;
        int colour[3] = {0, 0, 0};
        for (int j = 0; bits != 0; ++j, bits >>= 3) {
            for (int c = 0; c < 3; ++c) {
                colour[c] |= ((bits >> c) & 1) << (7 - j);
            }
        }
        for (int c = 0; c < 3; ++c) {
            palette[id][c] = static_cast<float>(colour[c] / 255.0);
        }
    }
    return palette.index_select(0, ids.reshape({-1}).to(at::kLong)).view({ids.size(0), ids.size(1), 3}).permute({2, 0, 1});
}

}  // namespace r2t2
