#include "core/run/knockout.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <limits>
#include <map>
#include <mutex>

#include "core/analysis/statistics.h"
#include "core/results/clustered_result.h"
#include "core/run/parallel.h"

namespace r2t2 {

namespace {

constexpr std::array kKindNames = {"silence", "block", "force"};

/// Zeros where an expert is silenced.
RoutingMatrix loudness_of(const RoutingSpace& space, const Knock& knock) {
    RoutingMatrix out(space.mixers, space.expert_count(), 1.0);
    for (std::size_t m = 0; m < space.mixers; ++m) {
        out(m, knock.expert) = knock.mixer.value_or(m) == m ? 0.0 : 1.0;
    }
    return out;
}

RoutingAction action_of(const RoutingSpace& space, const Knock& knock) {
    RoutingMatrix delta(space.mixers, space.expert_count());
    for (std::size_t m = 0; m < space.mixers; ++m) {
        if (knock.mixer.value_or(m) == m) {
            delta(m, knock.expert) = knock.kind == KnockKind::Force ? kFarOffset : -kFarOffset;
        }
    }
    return RoutingAction::offset(std::move(delta));
}

std::optional<bool> is_right(const RunSample& sample, const Answer& answer, ScoringRule scoring) {
    if (sample.ground_truth.empty()) {
        return std::nullopt;
    }
    return sample.key ? score(answer.text, *sample.key).correct : score_answer(answer.text, sample.ground_truth, scoring, sample.options).correct;
}

/// Answers and losses of queries that go together.
Status put_queries(const Model& model, const RunSample& sample, ScoringRule scoring, const std::vector<RoutedQuery>& queries, std::vector<KnockedSample*> out) {
    if (queries.empty()) {
        return {};
    }
    const Result<std::vector<Answer>> answers = model.answer(queries);
    if (!answers) {
        return answers.error();
    }
    for (std::size_t i = 0; i < out.size(); ++i) {
        *out[i] = {(*answers)[i].text, (*answers)[i].confidence, std::nullopt, is_right(sample, (*answers)[i], scoring)};
    }
    if (!queries.front().sample->has_label()) {
        return {};
    }
    const Result<std::vector<LossGradient>> losses = model.loss_and_gradient(queries, false);
    if (!losses) {
        return losses.error();
    }
    for (std::size_t i = 0; i < out.size(); ++i) {
        out[i]->loss = (*losses)[i].loss;
    }
    return {};
}

/// What all samples came to, in their order.
struct Knocked {
    ClusterKey cluster;
    SampleKnocks knocks;
};

KnockEffect effect_of(const Knock& knock, std::size_t place, const std::vector<Knocked>& samples, const std::vector<std::size_t>& clusters) {
    KnockEffect out;
    out.knock = knock;
    std::vector<double> changes;
    std::vector<BeforeAndAfter> answers;
    for (std::size_t i = 0; i < samples.size(); ++i) {
        const KnockedSample &before = samples[i].knocks.base, &after = samples[i].knocks.knocked[place];
        const double change = after.loss.value_or(0.0) - before.loss.value_or(0.0);
        changes.push_back(std::abs(change) < kNoChange ? 0.0 : change);
        answers.push_back({clusters[i], before.right, after.right});
        out.changed += after.answer != before.answer ? 1 : 0;
        out.lost += *before.right && !*after.right ? 1 : 0;
        out.won += !*before.right && *after.right ? 1 : 0;
    }
    const MeanChange loss = clustered_mean_change(changes, clusters);
    out.loss = loss.change;
    out.loss_p = loss.p;
    const ClusteredResult right = clustered_result(answers);
    out.right = right.gain;
    out.right_kind = right.gain_interval;
    out.right_p = right.p;
    return out;
}

void correct_for_all(std::vector<KnockEffect>& effects) {
    std::vector<double> p;
    for (const KnockEffect& effect : effects) {
        p.push_back(effect.loss_p);
        p.push_back(effect.right_p);
    }
    const std::vector<double> adjusted = holm_adjusted(p);
    for (std::size_t i = 0; i < effects.size(); ++i) {
        effects[i].loss_holm = adjusted[2 * i];
        effects[i].right_holm = adjusted[2 * i + 1];
    }
}

}  // namespace

std::string to_string(KnockKind kind) { return kKindNames[static_cast<std::size_t>(kind)]; }

Result<KnockKind> parse_knock_kind(const std::string& text) {
    const auto found = std::find(kKindNames.begin(), kKindNames.end(), text);
    if (found == kKindNames.end()) {
        return invalid_input({}, "kind", "'" + text + "'", "silence, block, force");
    }
    return static_cast<KnockKind>(found - kKindNames.begin());
}

std::vector<Knock> all_knocks(const RoutingSpace& space, const std::vector<KnockKind>& kinds) {
    std::vector<Knock> out;
    for (const KnockKind kind : kinds) {
        for (std::size_t m = 0; m < space.mixers + (space.mixers > 1 ? 1 : 0); ++m) {
            for (std::size_t e = 0; e < space.expert_count(); ++e) {
                out.push_back({kind, m < space.mixers ? std::optional(m) : std::nullopt, e});
            }
        }
    }
    return out;
}

std::string mixer_text(const Knock& knock) { return knock.mixer ? "mixer " + std::to_string(*knock.mixer + 1) : std::string("all mixers"); }

Result<SampleKnocks> knock_sample(const Model& model, const RunSample& sample, const std::vector<Knock>& knocks, ScoringRule scoring, const CancelToken& cancel) {
    const RoutingSpace& space = model.routing_space();
    const Result<PreparedSamplePtr> prepared = model.prepare(sample.input);
    if (!prepared) {
        return prepared.error();
    }
    SampleKnocks out;
    out.knocked.resize(knocks.size());
    std::vector<PreparedSamplePtr> silenced;
    std::vector<RoutedQuery> native{{prepared->get(), RoutingAction::native_gates()}}, moved;
    std::vector<KnockedSample*> of_native{&out.base}, of_moved;
    for (std::size_t i = 0; i < knocks.size(); ++i) {
        if (cancel.cancelled()) {
            return cancelled();
        }
        if (knocks[i].kind != KnockKind::Silence) {
            moved.push_back({prepared->get(), action_of(space, knocks[i])});
            of_moved.push_back(&out.knocked[i]);
            continue;
        }
        ModelInput without = sample.input;
        without.loudness = loudness_of(space, knocks[i]);
        Result<PreparedSamplePtr> other = model.prepare(without);
        if (!other) {
            return other.error();
        }
        silenced.push_back(std::move(*other));
        native.push_back({silenced.back().get(), RoutingAction::native_gates()});
        of_native.push_back(&out.knocked[i]);
    }
    R2T2_TRY(put_queries(model, sample, scoring, native, std::move(of_native)));
    R2T2_TRY(put_queries(model, sample, scoring, moved, std::move(of_moved)));
    return out;
}

MeanChange clustered_mean_change(const std::vector<double>& changes, const std::vector<std::size_t>& clusters) {
    constexpr double none = std::numeric_limits<double>::quiet_NaN();
    std::map<std::size_t, std::pair<double, double>> sums;  // of a cluster: changes, samples
    double total = 0.0;
    for (std::size_t i = 0; i < changes.size(); ++i) {
        sums[clusters[i]].first += changes[i];
        sums[clusters[i]].second += 1.0;
        total += changes[i];
    }
    const auto count = static_cast<double>(sums.size());
    const auto n = static_cast<double>(changes.size());
    if (sums.size() < 2) {
        return {{changes.empty() ? none : total / n, none, none}, none};
    }
    const double mean = total / n;
    double squares = 0.0;
    for (const auto& [cluster, sum] : sums) {
        const double residual = sum.first - mean * sum.second;
        squares += residual * residual;
    }
    const double error = std::sqrt(count / (count - 1.0) * squares) / n;
    const double reach = error * student_t_quantile(0.975, count - 1.0);
    const double p = error > 0.0 ? 2.0 * student_t_cdf(-std::abs(mean) / error, count - 1.0) : mean == 0.0 ? 1.0 : 0.0;
    return {{mean, mean - reach, mean + reach}, p};
}

Result<KnockoutReport> run_knockout(const Model& model, const std::vector<SampleSetPtr>& sets, const KnockoutOptions& options, const ProgressCallback& progress,
                                    const CancelToken& cancel) {
    const auto start = std::chrono::steady_clock::now();
    KnockoutReport out;
    std::vector<std::pair<const SampleSet*, std::size_t>> places;
    for (const SampleSetPtr& set : sets) {
        out.sets.push_back(set->name());
        out.problems.insert(out.problems.end(), set->problems().begin(), set->problems().end());
        for (std::size_t i = 0; i < set->size(); ++i) {
            places.emplace_back(set.get(), i);
        }
    }
    const std::vector<Knock> knocks = all_knocks(model.routing_space(), options.kinds);
    std::vector<Result<std::optional<Knocked>>> found(places.size(), Result<std::optional<Knocked>>(std::optional<Knocked>()));
    ProgressGate gate(progress, "knock-outs", places.size());
    parallel_for(places.size(), worker_count(options.threads, places.size()), cancel, [&](std::size_t i) {
        model.work_side_by_side(true);
        const auto& [set, index] = places[i];
        Result<RunSample> sample = set->get(index, model.info());
        if (!sample) {
            found[i] = sample.error();
        } else if (!sample->ground_truth.empty()) {
            Result<SampleKnocks> knocked = knock_sample(model, *sample, knocks, options.scoring, cancel);
            const ClusterKey cluster = cluster_key(set->name(), sample->key ? sample->key->group : std::string(), sample->pixels_hash, sample->image_path);
            found[i] = knocked ? Result<std::optional<Knocked>>(Knocked{cluster, std::move(*knocked)}) : Result<std::optional<Knocked>>(knocked.error().inside(set->name() + "/" + sample->id));
        }
        gate.advance();
        return true;
    });
    model.work_side_by_side(false);
    if (cancel.cancelled()) {
        return cancelled();
    }
    std::vector<Knocked> samples;
    std::vector<ClusterKey> keys;
    for (Result<std::optional<Knocked>>& each : found) {
        if (!each) {
            out.problems.push_back(each.error());
        } else if (!*each) {
            ++out.without_truth;
        } else {
            keys.push_back((*each)->cluster);
            samples.push_back(std::move(**each));
        }
    }
    if (samples.empty()) {
        return invalid_input("knock-outs", "samples", out.problems.empty() ? "none with a truth" : out.problems.front().message(), "samples whose truth is known");
    }
    const std::vector<std::size_t> clusters = cluster_numbers(keys);
    out.samples = static_cast<std::int64_t>(samples.size());
    out.clusters = static_cast<std::int64_t>(*std::max_element(clusters.begin(), clusters.end()) + 1);
    for (const Knocked& sample : samples) {
        out.base_loss += *sample.knocks.base.loss / static_cast<double>(samples.size());
        out.base_right += *sample.knocks.base.right ? 1.0 / static_cast<double>(samples.size()) : 0.0;
    }
    for (std::size_t k = 0; k < knocks.size(); ++k) {
        out.effects.push_back(effect_of(knocks[k], k, samples, clusters));
    }
    correct_for_all(out.effects);
    out.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    return out;
}

}  // namespace r2t2
