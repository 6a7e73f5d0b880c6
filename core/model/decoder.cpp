#include "core/model/decoder.h"

#include <cmath>

#include "core/model/fused_ops.h"
#include "core/model/mixer_maths.h"

namespace r2t2 {

namespace {

/// A cache keeps the canonical order; where image keys were not computed, nobody looks at them.
KeyValue with_image_gap(const Decoder::Qkv& qkv, const TokenLayout& layout) {
    if (qkv.k.size(1) == layout.length()) {
        return {qkv.k, qkv.v};
    }
    const at::Tensor gap = at::zeros({qkv.k.size(0), layout.image, qkv.k.size(2)}, qkv.k.options());
    return {at::cat({gap, qkv.k}, 1), at::cat({gap, qkv.v}, 1)};
}

}  // namespace

at::Tensor MixerRouting::of(std::int64_t mixer, int group) const {
    const at::Tensor row = values.select(1, values.size(1) == 1 ? 0 : mixer);
    return row.slice(1, group * 3, group * 3 + 3).unsqueeze(1);
}

void MixerParts::scale(const Loudness& loudness, std::size_t mixer) {
    if (!loudness.defined()) {
        return;
    }
    const at::Tensor factors = loudness.select(1, static_cast<std::int64_t>(mixer));  // [B, 6]
    const auto of_group = [&factors](std::int64_t group) { return factors.slice(1, group * 3, group * 3 + 3).t().unsqueeze(-1).unsqueeze(-1); };
    if (image_outputs.defined()) {
        image_outputs = image_outputs * of_group(0);
    }
    language_outputs = language_outputs * of_group(1);
}

AuxiliaryKeys Decoder::auxiliary_keys(std::size_t mixer, const at::Tensor& compressed) const {
    const MixerWeights::Stacks stacks = w_.mixers[mixer].stacks();
    const at::Tensor flat = compressed.reshape({-1, compressed.size(2)});
    const at::Tensor parts = projection_bank(flat, stacks.auxiliary.first, stacks.auxiliary.second);
    const auto part = [&](std::int64_t i) { return parts[i].view(compressed.sizes()); };
    return {part(0), part(1), part(2), part(3)};
}

MixerParts Decoder::mixer_parts(std::size_t mixer, const at::Tensor& image, const at::Tensor& language,
                                const AuxiliaryKeys& aux, const TokenLayout& layout, bool language_only) const {
    const MixerWeights& m = w_.mixers[mixer];
    const MixerWeights::Stacks stacks = m.stacks();
    const std::int64_t batch = image.size(0);
    const std::int64_t h = image.size(2);
    const ProjectionStack& image_stack = language_only ? stacks.image_keys : stacks.image;
    const at::Tensor of_image = projection_bank(image.reshape({-1, h}), image_stack.first, image_stack.second);
    const at::Tensor of_text = projection_bank(language.reshape({-1, h}), stacks.language.first, stacks.language.second);
    const auto x = [&](std::int64_t i) { return of_image[i].view({batch, -1, h}); };
    const auto y = [&](std::int64_t i) { return of_text[i].view({batch, -1, h}); };
    const auto attend_expert = [&](const at::Tensor& q, const at::Tensor& k, const at::Tensor& v, const at::Tensor& bias) {
        return fused_attention(q, k, v, bias, config_.expert_heads, config_.expert_heads).view({-1, h});
    };
    const std::int64_t keys = language_only ? 0 : 5;  // where lang_img's keys stand in the image stack
    const at::Tensor language_attended = at::stack({attend_expert(y(0), aux.language_key, aux.language_value, {}),
                                                    attend_expert(y(1), x(keys), x(keys + 1), {}),
                                                    attend_expert(y(2), y(3), y(4), layout.language_bias)});
    MixerParts parts;
    parts.image_logits = linear_layer(image, m.gate_image_weight, m.gate_image_bias);
    parts.language_logits = linear_layer(language, m.gate_language_weight, m.gate_language_bias);
    parts.language_outputs =
        output_bank(language_attended, stacks.language_out.first, stacks.language_out.second).view({3, batch, -1, h});
    if (!language_only) {
        const at::Tensor image_attended = at::stack({attend_expert(x(0), aux.image_key, aux.image_value, {}),
                                                     attend_expert(x(1), y(5), y(6), layout.language_bias),
                                                     attend_expert(x(2), x(3), x(4), {})});
        parts.image_outputs =
            output_bank(image_attended, stacks.image_out.first, stacks.image_out.second).view({3, batch, -1, h});
    }
    return parts;
}

at::Tensor Decoder::gate_weights(const MixerRouting& routing, std::size_t mixer, int group, const at::Tensor& logits) {
    if (routing.kind != MixerRouting::Kind::Native && !routing.reach.everywhere()) {
        MixerRouting native, there = routing;
        native.gate_half = routing.gate_half;
        there.reach = {};
        if (mixer < routing.reach.first_mixer || (routing.reach.last_token && group == 0)) {
            return gate_weights(native, mixer, group, logits);
        }
        if (routing.reach.last_token) {
            const std::int64_t last = logits.size(1) - 1;
            return at::cat({gate_weights(native, mixer, group, logits.slice(1, 0, last)), gate_weights(there, mixer, group, logits.slice(1, last))}, 1);
        }
    }
    if (routing.kind == MixerRouting::Kind::Fixed) {
        return routing.of(static_cast<std::int64_t>(mixer), group);
    }
    at::Tensor gate = logits.to(wide_type(logits.scalar_type()));
    if (routing.kind == MixerRouting::Kind::Offset) {
        gate = gate + for_every_token(routing.of(static_cast<std::int64_t>(mixer), group), gate.size(1));
    }
    if (routing.gate_half) {  // CUDA semantics: float16 in, float32 inside, float16 out
        return at::softmax(gate.to(at::kHalf).to(at::kFloat), -1).to(at::kHalf).to(logits.scalar_type());
    }
    return softmax_last(gate);
}

Decoder::Qkv Decoder::split_qkv(const at::Tensor& rows, const at::Tensor& cos, const at::Tensor& sin) const {
    // Rows are grouped per kv head: [q ... q, k, v].
    return fused_split_qkv(rows, cos, sin, config_.kv_heads, config_.heads / config_.kv_heads, config_.head_dim());
}

at::Tensor Decoder::attend(const at::Tensor& q, const KeyValue& kv, const at::Tensor& bias) const {
    return fused_attention(q, kv.key, kv.value, bias, config_.heads, config_.kv_heads);
}

at::Tensor Decoder::project_qkv(std::size_t layer, const at::Tensor& image, const at::Tensor& text) const {
    const PloraLinear& wqkv = w_.layers[layer].wqkv;
    return at::cat({wqkv.image(image), wqkv.text(text)}, 1);
}

Streams Decoder::finish_layer(std::size_t layer, const Streams& residual, const Qkv& qkv, const TokenLayout& layout,
                              bool answers_only, std::int64_t first_text, Streams* attention_out) const {
    const LayerWeights& l = w_.layers[layer];
    const std::int64_t skip = answers_only ? layout.image + first_text : 0;
    const bool text_only = qkv.k.size(1) == layout.text() && layout.image > 0;
    const at::Tensor q = answers_only ? qkv.q.slice(1, text_only ? first_text : skip) : qkv.q;
    at::Tensor bias = answers_only ? layout.attention_bias.slice(2, skip) : layout.attention_bias;
    if (text_only) {
        bias = bias.slice(3, layout.image);
    }
    const at::Tensor attended = attend(q, {qkv.k, qkv.v}, bias);
    const auto feed_forward = [&l](const at::Tensor& x, bool image) {
        const auto apply = [image](const PloraLinear& linear, const at::Tensor& v) {
            return image ? linear.image(v) : linear.text(v);
        };
        return apply(l.w2, fused_swiglu(apply(l.w1, x), apply(l.w3, x)));
    };
    Streams out, mixed;
    if (answers_only) {
        mixed.text = l.wo.text(attended);
        out.text = residual.text.slice(1, first_text) + mixed.text;
    } else {
        mixed = {l.wo.image(attended.slice(1, 0, layout.image)), l.wo.text(attended.slice(1, layout.image))};
        out.image = residual.image + mixed.image;
        out.image = out.image + feed_forward(fused_rms_norm(out.image, l.ffn_norm, config_.rms_norm_eps), true);
        out.text = residual.text + mixed.text;
    }
    if (attention_out) {
        *attention_out = mixed;
    }
    out.text = out.text + feed_forward(fused_rms_norm(out.text, l.ffn_norm, config_.rms_norm_eps), false);
    return out;
}

namespace {

/// A gate that tokens share, once for each.
at::Tensor of_each_token(const at::Tensor& gate, std::int64_t tokens) { return gate.size(1) == tokens ? gate : for_every_token(gate, tokens); }

}  // namespace

Streams Decoder::mix(std::size_t mixer, const Streams& normed, const Forward& forward, bool language_only) const {
    const TokenLayout& layout = *forward.layout;
    const at::Tensor language = normed.text.slice(1, 0, layout.language);
    MixerParts parts = mixer_parts(mixer, normed.image, language, (*forward.aux)[mixer], layout, language_only);
    if (forward.loudness) {
        parts.scale(*forward.loudness, mixer);
    }
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
        if (!language_only) {
            (*forward.trace)(prefix + "expert.img", parts.image_outputs + normed.image);
        }
        (*forward.trace)(prefix + "expert.lang", parts.language_outputs + language);
    }
    Streams mixed;
    if (!language_only) {
        mixed.image = mix_experts(normed.image, parts.image_outputs, of_each_token(image_gate, layout.image));
    }
    mixed.text = mix_experts(language, parts.language_outputs, of_each_token(language_gate, layout.language));
    if (layout.language < layout.text()) {
        mixed.text = at::cat({mixed.text, normed.text.slice(1, layout.language)}, 1);
    }
    return mixed;
}

Streams Decoder::run(Streams streams, std::size_t from, std::size_t to, const Forward& forward) const {
    const TokenLayout& layout = *forward.layout;
    const bool tracing = forward.trace && *forward.trace;
    const auto trace_streams = [&](const std::string& name, const Streams& s) {
        (*forward.trace)(name, s.image.defined() ? at::cat({s.image, s.text}, 1) : s.text);
    };
    for (std::size_t i = from; i < to; ++i) {
        const LayerWeights& layer = w_.layers[i];
        const bool answers_only = forward.answers_only && i + 1 == w_.layers.size();
        const bool language_only = answers_only && config_.hide_image_from_text;  // nobody reads image tokens any more
        Streams x{fused_rms_norm(streams.image, layer.attention_norm, config_.rms_norm_eps),
                  fused_rms_norm(streams.text, layer.attention_norm, config_.rms_norm_eps)};
        if (layer.mixer >= 0) {
            const std::string prefix = "mixer." + std::to_string(layer.mixer) + ".";
            if (tracing) {
                trace_streams(prefix + "in", x);
            }
            x = mix(static_cast<std::size_t>(layer.mixer), x, forward, language_only);
            if (tracing) {
                trace_streams(prefix + "out", x);
            }
        }
        const Qkv qkv = language_only ? split_qkv(layer.wqkv.text(x.text), layout.cos.slice(1, layout.image),
                                                  layout.sin.slice(1, layout.image))
                                      : split_qkv(project_qkv(i, x.image, x.text), layout.cos, layout.sin);
        if (forward.cache) {
            forward.cache->push_back(with_image_gap(qkv, layout));
        }
        Streams attention;
        streams = finish_layer(i, streams, qkv, layout, answers_only, forward.first_text, tracing ? &attention : nullptr);
        if (tracing && !answers_only) {
            trace_streams("attn_out." + std::to_string(i), attention);
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
        const at::Tensor x = fused_rms_norm(h, layer.attention_norm, config_.rms_norm_eps);
        const Qkv qkv = split_qkv(layer.wqkv.text(x), cos, sin);
        cache[i].key = at::cat({cache[i].key, qkv.k}, 1);
        cache[i].value = at::cat({cache[i].value, qkv.v}, 1);
        h = h + layer.wo.text(attend(qkv.q, cache[i], bias));
        const at::Tensor y = fused_rms_norm(h, layer.ffn_norm, config_.rms_norm_eps);
        h = h + layer.w2.text(fused_swiglu(layer.w1.text(y), layer.w3.text(y)));
    }
    return h;
}

at::Tensor Decoder::logits(const at::Tensor& hidden) const {
    return linear_layer(fused_rms_norm(hidden, w_.final_norm, config_.rms_norm_eps), w_.head, {});
}

}  // namespace r2t2
