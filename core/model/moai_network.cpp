#include "core/model/moai_network.h"

#include <algorithm>

namespace r2t2 {

namespace {

constexpr std::int64_t ignored = -100;

at::Tensor label_tensor(const std::vector<TokenSample>& samples) {
    std::size_t longest = 0;
    for (const TokenSample& sample : samples) {
        longest = std::max(longest, sample.answer.size());
    }
    at::Tensor labels = at::full({std::int64_t(samples.size()), std::int64_t(longest)}, ignored, at::kLong);
    for (std::size_t b = 0; b < samples.size(); ++b) {
        std::copy(samples[b].answer.begin(), samples[b].answer.end(), labels.data_ptr<std::int64_t>() + b * longest);
    }
    return labels;
}

}  // namespace

Result<RowLengths> measure_prompt(const ModelConfig& config, const TokenSample& sample, std::size_t fed_answers) {
    const auto images = std::count(sample.prompt.begin(), sample.prompt.end(), config.image_token());
    if (images != 1) {
        return invalid_input("prompt", "<image>", std::to_string(images) + " times", "exactly once");
    }
    for (const auto* ids : {&sample.prompt, &sample.answer}) {
        for (const std::int64_t id : *ids) {
            if (id < 0 || id > config.vocab_size || (ids == &sample.answer && id == config.vocab_size)) {
                return invalid_input("prompt", "token id", std::to_string(id), "0 to " + std::to_string(config.vocab_size));
            }
        }
    }
    const auto at_image = std::find(sample.prompt.begin(), sample.prompt.end(), config.image_token());
    RowLengths row;
    row.before = at_image - sample.prompt.begin();
    row.after = sample.prompt.end() - at_image - 1;
    row.answer = static_cast<std::int64_t>(fed_answers);
    return row;
}

at::Tensor embed_text(const ModelConfig& config, const MoaiWeights& w, const std::vector<TokenSample>& samples,
                      const TokenLayout& layout) {
    at::Tensor ids = at::full({layout.batch, layout.text()}, config.pad_id, at::kLong);
    for (std::int64_t b = 0; b < layout.batch; ++b) {
        const TokenSample& sample = samples[static_cast<std::size_t>(b)];
        std::int64_t* row = ids.data_ptr<std::int64_t>() + b * layout.text();
        std::int64_t at = layout.prompt - static_cast<std::int64_t>(sample.prompt.size()) + 1;
        for (const std::int64_t id : sample.prompt) {
            if (id != config.image_token()) {
                row[at++] = id;
            }
        }
        const std::int64_t fed = std::min<std::int64_t>(layout.answer, std::int64_t(sample.answer.size()));
        std::copy_n(sample.answer.begin(), fed, row + layout.prompt);
    }
    const at::Tensor flat = ids.view({-1}).to(w.embedding.device());
    return w.embedding.index_select(0, flat).view({layout.batch, layout.text(), -1});
}

AnswerLoss answer_loss(const at::Tensor& logits, const at::Tensor& labels) {
    const auto type = logits.scalar_type() == at::kDouble ? at::kDouble : at::kFloat;
    const at::Tensor known = labels.ne(ignored);
    const at::Tensor log_probability = at::log_softmax(logits.to(type), -1);
    const at::Tensor picked =
        -log_probability.gather(-1, labels.clamp_min(0).unsqueeze(-1)).squeeze(-1) * known.to(type);
    at::Tensor sums = picked.select(1, 0);  // in the order of the tokens: what stands behind a shorter answer changes no bit
    for (std::int64_t t = 1; t < picked.size(1); ++t) {
        sums = sums + picked.select(1, t);
    }
    return {sums / known.sum(1), picked.sum() / known.sum()};
}

Result<NetworkOutput> forward_network(const ModelConfig& config, const MoaiWeights& w, const NetworkInput& input) {
    std::vector<RowLengths> rows;
    for (const TokenSample& sample : input.samples) {
        // The last answer token is predicted, never fed - unless every position's logits are wanted.
        const std::size_t fed = sample.answer.size() - (input.all_logits || sample.answer.empty() ? 0 : 1);
        Result<RowLengths> row = measure_prompt(config, sample, fed);
        R2T2_TRY(row);
        rows.push_back(*row);
    }
    NetworkOutput out;
    out.layout = make_layout(config, rows, w.embedding.options().requires_grad(false), input.answers_are_language);
    const Decoder decoder(config, w);
    std::vector<AuxiliaryKeys> aux;
    for (std::size_t m = 0; m < w.mixers.size(); ++m) {
        aux.push_back(decoder.auxiliary_keys(m, input.compressed));
    }
    Streams streams{input.image_features, embed_text(config, w, input.samples, out.layout)};
    GateSummary gates;
    Decoder::Forward forward;
    forward.routing = &input.routing;
    forward.aux = &aux;
    forward.layout = &out.layout;
    forward.gates = &gates;
    forward.answers_only = !input.all_logits;
    forward.first_text = out.layout.prompt - 1;
    forward.trace = &input.trace;
    streams = decoder.run(std::move(streams), 0, w.layers.size(), forward);
    out.gates = std::move(gates.mean);
    out.labels = label_tensor(input.samples).to(w.embedding.device());
    if (input.all_logits) {
        out.logits = decoder.logits(at::cat({streams.image, streams.text}, 1));
        const std::int64_t first = out.layout.image + out.layout.prompt - 1;
        if (out.labels.size(1) > 0) {
            const AnswerLoss loss = answer_loss(out.logits.slice(1, first, first + out.labels.size(1)), out.labels);
            out.sample_loss = loss.sample;
            out.loss = loss.all;
        }
        return out;
    }
    out.logits = decoder.logits(streams.text);
    const AnswerLoss loss = answer_loss(out.logits, out.labels);
    out.sample_loss = loss.sample;
    out.loss = loss.all;
    return out;
}

}  // namespace r2t2
