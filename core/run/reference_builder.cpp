#include "core/run/reference_builder.h"

#include <atomic>
#include <chrono>

#include "core/base/path_text.h"
#include "core/routing/routing_frame.h"
#include "core/run/parallel.h"
#include "core/run/sample_content.h"

namespace r2t2 {

namespace {

/// What became of one sample.
struct BuildOutcome {
    std::optional<ReferenceRecord> record;  ///< of a reference
    std::string id;
    SampleIdentity identity;
    std::string truth;
    std::optional<Contradiction> contradiction;
    RawEmbedding raw;
    std::optional<Error> error;
    bool passed_over = false;  ///< not refined
    bool changed = false;      ///< asked otherwise than the trusted file says
    bool done = false;
};

ReferenceRecord record_of(const RunSample& sample, const std::string& set_name) {
    ReferenceRecord record;
    record.id = sample.id;
    record.set = set_name;
    record.question = sample.question;
    record.image_path = path_text(sample.image_path);
    record.ground_truth = sample.ground_truth;
    record.tags = sample.tags;
    record.pixels_hash = sample.pixels_hash;
    return record;
}

/// The options, where nothing else says that the answer is right: what is exported has to say it too.
void keep_options(const RunSample& sample, ReferenceRecord& record) {
    const std::vector<std::string>& options = sample.options.empty() && sample.key ? sample.key->options : sample.options;
    if (record.is_correct && needs_options(record.model_answer, record.ground_truth, options)) {
        record.options = options;
    }
}

/// Fill answer and routing by running the model. False: answered wrongly.
Result<bool> ask_model(const Model& model, const RunSample& sample, ScoringRule rule, ReferenceRecord& record) {
    const Result<PreparedSamplePtr> prepared = model.prepare(sample.input);
    if (!prepared) {
        return prepared.error();
    }
    const RoutedQuery query{prepared->get(), RoutingAction::native_gates()};
    const Result<std::vector<Answer>> answers = model.answer({&query, 1});
    if (!answers) {
        return answers.error();
    }
    record.model_answer = answers->front().text;
    record.is_correct = sample.key ? score(record.model_answer, *sample.key).correct
                                   : score_answer(record.model_answer, sample.ground_truth, rule, sample.options).correct;
    if (!record.is_correct) {
        return false;
    }
    Result<RoutingMatrix> shared = base_routing(model.routing_space(), **prepared, Granularity::Shared);
    if (!shared) {
        return shared.error();
    }
    record.routing = std::move(*shared);
    record.routing_per_mixer = (*prepared)->native_routing();
    return true;
}

/// What the file says of a sample's answer, and whether it contradicts itself. Where it says nothing the answer decides.
bool is_right_by_file(const RunSample& sample, ReferenceRecord& record, std::optional<Contradiction>& contradiction) {
    if (!sample.stored_answer) {
        return sample.stored_correct.value_or(true);
    }
    const StatedAnswer stated{*sample.stored_answer, sample.ground_truth, sample.stored_correct.value_or(true), sample.options, sample.key ? &*sample.key : nullptr};
    if (!sample.stored_correct) {
        return !self_contradiction(stated);
    }
    contradiction = self_contradiction(stated);
    if (stated.says_right && !contradiction && self_contradiction({stated.answer, stated.truth, true})) {
        record.tags[kScoredByTag] = sample.key ? "key" : "options";
    }
    return *sample.stored_correct;
}

/// The loss of the sample's label under r0 and under r*, and its native routings; the answers are known. False: wrong under both.
Result<bool> take_refined(const Model& model, const RunSample& sample, const RefinedCandidate& candidate, RoutingMode mode, ReferenceRecord& record) {
    record.model_answer = candidate.base_answer;
    record.is_correct = candidate.base_right;
    record.refined = candidate.refined;
    if (!candidate.base_right && !candidate.refined.is_correct) {
        return false;
    }
    const Result<PreparedSamplePtr> prepared = model.prepare(sample.input);
    if (!prepared) {
        return prepared.error();
    }
    Result<RoutingMatrix> shared = base_routing(model.routing_space(), **prepared, Granularity::Shared);
    if (!shared) {
        return shared.error();
    }
    for (const auto& [action, loss] : {std::pair{RoutingAction::native_gates(), &record.refined->loss_before},
                                       std::pair{action_toward(mode, candidate.refined.routing, *shared), &record.refined->loss_after}}) {
        const RoutedQuery query{prepared->get(), action};
        const Result<std::vector<LossGradient>> losses = model.loss_and_gradient({&query, 1}, false);
        if (!losses) {
            return losses.error();
        }
        *loss = losses->front().loss;
    }
    record.routing = std::move(*shared);
    record.routing_per_mixer = (*prepared)->native_routing();
    return true;
}

/// What a trusted file says of its record beyond what a data set has.
void take_stated(const ReferenceRecord& stated, ReferenceRecord& record) {
    record.refined = stated.refined;
    record.routing_per_mixer = stated.routing_per_mixer;
    record.set = stated.set.empty() ? record.set : stated.set;
    for (const auto& [key, value] : stated.tags) {
        record.tags.emplace(key, value);
    }
}

BuildOutcome build_one(const Model& model, const SampleSet& samples, std::size_t index,
                  const ReferenceBuildOptions& options) {
    BuildOutcome outcome;
    outcome.done = true;
    if (!options.refined.empty() && !options.refined[index]) {
        outcome.passed_over = true;  // whoever refined says why
        return outcome;
    }
    const std::string where = samples.name() + ": sample " + samples.id(index);
    const Result<RunSample> sample = samples.get(index, model.info());
    if (!sample) {
        outcome.error = sample.error().inside(where);
        return outcome;
    }
    ReferenceRecord record = record_of(*sample, samples.name());
    outcome.id = record.id;
    outcome.identity = identity_of(record);
    outcome.truth = record.ground_truth;
    if (options.trust_file && sample->stored_weights) {
        record.is_correct = is_right_by_file(*sample, record, outcome.contradiction);
        if (const auto stated = options.stated.find(record.id); stated != options.stated.end()) {
            take_stated(stated->second, record);
            if (const std::optional<AskedHashes>& asked = stated->second.asked) {
                const AskedHashes here = asked_hashes(*sample);
                outcome.changed = asked->facts != here.facts || asked->instruction != here.instruction;
            }
            outcome.changed = outcome.changed || (!stated->second.pixels_hash.empty() && stated->second.pixels_hash != record.pixels_hash);
        }
        if (!record.is_correct && (outcome.contradiction || !record.refined || !record.refined->is_correct)) {
            return outcome;
        }
        if (outcome.contradiction && options.contradictory == Contradictory::LeftOut) {
            return outcome;
        }
        record.model_answer = sample->stored_answer.value_or(sample->ground_truth);
        record.routing = RoutingMatrix(1, sample->stored_weights->size(),
                                       {sample->stored_weights->begin(), sample->stored_weights->end()});
    } else {
        const Result<bool> right = options.refined.empty()
                                       ? ask_model(model, *sample, options.scoring, record)
                                       : take_refined(model, *sample, *options.refined[index], options.refined_mode, record);
        if (!right) {
            outcome.error = right.error().inside(where);
            return outcome;
        }
        if (!*right) {
            return outcome;
        }
    }
    Result<RawEmbedding> raw = raw_embedding(model, *sample, samples.name(), options.embedder.get());
    if (!raw) {
        outcome.error = raw.error().inside(where);
        return outcome;
    }
    outcome.raw = std::move(*raw);
    keep_options(*sample, record);
    if (!samples.generated()) {
        record.asked = asked_hashes(*sample);
    }
    outcome.record = std::move(record);
    return outcome;
}

/// Marks records whose twins have another truth, and sorts all that contradict by kind and by what becomes of them.
std::vector<ContradictoryRecords> sort_contradictory(std::vector<BuildOutcome>& outcomes, Contradictory treatment) {
    std::vector<SampleIdentity> identities;
    std::vector<std::string> truths;
    for (const BuildOutcome& outcome : outcomes) {
        identities.push_back(outcome.identity);
        truths.push_back(outcome.error ? std::string() : outcome.truth);
    }
    const std::vector<bool> other = with_other_truths(identities, truths);
    std::map<std::pair<Contradiction, Fate>, ContradictoryRecords> found;
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
        BuildOutcome& outcome = outcomes[i];
        if (!outcome.contradiction && other[i]) {
            outcome.contradiction = Contradiction::OtherTruth;
        }
        if (!outcome.contradiction || outcome.error) {
            continue;
        }
        if (treatment == Contradictory::LeftOut) {
            outcome.record.reset();
        } else if (outcome.record) {
            outcome.record->tags[kContradictionTag] = std::string(code(*outcome.contradiction));
        }
        const Fate fate = outcome.record ? Fate::Kept : Fate::LeftOut;
        ContradictoryRecords& of = found[{*outcome.contradiction, fate}];
        of.kind = *outcome.contradiction;
        of.fate = fate;
        ++of.count;
        of.ids.push_back(outcome.id);
    }
    std::vector<ContradictoryRecords> all;
    for (auto& [key, records] : found) {
        all.push_back(std::move(records));
    }
    return all;
}

}  // namespace

std::size_t ReferenceBuild::contradictory_left_out() const {
    std::size_t count = 0;
    for (const ContradictoryRecords& each : contradictory) {
        count += each.fate == Fate::LeftOut ? each.count : 0;
    }
    return count;
}

std::string changed_text(const std::vector<std::string>& ids) {
    constexpr std::size_t kNamed = 5;
    std::string named;
    for (std::size_t i = 0; i < std::min(ids.size(), kNamed); ++i) {
        named += (i == 0 ? "" : ", ") + ids[i];
    }
    return std::to_string(ids.size()) + " records have other facts, another instruction or another picture here than where they were made, so that their losses, and what is rerouted by them, may differ: " +
           named + (ids.size() > kNamed ? ", ..." : "");
}

std::vector<EmbeddingPartSpec> task_space_parts() {
    return {{"question", 1.0, false}, {"vision", 1.0, false}, {"pixels", 1.0, true}};
}

Result<RawEmbedding> raw_embedding(const Model& model, const RunSample& sample, const std::string& set_name,
                                   const QuestionEmbedder* embedder) {
    Result<Model::Embedding> embedding = model.embed(sample.input);
    if (!embedding) {
        return embedding.error();
    }
    if (embedder != nullptr) {
        Result<std::vector<float>> question = embedder->embed(set_name, sample.id, sample.question);
        if (!question) {
            return question.error();
        }
        embedding->question = std::move(*question);
    }
    return RawEmbedding{{"question", std::move(embedding->question)},
                        {"vision", std::move(embedding->vision)},
                        {"pixels", std::move(embedding->pixels)}};
}

Result<ReferenceBuild> build_reference(const Model& model, const SampleSet& samples,
                                       const ReferenceBuildOptions& options, const ProgressCallback& progress,
                                       const CancelToken& cancel) {
    const auto start = std::chrono::steady_clock::now();
    std::vector<BuildOutcome> outcomes(samples.size());
    ProgressGate gate(progress, "build reference set", samples.size());
    std::atomic<std::size_t> kept{0};
    parallel_for(samples.size(), options.threads, cancel, [&](std::size_t i) {
        model.work_side_by_side(true);
        outcomes[i] = build_one(model, samples, i, options);
        const std::size_t count = outcomes[i].record ? ++kept : kept.load();
        gate.advance(std::to_string(count) + " kept");
        return true;
    });
    model.work_side_by_side(false);
    if (cancel.cancelled()) {
        return cancelled();
    }
    ReferenceBuild build;
    build.tried = samples.size() + samples.problems().size();
    build.problems = samples.problems();
    if (options.trust_file || !options.refined.empty()) {  // a base model that is asked keeps of two truths the one that it gives; a descent would keep both
        build.contradictory = sort_contradictory(outcomes, options.contradictory);
    }
    std::vector<ReferenceRecord> records;
    std::vector<RawEmbedding> raw;
    for (BuildOutcome& outcome : outcomes) {
        if (outcome.record) {
            if (outcome.changed) {
                build.changed.push_back(outcome.id);
            }
            records.push_back(std::move(*outcome.record));
            raw.push_back(std::move(outcome.raw));
        } else if (outcome.error) {
            build.problems.push_back(std::move(*outcome.error));
        } else if (!outcome.contradiction && !outcome.passed_over) {
            ++build.wrong;
        }
    }
    if (records.empty()) {
        return invalid_input(samples.name(), "reference set",
                             std::to_string(build.wrong) + " samples answered wrongly, " + std::to_string(build.contradictory_left_out()) + " contradictory ones and " +
                                 std::to_string(build.problems.size()) + " bad ones, none answered rightly",
                             "at least one sample that the base model answers rightly");
    }
    ReferenceOrigin origin{model.info().weights_hash, utf8_name(model.info().name), model.routing_space(), options.notes, model.info().identity,
                           model.info().identity_parts};
    for (const auto& [key, value] : samples.origin()) {
        origin.notes[key] = value;
    }
    if (const std::string note = contradiction_note(build.contradictory); !note.empty()) {
        origin.notes[kContradictionNote] = note;
    }
    if (options.embedder) {
        origin.notes[kEmbeddingNote] = options.embedder->identity();
        origin.notes[kEmbeddingSourceNote] = path_text(options.embedder->source());
    }
    const bool on_another = options.native != nullptr && options.native->has_embeddings();
    Result<ReferenceStore> store = on_another ? ReferenceStore::build_on(*options.native, std::move(origin), std::move(records), raw)
                                              : ReferenceStore::build(std::move(origin), std::move(records), task_space_parts(), raw);
    if (!store) {
        return store.error();
    }
    build.store = std::move(*store);
    build.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    return build;
}

}  // namespace r2t2
