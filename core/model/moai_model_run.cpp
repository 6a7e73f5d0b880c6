// MoaiModel: losses, gradients and answers under a routing.
#include <algorithm>
#include <cmath>
#include <list>

#include "core/model/activation_memory.h"
#include "core/model/moai_calls.h"
#include "core/model/moai_model.h"
#include "core/model/query_loss.h"
#include "core/model/weight_store.h"

namespace r2t2 {

namespace {

/// Tokens of one pass with a gradient on the CPU. Larger batches make no matrix product faster and keep more activations at once.
constexpr std::int64_t kTokensOfAPass = 2048;

/// Packs of the last calls of this thread: the steps of a descent use one pack. (Where a pass takes one sample, packing copies nothing.)
std::list<PackedBatch>& recent_packs() {
    thread_local std::list<PackedBatch> recent;
    return recent;
}

const PackedBatch& packed(const ModelConfig& config, std::span<const MoaiSample* const> samples, bool with_answers,
                          const at::TensorOptions& options) {
    std::list<PackedBatch>& recent = recent_packs();
    std::vector<std::uint64_t> serials;
    for (const MoaiSample* s : samples) {
        serials.push_back(s->serial);
    }
    const auto same = std::find_if(recent.begin(), recent.end(), [&](const PackedBatch& p) {
        return p.with_answers == with_answers && p.serials == serials;
    });
    if (same != recent.end()) {
        recent.splice(recent.begin(), recent, same);
        return recent.front();
    }
    recent.push_front(pack(config, samples, with_answers, options));
    if (recent.size() > 2) {
        recent.pop_back();
    }
    return recent.front();
}

Status one_kind_of_loss(std::span<const RoutedQuery> queries) {
    const bool one = std::all_of(queries.begin(), queries.end(), [&queries](const RoutedQuery& query) { return query.loss == queries.front().loss; });
    return one ? Status() : Status(Error{ErrorKind::Internal, "losses", {}, "of several kinds", "one kind a batch"});
}

Status have_words(std::span<const MoaiSample* const> samples) {
    for (const MoaiSample* sample : samples) {
        if (words_with_a_loss(*sample) == 0) {
            return invalid_input("sample", "prompt", "no more than one word behind the picture", "two or more: each is predicted from those before it");
        }
    }
    return {};
}

}  // namespace

Result<MixerRouting> mixer_routing(std::span<const RoutedQuery> queries, const RoutingSpace& space,
                                   const at::TensorOptions& options) {
    MixerRouting routing;
    const RoutingAction& first = queries[0].action;
    if (first.native()) {
        return routing;
    }
    routing.kind = first.mode == RoutingMode::Fixed ? MixerRouting::Kind::Fixed : MixerRouting::Kind::Offset;
    routing.reach = first.reach;
    const auto rows = static_cast<std::int64_t>(first.values.rows());
    const auto experts = static_cast<std::int64_t>(space.expert_count());
    at::Tensor values = at::empty({std::int64_t(queries.size()), rows, experts}, at::kDouble);
    double* out = values.data_ptr<double>();
    for (const RoutedQuery& query : queries) {
        const RoutingMatrix& v = query.action.values;
        if (query.action.mode != first.mode || query.action.reach != first.reach || v.rows() != first.values.rows() || v.experts() != space.expert_count() ||
            (v.rows() != 1 && v.rows() != space.mixers)) {
            return Error{ErrorKind::Internal, "routing", "values",
                         std::to_string(v.rows()) + " x " + std::to_string(v.experts()),
                         "one mode and reach a batch, 1 or " + std::to_string(space.mixers) + " rows of " + std::to_string(experts)};
        }
        out = std::copy(v.values().begin(), v.values().end(), out);
    }
    routing.values = values.to(options.dtype(wide_type(c10::typeMetaToScalarType(options.dtype()))));
    return routing;
}

Result<std::vector<const MoaiSample*>> samples_of(std::span<const RoutedQuery> queries, std::uint64_t model,
                                                   bool need_labels) {
    std::vector<const MoaiSample*> samples;
    for (const RoutedQuery& query : queries) {
        const auto* sample = dynamic_cast<const MoaiSample*>(query.sample);
        if (sample == nullptr || sample->model != model) {
            return Error{ErrorKind::Internal, "sample", {}, "prepared by another model", "a sample of this model"};
        }
        if (need_labels && !sample->has_label()) {
            return invalid_input("sample", "answer", "none", "a ground-truth answer, which a loss needs");
        }
        samples.push_back(sample);
    }
    return samples;
}

void MoaiModel::drop_caches() const {
    recent_packs().clear();
    release_activation_memory();
    const std::lock_guard lock(cache_mutex_);
    cache_.clear();
    cache_bytes_ = 0;
}

Error MoaiModel::with_advice(Error error, std::size_t batch, std::int64_t tokens) const {
    if (error.kind != ErrorKind::OutOfMemory) {
        return error;
    }
    error.found = "not enough memory for " + std::to_string(batch) + (batch == 1 ? " sample" : " samples, nor for one at a time,") +
                  " of " + std::to_string(tokens) + " tokens in " + info_.precision + " on " + info_.device + " (" + error.found + ")";
    error.allowed = "smaller batches (--side-by-side 1, fewer threads), shorter questions, " + advised_precision(model_options_.precision);
    return error;
}

std::int64_t MoaiModel::longest(std::span<const RoutedQuery> queries) const {
    std::int64_t tokens = 0;
    for (const RoutedQuery& query : queries) {
        if (const auto* sample = dynamic_cast<const MoaiSample*>(query.sample)) {
            const RowLengths& row = sample->lengths;
            tokens = std::max(tokens, info_.image_tokens + row.before + row.after + row.answer);
        }
    }
    return tokens;
}

Error MoaiModel::with_advice(Error error, std::span<const RoutedQuery> queries) const {
    return with_advice(std::move(error), queries.size(), longest(queries));
}

Halving MoaiModel::halving(BatchLimit& limit) const {
    return {limit, [this](std::span<const RoutedQuery> queries) { return longest(queries) * static_cast<std::int64_t>(queries.size()); },
            [this] { drop_caches(); }};
}

void MoaiModel::forget_failed_batches() const {
    gradient_limit_.forget();
    loss_limit_.forget();
    answer_limit_.forget();
}

std::size_t MoaiModel::queries_of_a_pass(std::span<const RoutedQuery> queries) const {
    if (!weights_.embedding.device().is_cpu()) {
        return std::max<std::size_t>(queries.size(), 1);
    }
    return static_cast<std::size_t>(std::max<std::int64_t>(kTokensOfAPass / std::max<std::int64_t>(longest(queries), 1), 1));
}

Result<std::vector<LossGradient>> MoaiModel::loss_and_gradient(std::span<const RoutedQuery> queries, bool gradient) const {
    const std::size_t most = gradient ? queries_of_a_pass(queries) : queries.size();
    std::vector<LossGradient> all;
    for (std::size_t from = 0; from < queries.size(); from += most) {
        const std::span<const RoutedQuery> some = queries.subspan(from, std::min(most, queries.size() - from));
        auto out = in_halves<LossGradient>(some, halving(gradient ? gradient_limit_ : loss_limit_),
                                           [&](std::span<const RoutedQuery> part) { return losses_of_batch(part, gradient); });
        if (!out) {
            return with_advice(out.error(), some);
        }
        all.insert(all.end(), std::make_move_iterator(out->begin()), std::make_move_iterator(out->end()));
    }
    return all;
}

Result<std::vector<Answer>> MoaiModel::answer(std::span<const RoutedQuery> queries) const {
    auto out = in_halves<Answer>(queries, halving(answer_limit_),
                                 [this](std::span<const RoutedQuery> part) { return answers_of_batch(part); });
    return out ? std::move(out) : with_advice(out.error(), queries);
}

Result<std::vector<LossGradient>> MoaiModel::losses_of_batch(std::span<const RoutedQuery> queries, bool gradient) const {
    using Losses = std::vector<LossGradient>;
    if (queries.empty()) {
        return Losses{};
    }
    return guarded("loss and gradient", [&]() -> Result<Losses> {
        use_threads(model_options_.intra_op_threads);
        const LossOf kind = queries.front().loss;
        R2T2_TRY(one_kind_of_loss(queries));
        Result<std::vector<const MoaiSample*>> samples = samples_of(queries, serial_, kind == LossOf::Answer);
        R2T2_TRY(samples);
        R2T2_TRY(kind == LossOf::Question ? have_words(*samples) : Status());
        Result<MixerRouting> routing = mixer_routing(queries, space_, options());
        R2T2_TRY(routing);
        const bool differentiate = gradient && routing->kind != MixerRouting::Kind::Native;
        const at::AutoGradMode mode(differentiate);
        const PackedBatch& batch = packed(config_, *samples, kind == LossOf::Answer, options());
        if (differentiate) {
            routing->values.requires_grad_(true);
        }
        const at::Tensor loss = query_losses(decoder_, *samples, batch, *routing, kind);
        const auto count = static_cast<std::int64_t>(queries.size());
        if (differentiate) {
            loss.sum().backward();  // rows do not mix: the sum's gradient holds every row's own
        }
        const at::Tensor values = loss.detach().to(at::kCPU, at::kDouble).contiguous();
        at::Tensor gradients;
        if (differentiate) {
            gradients = routing->values.grad().to(at::kCPU, at::kDouble).contiguous();
        }
        Losses out(queries.size());
        for (std::int64_t b = 0; b < count; ++b) {
            LossGradient& item = out[static_cast<std::size_t>(b)];
            item.loss = values.data_ptr<double>()[b];
            if (differentiate) {
                const double* g = gradients.data_ptr<double>() + b * gradients.size(1) * gradients.size(2);
                item.gradient = RoutingMatrix(std::size_t(gradients.size(1)), std::size_t(gradients.size(2)),
                                              std::vector<double>(g, g + gradients.size(1) * gradients.size(2)));
            }
        }
        passes_of_this_thread().forward += count;  // now: nothing can run out of memory any more
        passes_of_this_thread().backward += differentiate ? count : 0;
        return out;
    });
}

Result<std::vector<Answer>> MoaiModel::answers_of_batch(std::span<const RoutedQuery> queries) const {
    using Answers = std::vector<Answer>;
    if (queries.empty()) {
        return Answers{};
    }
    return guarded("answer", [&]() -> Result<Answers> {
        use_threads(model_options_.intra_op_threads);
        const at::NoGradGuard no_grad;
        Result<std::vector<const MoaiSample*>> samples = samples_of(queries, serial_, false);
        R2T2_TRY(samples);
        Result<MixerRouting> routing = mixer_routing(queries, space_, options());
        R2T2_TRY(routing);
        const GenerationOptions generation{model_options_.max_new_tokens, config_.ends(), model_options_.candidates};
        std::vector<Generated> generated;
        if (model_options_.beams <= 1) {
            generated = generate_greedy(decoder_, packed(config_, *samples, false, options()), *routing, generation);
        } else {
            for (std::size_t b = 0; b < queries.size(); ++b) {
                MixerRouting one = *routing;
                if (one.values.defined()) {
                    one.values = routing->values.slice(0, std::int64_t(b), std::int64_t(b) + 1);
                }
                const MoaiSample* sample = (*samples)[b];
                generated.push_back(generate_beam(decoder_, pack(config_, {&sample, 1}, false, options()), one, generation,
                                                  model_options_.beams));
            }
        }
        Answers out;
        for (const Generated& g : generated) {
            Answer answer;
            answer.tokens.assign(g.tokens.begin(), g.tokens.end());
            Result<std::string> text = tokenizer_.decode(answer.tokens);
            R2T2_TRY(text);
            answer.text = strip(*text);
            double sum = 0;
            for (const double p : g.log_probabilities) {
                sum += p;
            }
            answer.confidence = std::exp(sum / double(std::max<std::size_t>(g.log_probabilities.size(), 1)));
            for (const auto& [id, probability] : g.candidates) {
                const std::int32_t one = static_cast<std::int32_t>(id);
                Result<std::string> piece = tokenizer_.decode({&one, 1});
                answer.candidates.push_back({piece ? strip(*piece) : std::string(), probability});
            }
            if (g.candidates.size() > 1) {
                answer.margin = g.candidates[0].second - g.candidates[1].second;
            }
            out.push_back(std::move(answer));
        }
        passes_of_this_thread().forward += static_cast<std::int64_t>(queries.size());
        return out;
    });
}

}  // namespace r2t2
