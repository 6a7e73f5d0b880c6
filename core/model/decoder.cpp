#include "core/model/decoder.h"

#include <cmath>

#include "core/model/mixer_maths.h"

namespace r2t2 {

namespace {

/// [B, n, heads * d] -> [B, heads, n, d]
at::Tensor split_heads(const at::Tensor& x, std::int64_t heads) {
    return x.view({x.size(0), x.size(1), heads, x.size(2) / heads}).transpose(1, 2);
}

/// Expert projections of one input by several experts at once: [N, H] -> [experts, N, H] before the GELU.
at::Tensor low_rank_many(const at::Tensor& x, const std::vector<const LowRank*>& projections) {
    std::vector<at::Tensor> first, second;
    for (const LowRank* p : projections) {
        first.push_back(p->first);
        second.push_back(p->second);
    }
    const auto count = static_cast<std::int64_t>(projections.size());
    const at::Tensor narrow = at::linear(x, at::cat(first)).view({x.size(0), count, -1}).transpose(0, 1);
    return at::bmm(narrow, at::stack(second).transpose(1, 2));
}

/// softmax(q k^T / sqrt(d)) v for [B, heads, n, d] -> [B * n, H]; no causality, no positions.
at::Tensor expert_attention(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v, const at::Tensor& bias) {
    const double scale = 1.0 / std::sqrt(double(q.size(-1)));
    at::Tensor scores = at::matmul(q * scale, k.transpose(-2, -1));
    if (bias.defined()) {
        scores = scores + bias;
    }
    const at::Tensor out = at::matmul(softmax_last(scores), v).transpose(1, 2);
    return out.reshape({q.size(0) * q.size(2), q.size(1) * q.size(3)});
}

/// gelu(two(o)) of three experts of one stream: three [N, H] -> [3, N, H].
at::Tensor expert_outputs(const ExpertWeights* experts, const std::vector<at::Tensor>& attended) {
    const at::Tensor x = at::stack(attended);  // [3, N, H]
    const at::Tensor first = at::stack({experts[0].o.first, experts[1].o.first, experts[2].o.first});
    const at::Tensor second = at::stack({experts[0].o.second, experts[1].o.second, experts[2].o.second});
    return gelu_erf(at::bmm(at::bmm(x, first.transpose(1, 2)), second.transpose(1, 2)));
}

}  // namespace

at::Tensor MixerRouting::of(std::int64_t mixer, int group) const {
    const at::Tensor row = values.select(1, values.size(1) == 1 ? 0 : mixer);
    return row.slice(1, group * 3, group * 3 + 3).unsqueeze(1);
}

AuxiliaryKeys Decoder::auxiliary_keys(std::size_t mixer, const at::Tensor& compressed) const {
    const ExpertWeights& image = w_.mixers[mixer].experts[0];
    const ExpertWeights& language = w_.mixers[mixer].experts[3];
    const std::int64_t batch = compressed.size(0);
    const at::Tensor flat = compressed.reshape({batch * compressed.size(1), compressed.size(2)});
    const at::Tensor parts = gelu_erf(low_rank_many(flat, {&image.k, &image.v, &language.k, &language.v}));
    const auto heads = [&](std::int64_t i) {
        return split_heads(parts[i].view({batch, compressed.size(1), compressed.size(2)}), config_.expert_heads);
    };
    return {heads(0), heads(1), heads(2), heads(3)};
}

MixerParts Decoder::mixer_parts(std::size_t mixer, const at::Tensor& image, const at::Tensor& language,
                                const AuxiliaryKeys& aux, const TokenLayout& layout) const {
    const MixerWeights& m = w_.mixers[mixer];
    const ExpertWeights* e = m.experts;
    const std::int64_t batch = image.size(0);
    const std::int64_t h = image.size(2);
    const at::Tensor x = image.reshape({-1, h});
    const at::Tensor y = language.reshape({-1, h});
    // Projections of the image tokens: queries of the image experts, keys and values of the experts that look at images.
    const at::Tensor px = gelu_erf(low_rank_many(x, {&e[0].q, &e[1].q, &e[2].q, &e[2].k, &e[2].v, &e[4].k, &e[4].v}));
    const at::Tensor py = gelu_erf(low_rank_many(y, {&e[3].q, &e[4].q, &e[5].q, &e[5].k, &e[5].v, &e[1].k, &e[1].v}));
    const auto from_image = [&](std::int64_t i) { return split_heads(px[i].view({batch, -1, h}), config_.expert_heads); };
    const auto from_text = [&](std::int64_t i) { return split_heads(py[i].view({batch, -1, h}), config_.expert_heads); };

    MixerParts parts;
    parts.image_logits = at::linear(image, m.gate_image_weight, m.gate_image_bias);
    parts.language_logits = at::linear(language, m.gate_language_weight, m.gate_language_bias);
    parts.image_outputs =
        expert_outputs(e, {expert_attention(from_image(0), aux.image_key, aux.image_value, {}),
                           expert_attention(from_image(1), from_text(5), from_text(6), layout.language_bias),
                           expert_attention(from_image(2), from_image(3), from_image(4), {})})
            .view({3, batch, -1, h});
    parts.language_outputs =
        expert_outputs(e + 3, {expert_attention(from_text(0), aux.language_key, aux.language_value, {}),
                               expert_attention(from_text(1), from_image(5), from_image(6), {}),
                               expert_attention(from_text(2), from_text(3), from_text(4), layout.language_bias)})
            .view({3, batch, -1, h});
    return parts;
}

at::Tensor Decoder::gate_weights(const MixerRouting& routing, std::size_t mixer, int group, const at::Tensor& logits) {
    if (routing.kind == MixerRouting::Kind::Fixed) {
        return routing.of(static_cast<std::int64_t>(mixer), group);
    }
    at::Tensor gate = logits;
    if (routing.kind == MixerRouting::Kind::Offset) {
        gate = gate + routing.of(static_cast<std::int64_t>(mixer), group);
    }
    if (routing.gate_half) {  // CUDA semantics: float16 in, float32 inside, float16 out
        return at::softmax(gate.to(at::kHalf).to(at::kFloat), -1).to(at::kHalf).to(logits.scalar_type());
    }
    return softmax_last(gate);
}

Decoder::Qkv Decoder::split_qkv(const at::Tensor& rows, const at::Tensor& cos, const at::Tensor& sin) const {
    const std::int64_t batch = rows.size(0);
    const std::int64_t n = rows.size(1);
    const std::int64_t d = config_.head_dim();
    const std::int64_t groups = config_.heads / config_.kv_heads;
    // Rows are grouped per kv head: [q ... q, k, v].
    const at::Tensor grouped = rows.view({batch, n, config_.kv_heads, groups + 2, d});
    at::Tensor rotated = grouped.slice(3, 0, groups + 1);
    if (cos.defined()) {
        rotated = rotate(rotated, cos.unsqueeze(2).unsqueeze(3), sin.unsqueeze(2).unsqueeze(3));
    }
    Qkv out;
    out.q = rotated.slice(3, 0, groups).permute({0, 2, 3, 1, 4});  // [B, kv, groups, n, d]
    out.k = rotated.select(3, groups).transpose(1, 2);             // [B, kv, n, d]
    out.v = grouped.select(3, groups + 1).transpose(1, 2);
    return out;
}

at::Tensor Decoder::attend(const at::Tensor& q, const KeyValue& kv, const at::Tensor& bias) const {
    // q [B, kv, groups, n, d]: the queries that share a key head are attended together, nothing is repeated.
    const std::int64_t batch = q.size(0);
    const std::int64_t groups = q.size(2);
    const std::int64_t n = q.size(3);
    const std::int64_t d = q.size(4);
    const std::int64_t keys = kv.key.size(2);
    const at::Tensor flat = (q * (1.0 / std::sqrt(double(d)))).reshape({batch * config_.kv_heads, groups * n, d});
    const at::Tensor key = kv.key.reshape({batch * config_.kv_heads, keys, d});
    const at::Tensor value = kv.value.reshape({batch * config_.kv_heads, keys, d});
    const at::Tensor scores = at::bmm(flat, key.transpose(1, 2)).view({batch, config_.heads, n, keys}) + bias;
    const at::Tensor out = at::bmm(softmax_last(scores).view({batch * config_.kv_heads, groups * n, keys}), value);
    return out.view({batch, config_.heads, n, d}).transpose(1, 2).reshape({batch, n, config_.heads * d});
}

at::Tensor Decoder::project_qkv(std::size_t layer, const at::Tensor& image, const at::Tensor& text) const {
    const PloraLinear& wqkv = w_.layers[layer].wqkv;
    return at::cat({wqkv.image(image), wqkv.text(text)}, 1);
}

Streams Decoder::finish_layer(std::size_t layer, const Streams& residual, const Qkv& qkv, const TokenLayout& layout,
                              bool answers_only, std::int64_t first_text) const {
    const LayerWeights& l = w_.layers[layer];
    const std::int64_t skip = answers_only ? layout.image + first_text : 0;
    const at::Tensor q = answers_only ? qkv.q.slice(3, skip) : qkv.q;
    const at::Tensor bias = answers_only ? layout.attention_bias.slice(2, skip) : layout.attention_bias;
    const at::Tensor attended = attend(q, {qkv.k, qkv.v}, bias);
    const auto feed_forward = [&l](const at::Tensor& x, bool image) {
        const auto apply = [image](const PloraLinear& linear, const at::Tensor& v) {
            return image ? linear.image(v) : linear.text(v);
        };
        return apply(l.w2, at::silu(apply(l.w1, x)) * apply(l.w3, x));
    };
    Streams out;
    if (answers_only) {
        out.text = residual.text.slice(1, first_text) + l.wo.text(attended);
    } else {
        out.image = residual.image + l.wo.image(attended.slice(1, 0, layout.image));
        out.image = out.image + feed_forward(rms_norm(out.image, l.ffn_norm, config_.rms_norm_eps), true);
        out.text = residual.text + l.wo.text(attended.slice(1, layout.image));
    }
    out.text = out.text + feed_forward(rms_norm(out.text, l.ffn_norm, config_.rms_norm_eps), false);
    return out;
}

Streams Decoder::mix(std::size_t mixer, const Streams& normed, const Forward& forward) const {
    const TokenLayout& layout = *forward.layout;
    const at::Tensor language = normed.text.slice(1, 0, layout.language);
    const MixerParts parts = mixer_parts(mixer, normed.image, language, (*forward.aux)[mixer], layout);
    const at::Tensor image_gate = gate_weights(*forward.routing, mixer, 0, parts.image_logits);
    const at::Tensor language_gate = gate_weights(*forward.routing, mixer, 1, parts.language_logits);
    if (forward.gates) {
        forward.gates->mean.push_back(
            at::cat({image_gate.expand({-1, layout.image, -1}).mean(1), (language_gate * layout.language_share).sum(1)}, 1));
    }
    if (forward.trace && *forward.trace) {
        const std::string prefix = "mixer." + std::to_string(mixer) + ".";
        (*forward.trace)(prefix + "gate_logits_img", parts.image_logits);
        (*forward.trace)(prefix + "gate_logits_lang", parts.language_logits);
        (*forward.trace)(prefix + "gate_img", image_gate);
        (*forward.trace)(prefix + "gate_lang", language_gate);
        (*forward.trace)(prefix + "expert.img", parts.image_outputs + normed.image);
        (*forward.trace)(prefix + "expert.lang", parts.language_outputs + language);
    }
    Streams mixed;
    mixed.image = mix_experts(normed.image, parts.image_outputs, image_gate);
    mixed.text = mix_experts(language, parts.language_outputs, language_gate);
    if (layout.language < layout.text()) {
        mixed.text = at::cat({mixed.text, normed.text.slice(1, layout.language)}, 1);
    }
    return mixed;
}

Streams Decoder::run(Streams streams, std::size_t from, std::size_t to, const Forward& forward) const {
    const TokenLayout& layout = *forward.layout;
    const bool tracing = forward.trace && *forward.trace;
    const auto trace_streams = [&](const std::string& name, const Streams& s) {
        (*forward.trace)(name, at::cat({s.image, s.text}, 1));
    };
    for (std::size_t i = from; i < to; ++i) {
        const LayerWeights& layer = w_.layers[i];
        Streams x{rms_norm(streams.image, layer.attention_norm, config_.rms_norm_eps),
                  rms_norm(streams.text, layer.attention_norm, config_.rms_norm_eps)};
        if (layer.mixer >= 0) {
            const std::string prefix = "mixer." + std::to_string(layer.mixer) + ".";
            if (tracing) {
                trace_streams(prefix + "in", x);
            }
            x = mix(static_cast<std::size_t>(layer.mixer), x, forward);
            if (tracing) {
                trace_streams(prefix + "out", x);
            }
        }
        const Qkv qkv = split_qkv(project_qkv(i, x.image, x.text), layout.cos, layout.sin);
        if (forward.cache) {
            forward.cache->push_back({qkv.k, qkv.v});
        }
        const bool answers_only = forward.answers_only && i + 1 == w_.layers.size();
        streams = finish_layer(i, streams, qkv, layout, answers_only, forward.first_text);
        if (tracing && !answers_only) {
            trace_streams("hidden." + std::to_string(i), streams);
        }
    }
    return streams;
}

at::Tensor Decoder::decode_step(const at::Tensor& ids, const at::Tensor& cos, const at::Tensor& sin,
                                const at::Tensor& bias, std::vector<KeyValue>& cache) const {
    at::Tensor h = w_.embedding.index_select(0, ids).unsqueeze(1);
    for (std::size_t i = 0; i < w_.layers.size(); ++i) {
        const LayerWeights& layer = w_.layers[i];
        const at::Tensor x = rms_norm(h, layer.attention_norm, config_.rms_norm_eps);
        const Qkv qkv = split_qkv(layer.wqkv.text(x), cos, sin);
        cache[i].key = at::cat({cache[i].key, qkv.k}, 2);
        cache[i].value = at::cat({cache[i].value, qkv.v}, 2);
        h = h + layer.wo.text(attend(qkv.q, cache[i], bias));
        const at::Tensor y = rms_norm(h, layer.ffn_norm, config_.rms_norm_eps);
        h = h + layer.w2.text(at::silu(layer.w1.text(y)) * layer.w3.text(y));
    }
    return h;
}

at::Tensor Decoder::logits(const at::Tensor& hidden) const {
    return at::linear(rms_norm(hidden, w_.final_norm, config_.rms_norm_eps), w_.head);
}

}  // namespace r2t2
