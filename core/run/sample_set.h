// Samples by number: from a data set file or from the bundled world, made ready for a model when asked for.
//
// Pictures are not kept: a set of 100,000 samples costs its questions. Thread rule: immutable; `get` may be called from
// any thread.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/base/cancel.h"
#include "core/base/progress.h"
#include "core/base/result.h"
#include "core/dataset/dataset.h"
#include "core/miniature/world.h"
#include "core/model/engine.h"
#include "core/run/sample_summary.h"
#include "core/vision/sample_picture.h"

namespace r2t2 {

/// One sample with its picture loaded.
struct RunSample {
    std::string id;
    std::string image_path;  ///< absolute, or "world:..." for generated pictures
    std::string pixels_hash;
    std::string question;    ///< as it is asked, with its suffix
    std::string suffix;      ///< what of it is the set's wish for a kind of answer; "" = nothing
    std::string ground_truth;
    std::vector<std::string> options;
    std::map<std::string, std::string> tags;  ///< "family", "domain", "template" where known
    ModelInput input;                         ///< with the label
    std::string facts_source;                 ///< who found what the model is told, where that is stated
    std::optional<AnswerKey> key;                         ///< a benchmark's own way of scoring; none: the evaluation's rule
    std::string benchmark;                                ///< whose it is, as benchmark_score names it; empty: none's
    std::optional<std::array<double, 6>> stored_weights;  ///< the file's routing weights, if it has any
    std::optional<std::string> stored_answer;             ///< what the file says the base model answered
    std::optional<bool> stored_correct;
};

class SampleSet {
public:
    virtual ~SampleSet() = default;
    [[nodiscard]] virtual const std::string& name() const = 0;
    [[nodiscard]] virtual std::size_t size() const = 0;
    /// Id without loading anything, for messages and for resuming.
    [[nodiscard]] virtual std::string id(std::size_t index) const = 0;
    /// Errors: the picture's, the facts', the question's; after `content`, files that are not what was hashed.
    [[nodiscard]] virtual Result<RunSample> get(std::size_t index, const ModelInfo& model) const = 0;
    /// What scores an answer by the set's own rule; none: the evaluation's rule does, or the truth is not known.
    [[nodiscard]] virtual std::optional<AnswerKey> key(std::size_t) const { return std::nullopt; }
    /// Without its picture where the set allows it, and without a model.
    [[nodiscard]] virtual SampleSummary summary(std::size_t index) const = 0;
    /// Errors: the picture's, the facts'.
    [[nodiscard]] virtual Result<SamplePicture> picture(std::size_t index) const = 0;
    /// Records of the file that were left out when it was read: file, field, found, allowed.
    [[nodiscard]] virtual const std::vector<Error>& problems() const = 0;
    /// Of `problems()[problem]`, where its whole group is among them: the group, no answer (Problem::lost).
    [[nodiscard]] virtual std::optional<AnswerKey> lost(std::size_t) const { return std::nullopt; }
    /// Good records that are not of the set's task and so count nowhere, by reason (Dataset::left_out).
    [[nodiscard]] virtual std::map<std::string, std::int64_t> left_out() const { return {}; }
    /// A hash of all that decides what is asked of a model and how it is scored: ids, texts, options, truths, keys, facts, pictures
    /// (sample_content.h). Not of where files lie. May read every picture's file the first time; then it is known.
    [[nodiscard]] virtual std::string content() const;
    /// Which samples differ where `content` does (SetContent::prints). Empty: the recipe is the content, as of the bundled world.
    [[nodiscard]] virtual std::string prints() const;
    /// Are `summary`s at hand? Else they are made, or read, one by one.
    [[nodiscard]] virtual bool in_memory() const { return false; }
    /// Made by a recipe that `origin` names: there is no file that could be edited.
    [[nodiscard]] virtual bool generated() const { return false; }
    /// What `open_source` needs to find these samples again ("source", "path" ...): stored with a reference set.
    [[nodiscard]] virtual std::map<std::string, std::string> origin() const = 0;
};
using SampleSetPtr = std::shared_ptr<const SampleSet>;

[[nodiscard]] SampleSetPtr dataset_samples(Dataset dataset);
/// Reads the file; pictures that are not there become problems. Error: file broken, or without one good record.
[[nodiscard]] Result<SampleSetPtr> open_dataset_samples(const std::filesystem::path& path);

/// How a benchmark's official folder is read (core/benchmarks).
struct BenchmarkChoice {
    std::string directory;  ///< empty: no benchmark is meant
    std::size_t limit = 0;  ///< at most so many samples, drawn by the choice's seed; 0 = all
    bool direct_answers = false;
    bool moai_parity = false;
    bool operator==(const BenchmarkChoice&) const = default;
};
/// `split` empty: the benchmark's default. Errors as read_benchmark.
[[nodiscard]] Result<SampleSetPtr> open_benchmark_samples(const std::string& name, const std::string& split, std::uint64_t seed,
                                                          const BenchmarkChoice& choice, const ProgressCallback& progress = {},
                                                          const CancelToken& cancel = {});

/// `split` of the bundled world.
[[nodiscard]] Result<SampleSetPtr> world_samples(const WorldConfig& world, const std::string& split,
                                                 std::uint64_t seed, std::size_t count);
/// One combination of a split, "G-dim": family (G general, K knowledge, O text) and domain.
[[nodiscard]] Result<SampleSetPtr> world_set(const WorldConfig& world, const std::string& split,
                                             const std::string& set_name, std::uint64_t seed, std::size_t count);
/// All names that `world_set` knows in a split, in the order of families and domains.
[[nodiscard]] std::vector<std::string> world_set_names(const WorldConfig& world, const std::string& split = "test");
/// A file that is there, a bundled set of the split, or "all". The error says what there is, and what is nearest.
[[nodiscard]] Status check_set_name(const std::string& name, const std::string& split);

/// The samples that a reference set was built from, by its notes. Error: file gone, unknown source.
[[nodiscard]] Result<SampleSetPtr> open_source(const std::map<std::string, std::string>& origin);

/// The part of open_source that reads benchmarks.
[[nodiscard]] Result<SampleSetPtr> open_benchmark_source(const std::map<std::string, std::string>& origin);

/// The picture a stored sample names: a file, or "world:SPLIT/SET/SEED/NUMBER" of the bundled world, with its facts.
[[nodiscard]] Result<SamplePicture> picture_at(const std::string& image_path);
/// The sample such a name stands for. Error: not one of the bundled world's.
[[nodiscard]] Result<std::pair<SampleSetPtr, std::size_t>> world_sample_at(const std::string& image_path);

/// Which samples an evaluation takes.
struct SampleChoice {
    std::vector<std::string> sets;  ///< files, names of bundled sets, "all" (every bundled set of the split); with a folder: benchmarks
    std::string split = "test";     ///< of the bundled world, or of the benchmarks ("": each one's default)
    std::uint64_t seed = 1;
    std::size_t samples = 200;      ///< of each bundled set
    BenchmarkChoice benchmark = {};
};

/// In the choice's order. Unknown names list the known ones.
[[nodiscard]] Result<std::vector<SampleSetPtr>> open_sample_sets(const SampleChoice& choice, const ProgressCallback& progress = {},
                                                                 const CancelToken& cancel = {});

}  // namespace r2t2
