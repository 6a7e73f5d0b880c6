#include "core/model/prepared_sample.h"

#include <atomic>

namespace r2t2 {

namespace {

/// Rotate the q and k parts of wqkv rows. rows [n, k, Q]; cos, sin [n, d].
at::Tensor rotate_rows(const ModelConfig& config, const at::Tensor& rows, const at::Tensor& cos, const at::Tensor& sin) {
    const std::int64_t n = rows.size(0);
    const std::int64_t groups = config.heads / config.kv_heads;
    const std::int64_t d = config.head_dim();
    const at::Tensor grouped = rows.view({n, rows.size(1), config.kv_heads, groups + 2, d});
    const at::Tensor turned =
        rotate(grouped.slice(3, 0, groups + 1), cos.view({n, 1, 1, 1, d}), sin.view({n, 1, 1, 1, d}));
    return at::cat({turned, grouped.slice(3, groups + 1)}, 3).view_as(rows);
}

std::int64_t first_mixer_layer(const MoaiWeights& w) {
    std::int64_t layer = 0;
    while (w.layers[static_cast<std::size_t>(layer)].mixer < 0) {
        ++layer;
    }
    return layer;
}

PloraLinear without_bias(PloraLinear linear) {
    linear.bias = at::Tensor();
    return linear;
}

/// Keys and values of the prompt only: image block and prompt tokens, without fed answer tokens.
KeyValue prompt_part(const KeyValue& kv, const TokenLayout& layout) {
    const std::int64_t keep = layout.image + layout.prompt;
    return {kv.key.slice(1, 0, keep).contiguous(), kv.value.slice(1, 0, keep).contiguous()};
}

void prepare_first_mixer(const Decoder& decoder, const Streams& streams, const TokenLayout& layout, MoaiSample& sample) {
    const ModelConfig& config = decoder.config();
    const LayerWeights& layer = decoder.weights().layers[static_cast<std::size_t>(first_mixer_layer(decoder.weights()))];
    const at::Tensor image = fused_rms_norm(streams.image, layer.attention_norm, config.rms_norm_eps);
    const at::Tensor text = fused_rms_norm(streams.text, layer.attention_norm, config.rms_norm_eps);
    const at::Tensor prompt = text.slice(1, 0, layout.prompt);
    MixerParts parts = decoder.mixer_parts(0, image, prompt, sample.aux[0], layout);
    parts.scale(sample.loudness, 0);
    const PloraLinear linear = without_bias(layer.wqkv);
    const std::int64_t text_begin = layout.image;
    const std::int64_t answer_begin = layout.image + layout.prompt;
    const at::Tensor cos = layout.cos[0];
    const at::Tensor sin = layout.sin[0];
    // [3, 1, n, H] -> [n, 3, Q]
    const at::Tensor image_experts = (parts.image_outputs + image).squeeze(1).transpose(0, 1);
    const at::Tensor language_experts = (parts.language_outputs + prompt).squeeze(1).transpose(0, 1);
    sample.image_rows = rotate_rows(config, linear.image(image_experts.contiguous()), cos.slice(0, 0, text_begin),
                                    sin.slice(0, 0, text_begin));
    sample.language_rows = rotate_rows(config, linear.text(language_experts.contiguous()),
                                       cos.slice(0, text_begin, answer_begin), sin.slice(0, text_begin, answer_begin));
    const at::Tensor answer = layer.wqkv.text(text[0].slice(0, layout.prompt)).unsqueeze(1);
    sample.answer_rows = rotate_rows(config, answer, cos.slice(0, answer_begin), sin.slice(0, answer_begin)).squeeze(1);
    if (layer.wqkv.bias.defined()) {
        const at::Tensor bias = layer.wqkv.bias.view({1, 1, -1}).expand({answer_begin, 1, -1}).contiguous();
        sample.bias_rows = rotate_rows(config, bias, cos.slice(0, 0, answer_begin), sin.slice(0, 0, answer_begin)).squeeze(1);
    }
    sample.image_logits = parts.image_logits[0].contiguous();
    sample.language_logits = parts.language_logits[0].contiguous();
    sample.image_residual = streams.image[0].contiguous();
    sample.text_residual = streams.text[0].contiguous();
}

}  // namespace

std::size_t MoaiSample::bytes() const {
    std::size_t total = sizeof(MoaiSample);
    const auto add = [&total](const at::Tensor& t) { total += t.defined() ? t.nbytes() : 0; };
    for (const at::Tensor* t : {&image_residual, &text_residual, &image_rows, &language_rows, &answer_rows, &bias_rows,
                                &image_logits, &language_logits}) {
        add(*t);
    }
    for (const AuxiliaryKeys& keys : aux) {
        add(keys.image_key), add(keys.image_value), add(keys.language_key), add(keys.language_value);
    }
    for (const KeyValue& kv : prefix) {
        add(kv.key), add(kv.value);
    }
    return total;
}

Result<std::shared_ptr<MoaiSample>> prepare_tokens(const Decoder& decoder, TokenSample tokens,
                                                   const at::Tensor& image_features, const at::Tensor& compressed,
                                                   const Loudness& loudness) {
    static std::atomic<std::uint64_t> next_serial{1};
    const at::NoGradGuard no_grad;
    const ModelConfig& config = decoder.config();
    const MoaiWeights& w = decoder.weights();
    auto sample = std::make_shared<MoaiSample>();
    Result<RowLengths> lengths = measure_prompt(config, tokens, tokens.answer.empty() ? 0 : tokens.answer.size() - 1);
    R2T2_TRY(lengths);
    sample->lengths = *lengths;
    sample->tokens = std::move(tokens);
    sample->serial = next_serial++;
    sample->loudness = loudness;
    for (std::size_t m = 0; m < w.mixers.size(); ++m) {
        AuxiliaryKeys keys = decoder.auxiliary_keys(m, compressed.unsqueeze(0));
        for (at::Tensor* t : {&keys.image_key, &keys.image_value, &keys.language_key, &keys.language_value}) {
            *t = t->contiguous();
        }
        sample->aux.push_back(std::move(keys));
    }
    const TokenLayout layout = make_layout(config, {sample->lengths}, w.embedding.options());
    Streams streams{image_features.unsqueeze(0), embed_text(config, w, {sample->tokens}, layout)};
    std::vector<KeyValue> cache;
    Decoder::Forward forward;
    forward.layout = &layout;
    forward.aux = &sample->aux;
    forward.cache = &cache;
    streams = decoder.run(std::move(streams), 0, static_cast<std::size_t>(first_mixer_layer(w)), forward);
    for (const KeyValue& kv : cache) {
        sample->prefix.push_back(prompt_part(kv, layout));
    }
    prepare_first_mixer(decoder, streams, layout, *sample);
    return sample;
}

}  // namespace r2t2
