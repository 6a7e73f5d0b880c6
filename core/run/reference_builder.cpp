#include "core/run/reference_builder.h"

#include <atomic>
#include <chrono>

#include "core/routing/routing_frame.h"
#include "core/run/parallel.h"

namespace r2t2 {

namespace {

/// What became of one sample.
struct BuildOutcome {
    std::optional<ReferenceRecord> record;
    RawEmbedding raw;
    std::optional<Error> error;
    bool done = false;
};

ReferenceRecord record_of(const RunSample& sample, const std::string& set_name) {
    ReferenceRecord record;
    record.id = sample.id;
    record.set = set_name;
    record.question = sample.question;
    record.image_path = sample.image_path;
    record.ground_truth = sample.ground_truth;
    record.tags = sample.tags;
    record.pixels_hash = sample.pixels_hash;
    return record;
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

BuildOutcome build_one(const Model& model, const SampleSet& samples, std::size_t index,
                  const ReferenceBuildOptions& options) {
    BuildOutcome outcome;
    outcome.done = true;
    const std::string where = samples.name() + ": sample " + samples.id(index);
    const Result<RunSample> sample = samples.get(index, model.info());
    if (!sample) {
        outcome.error = sample.error().inside(where);
        return outcome;
    }
    ReferenceRecord record = record_of(*sample, samples.name());
    if (options.trust_file && sample->stored_weights) {
        if (sample->stored_correct && !*sample->stored_correct) {
            return outcome;
        }
        record.is_correct = true;
        record.model_answer = sample->stored_answer.value_or(sample->ground_truth);
        record.routing = RoutingMatrix(1, sample->stored_weights->size(),
                                       {sample->stored_weights->begin(), sample->stored_weights->end()});
    } else {
        const Result<bool> right = ask_model(model, *sample, options.scoring, record);
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
    outcome.record = std::move(record);
    return outcome;
}

}  // namespace

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
    std::vector<ReferenceRecord> records;
    std::vector<RawEmbedding> raw;
    for (BuildOutcome& outcome : outcomes) {
        if (outcome.record) {
            records.push_back(std::move(*outcome.record));
            raw.push_back(std::move(outcome.raw));
        } else if (outcome.error) {
            build.problems.push_back(std::move(*outcome.error));
        } else {
            ++build.wrong;
        }
    }
    if (records.empty()) {
        return invalid_input(samples.name(), "reference set",
                             std::to_string(build.wrong) + " samples answered wrongly and " +
                                 std::to_string(build.problems.size()) + " bad ones, none answered rightly",
                             "at least one sample that the base model answers rightly");
    }
    ReferenceOrigin origin{model.info().weights_hash, model.info().name, model.routing_space(), options.notes, model.info().identity,
                           model.info().identity_parts};
    for (const auto& [key, value] : samples.origin()) {
        origin.notes[key] = value;
    }
    if (options.embedder) {
        origin.notes[kEmbeddingNote] = options.embedder->identity();
        origin.notes[kEmbeddingSourceNote] = options.embedder->source();
    }
    Result<ReferenceStore> store = ReferenceStore::build(std::move(origin), std::move(records), task_space_parts(), raw);
    if (!store) {
        return store.error();
    }
    build.store = std::move(*store);
    build.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    return build;
}

}  // namespace r2t2
