#include "core/model/query_loss.h"

#include <algorithm>

namespace r2t2 {

namespace {

/// Ids of the last `count` prompt tokens of every sample, -100 where a word has no loss: [B, count].
at::Tensor question_labels(std::span<const MoaiSample* const> samples, std::int64_t count) {
    at::Tensor labels = at::full({std::int64_t(samples.size()), count}, -100, at::kLong);
    for (std::size_t b = 0; b < samples.size(); ++b) {
        const std::vector<std::int64_t>& prompt = samples[b]->tokens.prompt;
        const std::int64_t own = words_with_a_loss(*samples[b]);
        std::copy(prompt.end() - own, prompt.end(), labels.data_ptr<std::int64_t>() + (static_cast<std::int64_t>(b) + 1) * count - own);
    }
    return labels;
}

at::Tensor question_losses(const Decoder& decoder, std::span<const MoaiSample* const> samples, const PackedBatch& batch, const MixerRouting& routing) {
    std::int64_t most = 0;
    for (const MoaiSample* sample : samples) {
        most = std::max(most, words_with_a_loss(*sample));
    }
    const at::Tensor rows = run_routed(decoder, batch, routing, false, false, most + 1).hidden.slice(1, 0, most);  // each row predicts the next
    return answer_loss(decoder.logits(rows), question_labels(samples, most).to(rows.device())).sample;
}

at::Tensor first_token_entropy(const Decoder& decoder, const PackedBatch& batch, const MixerRouting& routing) {
    const at::Tensor logits = decoder.logits(run_routed(decoder, batch, routing, false, false).hidden.select(1, 0));
    const at::Tensor log_p = at::log_softmax(logits.to(wide_type(logits.scalar_type())), -1);
    return -(log_p.exp() * log_p).sum(-1);
}

}  // namespace

std::int64_t words_with_a_loss(const MoaiSample& sample) {
    return std::max<std::int64_t>(sample.lengths.after - 1, 0);
}

at::Tensor query_losses(const Decoder& decoder, std::span<const MoaiSample* const> samples, const PackedBatch& batch, const MixerRouting& routing,
                        LossOf kind) {
    switch (kind) {
        case LossOf::Question:
            return question_losses(decoder, samples, batch, routing);
        case LossOf::FirstToken:
            return first_token_entropy(decoder, batch, routing);
        case LossOf::Answer:
            break;
    }
    return answer_loss(decoder.logits(run_routed(decoder, batch, routing, false, false).hidden), batch.labels).sample;
}

}  // namespace r2t2
