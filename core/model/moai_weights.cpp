#include "core/model/moai_weights.h"

#include <algorithm>
#include <cmath>
#include <span>

#include "core/model/fused_ops.h"

namespace r2t2 {

namespace {

/// Looks tensors up by name and keeps the first error.
class Binder {
public:
    Binder(const WeightMap& named, std::string where) : named_(named), where_(std::move(where)) {}

    WeightMatrix matrix(const std::string& name) {
        const auto it = named_.find(name);
        if (it == named_.end()) {
            if (status_.ok()) {
                status_ = Error{ErrorKind::NotFound, where_, name, "no such tensor", "every tensor of the model"};
            }
            return {};
        }
        return it->second;
    }
    at::Tensor get(const std::string& name) { return matrix(name).dense(); }
    NormWeights norm(const std::string& name) { return {get(name + ".weight"), get(name + ".bias")}; }
    LowRank low_rank(const std::string& name) { return {get(name + ".0.weight"), get(name + ".1.weight")}; }
    PloraLinear plora(const std::string& name, bool bias, double scale) {
        PloraLinear linear;
        linear.weight = matrix(name + ".Plora_main.weight");
        if (bias) {
            linear.bias = get(name + ".Plora_main.bias");
        }
        linear.a = matrix(name + ".Plora_A.weight");
        linear.b = matrix(name + ".Plora_B.weight");
        linear.scale = scale;
        return linear;
    }
    [[nodiscard]] const Status& status() const { return status_; }

private:
    const WeightMap& named_;
    std::string where_;
    Status status_;
};

std::string shape_text(at::IntArrayRef shape) {
    std::string text = "[";
    for (std::size_t i = 0; i < shape.size(); ++i) {
        text += (i ? ", " : "") + std::to_string(shape[i]);
    }
    return text + "]";
}

Status check_shapes(const ModelConfig& config, const WeightMap& named, const std::string& where) {
    for (const ParameterShape& expected : parameter_table(config)) {
        const auto it = named.find(expected.name);
        if (it == named.end()) {
            return Error{ErrorKind::NotFound, where, expected.name, "no such tensor",
                         "shape " + shape_text(expected.shape)};
        }
        const bool positions = expected.name.ends_with("position_embedding.weight");
        const std::vector<std::int64_t> found = it->second.sizes();
        const bool square = positions && found.size() == 2 && found[1] == expected.shape[1] && found[0] > 1 &&
                            std::pow(std::llround(std::sqrt(double(found[0] - 1))), 2) == double(found[0] - 1);
        if (!square && found != expected.shape) {
            return invalid_input(where, expected.name, "shape " + shape_text(found),
                                 "shape " + shape_text(expected.shape));
        }
    }
    return {};
}

MixerWeights bind_mixer(Binder& binder, const std::string& attention) {
    MixerWeights mixer;
    for (int e = 0; e < 6; ++e) {
        const std::string expert = attention + expert_module_names[e] + ".linear_";
        mixer.experts[e] = {binder.low_rank(expert + "q"), binder.low_rank(expert + "k"),
                            binder.low_rank(expert + "v"), binder.low_rank(expert + "o")};
    }
    mixer.gate_image_weight = binder.get(attention + "moai_GA_img.weight");
    mixer.gate_image_bias = binder.get(attention + "moai_GA_img.bias");
    mixer.gate_language_weight = binder.get(attention + "moai_GA_lang.weight");
    mixer.gate_language_bias = binder.get(attention + "moai_GA_lang.bias");
    return mixer;
}

void bind_vision(Binder& binder, const ModelConfig& config, MoaiWeights& w) {
    const std::string tower = "vit.vision_tower.vision_model.";
    w.class_embedding = binder.get(tower + "embeddings.class_embedding");
    w.patch_embedding = binder.get(tower + "embeddings.patch_embedding.weight");
    w.position_embedding = binder.get(tower + "embeddings.position_embedding.weight");
    w.vision_pre_norm = binder.norm(tower + "pre_layrnorm");
    for (int l = 0; l < config.vision.layers; ++l) {
        const std::string layer = tower + "encoder.layers." + std::to_string(l) + ".";
        VisionLayerWeights v;
        v.norm1 = binder.norm(layer + "layer_norm1");
        v.norm2 = binder.norm(layer + "layer_norm2");
        v.q = binder.matrix(layer + "self_attn.q_proj.weight");
        v.qb = binder.get(layer + "self_attn.q_proj.bias");
        v.k = binder.matrix(layer + "self_attn.k_proj.weight");
        v.kb = binder.get(layer + "self_attn.k_proj.bias");
        v.v = binder.matrix(layer + "self_attn.v_proj.weight");
        v.vb = binder.get(layer + "self_attn.v_proj.bias");
        v.out = binder.matrix(layer + "self_attn.out_proj.weight");
        v.out_bias = binder.get(layer + "self_attn.out_proj.bias");
        v.fc1 = binder.matrix(layer + "mlp.fc1.weight");
        v.fc1_bias = binder.get(layer + "mlp.fc1.bias");
        v.fc2 = binder.matrix(layer + "mlp.fc2.weight");
        v.fc2_bias = binder.get(layer + "mlp.fc2.bias");
        w.vision.push_back(std::move(v));
    }
}

void bind_compressor(Binder& binder, const ModelConfig& config, MoaiWeights& w) {
    w.latents = binder.get("moai_compressor.latents");
    for (int d = 0; d < config.compressor.depth; ++d) {
        const std::string layer = "moai_compressor.layers." + std::to_string(d) + ".";
        w.compressor.push_back({binder.norm(layer + "0.norm_media"), binder.norm(layer + "0.norm_latents"),
                                binder.norm(layer + "1.0"), binder.matrix(layer + "0.to_q.weight"),
                                binder.matrix(layer + "0.to_kv.weight"), binder.matrix(layer + "0.to_out.weight"),
                                binder.matrix(layer + "1.1.weight"), binder.matrix(layer + "1.3.weight")});
    }
    w.compressor_norm = binder.norm("moai_compressor.norm");
}

/// The two-matrix projections in the order of MixerWeights::Stacks; every one is in one list.
template <typename Expert>
auto stack_parts(Expert* e) {
    using Part = decltype(&e->q);
    struct {
        std::vector<Part> image, language, auxiliary, image_out, language_out;
    } parts{{&e[0].q, &e[1].q, &e[2].q, &e[2].k, &e[2].v, &e[4].k, &e[4].v},
            {&e[3].q, &e[4].q, &e[5].q, &e[5].k, &e[5].v, &e[1].k, &e[1].v},
            {&e[0].k, &e[0].v, &e[3].k, &e[3].v},
            {&e[0].o, &e[1].o, &e[2].o},
            {&e[3].o, &e[4].o, &e[5].o}};
    return parts;
}

ProjectionStack stacked(std::span<const LowRank* const> parts, bool flat) {
    std::vector<at::Tensor> first, second;
    for (const LowRank* part : parts) {
        first.push_back(part->first);
        second.push_back(part->second);
    }
    return {flat ? at::cat(first) : at::stack(first), at::stack(second)};
}

/// The projections become views of the stack made of them, so that they are in memory once.
void adopt(const ProjectionStack& stack, std::span<LowRank* const> parts) {
    const at::Tensor first = stack.first.view({std::int64_t(parts.size()), -1, stack.first.size(-1)});
    for (std::size_t i = 0; i < parts.size(); ++i) {
        *parts[i] = {first[std::int64_t(i)], stack.second[std::int64_t(i)]};
    }
}

}  // namespace

at::Tensor PloraLinear::text(const at::Tensor& x) const {
    return linear_layer(x, weight, bias);
}

at::Tensor PloraLinear::image(const at::Tensor& x) const {
    if (image_weight.defined()) {
        return linear_layer(x, image_weight, bias);
    }
    const at::Tensor adapter = linear_layer(linear_layer(x, a, {}), b, {});
    return text(x) + (scale == 1.0 ? adapter : adapter * scale);
}

Result<MoaiWeights> MoaiWeights::bind(const ModelConfig& config, const TensorMap& named, const std::string& where) {
    return bind(config, WeightMap(named.begin(), named.end()), where);
}

Result<MoaiWeights> MoaiWeights::bind(const ModelConfig& config, const WeightMap& named, const std::string& where) {
    R2T2_TRY(check_shapes(config, named, where));
    Binder binder(named, where);
    MoaiWeights w;
    w.embedding = binder.get("model.tok_embeddings.weight");
    w.head = config.tie_word_embeddings && w.embedding.defined() ? WeightMatrix(w.embedding.slice(0, 0, config.vocab_size)) : binder.matrix("output.weight");
    w.final_norm = binder.get("model.norm.weight");
    const double scale = config.plora_alpha / config.plora_rank;
    for (int i = 0; i < config.layers; ++i) {
        const std::string layer = "model.layers." + std::to_string(i) + ".";
        LayerWeights l;
        l.attention_norm = binder.get(layer + "attention_norm.weight");
        l.ffn_norm = binder.get(layer + "ffn_norm.weight");
        l.wqkv = binder.plora(layer + "attention.wqkv", config.bias, scale);
        l.wo = binder.plora(layer + "attention.wo", config.bias, scale);
        l.w1 = binder.plora(layer + "feed_forward.w1", false, scale);
        l.w3 = binder.plora(layer + "feed_forward.w3", false, scale);
        l.w2 = binder.plora(layer + "feed_forward.w2", false, scale);
        if (config.is_mixer(i)) {
            l.mixer = static_cast<int>(w.mixers.size());
            w.mixers.push_back(bind_mixer(binder, layer + "attention."));
        }
        w.layers.push_back(std::move(l));
    }
    w.projector0 = binder.matrix("vision_proj.0.weight");
    w.projector0_bias = binder.get("vision_proj.0.bias");
    w.projector2 = binder.matrix("vision_proj.2.weight");
    w.projector2_bias = binder.get("vision_proj.2.bias");
    bind_compressor(binder, config, w);
    bind_vision(binder, config, w);
    R2T2_TRY(binder.status());
    if (w.position_embedding.size(0) != config.vision.patches() + 1) {
        w.position_embedding = interpolate_positions(w.position_embedding, config.vision.grid());
    }
    return w;
}

MixerWeights::Stacks MixerWeights::stacks() const {
    if (stored.image.first.defined()) {
        return stored;
    }
    const auto parts = stack_parts(experts);
    Stacks out;
    out.image = stacked(parts.image, true);
    out.language = stacked(parts.language, true);
    out.auxiliary = stacked(parts.auxiliary, true);
    out.image_keys = stacked(std::span(parts.image).last(2), true);
    out.image_out = stacked(parts.image_out, false);
    out.language_out = stacked(parts.language_out, false);
    return out;
}

void MixerWeights::store_stacks() {
    stored = stacks();
    const auto parts = stack_parts(experts);
    adopt(stored.image, parts.image);
    adopt(stored.language, parts.language);
    adopt(stored.auxiliary, parts.auxiliary);
    adopt(stored.image_out, parts.image_out);
    adopt(stored.language_out, parts.language_out);
    const std::int64_t rank = experts[0].q.first.size(0);
    stored.image_keys = {stored.image.first.slice(0, 5 * rank), stored.image.second.slice(0, 5)};
}

/// W + scale * B A, some rows at a time: narrow weights are added up in float32, and no such copy of a whole matrix is made.
static at::Tensor merged(const PloraLinear& linear) {
    const at::Tensor& main = linear.weight.dense();
    const at::Tensor a = widened_on_cpu(linear.a.dense());
    at::Tensor out = at::empty_like(main);
    const std::int64_t rows = main.size(0), step = std::max<std::int64_t>(1, (1 << 18) / main.size(1));
    for (std::int64_t from = 0; from < rows; from += step) {
        const std::int64_t to = std::min(rows, from + step);
        at::Tensor sum = at::matmul(widened_on_cpu(linear.b.dense().slice(0, from, to)), a);
        out.slice(0, from, to).copy_(sum.mul_(linear.scale).add_(main.slice(0, from, to)));
    }
    return out;
}

std::int64_t MoaiWeights::prepare_for_inference(bool merge_adapters) {
    std::int64_t copied = 0;
    for (MixerWeights& mixer : mixers) {
        mixer.store_stacks();
    }
    if (!merge_adapters) {
        return copied;
    }
    for (LayerWeights& layer : layers) {
        for (PloraLinear* linear : {&layer.wqkv, &layer.wo, &layer.w1, &layer.w3, &layer.w2}) {
            linear->image_weight = merged(*linear);
            copied += static_cast<std::int64_t>(linear->image_weight.nbytes());
        }
    }
    for (VisionLayerWeights& layer : vision) {
        layer.qkv_weight = at::cat({layer.q.dense(), layer.k.dense(), layer.v.dense()});
        layer.qkv_bias = at::cat({layer.qb, layer.kb, layer.vb});
        copied += static_cast<std::int64_t>(layer.qkv_weight.nbytes());
    }
    return copied;
}

at::Tensor interpolate_positions(const at::Tensor& table, int grid, bool round_to_half) {
    const auto side = static_cast<std::int64_t>(std::llround(std::sqrt(double(table.size(0) - 1))));
    const std::int64_t width = table.size(1);
    const at::Tensor square = table.slice(0, 1).reshape({1, side, side, width}).permute({0, 3, 1, 2}).to(at::kFloat);
    at::Tensor resized = at::upsample_bicubic2d(square, {grid, grid}, /*align_corners=*/false, c10::nullopt, c10::nullopt);
    resized = resized.permute({0, 2, 3, 1}).reshape({std::int64_t(grid) * grid, width});
    if (round_to_half) {
        resized = resized.to(at::kHalf);
    }
    return at::cat({table.slice(0, 0, 1), resized.to(table.scalar_type())});
}

}  // namespace r2t2
