// Opening what a run stands on: a model directory and a reference set. Both front ends come through here.
//
// Thread rule: any thread; one call at a time for the same kept reference set.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/base/cancel.h"
#include "core/base/progress.h"
#include "core/model/engine.h"
#include "core/run/reference_set.h"

namespace r2t2 {

/// Loads the engine and the checkpoint. Errors: no directory, a bad file. `progress` and `cancel` as EngineModule::open_model.
[[nodiscard]] Result<std::shared_ptr<const Model>> open_model(const std::filesystem::path& directory, const ModelOptions& options,
                                                              const ProgressCallback& progress = {}, const CancelToken& cancel = {});

struct ReferenceSource {
    std::string path;               ///< store directory or JSON file; empty = built from the bundled world
    std::size_t candidates = 2400;  ///< of the bundled world
    std::uint64_t seed = 1;         ///< of the bundled world's candidates
    int threads = 0;                ///< 0 = as many as the machine has
    std::size_t cache_bytes = 0;    ///< for prepared references; 0 = default_cache_bytes of the model
    /// Whose question embeddings: as open_question_embedder reads it. Empty: what a store notes, else the model's own.
    std::string embedding;
};

/// How what a run stands on was opened: enough to open it again.
struct GroundSource {
    std::string model;  ///< directory; empty: the bundled one
    std::string model_identity;  ///< ModelInfo::identity of what was opened; empty: not known
    std::string precision = "fp32";
    std::string device = "cpu";
    int beams = 1;
    int max_new_tokens = 16;
    ReferenceSource reference;

    /// With paths that mean the same in another folder.
    [[nodiscard]] GroundSource absolute() const;
};

struct OpenedReference {
    ReferenceSetPtr set;
    std::string name;                   ///< for reports
    std::vector<Error> problems;        ///< records left out
    std::string built;                  ///< what building came to, in one line; empty when it was there already
    std::vector<std::string> warnings;  ///< the kept set was of no use, or this one could not be kept
    std::vector<std::string> remarks;   ///< about its records: they belong beside the numbers that stand on them
};

/// A store, a JSON file (a published reference file's weights are used), or the bundled world's (built once, then kept in
/// the cache directory). Looks at the token once a sample.
[[nodiscard]] Result<OpenedReference> open_reference(const ReferenceSource& source, std::shared_ptr<const Model> model,
                                                     const ProgressCallback& progress, const CancelToken& cancel);

/// The refined routings that an extended reference file holds, by id; empty where there are none. Errors: the file's.
[[nodiscard]] Result<std::map<std::string, ReferenceRecord>> stated_records(const std::string& path, const RoutingSpace& space);

}  // namespace r2t2
