// A reference set out of samples: what the base model answers rightly, how it routed, where it lies in task space.
//
// Source: rerouting, "Terms". Samples are independent and taken over in their own order: the number of threads changes
// nothing but the time. Thread rule: call from one thread; progress is called on worker threads, one at a time.
#pragma once

#include "core/base/cancel.h"
#include "core/base/progress.h"
#include "core/scoring/scoring.h"
#include "core/reference/contradictions.h"
#include "core/reference/reference_store.h"
#include "core/run/question_embedder.h"
#include "core/run/sample_set.h"

namespace r2t2 {

/// What is known of one candidate from an oracle descent on its own label (reference_refiner.h).
struct RefinedCandidate {
    std::string base_answer;
    bool base_right = false;
    RefinedRouting refined;  ///< its losses are taken when the set is built
};

struct ReferenceBuildOptions {
    int threads = 0;  ///< 0 = as many as the machine has
    /// Take routing weights and correctness from the file where it states them (a published reference file), instead of
    /// asking the model. Records that the file calls wrong are left out; where it does not say, their answer is scored.
    bool trust_file = false;
    Contradictory contradictory = Contradictory::LeftOut;  ///< of a trusted file: records that contradict themselves or each other
    ScoringRule scoring = ScoringRule::Exact;
    std::map<std::string, std::string> notes;  ///< stored with the set: command line, versions
    QuestionEmbedderPtr embedder;              ///< of questions; null = the model's own words. Noted with the set
    /// One a sample: kept is what is right before or after, and the model is not asked. Empty: nothing is refined. None: left out, `problems` say why.
    std::vector<std::optional<RefinedCandidate>> refined{};
    /// With trust_file: the file's records by id (stated_records), whose set, tags, routings per mixer and refined routings are kept. A record
    /// with a refined routing stays where it is right under one of both.
    std::map<std::string, ReferenceRecord> stated{};
    /// The set that is refined: its records stay as they are there (ReferenceStore::build_on). Null, or without embeddings: all is made anew. Outlives the call.
    const ReferenceStore* native = nullptr;
    RoutingMode refined_mode = RoutingMode::Offset;  ///< how a refined routing acts
};

struct ReferenceBuild {
    ReferenceStore store;
    std::size_t tried = 0;
    std::size_t wrong = 0;        ///< answered wrongly, so left out (refined: under both routings)
    std::vector<ContradictoryRecords> contradictory;  ///< of a trusted file: of each kind, with what became of them
    [[nodiscard]] std::size_t contradictory_left_out() const;
    std::vector<std::string> changed;  ///< ids of a trusted file's records that were told other facts, given another instruction or shown another picture where they were made
    std::vector<Error> problems;  ///< samples that could not be read or run
    double seconds = 0.0;
};

/// How task space is put together: question words, vision feature, pixel statistics (standardised).
[[nodiscard]] std::vector<EmbeddingPartSpec> task_space_parts();
/// The model's embedding by part name; the part "question" is the embedder's where there is one.
[[nodiscard]] Result<RawEmbedding> raw_embedding(const Model& model, const RunSample& sample, const std::string& set_name,
                                                 const QuestionEmbedder* embedder);

/// Keys of a set's notes: whose question embeddings it holds (nothing: the model's own), and where they came from.
inline constexpr const char* kEmbeddingNote = "question_embedding";
inline constexpr const char* kEmbeddingSourceNote = "question_embedding_source";

/// "12 records were told other facts ...": `ids` of ReferenceBuild::changed.
[[nodiscard]] std::string changed_text(const std::vector<std::string>& ids);

/// Errors: nothing answered rightly, Cancelled (looked at once a sample), the store's.
[[nodiscard]] Result<ReferenceBuild> build_reference(const Model& model, const SampleSet& samples,
                                                     const ReferenceBuildOptions& options,
                                                     const ProgressCallback& progress = {},
                                                     const CancelToken& cancel = {});

}  // namespace r2t2
