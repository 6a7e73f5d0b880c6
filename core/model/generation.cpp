#include "core/model/generation.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

namespace r2t2 {

namespace {

/// Cached keys of all layers and what the next token needs to know about its row.
class DecodeState {
public:
    DecodeState(const Decoder& decoder, const TokenLayout& layout, std::vector<KeyValue> cache, std::int64_t steps)
        : decoder_(decoder), cache_(std::move(cache)) {
        const ModelConfig& config = decoder.config();
        // A generated token sees what the last prompt token sees.
        bias_ = layout.attention_bias.select(2, layout.image + layout.prompt - 1).unsqueeze(2);
        const at::Tensor real = layout.text_real.slice(1, 0, layout.prompt).sum(1).to(at::kCPU).contiguous();
        const auto longest = real.max().item<std::int64_t>() + layout.image + steps;
        table_ = rotary_table(config.head_dim(), config.rope_theta, config.rope_dynamic_factor,
                              config.max_position_embeddings, longest, layout.cos.options());
        for (std::int64_t b = 0; b < real.size(0); ++b) {
            next_.push_back(real.data_ptr<std::int64_t>()[b] + layout.image);
        }
    }

    /// Feeds one token a row; returns logits [B, vocab].
    at::Tensor step(const std::vector<std::int64_t>& ids) {
        const auto device = bias_.device();
        const at::Tensor position = at::tensor(at::ArrayRef<std::int64_t>(next_)).to(device);
        bias_ = at::cat({bias_, at::zeros({bias_.size(0), 1, 1, 1}, bias_.options())}, 3);
        const at::Tensor hidden = decoder_.decode_step(
            at::tensor(at::ArrayRef<std::int64_t>(ids)).to(device), table_.cos.index_select(0, position).unsqueeze(1),
            table_.sin.index_select(0, position).unsqueeze(1), bias_, cache_);
        for (std::int64_t& p : next_) {
            ++p;
        }
        return decoder_.logits(hidden).squeeze(1);
    }

    /// Keep the given rows (with repetition): beams change places.
    void reorder(const std::vector<std::int64_t>& rows) {
        const at::Tensor index = at::tensor(at::ArrayRef<std::int64_t>(rows)).to(bias_.device());
        bias_ = bias_.index_select(0, index);
        for (KeyValue& kv : cache_) {
            kv.key = kv.key.index_select(0, index);
            kv.value = kv.value.index_select(0, index);
        }
        std::vector<std::int64_t> next;
        for (const std::int64_t row : rows) {
            next.push_back(next_[static_cast<std::size_t>(row)]);
        }
        next_ = std::move(next);
    }

private:
    const Decoder& decoder_;
    std::vector<KeyValue> cache_;
    at::Tensor bias_;
    RotaryTable table_;
    std::vector<std::int64_t> next_;
};

at::Tensor log_probabilities(const at::Tensor& logits) {
    return at::log_softmax(logits.to(logits.scalar_type() == at::kDouble ? at::kDouble : at::kFloat), -1)
        .to(at::kCPU, at::kDouble)
        .contiguous();
}

bool stops(const GenerationOptions& options, std::int64_t id) {
    return std::find(options.stop_ids.begin(), options.stop_ids.end(), id) != options.stop_ids.end();
}

std::int64_t arg_max(const double* row, std::int64_t n) {
    return std::max_element(row, row + n) - row;  // the first of equals: the lower id
}

std::vector<std::pair<std::int64_t, double>> best_candidates(const double* row, std::int64_t n, int count) {
    std::vector<std::int64_t> ids(static_cast<std::size_t>(n));
    for (std::int64_t i = 0; i < n; ++i) {
        ids[static_cast<std::size_t>(i)] = i;
    }
    const auto keep = std::min<std::int64_t>(count, n);
    std::partial_sort(ids.begin(), ids.begin() + keep, ids.end(), [row](std::int64_t a, std::int64_t b) {
        return row[a] > row[b] || (row[a] == row[b] && a < b);
    });
    std::vector<std::pair<std::int64_t, double>> out;
    for (std::int64_t i = 0; i < keep; ++i) {
        out.emplace_back(ids[static_cast<std::size_t>(i)], std::exp(row[ids[static_cast<std::size_t>(i)]]));
    }
    return out;
}

}  // namespace

std::vector<Generated> generate_greedy(const Decoder& decoder, const PackedBatch& batch, const MixerRouting& routing,
                                       const GenerationOptions& options, bool keep_logits, RoutedPass* prefill) {
    const at::NoGradGuard no_grad;
    RoutedPass pass = run_routed(decoder, batch, routing, true, false);
    if (prefill) {
        *prefill = pass;
    }
    at::Tensor logits = decoder.logits(pass.hidden.select(1, 0));
    DecodeState state(decoder, batch.layout, std::move(pass.cache), options.max_new_tokens);
    const auto rows = static_cast<std::size_t>(batch.layout.batch);
    std::vector<Generated> out(rows);
    std::vector<bool> done(rows, false);
    for (std::int64_t t = 0; t < options.max_new_tokens; ++t) {
        const at::Tensor log_p = log_probabilities(logits);
        const std::int64_t vocab = log_p.size(1);
        std::vector<std::int64_t> next(rows);
        for (std::size_t b = 0; b < rows; ++b) {
            const double* row = log_p.data_ptr<double>() + static_cast<std::int64_t>(b) * vocab;
            next[b] = arg_max(row, vocab);
            if (t == 0) {
                out[b].candidates = best_candidates(row, vocab, options.candidates);
            }
            if (keep_logits) {
                out[b].step_logits.push_back(logits[static_cast<std::int64_t>(b)]);
            }
            if (done[b]) {
                continue;
            }
            done[b] = stops(options, next[b]);
            if (!done[b] || out[b].log_probabilities.empty()) {
                out[b].log_probabilities.push_back(row[next[b]]);
            }
            if (!done[b]) {
                out[b].tokens.push_back(next[b]);
            }
        }
        if (std::all_of(done.begin(), done.end(), [](bool d) { return d; }) || t + 1 == options.max_new_tokens) {
            break;
        }
        logits = state.step(next);
    }
    return out;
}

Generated generate_beam(const Decoder& decoder, const PackedBatch& batch, const MixerRouting& routing,
                        const GenerationOptions& options, int beams, double* score) {
    struct Hypothesis {
        std::vector<std::int64_t> tokens;
        std::vector<double> log_probabilities;
        double score = 0.0;
    };
    struct Beam {
        std::vector<std::int64_t> tokens;
        std::vector<double> log_probabilities;
        double sum = 0.0;
    };
    const at::NoGradGuard no_grad;
    RoutedPass pass = run_routed(decoder, batch, routing, true, false);
    at::Tensor logits = decoder.logits(pass.hidden.select(1, 0));
    DecodeState state(decoder, batch.layout, std::move(pass.cache), options.max_new_tokens);
    const auto width = static_cast<std::size_t>(beams);
    state.reorder(std::vector<std::int64_t>(width, 0));
    logits = logits.index_select(0, at::zeros({beams}, logits.options().dtype(at::kLong)));

    std::vector<Beam> open(width);
    for (std::size_t k = 1; k < width; ++k) {
        open[k].sum = -1e9;  // the first step starts from one beam
    }
    std::vector<Hypothesis> finished;
    const auto add_finished = [&](const Beam& beam, double value) {
        finished.push_back({beam.tokens, beam.log_probabilities, value});
        std::stable_sort(finished.begin(), finished.end(),
                         [](const Hypothesis& a, const Hypothesis& b) { return a.score > b.score; });
        finished.resize(std::min(finished.size(), width));
    };
    std::vector<std::pair<std::int64_t, double>> first_candidates;
    bool done = false;
    for (std::int64_t generated = 0; generated < options.max_new_tokens && !done; ++generated) {
        const at::Tensor log_p = log_probabilities(logits);
        const std::int64_t vocab = log_p.size(1);
        const double* values = log_p.data_ptr<double>();
        if (generated == 0) {
            first_candidates = best_candidates(values, vocab, options.candidates);
        }
        struct Candidate {
            double sum;
            std::size_t beam;
            std::int64_t id;
        };
        std::vector<Candidate> all;
        for (std::size_t k = 0; k < width; ++k) {
            for (std::int64_t id = 0; id < vocab; ++id) {
                all.push_back({open[k].sum + values[static_cast<std::int64_t>(k) * vocab + id], k, id});
            }
        }
        // Of so many, `width` are no ends, however many ends there are.
        const std::size_t keep = std::min(all.size(), std::max<std::size_t>(2, 1 + options.stop_ids.size()) * width);
        std::partial_sort(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(keep), all.end(),
                          [](const Candidate& a, const Candidate& b) { return a.sum > b.sum; });
        std::vector<Beam> next;
        std::vector<std::int64_t> source, ids;
        for (std::size_t rank = 0; rank < keep && next.size() < width; ++rank) {
            const Candidate& c = all[rank];
            Beam beam = open[c.beam];
            beam.log_probabilities.push_back(values[static_cast<std::int64_t>(c.beam) * vocab + c.id]);
            beam.sum = c.sum;
            if (stops(options, c.id)) {
                if (rank < width) {
                    beam.log_probabilities.resize(std::max<std::size_t>(beam.tokens.size(), 1));
                    add_finished(beam, c.sum / double(generated + 1));
                }
                continue;
            }
            beam.tokens.push_back(c.id);
            next.push_back(std::move(beam));
            source.push_back(static_cast<std::int64_t>(c.beam));
            ids.push_back(c.id);
        }
        open = std::move(next);
        done = finished.size() == width && finished.back().score >= all[0].sum / double(generated + 1);
        if (!done && generated + 1 < options.max_new_tokens) {
            state.reorder(source);
            logits = state.step(ids);
        }
    }
    if (!done) {
        for (const Beam& beam : open) {
            add_finished(beam, beam.sum / double(beam.tokens.size()));
        }
    }
    if (score) {
        *score = finished[0].score;
    }
    return {finished[0].tokens, finished[0].log_probabilities, first_candidates, {}};
}

}  // namespace r2t2
