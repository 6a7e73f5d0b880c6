#include "core/model/routed_batch.h"

#include <algorithm>

#include "core/model/mixer_maths.h"

namespace r2t2 {

namespace {

/// Stack [n_b, ...] tensors to [B, n, ...], padding on the left or the right with zeros. A batch of one is a view.
template <typename Get>
at::Tensor stack_padded(std::span<const MoaiSample* const> samples, std::int64_t length, bool left, Get get) {
    const at::Tensor first = get(*samples[0]);
    if (samples.size() == 1 && first.size(0) == length) {
        return first.unsqueeze(0);
    }
    std::vector<std::int64_t> shape = first.sizes().vec();
    shape[0] = length;
    shape.insert(shape.begin(), static_cast<std::int64_t>(samples.size()));
    at::Tensor out = at::empty(shape, first.options());
    for (std::size_t b = 0; b < samples.size(); ++b) {
        const at::Tensor value = get(*samples[b]);
        const std::int64_t n = value.size(0);
        at::Tensor row = out[static_cast<std::int64_t>(b)];
        if (n < length) {
            row.slice(0, left ? 0 : n, left ? length - n : length).zero_();
        }
        row.slice(0, left ? length - n : 0, left ? length : n).copy_(value);
    }
    return out;
}

/// The text residual has a left-padded prompt and a right-padded answer.
at::Tensor stack_text(std::span<const MoaiSample* const> samples, const TokenLayout& layout) {
    if (samples.size() == 1) {
        return samples[0]->text_residual.slice(0, 0, layout.text()).unsqueeze(0);
    }
    const auto prompt_length = [](const MoaiSample& s) { return s.lengths.before + s.lengths.after; };
    const at::Tensor prompt = stack_padded(samples, layout.prompt, true, [&](const MoaiSample& s) {
        return s.text_residual.slice(0, 0, prompt_length(s));
    });
    if (layout.answer == 0) {
        return prompt;
    }
    const at::Tensor answer = stack_padded(samples, layout.answer, false, [&](const MoaiSample& s) {
        return s.text_residual.slice(0, prompt_length(s));
    });
    return at::cat({prompt, answer}, 1);
}

/// Ones for samples that say nothing, where others do.
Loudness stack_loudness(std::span<const MoaiSample* const> samples) {
    const auto says = std::find_if(samples.begin(), samples.end(), [](const MoaiSample* s) { return s->loudness.defined(); });
    if (says == samples.end()) {
        return {};
    }
    std::vector<at::Tensor> rows;
    for (const MoaiSample* s : samples) {
        rows.push_back(s->loudness.defined() ? s->loudness : at::ones_like((*says)->loudness));
    }
    return at::cat(rows);
}

std::vector<AuxiliaryKeys> stack_aux(std::span<const MoaiSample* const> samples) {
    if (samples.size() == 1) {
        return samples[0]->aux;
    }
    std::vector<AuxiliaryKeys> out(samples[0]->aux.size());
    for (std::size_t m = 0; m < out.size(); ++m) {
        for (const auto member : {&AuxiliaryKeys::image_key, &AuxiliaryKeys::image_value, &AuxiliaryKeys::language_key,
                                  &AuxiliaryKeys::language_value}) {
            std::vector<at::Tensor> rows;
            for (const MoaiSample* s : samples) {
                rows.push_back(s->aux[m].*member);
            }
            out[m].*member = at::cat(rows);
        }
    }
    return out;
}

/// Cached prompt keys: image block, then the left-padded prompt.
std::vector<KeyValue> stack_prefix(std::span<const MoaiSample* const> samples, const TokenLayout& layout) {
    if (samples.size() == 1) {
        return samples[0]->prefix;
    }
    std::vector<KeyValue> out(samples[0]->prefix.size());
    for (std::size_t l = 0; l < out.size(); ++l) {
        for (const auto member : {&KeyValue::key, &KeyValue::value}) {
            std::vector<at::Tensor> rows;
            for (const MoaiSample* s : samples) {
                const at::Tensor& kv = s->prefix[l].*member;
                const std::int64_t missing = layout.image + layout.prompt - kv.size(1);
                if (missing == 0) {
                    rows.push_back(kv);
                    continue;
                }
                const at::Tensor gap = at::zeros({1, missing, kv.size(2)}, kv.options());
                rows.push_back(at::cat({kv.slice(1, 0, layout.image), gap, kv.slice(1, layout.image)}, 1));
            }
            out[l].*member = at::cat(rows);
        }
    }
    return out;
}

at::Tensor label_rows(std::span<const MoaiSample* const> samples) {
    std::size_t longest = 0;
    for (const MoaiSample* s : samples) {
        longest = std::max(longest, s->tokens.answer.size());
    }
    at::Tensor labels = at::full({std::int64_t(samples.size()), std::int64_t(longest)}, -100, at::kLong);
    for (std::size_t b = 0; b < samples.size(); ++b) {
        std::copy(samples[b]->tokens.answer.begin(), samples[b]->tokens.answer.end(),
                  labels.data_ptr<std::int64_t>() + b * longest);
    }
    return labels;
}

/// Repeat a batch of one `count` times without copying.
void expand_batch(PackedBatch& p, std::int64_t count) {
    const auto grow = [count](at::Tensor& t) {
        if (t.defined()) {
            std::vector<std::int64_t> shape(static_cast<std::size_t>(t.dim()), -1);
            shape[0] = count;
            t = t.expand(shape);
        }
    };
    for (at::Tensor* t : {&p.residual.image, &p.residual.text, &p.image_rows, &p.language_rows, &p.answer_rows,
                          &p.bias_rows, &p.image_logits, &p.language_logits, &p.labels, &p.layout.text_real,
                          &p.layout.cos, &p.layout.sin, &p.layout.attention_bias, &p.layout.language_bias,
                          &p.layout.language_share, &p.loudness}) {
        grow(*t);
    }
    for (AuxiliaryKeys& keys : p.aux) {
        grow(keys.image_key), grow(keys.image_value), grow(keys.language_key), grow(keys.language_value);
    }
    for (KeyValue& kv : p.prefix) {
        grow(kv.key), grow(kv.value);
    }
    p.layout.batch = count;
}

}  // namespace

PackedBatch pack(const ModelConfig& config, std::span<const MoaiSample* const> samples, bool with_answers,
                 const at::TensorOptions& options) {
    const bool repeated = samples.size() > 1 && std::all_of(samples.begin(), samples.end(), [&](const MoaiSample* s) {
        return s == samples[0];
    });
    const auto distinct = repeated ? samples.subspan(0, 1) : samples;
    PackedBatch p;
    p.with_answers = with_answers;
    std::vector<RowLengths> rows;
    for (const MoaiSample* s : distinct) {
        rows.push_back(s->lengths);
        rows.back().answer = with_answers ? s->lengths.answer : 0;
    }
    for (const MoaiSample* s : samples) {
        p.serials.push_back(s->serial);
    }
    p.layout = make_layout(config, rows, options);
    p.residual.image = stack_padded(distinct, p.layout.image, true, [](const MoaiSample& s) { return s.image_residual; });
    p.residual.text = stack_text(distinct, p.layout);
    p.image_rows = stack_padded(distinct, p.layout.image, true, [](const MoaiSample& s) { return s.image_rows; });
    p.language_rows = stack_padded(distinct, p.layout.prompt, true, [](const MoaiSample& s) { return s.language_rows; });
    p.answer_rows = stack_padded(distinct, p.layout.answer, false, [&](const MoaiSample& s) {
        return with_answers ? s.answer_rows : s.answer_rows.slice(0, 0, 0);
    });
    if (samples[0]->bias_rows.defined()) {
        p.bias_rows = at::cat(
            {stack_padded(distinct, p.layout.image, true,
                          [&](const MoaiSample& s) { return s.bias_rows.slice(0, 0, p.layout.image); }),
             stack_padded(distinct, p.layout.prompt, true,
                          [&](const MoaiSample& s) { return s.bias_rows.slice(0, p.layout.image); })},
            1);
    }
    p.image_logits = stack_padded(distinct, p.layout.image, true, [](const MoaiSample& s) { return s.image_logits; });
    p.language_logits = stack_padded(distinct, p.layout.prompt, true, [](const MoaiSample& s) { return s.language_logits; });
    p.loudness = stack_loudness(distinct);
    p.aux = stack_aux(distinct);
    if (with_answers) {
        p.labels = label_rows(distinct).to(options.device());
    } else {
        p.prefix = stack_prefix(distinct, p.layout);
    }
    if (repeated) {
        expand_batch(p, static_cast<std::int64_t>(samples.size()));
    }
    return p;
}

RoutedPass run_routed(const Decoder& decoder, const PackedBatch& batch, const MixerRouting& routing, bool want_cache,
                      bool want_gates, std::int64_t words) {
    const MoaiWeights& w = decoder.weights();
    const TokenLayout& layout = batch.layout;
    const std::size_t first = batch.prefix.empty() && w.layers[0].mixer >= 0 ? 0 : [&w] {
        std::size_t layer = 0;
        while (w.layers[layer].mixer < 0) {
            ++layer;
        }
        return layer;
    }();
    RoutedPass out;
    GateSummary gates;
    const at::Tensor image_gate = Decoder::gate_weights(routing, 0, 0, batch.image_logits);
    const at::Tensor language_gate = Decoder::gate_weights(routing, 0, 1, batch.language_logits);
    if (want_gates) {
        gates.mean.push_back(
            at::cat({image_gate.expand({-1, layout.image, -1}).mean(1), (language_gate * layout.language_share).sum(1)}, 1));
    }
    at::Tensor rows = at::cat({mix_cached_rows(batch.image_rows, image_gate),
                               mix_cached_rows(batch.language_rows, language_gate)}, 1);
    if (batch.bias_rows.defined()) {
        rows = rows + batch.bias_rows;
    }
    if (layout.answer > 0) {
        rows = at::cat({rows, batch.answer_rows}, 1);
    }
    const Decoder::Qkv qkv = decoder.split_qkv(rows, {}, {});
    if (want_cache) {
        out.cache = batch.prefix;
        out.cache.push_back({qkv.k, qkv.v});
    }
    Decoder::Forward forward;
    forward.routing = &routing;
    forward.aux = &batch.aux;
    forward.layout = &layout;
    forward.loudness = &batch.loudness;
    forward.cache = want_cache ? &out.cache : nullptr;
    forward.gates = want_gates ? &gates : nullptr;
    forward.answers_only = true;
    forward.first_text = layout.prompt - words;
    const bool last = first + 1 == w.layers.size();
    Streams streams = decoder.finish_layer(first, batch.residual, qkv, layout, last, forward.first_text);
    streams = decoder.run(std::move(streams), first + 1, w.layers.size(), forward);
    out.hidden = streams.text;
    out.gates = std::move(gates.mean);
    return out;
}

}  // namespace r2t2
