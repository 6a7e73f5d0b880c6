// A stored sample as it was run: the whole prompt, the picture, the truth, how it is scored; and what is not known, or not as it was.
//
// With large matrices a sample alone differs in its last digits from the group that it was run in (kernels/row_product.h); a whole evaluation that
// is run again gives the same bits. Thread rule: StoredSources is safe from several threads; the rest are pure functions and values.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "core/routing/trajectory.h"
#include "core/run/again_comparison.h"
#include "core/reference/reference_store.h"
#include "core/run/sample_set.h"
#include "core/session/session_types.h"

namespace r2t2 {

/// The sets that stored samples came from, opened again when one is first asked for.
class StoredSources {
public:
    struct Place {
        SampleSetPtr set;
        std::size_t index = 0;
    };
    /// None: the run did not keep what its sets were opened by; only generated pictures are found then.
    explicit StoredSources(std::optional<SampleChoice> choice) : choice_(std::move(choice)) {}
    /// Errors: the set cannot be opened any more (its own error), has no such sample, is not known.
    [[nodiscard]] Result<Place> find(const SampleInfo& info) const;

private:
    std::optional<SampleChoice> choice_;
    mutable std::mutex mutex_;
    mutable std::optional<Result<std::vector<SampleSetPtr>>> sets_;  ///< once they were asked for
    mutable std::map<std::string, std::map<std::string, std::size_t>> places_;  ///< by set and id, once it was asked for
};

struct AgainSample {
    RunSample sample;           ///< as it was put to the model
    std::size_t index = 0;      ///< in its set: what random neighbours were drawn by
    SamplePicture picture;
    std::vector<std::string> remarks;  ///< what is not known and what has changed since, a sentence each
};

/// The file and the facts beside it, where they are what the model got then. None too where the facts came from elsewhere, or nothing
/// is known. Question and scoring are not the stored ones.
[[nodiscard]] std::optional<AgainSample> same_picture(const SampleInfo& info, const ModelInfo& model);

/// Errors: the picture's, the stored scoring's, check_question's.
[[nodiscard]] Result<AgainSample> sample_again(const SampleInfo& info, const StoredSources& sources, const ModelInfo& model);

/// What a run stands on, but for its samples.
struct RunGround {
    std::string model_hash;      ///< of the weights
    std::string model_identity;  ///< of everything that can change an answer; empty: stored before it was kept
    std::string precision, generation, reference_hash;
    std::string reference_native_hash{};  ///< of what is open, where it is refined: runs from before it was
};
[[nodiscard]] RunGround ground_of(const RunInfo& run);
[[nodiscard]] RunGround ground_of(const ModelInfo& model, const ReferenceStore& references);
/// What of that has changed since. A sentence each; empty: nothing.
[[nodiscard]] std::vector<std::string> changes_since(const RunGround& then, const RunGround& now);

/// Step by step. `run` is the stored one's.
[[nodiscard]] AgainComparison compare_again(std::int64_t run, const Trajectory& stored, const Trajectory& again);

}  // namespace r2t2
