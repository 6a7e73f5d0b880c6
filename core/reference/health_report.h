// What is in a reference set, and whether its routing weights can be a model's.
//
// In MoAI the image tokens that enter the first mixer are identical for all questions about an image (causal prefix),
// so a real file shows a strong image effect in the image group; made-up numbers show none.
// Cost: a few seconds for 4,000 records. Thread rule: pure function.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/base/cancel.h"
#include "core/base/result.h"
#include "core/reference/contradictions.h"
#include "core/reference/reference_overlap.h"
#include "core/reference/refined_counts.h"
#include "core/reference/routing_evidence.h"

namespace r2t2 {

struct HealthOptions {
    std::uint64_t seed = 1;
    std::size_t permutations = 999;
    std::size_t neighbours = 5;                   ///< of the permutation test
    std::size_t permuted_records = 4000;          ///< a larger set is sampled down to this for the permutation test
    std::size_t simulated = 100'000;              ///< draws of the uniform recipe
    std::optional<ReferenceOverlap> overlap = {};  ///< with an evaluation, where one was looked at for leakage
};

enum class HealthVerdict {
    TooFewRecords,   ///< fewer than 50: nothing is said about the weights
    LooksSynthetic,  ///< the weights match the uniform recipe and nothing predicts them
    NoSignal,        ///< neither the image nor the embedding says anything about the weights
    Plausible        ///< at least one of them does
};
[[nodiscard]] std::string_view verdict_code(HealthVerdict verdict);  ///< "looks-synthetic", ...

struct ExpertHealth {
    std::string name;
    double mean = 0.0;
    double deviation = 0.0;      ///< standard deviation (n - 1)
    std::int64_t top = 0;        ///< records whose top-1 expert of the group this is (the first of equals)
    KolmogorovSmirnov marginal;  ///< against the uniform recipe
};

struct GroupHealth {
    std::string name;
    std::vector<ExpertHealth> experts;
    double largest_ratio = 0.0;  ///< max / min weight, worst record
    double median_ratio = 0.0;
    KolmogorovSmirnov ratio;      ///< max / min against the uniform recipe
    IntraClassCorrelation image;  ///< pooled over the group's experts, classes = images
};

/// Records that share image and question.
struct DuplicateGroup {
    std::vector<std::string> ids;
    bool conflicting = false;  ///< their true answers or the model's differ
};

/// A reference that is a sample of the evaluation.
struct SharedReference {
    std::string sample_set;
    std::string sample;
    std::string reference;
    SamePicture by = SamePicture::No;  ///< what of the picture says so
};

struct HealthReport {
    std::size_t records = 0;
    std::size_t images = 0;
    std::size_t incorrect = 0;  ///< records that the base model got wrong: not for a reference set
    RefinedCounts refined;
    std::vector<DuplicateGroup> duplicates;
    std::vector<ContradictoryRecords> contradictory;  ///< in the set, and those that its making left out
    bool stored = false;         ///< built from files, which can be edited since
    std::size_t with_asked = 0;  ///< records that say with which instruction, options, key and facts they were asked
    std::string asked_hash;      ///< ReferenceStore::asked_hash
    std::optional<ReferenceOverlap> overlap;
    std::vector<std::string> leaked;  ///< ids of references that are in the evaluation set
    std::vector<SharedReference> shared;  ///< each with the sample that it is, in the samples' order
    std::vector<GroupHealth> groups;
    std::string embedding;  ///< what the permutation test used: "stored" or "hashed question words"
    std::optional<PermutationTest> prediction;
    HealthVerdict verdict = HealthVerdict::TooFewRecords;
    std::string verdict_text;  ///< the verdict with its numbers, one paragraph
    std::uint64_t seed = 0;

    [[nodiscard]] std::size_t conflicts() const;
    [[nodiscard]] bool holds_contradictions() const;  ///< records in the set, not those that were left out
    [[nodiscard]] std::string text() const;  ///< for people, several lines
    [[nodiscard]] std::string json() const;
};

/// Errors: an empty store, cancelled (looked at about once per permutation and per search).
[[nodiscard]] Result<HealthReport> check_health(const ReferenceStore& store, const HealthOptions& options = {},
                                                const CancelToken& cancel = {});

}  // namespace r2t2
